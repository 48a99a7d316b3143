// What a line says about itself: its format, time, the two ends, user, and the field at an offset. No regular expressions.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/detection.hpp"

namespace mozu::match {

/// Renames or restricts fields of a source; read from TOML.
struct SourceProfile {
  std::map<std::string, std::string, std::less<>> rename;  ///< field as found → name to give
  std::vector<std::string> only_fields;                    ///< if not empty: only values in these fields are detections
  std::vector<std::string> ignore_fields;
  std::string time_field, source_field, destination_field, user_field;  ///< override the guesses
  int default_year = 0;                                                 ///< for RFC 3164 times; 0 = year of the reference time
  int offset_minutes = 0;                                               ///< zone of times that give none
};
Result<SourceProfile> read_source_profile(const std::string& path);
/// The same from text; `name` stands in messages.
Result<SourceProfile> parse_source_profile(std::string_view toml, const std::string& name);

/// What header lines say of the lines that follow (Zeek #separator and #fields, W3C #Fields). One per input, fed in order.
/// Cheap to copy, so that a batch starts with the state its predecessor left.
struct HeaderState {
  std::string format;  ///< "zeek-tsv" or "w3c", or empty
  std::vector<std::string> fields;
  char separator = '\t';
  bool operator==(const HeaderState&) const = default;
};
/// Call for every line that starts with '#'; returns true if the state changed.
bool update_header(HeaderState& state, std::string_view line);

/// Parses one line (without LF/CR). Linear time, never fails: what is not recognised is "plain".
/// `reference` gives the year for times without one.
class EventParser {
 public:
  explicit EventParser(SourceProfile profile = {}, Timestamp reference = Timestamp::now());
  ~EventParser();
  EventParser(EventParser&&) noexcept;
  EventParser& operator=(EventParser&&) noexcept;
  /// Everything but `field`. Valid until the next call. The line's bytes must stay until the last field_at() about it.
  const intel::EventFields& parse(std::string_view line, const HeaderState& header);
  /// Name (after the profile's renaming) of the field in which the raw byte range of the line last parsed begins; empty if none.
  /// The first call for a line costs one more walk over it, further ones a binary search.
  std::string field_at(std::uint64_t offset, std::uint64_t length);
  /// Does the profile let detections of this field through? Takes a name as field_at() gives it; "" is text outside any field.
  bool field_allowed(std::string_view field) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::match
