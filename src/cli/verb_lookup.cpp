#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "data_folder.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/lookup/lookup.hpp"
#include "mozu/lookup/render.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::size_t slice_values = 2048;  // values a thread answers at once
constexpr std::size_t round_bytes_max = 16 << 20;
constexpr std::size_t line_bytes_max = 64 << 10;  // a longer line is answered as unreadable
constexpr unsigned threads_max = 16;              // connections of the store for reading
constexpr std::size_t bulk_related_max = 20;

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Opens what there is, and says once what is missing and how it comes about.
Result<lookup::Memories> open_memories(const LookupArguments& a) {
  const DataFolder folder(a.data);
  lookup::Memories m;
  std::vector<std::string> missing, missing_names, hints;
  auto indexes = a.indexes;
  if (indexes.empty() && is_file(folder.indicators())) indexes.push_back(folder.indicators());
  for (const auto& path : indexes) {
    MOZU_LET(auto index, match::Index::open(path, match::Index::Verify::later));
    m.indexes.push_back(std::move(index));
  }
  if (indexes.empty()) {
    missing.push_back(fmt::format("no indicators ({})", folder.indicators()));
    missing_names.emplace_back("indicators");
    hints.push_back(fmt::format("mozu index build -o {} FEED…", folder.indicators()));
  }
  if (is_file(folder.warning_lists())) {
    MOZU_LET(m.warning_lists, match::Index::open(folder.warning_lists(), match::Index::Verify::later));
  }
  std::int64_t lists = 0;
  if (folder.has_knowledge()) {
    store::StoreOptions options;
    options.location = folder.knowledge();
    options.read_only = true;
    MOZU_LET(m.knowledge, store::Store::open(options));
    m.actors = std::make_shared<actors::ActorBooks>(*m.knowledge);
    m.known_lists = std::make_shared<lookup::KnownLists>(*m.knowledge);
    MOZU_LET(lists, m.known_lists->newest(intel::Viewer::owner()));
  } else {
    missing.push_back(fmt::format("no knowledge base (in {})", folder.path));
    missing_names.emplace_back("knowledge base");
    hints.push_back(fmt::format("mozu import --data {} FILE…", folder.path));
  }
  if (!m.warning_lists && lists == 0) {
    missing.push_back(fmt::format("no warning lists ({}, or in the knowledge base)", folder.warning_lists()));
    missing_names.emplace_back("warning lists");
    hints.push_back(fmt::format("mozu import --data {} LIST…", folder.path));
  }
  if (const auto files = folder.geography(); !files.empty()) {
    MOZU_LET(m.geography, lookup::Geography::open(files));
  }
  const auto join = [](const std::vector<std::string>& list, std::string_view between = "; ") {
    std::string out;
    for (const auto& s : list) out += (out.empty() ? "" : std::string(between)) + s;
    return out;
  };
  if (m.indexes.empty() && !m.warning_lists && !m.knowledge) return fail("no-memory", "there is nothing to ask: " + join(missing), join(hints));
  if (!missing.empty())
    say(Diagnostic{Severity::note, "memory-missing", fmt::format("not there to be asked: {} (see `mozu lookup --help`)", join(missing_names, ", ")), {}, {}});
  return m;
}

class LookupRun {
 public:
  LookupRun(const LookupArguments& a, const lookup::Memories& memories, lookup::AskOptions options)
      : a_(a),
        memories_(memories),
        options_(std::move(options)) {}

  Status values(const std::vector<std::string_view>& values) {
    lookup::Asker asker(memories_, options_);
    std::string out;
    const bool colour = stdout_colour();
    MOZU_TRY(asker.ask(values, [&](lookup::Answer&& answer) {
      if (a_.json) {
        lookup::append_json(out, answer);
        out += '\n';
      } else {
        if (!out.empty()) out += '\n';
        out += lookup::render_text(answer, colour);
      }
    }));
    return write_stdout(out);
  }

