// What the tests of the JSON and XML readers share: an emitter that keeps everything, a stream over memory that gives few
// bytes at a time.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "reader.hpp"

namespace mozu::formats::test {

struct Kept {
  std::string value;
  intel::TypeHint hint = intel::TypeHint::any;
  RawRecord record;                                   ///< its `value` is not valid any more
  std::string context(std::string_view name) const {  ///< all values of the field, joined by "; "
    std::string out;
    for (const auto& [n, v] : record.context)
      if (n == name) out += (out.empty() ? "" : "; ") + v;
    return out;
  }
};

class KeepingEmitter final : public Emitter {
 public:
  void emit(const RawRecord& r) override {
    kept.push_back({std::string(r.value), r.hint, r});
    kept.back().record.value = {};
  }
  void refuse(Diagnostic d) override { refused.push_back(std::move(d)); }
  void lose(Diagnostic d) override {
    d.severity = Severity::error;
    refused.push_back(std::move(d));
    ++lost;
  }
  void pass_over(std::string_view kind) override { ++passed[std::string(kind)]; }
  void note(Diagnostic d) override { notes.push_back(std::move(d)); }

  std::vector<std::string> values() const {
    std::vector<std::string> out;
    for (const auto& k : kept) out.push_back(k.value);
    return out;
  }
  const Kept& at(std::string_view value) const {
    static const Kept none;
    for (const auto& k : kept)
      if (k.value == value) return k;
    ADD_FAILURE() << "no indicator " << value;
    return none;
  }
  bool noted(std::string_view code) const {
    return std::any_of(notes.begin(), notes.end(), [&](const Diagnostic& d) { return d.code == code; });
  }

  std::vector<Kept> kept;
  std::vector<Diagnostic> refused, notes;
  std::map<std::string, int> passed;
  int lost = 0;
};

class SlowStream final : public ByteStream {
 public:
  SlowStream(std::string_view text, std::size_t step) : text_(text), step_(step) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t n = std::min({out.size(), step_, text_.size()});
    std::copy_n(text_.data(), n, out.data());
    text_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view text_;
  std::size_t step_;
};

inline const FeedReader& reader_named(std::string_view name) {
  for (const auto& r : readers())
    if (r->name() == name) return *r;
  throw std::runtime_error("no reader " + std::string(name));
}

/// The reader that takes the text by its content; empty if none does.
inline std::string sniffed(std::string_view text, std::string_view file_name = "feed") {
  int best = 0;
  std::string name;
  for (const auto& r : readers())
    if (const int score = r->sniff(text.substr(0, 65536), file_name); score > best) {
      best = score;
      name = r->name();
    }
  return name;
}

inline KeepingEmitter read_with(std::string_view reader, std::string_view text, const FeedSettings& settings = {}, std::size_t step = 1 << 16,
                                Status* status = nullptr) {
  KeepingEmitter out;
  SlowStream stream(text, step);
  ReaderInput in{stream, "feed", settings};
  const Status s = reader_named(reader).read(in, out);
  if (status != nullptr) *status = s;
  else EXPECT_TRUE(s.has_value()) << s.error().message;
  return out;
}

using Values = std::vector<std::string>;

}  // namespace mozu::formats::test
