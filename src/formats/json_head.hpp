// Private to the room: a look at the beginning of JSON text, which may be cut anywhere. For telling formats apart only.
#pragma once
#include <string_view>
#include <vector>

namespace mozu::formats {

struct JsonHeadMember {
  int depth = 1;          ///< 1 = member of the root; every object or array around counts
  std::string_view key;   ///< raw, without quotes
  char kind = 0;          ///< first byte of the value: '{', '[', '"', …
  std::string_view text;  ///< strings: raw, without quotes; other scalars: the token; containers: empty
};

struct JsonHead {
  char root = 0;                        ///< first byte that is no blank: '{', '[', … ; 0 if there is none
  char element = 0;                     ///< root '[': first byte of the first element
  std::vector<JsonHeadMember> members;  ///< in order
  bool closed = false;                  ///< the first root value ends in the text
  std::string_view after;               ///< what follows it (blanks and one comma cut off)

  void scan(std::string_view text, int depth_max = 3, std::size_t members_max = 200);
  /// First member so called at this depth (0 = any).
  const JsonHeadMember* find(std::string_view key, int depth = 0) const;
  bool has(std::string_view key, int depth = 0) const { return find(key, depth) != nullptr; }
};

/// Is the object at the start of `text` a STIX bundle? `head` is scratch.
bool is_stix_bundle(JsonHead& head, std::string_view text);

}  // namespace mozu::formats
