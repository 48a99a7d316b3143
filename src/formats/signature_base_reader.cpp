// IOC files of signature-base (LOKI, THOR): "hash;comment", C2 lists whose comments head groups, "regex;score" file names.
#include <fmt/core.h>
#include <algorithm>

#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"
#include "row_watch.hpp"
#include "shape.hpp"

namespace mozu::formats {
namespace {

class IocParser {
 public:
  explicit IocParser(Emitter& out) : out_(out) {}

  void comment(std::string_view line) {
    line = trim(line.substr(std::min(line.find_first_not_of('#'), line.size())));
    if (!line.empty()) group_.assign(line.substr(0, 1000));
  }

  void ioc(std::string_view line, std::uint64_t number) {
    record_.where.line = number;
    const std::size_t semicolon = line.find(';');
    const std::string_view value = trim(line.substr(0, semicolon));
    const std::string_view rest = semicolon == std::string_view::npos ? std::string_view() : trim(line.substr(semicolon + 1));
    const Shape shape = shape_of(value);
    if (shape == Shape::none && is_score(rest)) return out_.pass_over("file-name-regex");
    if (shape == Shape::none) {
      if (const auto kind = other_kind(value)) return out_.pass_over(*kind);
      if (value.find_first_of(" \\<>:") != std::string_view::npos) return out_.pass_over("text");
    }
    record_.context.clear();
    if (!rest.empty()) {
      record_.context.emplace_back("description", rest.substr(0, 1000));
    } else if (!group_.empty()) {
      record_.context.emplace_back("description", group_);
    }
    add_reference();
    record_.value = value;
    out_.emit(record_);
  }

 private:
  /// "80" or "80;exclusion".
  static bool is_score(std::string_view rest) {
    const auto score = to_uint(trim(rest.substr(0, rest.find(';'))));
    return score && *score <= 1000;
  }

  void add_reference() {
    if (record_.context.empty()) return;
    const std::string_view text = record_.context.back().second;
    const std::size_t at = text.find("http");
    if (at == std::string_view::npos || text.find("://", at) == std::string_view::npos) return;
    std::string reference(text.substr(at, text.find_first_of(" \t,)", at) - at));
    record_.context.emplace_back("reference", std::move(reference));
  }

  Emitter& out_;
  RawRecord record_;
  std::string group_;
};

class SignatureBaseReader final : public FeedReader {
 public:
  std::string_view name() const override { return "signature-base"; }
  std::string_view description() const override { return "signature-base IOC files: hash;comment, C2 lists, file name patterns (passed over)"; }

  int sniff(std::string_view head, std::string_view) const override {
    const std::string_view start = head.substr(0, 1024);
    if (start.starts_with('#') && start.find("# LOKI ") != std::string_view::npos && start.find("# FORMAT ---") != std::string_view::npos) return 93;
    return 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    Lines lines(in.stream);
    RowWatch watch(out, in.settings);
    IocParser parser(watch.emitter());
    return each_line(lines, out, [&](std::string_view line, std::uint64_t number) {
      line = trim(line);
      if (line.starts_with('#')) parser.comment(line);
      else if (!line.empty()) watch.row(line, number, [&] { parser.ioc(line, number); });
    });
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_signature_base_reader() { return std::make_unique<SignatureBaseReader>(); }

}  // namespace mozu::formats
