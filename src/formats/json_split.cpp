#include "json_split.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "mozu/base/bytes.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

enum ByteClass : std::uint8_t { other, quote, opener, closer };
constexpr std::array<std::uint8_t, 256> byte_classes = [] {
  std::array<std::uint8_t, 256> t{};
  t['"'] = quote;
  t['{'] = t['['] = opener;
  t['}'] = t[']'] = closer;
  return t;
}();

/// First byte in [p, end) that is '"', '\\' or a control character; eight bytes at a time.
const char* find_string_special(const char* p, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
  for (; end - p >= 8; p += 8) {
    const auto x = load<std::uint64_t>(p);
    const auto q = x ^ (ones * '"'), b = x ^ (ones * '\\');
    const auto hit = (((q - ones) & ~q) | ((b - ones) & ~b) | ((x - ones * 0x20) & ~x)) & highs;
    if (hit != 0) return p + (std::countr_zero(hit) >> 3);
  }
  while (p != end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
  return p;
}

constexpr char closing(char open) { return open == '{' ? '}' : ']'; }
constexpr bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
constexpr std::size_t padding_bytes = 64;
constexpr std::size_t first_chunk_bytes = std::size_t{128} << 10, chunk_bytes_max = std::size_t{1} << 20;  // small inputs stay cheap
/// Breaks in a row without a good value between them after which the input is given up: it is not JSON.
constexpr std::size_t breaks_in_a_row_max = 1000;

class Splitter {
 public:
  Splitter(ByteStream& in, JsonSplitHandler& handler, const JsonSplitLimits& limits) : in_(in), handler_(handler), limits_(limits) {}
  Status run();

 private:
  enum class State : std::uint8_t { first, after_comma, after_value };
  struct Frame {
    char open;
    State state = State::first;
  };
  /// How the line of the last value (or key) began, if only blanks stood before it.
  struct Anchor {
    bool valid = false;
    char mark = 0;
    std::string indent;
  };

  bool fill();
  bool ensure(std::size_t bytes);
  std::uint64_t line_at(std::size_t pos);
  bool skip_space();
  void mark_anchor();
  void root_step();
  void array_step();
  void object_step();
  bool separator_step(char close);
  bool read_key();
  void value();
  void container();
  void scalar();
  void deliver();
  void check_length() {
    if (keep_ && pos_ - start_ > limits_.element_bytes_max) drop_element();
  }
  void drop_element();
  bool scan_string(std::string& why);
  bool scan_container(std::string& why);
  void broken(std::string message, bool lost = false);
  bool count_break(std::string& message);
  bool is_last_line(std::size_t from) const;
  void close_frame();
  void recover(std::size_t from, std::string message);
  bool resume_after(const Anchor& anchor, bool may_close);
  bool line_begins(const Anchor& anchor, std::size_t blanks) const;
  void junk();

  ByteStream& in_;
  JsonSplitHandler& handler_;
  const JsonSplitLimits& limits_;
  std::string buffer_;
  std::size_t chunk_bytes_ = first_chunk_bytes;
  std::size_t pos_ = 0, end_ = 0;  // unread bytes: [pos_, end_)
  std::size_t start_ = 0;          // first byte of the value at hand
  bool keep_ = false;              // bytes from start_ must stay in the buffer
  bool eof_ = false, gave_up_ = false;
  Status status_;
  std::size_t counted_ = 0;  // line feeds before this offset are in line_
  std::uint64_t line_ = 1;
  std::vector<Frame> frames_;
  JsonPath path_;
  std::string nest_;
  Anchor anchor_, root_anchor_;
  bool fresh_line_ = true;     // pos_ is where a line begins, after indent_
  bool line_is_blank_ = true;  // only indent_ between the last line feed and pos_
  bool lost_ = false;          // the end of the input has been told of
  std::string indent_;
  std::size_t breaks_in_a_row_ = 0;
  std::uint64_t skipped_lines_ = 0;  // by the last resume_after(), before it came to its end
};

std::uint64_t count_lines(const char* p, const char* end) {
  std::uint64_t n = 0;
  while (p < end && (p = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)))) != nullptr) ++n, ++p;
  return n;
}

