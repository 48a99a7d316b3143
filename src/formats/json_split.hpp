// Private to the room: cuts JSON text from a stream into element texts, in memory bounded by one element.
//
// Why not parse whole documents: feeds reach gigabytes, and one broken element must not cost the others. The splitter tracks
// only strings, brackets and (in opened containers) commas; whether an element is valid JSON inside is for the parser to say.
// One root value or many in a row (NDJSON, concatenated, comma-separated) are taken alike.
//
// After a break it goes on only where that is sound: when the broken element began its line, at the next line that begins
// with the same indentation and byte (a raw line feed cannot stand inside a JSON string), or at the closing bracket on a line
// with less indentation. Else the rest up to the next root value that begins a line is given up, and said to be.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/stream.hpp"

namespace mozu::formats {

struct JsonSplitLimits {
  std::size_t element_bytes_max = std::size_t{64} << 20;  ///< a longer element is refused, the ones after it are kept
  std::size_t depth_max = 128;                            ///< brackets inside brackets
  std::size_t lookahead_bytes = std::size_t{64} << 10;    ///< shown to on_container() (less at the end of the input)
};

/// Place of a value: one step for each opened container around it.
struct JsonStep {
  bool is_key = false;
  std::string key;          ///< as written, escapes undecoded
  std::uint64_t index = 0;  ///< 0-based, for elements of arrays and for the order of members
};
using JsonPath = std::vector<JsonStep>;
/// RFC 6901 pointer: "/objects/17"; empty for a root value.
std::string json_pointer(const JsonPath& path);

class JsonSplitHandler {
 public:
  enum class Action { take, open, skip };
  virtual ~JsonSplitHandler() = default;
  /// A container begins at `path`; lookahead[0] is its bracket.
  virtual Action on_container(const JsonPath& path, std::string_view lookahead) = 0;
  /// A scalar, or a container that was taken. 64 bytes after the text are readable. The text is gone after the call.
  virtual void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) = 0;
  /// An opened container ends (also when it is given up after a break). `path` is its own.
  virtual void on_close(const JsonPath& path) { (void)path; }
  /// The text is broken here. `lost`: an unknown rest is not read (up to the next root value, if there is one); else one
  /// element is missing, or nothing.
  virtual void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) = 0;
};

/// The Status is an error only if the stream fails; what was cut before was delivered.
Status split_json(ByteStream& in, JsonSplitHandler& handler, const JsonSplitLimits& limits = {});

}  // namespace mozu::formats
