// Windows events as XML, one a line: <Event><System>…<EventData><Data Name="IpAddress">…
#include <algorithm>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t xml_depth_max = 64;

bool is_name_byte(char ch) {
  const auto c = static_cast<unsigned char>(ch);
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':' || c >= 0x80;
}

class XmlWalker {
 public:
  XmlWalker(std::string_view line, std::size_t begin, FieldSink& sink) : line_(line), at_(begin), sink_(sink) {}

  void run() {
    while (at_ < line_.size()) {
      const std::size_t open = std::min(line_.find('<', at_), line_.size());
      if (depth_ > 0) text(at_, open);
      if (open + 1 >= line_.size()) break;
      at_ = open + 1;
      tag();
    }
    while (depth_ > 0) leave();
  }

 private:
  void leave() {
    if (depth_ <= xml_depth_max) sink_.leave();
    --depth_;
  }

  void text(std::size_t begin, std::size_t end) {
    while (begin < end && is_space(static_cast<unsigned char>(line_[begin]))) ++begin;
    while (end > begin && is_space(static_cast<unsigned char>(line_[end - 1]))) --end;
    if (begin == end || (end - begin == 1 && line_[begin] == '-')) return;  // the '-' of a browser's tree view
    sink_.value({}, begin, end, Encoding::xml);
  }

  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < line_.size() && is_name_byte(line_[at_])) ++at_;
    return line_.substr(begin, at_ - begin);
  }

  void tag() {
    const char c = line_[at_];
    if (c == '!' || c == '?') {
      const std::size_t close = line_.find('>', at_);
      at_ = close == std::string_view::npos ? line_.size() : close + 1;
      return;
    }
    if (c == '/') {
      const std::size_t close = line_.find('>', at_);
      at_ = close == std::string_view::npos ? line_.size() : close + 1;
      if (depth_ > 0) leave();
      return;
    }
    std::string_view element = name();
    if (element.empty()) return;
    attributes(element);
  }

  struct Attribute {
    std::string_view name;
    std::size_t begin = 0, end = 0;
  };

  /// name="value" or name='value'; false at the end of the tag.
  bool attribute(Attribute& a) {
    while (at_ < line_.size() && is_space(static_cast<unsigned char>(line_[at_]))) ++at_;
    a.name = name();
    if (a.name.empty() || at_ + 1 >= line_.size() || line_[at_] != '=') return false;
    const char quote = line_[at_ + 1];
    if (quote != '"' && quote != '\'') return false;
    const std::size_t close = line_.find(quote, at_ + 2);
    if (close == std::string_view::npos) return false;
    a.begin = at_ + 2;
    a.end = close;
    at_ = close + 1;
    return true;
  }

  /// <Data Name="IpAddress"> is the field IpAddress; other attributes are fields below their element.
  void attributes(std::string_view element) {
    Attribute a;
    const std::size_t start = at_;
    if (element == "Data" && attribute(a) && a.name == "Name") element = line_.substr(a.begin, a.end - a.begin);
    else at_ = start;
    ++depth_;
    if (depth_ <= xml_depth_max) sink_.enter(element);
    while (attribute(a))
      if (a.name != "xmlns") sink_.value(a.name, a.begin, a.end, Encoding::xml);
    const std::size_t close = line_.find('>', at_);
    if (close == std::string_view::npos) {
      at_ = line_.size();
      return;
    }
    const bool empty = close > at_ ? line_[close - 1] == '/' : line_[at_ - 1] == '/';
    at_ = close + 1;
    if (empty) leave();
  }

  std::string_view line_;
  std::size_t at_;
  FieldSink& sink_;
  std::size_t depth_ = 0;
};

}  // namespace

bool is_windows_xml(std::string_view s) {
  if (s.starts_with("- ")) s.remove_prefix(2);
  if (s.starts_with("<?xml")) {
    const std::size_t close = s.find("?>");
    if (close == std::string_view::npos || close > 200) return false;
    s = trim(s.substr(close + 2));
  }
  return s.starts_with("<Event ") || s.starts_with("<Event>");
}

void walk_windows_xml(std::string_view line, std::size_t begin, FieldSink& sink) { XmlWalker(line, begin, sink).run(); }

}  // namespace mozu::match::detail