std::uint64_t Splitter::line_at(std::size_t pos) {
  if (pos >= counted_) line_ += count_lines(buffer_.data() + counted_, buffer_.data() + pos);
  else line_ -= count_lines(buffer_.data() + pos, buffer_.data() + counted_);
  counted_ = pos;
  return line_;
}

/// More bytes behind end_; false at the end of the input. Offsets move when bytes that are done with are dropped.
bool Splitter::fill() {
  if (eof_) return false;
  const std::size_t first = keep_ ? std::min(start_, pos_) : pos_;
  if (first > 0) {
    line_at(first);
    std::memmove(buffer_.data(), buffer_.data() + first, end_ - first);
    pos_ -= first;
    end_ -= first;
    start_ = keep_ ? start_ - first : 0;
    counted_ = 0;
  }
  if (buffer_.size() < end_ + chunk_bytes_ / 2 + padding_bytes) {
    if (!buffer_.empty()) chunk_bytes_ = std::min(chunk_bytes_ * 2, chunk_bytes_max);
    buffer_.resize(std::max(end_ + end_ / 2, chunk_bytes_) + padding_bytes);
  }
  auto got = in_.read({buffer_.data() + end_, buffer_.size() - padding_bytes - end_});
  if (!got) status_ = std::unexpected(std::move(got).error());
  if (!got || *got == 0) {
    eof_ = true;
    return false;
  }
  end_ += *got;
  return true;
}

bool Splitter::ensure(std::size_t bytes) {
  while (end_ - pos_ < bytes)
    if (!fill()) return false;
  return true;
}

/// To the next byte that is no white space, noting how its line begins; false at the end.
bool Splitter::skip_space() {
  line_is_blank_ = std::exchange(fresh_line_, false);
  for (;;) {
    if (pos_ == end_ && !fill()) return false;
    const char c = buffer_[pos_];
    if (!is_json_space(c)) return true;
    if (c == '\n') {
      line_is_blank_ = true;
      indent_.clear();
    } else if (line_is_blank_ && c != '\r') {
      if (indent_.size() < 256) indent_ += c;
      else line_is_blank_ = false;
    }
    ++pos_;
  }
}

void Splitter::mark_anchor() {
  anchor_.valid = line_is_blank_;
  if (!line_is_blank_) return;
  anchor_.mark = buffer_[pos_];
  anchor_.indent = indent_;
}

/// true: too many, nothing more is read.
bool Splitter::count_break(std::string& message) {
  if (++breaks_in_a_row_ <= breaks_in_a_row_max) return false;
  message = fmt::format("{} breaks in a row: this is not JSON, the rest is not read", breaks_in_a_row_max);
  return gave_up_ = true;
}

void Splitter::broken(std::string message, bool lost) {
  lost |= count_break(message);
  handler_.on_break(path_, line_at(pos_), std::move(message), lost);
}

Status Splitter::run() {
  while (!gave_up_ && skip_space()) {
    if (frames_.empty()) root_step();
    else if (frames_.back().open == '[') array_step();
    else object_step();
  }
  if (!frames_.empty() && !gave_up_ && !lost_ && status_) broken("the input ends inside an open array or object", true);
  while (!frames_.empty()) close_frame();
  return status_;
}

void Splitter::root_step() {
  const char c = buffer_[pos_];
  if (c == ',') {  // records with commas between, without the array around them
    ++pos_;
    return;
  }
  mark_anchor();
  if (c == '{' || c == '[') {
    if (anchor_.valid) root_anchor_ = anchor_;
    value();
  } else if (c == '"' || c == '-' || is_digit(static_cast<unsigned char>(c)) || c == 't' || c == 'f' || c == 'n') {
    value();
  } else {
    broken(fmt::format("'{}' where a JSON value should begin", printable({&c, 1})));
    while ((pos_ < end_ || fill()) && buffer_[pos_] != '\n') ++pos_;
  }
}

