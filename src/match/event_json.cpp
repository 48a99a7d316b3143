// A JSON walker over raw bytes: simdjson would need a padded copy and gives no raw offsets of what it unescapes.
#include <array>

#include "event_formats.hpp"
#include "json_plain.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t walked_depth_max = 1024;  // as simdjson's: a line nested deeper is no JSON to either

class JsonWalker {
 public:
  JsonWalker(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink) : line_(line), at_(begin), end_(end), sink_(sink) {}

  JsonEnd run() {
    skip_space();
    if (!open_or_scalar({})) return JsonEnd::broken;
    while (depth_ > 0)
      if (!step()) return at_ >= end_ ? JsonEnd::cut : JsonEnd::broken;
    skip_space();
    return at_ == end_ ? JsonEnd::whole : JsonEnd::broken;
  }

 private:
  /// One level of nesting. `entered`: its name was given to the sink.
  struct Level {
    bool object, entered, first;
  };  // no initialisers: a thousand of them a line would cost

  bool at_end() const { return at_ >= end_; }
  char peek() const { return at_ < end_ ? line_[at_] : '\0'; }
  void skip_space() {
    while (at_ < end_ && (line_[at_] == ' ' || line_[at_] == '\t' || line_[at_] == '\n' || line_[at_] == '\r')) ++at_;
  }

  /// The next member or element of the innermost container, or its end.
  bool step() {
    Level& level = levels_[depth_ - 1];
    skip_space();
    const char closer = level.object ? '}' : ']';
    if (peek() == closer) {
      if (!level.first && comma_) return false;
      ++at_;
      if (level.entered) sink_.leave();
      --depth_;
      comma_ = false;
      take_comma();
      return true;
    }
    if (!level.first && !comma_) return false;
    level.first = false;
    comma_ = false;
    std::string_view name;
    if (level.object) {
      if (peek() != '"' || !string(name)) return false;
      skip_space();
      if (peek() != ':') return false;
      ++at_;
      skip_space();
    }
    return open_or_scalar(name);
  }

  void take_comma() {
    if (depth_ == 0) return;
    skip_space();
    if (peek() == ',') {
      ++at_;
      comma_ = true;
    }
  }

  bool open_or_scalar(std::string_view name) {
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth_ == walked_depth_max) return false;
      ++at_;
      const bool entered = !name.empty();
      if (entered) sink_.enter(name);
      levels_[depth_++] = {c == '{', entered, true};
      comma_ = false;
      return true;
    }
    if (depth_ == 0) return false;  // a line that is one bare number or string is no record
    if (c == '"') {
      std::string_view text;
      if (!string(text)) return false;
      const auto begin = static_cast<std::size_t>(text.data() - line_.data());
      sink_.value(name, begin, begin + text.size(), Encoding::json);
    } else {
      const std::size_t begin = at_;
      if (!number() && !literal("true") && !literal("false") && !literal("null")) return false;
      sink_.value(name, begin, at_, Encoding::raw);
    }
    take_comma();
    return true;
  }

  bool literal(std::string_view word) {
    if (line_.substr(at_, end_ - at_).substr(0, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (at_ < end_ && is_digit(static_cast<unsigned char>(line_[at_]))) ++at_;
    return at_ - begin;
  }

  bool number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    const bool zero = peek() == '0';
    const std::size_t n = digits();
    if (n == 0 || (zero && n > 1)) {
      at_ = begin;
      return false;
    }
    if (peek() == '.') {
      ++at_;
      if (digits() == 0) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return false;
    }
    return true;
  }

  bool escape() {
    ++at_;
    switch (peek()) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': ++at_; return true;
      case 'u':
        ++at_;
        for (int i = 0; i < 4; ++i, ++at_)
          if (at_end() || !is_hex(static_cast<unsigned char>(line_[at_]))) return false;
        return true;
      default: return false;
    }
  }
  bool string(std::string_view& text) {
    const std::size_t begin = ++at_;
    for (;;) {
      at_ = plain_json_end(line_.substr(0, end_), at_);
      if (at_end()) return false;
      if (line_[at_] == '"') break;
      if (line_[at_] != '\\' || !escape()) return false;
    }
    text = line_.substr(begin, at_ - begin);
    ++at_;
    return true;
  }

  std::string_view line_;
  std::size_t at_, end_;
  FieldSink& sink_;
  std::size_t depth_ = 0;
  bool comma_ = false;  ///< a comma stands before the next member
  std::array<Level, walked_depth_max> levels_;
};

}  // namespace

JsonEnd walk_json(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink) { return JsonWalker(line, begin, end, sink).run(); }

bool walk_json_member(std::string_view line, FieldSink& sink) {
  const std::size_t open = line.find_first_not_of(" \t");
  if (open == std::string_view::npos || line[open] != '"') return false;
  const std::size_t close = line.find('"', open + 1);
  if (close == std::string_view::npos || close == open + 1) return false;
  const std::string_view name = line.substr(open + 1, close - open - 1);
  std::size_t begin = line.find_first_not_of(" \t", close + 1);
  if (begin == std::string_view::npos || line[begin] != ':') return false;
  begin = line.find_first_not_of(" \t", begin + 1);
  if (begin == std::string_view::npos) return false;
  std::size_t end = line.find_last_not_of(" \t,") + 1;
  if (end <= begin) return false;
  const bool quoted = end - begin >= 2 && line[begin] == '"' && line[end - 1] == '"';
  sink.value(name, begin + (quoted ? 1 : 0), end - (quoted ? 1 : 0), quoted ? Encoding::json : Encoding::raw);
  return true;
}

}  // namespace mozu::match::detail
