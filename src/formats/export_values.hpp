// Private to the room: what the writers of knowledge share: values of objects, their words, output in blocks.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "json_access.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/knowledge_writer.hpp"

namespace mozu::formats {

/// `property` as STIX writes it: "ipv4-addr:value", "file:hashes.SHA-256", "file:name", "windows-registry-key:key" …
struct ExportValue {
  std::string property, value;
  bool operator==(const ExportValue&) const = default;
};
/// Values that the object says are bad (a STIX pattern: equality, IN, ISSUBSET) or were seen (observables), each once.
std::vector<ExportValue> export_values(JsonObject o);
/// "TLP:AMBER", or "TLP: none" where nothing is marked.
std::string tlp_line(intel::Tlp tlp);
/// Labels that stand in the object.
std::vector<std::string> export_labels(JsonObject o);
/// ATT&CK id among the external references, else empty.
std::string attack_id(JsonObject o);

/// Gathers small pieces into blocks.
class ExportOutput {
 public:
  explicit ExportOutput(ExportSink sink) : sink_(std::move(sink)) {}
  Status write(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < block_bytes ? Status() : flush();
  }
  Status flush() {
    const Status done = buffer_.empty() ? Status() : sink_({}, buffer_);
    buffer_.clear();
    return done;
  }

 private:
  static constexpr std::size_t block_bytes = std::size_t{1} << 18;
  ExportSink sink_;
  std::string buffer_;
};

}  // namespace mozu::formats
