#include "names.hpp"

#include <fmt/core.h>

#include "mozu/base/utf8.hpp"

namespace mozu::store {
namespace {

/// More come from hostile input only: forget and read again.
constexpr std::size_t cached_max = 200'000;
/// Longer names are cut: PostgreSQL indexes no text of more than 2.7 KB.
constexpr std::size_t name_bytes_max = 256;

std::string_view cut(std::string_view text) { return utf8_prefix(text, name_bytes_max); }

}  // namespace

void Names::remember(Table& t, std::string_view text, std::int64_t code) {
  if (t.codes.size() >= cached_max) t.codes.clear();
  if (t.texts.size() >= cached_max) t.texts.clear();
  t.codes.insert_or_assign(std::string(text), code);
  t.texts.insert_or_assign(code, std::string(text));
}

std::optional<std::int64_t> Names::known(NameKind kind, std::string_view text) {
  text = cut(text);
  const std::lock_guard held(lock_);
  const auto& codes = table(kind).codes;
  if (const auto found = codes.find(text); found != codes.end()) return found->second;
  return std::nullopt;
}

Result<std::optional<std::int64_t>> Names::find(Db& db, NameKind kind, std::string_view text) {
  text = cut(text);
  if (const auto remembered = known(kind, text)) return remembered;
  const Bind binds[] = {static_cast<std::int64_t>(kind), Bytes{text}};
  MOZU_LET(const std::int64_t code, db.integer("SELECT code FROM name WHERE kind = $1 AND text = $2", binds, 0));
  if (code == 0) return std::nullopt;
  const std::lock_guard held(lock_);
  remember(table(kind), text, code);
  return code;
}

Result<std::int64_t> Names::code(Db& db, NameKind kind, std::string_view text) {
  MOZU_LET(const auto found, find(db, kind, text));
  if (found) return *found;
  text = cut(text);
  const std::lock_guard held(lock_);
  auto& t = table(kind);
  if (t.last < 0) {
    const Bind binds[] = {static_cast<std::int64_t>(kind)};
    MOZU_LET(t.last, db.integer("SELECT max(code) FROM name WHERE kind = $1", binds));
  }
  MOZU_TRY(db.run("INSERT INTO name(kind, code, text) VALUES($1, $2, $3)", {static_cast<std::int64_t>(kind), t.last + 1, Bytes{text}}));
  remember(t, text, ++t.last);
  return t.last;
}

Result<std::string> Names::text(Db& db, NameKind kind, std::int64_t code) {
  {
    const std::lock_guard held(lock_);
    const auto& texts = table(kind).texts;
    if (const auto known = texts.find(code); known != texts.end()) return known->second;
  }
  std::string text;
  MOZU_TRY(db.run("SELECT text FROM name WHERE kind = $1 AND code = $2", {static_cast<std::int64_t>(kind), code}, [&](const Row& r) {
    text = r.text(0);
    return false;
  }));
  const std::lock_guard held(lock_);
  if (!text.empty()) remember(table(kind), text, code);
  return text;
}

}  // namespace mozu::store