/// Handles ',' and the closing bracket; true if a member or element begins at pos_.
bool Splitter::separator_step(char close) {
  Frame& f = frames_.back();
  const char c = buffer_[pos_];
  if (c == '}' || c == ']') {
    if (c != close) broken(fmt::format("'{}' where '{}' was expected", c, close));
    else if (f.state == State::after_comma) broken(fmt::format("a comma before '{}'", c));
    ++pos_;
    close_frame();
    return false;
  }
  if (f.state != State::after_value) return true;
  f.state = State::after_comma;
  if (c == ',') {
    ++pos_;
    return false;
  }
  broken("a comma is missing");
  return true;
}

void Splitter::array_step() {
  if (!separator_step(']')) return;
  const char c = buffer_[pos_];
  if (c == ',' || c == ':') {
    junk();
    return;
  }
  mark_anchor();
  if (frames_.back().state != State::first) ++path_.back().index;
  frames_.back().state = State::after_value;
  value();
}

void Splitter::object_step() {
  if (!separator_step('}')) return;
  if (buffer_[pos_] != '"') {
    junk();
    return;
  }
  mark_anchor();
  if (frames_.back().state != State::first) ++path_.back().index;
  frames_.back().state = State::after_value;
  if (!read_key()) return;
  if (!skip_space()) return;
  if (buffer_[pos_] != ':') {
    broken("a colon is missing after a key");
  } else {
    ++pos_;
    if (!skip_space()) return;
  }
  const char c = buffer_[pos_];
  if (c == ',' || c == '}' || c == ']' || c == ':') broken("a value is missing");
  else value();
}

bool Splitter::read_key() {
  start_ = pos_;
  keep_ = true;
  std::string why;
  const bool ok = scan_string(why);
  const bool kept = std::exchange(keep_, false);
  if (!ok) {
    recover(kept ? start_ : pos_, std::move(why));
    return false;
  }
  if (kept) path_.back().key.assign(buffer_, start_ + 1, pos_ - start_ - 2);
  else path_.back().key.clear();
  return true;
}

/// Something that can be no value or key: up to the next byte that could be one, or a bracket.
void Splitter::junk() {
  const char c = buffer_[pos_];
  broken(fmt::format("'{}' is out of place", printable({&c, 1})));
  ++pos_;
  while (pos_ < end_ || fill()) {
    if (byte_classes[static_cast<unsigned char>(buffer_[pos_])] != other || buffer_[pos_] == '\n') return;
    ++pos_;
  }
}

void Splitter::value() {
  const char c = buffer_[pos_];
  if (c == '{' || c == '[') container();
  else scalar();
}

void Splitter::deliver() {
  breaks_in_a_row_ = 0;
  handler_.on_value(path_, {buffer_.data() + start_, pos_ - start_}, line_at(start_));
}

void Splitter::scalar() {
  start_ = pos_;
  keep_ = true;
  std::string why;
  if (buffer_[pos_] == '"') {
    const bool ok = scan_string(why);
    const bool kept = std::exchange(keep_, false);
    if (!ok) recover(kept ? start_ : pos_, std::move(why));
    else if (kept) deliver();
    return;
  }
  while (pos_ < end_ || fill()) {
    const char c = buffer_[pos_];
    if (is_json_space(c) || c == ',' || c == ':' || byte_classes[static_cast<unsigned char>(c)] != other) break;
    ++pos_;
    if (pos_ - start_ > 4096) break;
  }
  keep_ = false;
  const char c = buffer_[start_];
  const std::string_view text(buffer_.data() + start_, pos_ - start_);
  if (c == '-' || is_digit(static_cast<unsigned char>(c)) || text == "true" || text == "false" || text == "null") {
    deliver();
    return;
  }
  const std::string shown = printable(text, 40);
  if (pos_ == start_) ++pos_;
  broken(fmt::format("'{}' is no JSON value", shown));
}

