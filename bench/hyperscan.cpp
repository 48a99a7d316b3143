// Hyperscan as a contestant: literals, caseless, one batch after another; a line with any hit is a candidate, and the
// common token filter decides.
#include <fmt/core.h>
#include <hs.h>

#include <memory>

#include "support.hpp"
#include "tokens.hpp"

namespace mozu::bench {

namespace {

struct FreeDatabase {
  void operator()(hs_database_t* d) const { hs_free_database(d); }
};
struct FreeScratch {
  void operator()(hs_scratch_t* s) const { hs_free_scratch(s); }
};
struct FreeError {
  void operator()(hs_compile_error_t* e) const { hs_free_compile_error(e); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;

Result<Database> compile(std::string_view list) {
  std::vector<std::string> texts;
  each_line(list, [&texts](std::string_view s) {
    if (!s.empty()) texts.emplace_back(s);
  });
  std::vector<const char*> literals;
  std::vector<std::size_t> lengths;
  std::vector<unsigned> ids;
  for (const std::string& s : texts) {
    literals.push_back(s.c_str());
    lengths.push_back(s.size());
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  const std::vector<unsigned> flags(texts.size(), HS_FLAG_CASELESS);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(literals.data(), flags.data(), ids.data(), lengths.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database,
                           &error) != HS_SUCCESS) {
    const std::unique_ptr<hs_compile_error_t, FreeError> owner(error);
    return fail("hyperscan", fmt::format("Hyperscan could not compile: {}", error->message));
  }
  return Database(database);
}

/// One entry a line: further hits before its line feed are passed over.
struct Candidates {
  std::string_view batch;
  std::vector<std::string_view> lines;
  std::size_t done = 0;
};

int on_match(unsigned, unsigned long long, unsigned long long to, unsigned, void* context) {
  auto& c = *static_cast<Candidates*>(context);
  if (to <= c.done) return 0;
  const std::size_t lf = c.batch.rfind('\n', to - 1);
  const std::size_t begin = lf == std::string_view::npos ? 0 : lf + 1;
  const std::size_t end = std::min(c.batch.find('\n', to - 1), c.batch.size());
  c.lines.push_back(c.batch.substr(begin, end - begin));
  c.done = end;
  return 0;
}

}  // namespace

Status command_hyperscan(const Arguments& a) {
  MOZU_LET(const std::string path, a.need("indicators"));
  MOZU_LET(const std::string log_path, a.need("log"));
  MOZU_LET(const std::uint64_t copies, a.number("copies", 1));
  MOZU_LET(const std::uint64_t repeats, a.number("repeats", 3));
  MOZU_LET(const MappedFile list, MappedFile::open(path));
  MOZU_LET(const std::string log, load_log(log_path, copies));
  TokenSet set(list.text());
  const double before_mib = peak_memory_mib();

  Samples compiling, scanning, limit;
  const Stopwatch compile_watch;
  MOZU_LET(const Database database, compile(list.text()));
  compiling.add(compile_watch);
  const double compiled_mib = peak_memory_mib();
  hs_scratch_t* raw = nullptr;
  if (hs_alloc_scratch(database.get(), &raw) != HS_SUCCESS) return fail("hyperscan", "Hyperscan has no scratch memory");
  const std::unique_ptr<hs_scratch_t, FreeScratch> scratch(raw);

  const std::vector<std::string_view> batches = split_lines(log);
  std::uint64_t candidates = 0;
  std::vector<const char*> lines;
  for (std::uint64_t i = 0; i <= repeats; ++i) {
    candidates = 0;
    lines.clear();
    const Stopwatch watch;
    for (const std::string_view batch : batches) {
      Candidates c{batch, {}, 0};
      if (hs_scan(database.get(), batch.data(), static_cast<unsigned>(batch.size()), 0, scratch.get(), on_match, &c) != HS_SUCCESS)
        return fail("hyperscan", "Hyperscan could not scan");
      candidates += c.lines.size();
      for (const std::string_view line : c.lines)
        if (set.in_line(line)) lines.push_back(line.data());
    }
    if (i != 0) scanning.add(watch);  // the first round warms up
    const Stopwatch limit_watch;
    const std::uint64_t line_feeds = count_line_feeds(log);
    if (i != 0 && line_feeds != 0) limit.add(limit_watch);
  }
  if (a.has("lines")) {
    std::uint64_t number = 0;
    std::size_t next = 0;
    each_line(log, [&](std::string_view line) {
      ++number;
      if (next < lines.size() && lines[next] == line.data()) {
        fmt::print("{}\n", number);
        ++next;
      }
    });
    return {};
  }
  std::size_t database_bytes = 0;
  hs_database_size(database.get(), &database_bytes);
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("bytes", log.size()).field("literals", static_cast<std::uint64_t>(set.size()));
  json.field("database_bytes", static_cast<std::uint64_t>(database_bytes)).field("compile_peak_mib", compiled_mib - before_mib);
  json.field("candidates", candidates).field("lines_matched", static_cast<std::uint64_t>(lines.size()));
  write_samples(json, "compile", compiling);
  write_samples(json, "scan", scanning);
  write_samples(json, "line_feeds", limit);
  json.end_object();
  fmt::print("{}\n", out);
  return {};
}

}  // namespace mozu::bench
