// Private to the room: what the JSON readers have in common beyond access to values.
#pragma once
#include <string>

#include "json_access.hpp"
#include "json_split.hpp"

namespace mozu::formats {

/// Parses what the splitter cut and tells of what is broken, in one voice for all JSON readers.
class JsonReading {
 public:
  JsonReading(ReaderInput& in, Emitter& out) : in_(in), out_(out) {}

  /// nullopt: not valid JSON; refused with line and path ("json-invalid").
  std::optional<JsonElement> parse(std::string_view text, std::uint64_t line, const std::string& pointer, bool padded = true);
  /// For JsonSplitHandler::on_break: "json-broken", an error if an unknown rest is lost.
  void refuse_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost);
  /// A warning or note about the input.
  void note(Severity severity, std::string_view code, std::string message, std::string hint = {}, std::uint64_t line = 0, std::string path = {});
  /// Notes that only counts can tell: how many elements were repaired.
  void finish();
  std::uint64_t refusals() const { return refusals_; }
  Emitter& out() { return out_; }
  const ReaderInput& in() const { return in_; }
  JsonParser& parser() { return parser_; }

 private:
  ReaderInput& in_;
  Emitter& out_;
  JsonParser parser_;
  std::uint64_t repaired_ = 0, refusals_ = 0;
};

/// Gives the first 64 KiB of a stream before the stream as a whole is read.
class PeekStream final : public ByteStream {
 public:
  explicit PeekStream(ByteStream& in);
  std::string_view head() const { return head_; }
  Result<std::size_t> read(std::span<char> out) override;

 private:
  ByteStream& in_;
  std::string head_;
  std::size_t given_ = 0;
};

/// Texts put aside until what belongs to them has been read (names and relations stand anywhere in a bundle, an event's own
/// fields after its attributes).
class JsonBacklog {
 public:
  struct Entry {
    std::size_t offset = 0, length = 0;
    std::uint64_t line = 0, index = 0;
    std::uint32_t prefix = 0;
    std::uint32_t tag = 0;
  };
  /// `path` is the value's own; its last step is kept as a number.
  void add(const JsonPath& path, std::string_view text, std::uint64_t line, std::uint32_t tag);
  std::size_t bytes() const { return texts_.size() + entries_.size() * sizeof(Entry); }
  bool empty() const { return entries_.empty(); }
  /// Calls f(text, line, pointer, tag) for each and forgets them. 64 bytes after each text are readable.
  template <class F>
  void drain(F f) {
    texts_.append(simdjson::SIMDJSON_PADDING, ' ');
    std::string pointer;
    for (const Entry& e : entries_) {
      pointer = prefixes_[e.prefix];
      if (e.index != no_index) pointer += '/' + std::to_string(e.index);
      f(std::string_view(texts_).substr(e.offset, e.length), e.line, pointer, e.tag);
    }
    texts_.clear();
    entries_.clear();
    prefixes_.clear();
  }

 private:
  static constexpr std::uint64_t no_index = UINT64_MAX;
  std::string texts_;
  std::vector<Entry> entries_;
  std::vector<std::string> prefixes_;
};
/// Past this a backlog is worked off with what is known so far.
inline constexpr std::size_t json_backlog_bytes_max = std::size_t{512} << 20;

}  // namespace mozu::formats