  Status lines(const std::string& path) {
    prepare_threads();
    MOZU_LET(auto input, open_input(path));
    for (;;) {
      MOZU_LET(auto stream, input->next());
      if (!stream) return {};
      LineReader reader(*stream, line_bytes_max);
      for (bool more = true; more;) {
        MOZU_LET(more, read_round(reader));
        MOZU_TRY(answer_round());
      }
    }
  }

 private:
  struct Slice {
    lookup::Asker asker;
    std::vector<std::string_view> values;
    std::string out;
    Status status;
  };

  void prepare_threads() {
    if (!slices_.empty()) return;
    options_.related_max = bulk_related_max;
    const unsigned wanted = a_.threads != 0 ? a_.threads : std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < std::min(wanted, threads_max); ++i) slices_.push_back({lookup::Asker(memories_, options_), {}, {}, {}});
  }

  /// Blank lines are passed over; false at the end.
  Result<bool> read_round(LineReader& reader) {
    bytes_.clear();
    ends_.clear();
    LineReader::Line line;
    while (ends_.size() < slices_.size() * slice_values && bytes_.size() < round_bytes_max) {
      MOZU_LET(const bool more, reader.next(line));
      if (!more) return false;
      if (line.text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      bytes_ += line.text;
      ends_.push_back(bytes_.size());
    }
    return true;
  }

  static void answer(Slice& s) {
    s.out.clear();
    s.status = s.asker.ask(s.values, [&](lookup::Answer&& answer) {
      lookup::append_json(s.out, answer);
      s.out += '\n';
    });
  }

  Status answer_round() {
    const std::size_t each = (ends_.size() + slices_.size() - 1) / slices_.size();
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      auto& values = slices_[i].values;
      values.clear();
      for (std::size_t v = i * each; v < std::min((i + 1) * each, ends_.size()); ++v) {
        const std::size_t begin = v == 0 ? 0 : ends_[v - 1];
        values.push_back(std::string_view(bytes_).substr(begin, ends_[v] - begin));
      }
    }
    {
      std::vector<std::jthread> helpers;
      for (std::size_t i = 1; i < slices_.size(); ++i)
        if (!slices_[i].values.empty()) helpers.emplace_back([&s = slices_[i]] { answer(s); });
      answer(slices_.front());
    }
    for (auto& s : slices_) {
      if (s.values.empty()) continue;
      MOZU_TRY(write_stdout(s.out));
      if (!s.status) return std::unexpected(std::move(s.status).error());
    }
    return {};
  }

  const LookupArguments& a_;
  const lookup::Memories& memories_;
  lookup::AskOptions options_;
  std::vector<Slice> slices_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace

int lookup_verb(const LookupArguments& a) {
  std::vector<std::string_view> values;
  auto inputs = a.inputs;
  for (const auto& v : a.values) v == "-" ? inputs.push_back(v) : values.push_back(v);
  if (values.empty() && inputs.empty()) {
    say(Diagnostic{Severity::error, "usage", "lookup: no value is given", {}, "mozu lookup evil.example, or - to read values from standard input"});
    return exit_usage;
  }
  std::optional<Timestamp> as_of;
  if (!read_time_argument(a.as_of, "--as-of", as_of)) return exit_usage;
  const auto memories = open_memories(a);
  if (!memories) {
    say(memories.error());
    return exit_failed;
  }
  lookup::AskOptions options;
  options.viewer = intel::Viewer::owner();
  options.as_of = as_of.value_or(now());
  LookupRun run(a, *memories, options);
  int code = exit_done;
  const auto failed = [&](const Status& status, const std::string& place) {
    if (status) return false;
    if (status.error().code == "output-closed") return true;
    say(Diagnostic(status.error()).at(place));
    code = exit_failed;
    return status.error().code == "output-write";
  };
  if (!values.empty() && failed(run.values(values), {})) return code;
  for (const auto& path : inputs)
    if (failed(run.lines(path), path)) return code;
  return code;
}

}  // namespace mozu::cli