void Splitter::container() {
  ensure(limits_.lookahead_bytes);
  const auto ahead = std::string_view(buffer_.data() + pos_, std::min(end_ - pos_, limits_.lookahead_bytes));
  const auto action = handler_.on_container(path_, ahead);
  if (action == JsonSplitHandler::Action::open && frames_.size() < limits_.depth_max) {
    frames_.push_back({buffer_[pos_], State::first});
    path_.push_back({buffer_[pos_] == '{', {}, 0});
    ++pos_;
    return;
  }
  start_ = pos_;
  keep_ = action != JsonSplitHandler::Action::skip;
  std::string why;
  const bool ok = scan_container(why);
  const bool kept = std::exchange(keep_, false);
  if (!ok) {
    recover(kept ? start_ : pos_, std::move(why));
  } else if (kept) {
    deliver();
  }
}

void Splitter::close_frame() {
  frames_.pop_back();
  path_.pop_back();
  handler_.on_close(path_);
}

/// An element that grows too long is no longer kept (keep_ = false), but its end is still looked for, so that the next is found.
void Splitter::drop_element() {
  keep_ = false;
  broken(fmt::format("an element longer than {} is refused", human_bytes(static_cast<double>(limits_.element_bytes_max))));
}

/// pos_ at the opening quote → behind the closing one.
bool Splitter::scan_string(std::string& why) {
  ++pos_;
  for (;;) {
    pos_ = static_cast<std::size_t>(find_string_special(buffer_.data() + pos_, buffer_.data() + end_) - buffer_.data());
    check_length();
    if (pos_ == end_) {
      if (fill()) continue;
      why = "the input ends inside a string";
      return false;
    }
    const char c = buffer_[pos_];
    if (c == '"') {
      ++pos_;
      return true;
    }
    if (c == '\n') {
      why = "a line ends inside a string";
      return false;
    }
    ++pos_;
    if (c != '\\') continue;  // another control character: the parser decides
    if (pos_ == end_ && !fill()) continue;
    if (pos_ < end_ && buffer_[pos_] != '\n') ++pos_;
  }
}

/// pos_ at the opening bracket → behind the matching one.
bool Splitter::scan_container(std::string& why) {
  nest_.clear();
  while (pos_ < end_ || fill()) {
    const char c = buffer_[pos_];
    switch (byte_classes[static_cast<unsigned char>(c)]) {
      case other: ++pos_; continue;
      case quote:
        if (!scan_string(why)) return false;
        break;
      case opener: {
        std::size_t before = pos_;
        const std::size_t stop = keep_ ? start_ : 0;
        while (before > stop && is_json_space(buffer_[before - 1])) --before;
        const char prior = before > stop ? buffer_[before - 1] : ':';
        if (!nest_.empty() && prior != ',' && prior != ':' && prior != '[') {
          why = fmt::format("a comma is missing before '{}'", c);
          return false;
        }
        if (nest_.size() >= limits_.depth_max) {
          why = fmt::format("nested deeper than {} levels", limits_.depth_max);
          return false;
        }
        nest_ += closing(c);
        ++pos_;
        break;
      }
      case closer:
        if (nest_.back() != c) {
          why = fmt::format("'{}' where '{}' was expected", c, nest_.back());
          return false;
        }
        nest_.pop_back();
        ++pos_;
        if (nest_.empty()) return true;
        break;
      default: break;
    }
    check_length();
  }
  why = "the input ends inside this value";
  return false;
}

/// From `from` on there is one line and its line feed: a broken record there costs nothing but itself. Anything else that is
/// broken at the end of the input may have had a rest.
bool Splitter::is_last_line(std::size_t from) const {
  if (!frames_.empty() || from + 1 >= end_) return false;
  return std::memchr(buffer_.data() + from, '\n', end_ - from) == buffer_.data() + end_ - 1;
}

