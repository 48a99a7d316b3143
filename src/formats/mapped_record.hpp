// Private to the room: records made by a mapping from settings (role → place in the document).
#pragma once
#include <string>
#include <string_view>

#include "reader.hpp"

namespace mozu::formats {

/// Adds a context field unless the value is empty or the same field stands there already. Values are cut at 4 KiB.
void add_context(intel::ContextFields& context, std::string_view name, std::string_view value);

class MappedRecord {
 public:
  explicit MappedRecord(Emitter& out) : out_(out) {}
  void begin(std::uint64_t line, std::string path);
  /// `role` as in FeedSettings::mapping, "value" excepted. Several texts for one role are kept where the role can hold them.
  void set(std::string_view role, std::string_view text);
  void emit(std::string_view value);

 private:
  Emitter& out_;
  RawRecord record_;
  std::string type_;
};

}  // namespace mozu::formats
