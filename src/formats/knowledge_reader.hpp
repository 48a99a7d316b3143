// Private to the room: what a reader of knowledge sees. One format = one *_objects.cpp file; knowledge.cpp lists them all.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/stream.hpp"
#include "mozu/formats/knowledge.hpp"

namespace mozu::formats {

/// Where readers put the JSON of the objects that they make. Checks, counts, diagnoses, and hands on.
class ObjectEmitter {
 public:
  ObjectEmitter(std::string file, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics, KnowledgeStatistics& statistics);
  ~ObjectEmitter();
  void emit(std::string_view json, const Location& where = {});
  void emit(intel::StixObject&& object);
  /// A record that cannot be read.
  void refuse(Diagnostic d);
  void refuse(std::string_view code, std::string message, const Location& where, std::string hint = {});
  void lose(Diagnostic d);
  void pass_over(std::string_view kind);
  void note(Diagnostic d);
  /// The sink's error: nothing more is taken, a reader may end at once.
  const Status& status() const { return status_; }
  const KnowledgeSettings& settings() const { return settings_; }
  const std::string& source() const { return source_; }
  const std::string& file() const { return file_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  KnowledgeStatistics& statistics() { return statistics_; }
  /// Empty if unknown.
  std::string id_of_uuid(std::string_view uuid) const { return settings_.id_of_uuid ? settings_.id_of_uuid(uuid) : std::string(); }
  std::string id_of_technique(std::string_view id) const { return settings_.id_of_technique ? settings_.id_of_technique(id) : std::string(); }

 private:
  std::string file_, source_;
  const KnowledgeSettings& settings_;
  const StixObjectSink& sink_;
  Diagnostics& diagnostics_;
  KnowledgeStatistics& statistics_;
  StixObjectReader reader_;
  intel::StixObject object_;
  Status status_;
};

class KnowledgeReader {
 public:
  virtual ~KnowledgeReader() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view description() const = 0;
  /// 0 = no, 100 = certain, by the first ≤ 64 KiB.
  virtual int sniff(std::string_view head) const = 0;
  /// Error only when the input is not readable at all in this format.
  virtual Status read(ByteStream& in, ObjectEmitter& out) const = 0;
};

const std::vector<std::unique_ptr<KnowledgeReader>>& knowledge_readers();

/// Texts of one document, as most formats are read that are no lists of records.
inline constexpr std::size_t knowledge_document_bytes_max = std::size_t{256} << 20;

}  // namespace mozu::formats
