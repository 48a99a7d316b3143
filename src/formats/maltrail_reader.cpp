// Trails of Maltrail: one trail a line, comments that say where the following lines come from.
#include <fmt/core.h>
#include <algorithm>

#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"
#include "row_watch.hpp"
#include "shape.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// "malware/emotet.txt" → "emotet".
std::string stem(std::string_view name) {
  name = name.substr(name.find_last_of("/!\\") + 1);
  return std::string(name.substr(0, name.find('.')));
}

class TrailParser {
 public:
  TrailParser(std::string_view input_name, Emitter& out) : out_(out), malware_(stem(input_name)) {}

  void comment(std::string_view line) {
    line = trim(line.substr(line.find_first_not_of('#') == std::string_view::npos ? line.size() : line.find_first_not_of('#')));
    if (istarts_with(line, "reference:")) {
      // References stand in a block above their trails; the first one after trails begins a new block.
      if (trails_since_reference_) references_.clear();
      trails_since_reference_ = false;
      if (references_.size() < 50) references_.emplace_back(trim(line.substr(10)).substr(0, 1000));
      description_.clear();
    } else if (istarts_with(line, "aliases:")) {
      aliases_.assign(trim(line.substr(8)).substr(0, 1000));
    } else if (!istarts_with(line, "copyright") && !istarts_with(line, "see the file") && !line.empty()) {
      description_.assign(line.substr(0, 1000));
    }
  }

  void trail(std::string_view line, std::uint64_t number) {
    trails_since_reference_ = true;
    record_.where.line = number;
    if (const std::size_t mark = line.find(" #"); mark != std::string_view::npos) line = trim(line.substr(0, mark));
    if (line.starts_with('/') || line.starts_with("?") || line.starts_with("*/")) {
      return refuse("trail-without-host", "a path without a host matches any site", line, number, "Mozu needs the host that the path belongs to");
    }
    if (is_expression(line))
      return refuse("trail-pattern", "the trail is a pattern over any host", line, number, "list the hosts, or use host masks such as *.evil.example/path*");
    context();
    record_.value = line;
    record_.hint = TypeHint::any;
    if (const auto kind = other_kind(line); kind && shape_of(line) == Shape::none) return out_.pass_over(*kind);
    out_.emit(record_);
  }

 private:
  static bool is_expression(std::string_view s) {
    if (s.starts_with("*.")) s.remove_prefix(2);
    return s.find_first_of("*+\\^$|(){}") != std::string_view::npos && s.find("://") == std::string_view::npos && s.find('/') == std::string_view::npos &&
           !is_defanged(s);
  }

  void refuse(std::string_view code, std::string_view why, std::string_view line, std::uint64_t number, std::string_view hint) {
    out_.refuse(Diagnostic{Severity::warning, std::string(code), fmt::format("{}: \"{}\"", why, printable(line, 120)), {{}, number, {}}, std::string(hint)});
  }

  void context() {
    record_.context.clear();
    if (!malware_.empty()) record_.context.emplace_back("malware", malware_);
    if (!aliases_.empty()) record_.context.emplace_back("aliases", aliases_);
    if (!description_.empty()) record_.context.emplace_back("description", description_);
    for (const auto& reference : references_) record_.context.emplace_back("reference", reference);
  }

  Emitter& out_;
  RawRecord record_;
  std::string malware_, aliases_, description_;
  std::vector<std::string> references_;
  bool trails_since_reference_ = false;
};

class MaltrailReader final : public FeedReader {
 public:
  std::string_view name() const override { return "maltrail"; }
  std::string_view description() const override { return "Maltrail trails, with \"# Reference:\" lines as context"; }

  int sniff(std::string_view head, std::string_view) const override {
    const std::string_view start = head.substr(0, 4096);
    if (start.find("Maltrail developers") != std::string_view::npos) return 92;
    return start.find("# Reference: http") != std::string_view::npos ? 85 : 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    Lines lines(in.stream);
    RowWatch watch(out, in.settings);
    TrailParser parser(in.name, watch.emitter());
    return each_line(lines, out, [&](std::string_view line, std::uint64_t number) {
      line = trim(line);
      if (line.starts_with('#')) parser.comment(line);
      else if (!line.empty()) watch.row(line, number, [&] { parser.trail(line, number); });
    });
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_maltrail_reader() { return std::make_unique<MaltrailReader>(); }

}  // namespace mozu::formats