/// The value that began at `from` is broken at pos_: says so and finds the place to go on.
void Splitter::recover(std::size_t from, std::string message) {
  if (anchor_.valid) {
    bool lost = count_break(message);
    const JsonPath path = path_;
    const std::uint64_t line = line_at(pos_), began = line_at(from);
    if (began != line) message += fmt::format("; the element began in line {}", began);
    const bool cut = eof_ && pos_ == end_ && !is_last_line(from);
    const bool was_inside = !frames_.empty();
    pos_ = from;
    skipped_lines_ = 0;
    lost_ = !resume_after(anchor_, true);
    if (lost_) lost |= cut || was_inside || skipped_lines_ > 0;
    else lost |= was_inside && frames_.empty();  // it goes on with the next document
    handler_.on_break(path, line, std::move(message), lost);
    return;
  }
  const bool more = !(eof_ && pos_ == end_);
  broken(more ? message + "; what follows in this document cannot be told apart" : std::move(message), true);
  pos_ = from;
  while (!frames_.empty()) close_frame();
  if (root_anchor_.valid) {
    resume_after(root_anchor_, false);
    return;
  }
  do pos_ = end_;
  while (fill());
}

bool Splitter::line_begins(const Anchor& anchor, std::size_t blanks) const {
  return blanks == anchor.indent.size() && buffer_[pos_ + blanks] == anchor.mark && std::string_view(buffer_.data() + pos_, blanks) == anchor.indent;
}

/// From pos_ on, the next line that begins as `anchor` says (true; pos_ at its first byte), or (may_close) one with less
/// indentation that closes the container. false: the end of the input.
bool Splitter::resume_after(const Anchor& anchor, bool may_close) {
  const std::size_t width = anchor.indent.size();
  for (;;) {
    const char* feed = nullptr;
    while ((feed = static_cast<const char*>(std::memchr(buffer_.data() + pos_, '\n', end_ - pos_))) == nullptr) {
      pos_ = end_;
      if (!fill()) return false;
    }
    pos_ = static_cast<std::size_t>(feed - buffer_.data()) + 1;
    ensure(width + 2);
    std::size_t blanks = 0;
    while (blanks <= width && pos_ + blanks < end_ && (buffer_[pos_ + blanks] == ' ' || buffer_[pos_ + blanks] == '\t')) ++blanks;
    if (pos_ + blanks >= end_) continue;
    const bool same = line_begins(anchor, blanks);
    const bool closes = may_close && !frames_.empty() && blanks < width && buffer_[pos_ + blanks] == closing(frames_.back().open);
    // A line of the kind with which the document began, where the elements are indented more: the next document.
    const bool next_root = may_close && blanks < width && root_anchor_.valid && line_begins(root_anchor_, blanks);
    if (!same && !closes && !next_root) {
      ++skipped_lines_;
      continue;
    }
    indent_.assign(buffer_, pos_, blanks);
    pos_ += blanks;
    fresh_line_ = true;
    if (next_root && !closes)
      while (!frames_.empty()) close_frame();
    if (!frames_.empty()) frames_.back().state = closes ? State::after_value : State::after_comma;
    return true;
  }
}

}  // namespace

std::string json_pointer(const JsonPath& path) {
  std::string out;
  for (const JsonStep& s : path) {
    out += '/';
    if (!s.is_key) {
      out += fmt::format("{}", s.index);
      continue;
    }
    for (const char c : s.key) {
      if (c == '~') out += "~0";
      else if (c == '/') out += "~1";
      else out += c;
    }
  }
  return out;
}

Status split_json(ByteStream& in, JsonSplitHandler& handler, const JsonSplitLimits& limits) { return Splitter(in, handler, limits).run(); }

}  // namespace mozu::formats
