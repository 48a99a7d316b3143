// STIX bundles, TAXII envelopes and single objects → intel::StixObject, one by one; and back.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::formats {

inline constexpr std::size_t stix_object_bytes_max = std::size_t{64} << 20;
inline constexpr std::size_t stix_nesting_max = 128;

/// Reads objects again and again; keeps its parser and scratch. Not thread-safe: one a thread.
class StixObjectReader {
 public:
  StixObjectReader();
  ~StixObjectReader();
  /// The one door: checks and reads one object. STIX 2.0 becomes 2.1 (spec_version, pattern_type, is_family and what else 2.1 demands are
  /// set; nothing is dropped). `out` is reused. Errors: "json-invalid", "stix-type", "stix-id" (missing, malformed, of another
  /// type), "stix-time", "stix-reference" (a *_ref that is no id), "stix-object-too-large", each with the JSON path.
  Status read(std::string_view json, intel::StixObject& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct StixReadStatistics {
  std::uint64_t bytes = 0, objects = 0, refused = 0, cut_off = 0;
};
using StixObjectSink = std::function<Status(intel::StixObject&&)>;

/// Reads a bundle of any size, a TAXII envelope, an array, or one object a line. What cannot be read is diagnosed with file, line
/// and JSON path, counted as refused, and skipped. An error of the sink ends the reading and is returned.
Status read_stix_objects(const std::string& name, std::string_view bytes, const StixObjectSink& sink, Diagnostics& diagnostics, StixReadStatistics& statistics);
/// The same from a stream of UTF-8: memory is bounded by the largest object.
Status read_stix_objects(const std::string& name, ByteStream& in, const StixObjectSink& sink, Diagnostics& diagnostics, StixReadStatistics& statistics);

}  // namespace mozu::formats
