// STIX 2.1 objects → other tongues: what `mozu export` writes. docs/exchange.md says what each can hold and what is lost on the way.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::formats {

struct ExportSettings {
  std::string title = "Mozu export";
  intel::Tlp tlp = intel::Tlp::none;  ///< the strictest of what will be given; every format names it
  Timestamp now;                      ///< of writing
};

/// One object as the store holds it.
struct ExportObject {
  std::string_view id, type, json;
  intel::Tlp tlp = intel::Tlp::none;  ///< may be stricter than the JSON says: then it is written into it
  std::string_view source;
};

/// Receives the output piece by piece: `file` is empty, or the name of a file within a folder (formats that are folders).
using ExportSink = std::function<Status(std::string_view file, std::string_view bytes)>;

/// put() each object, then end() once. "export-too-large": a format that must be written as one document got more than fits into memory
/// (two million values). Errors of the sink end the writing.
class KnowledgeWriter {
 public:
  virtual ~KnowledgeWriter() = default;
  virtual Status put(const ExportObject& o) = 0;
  virtual Status end() = 0;
  std::uint64_t written() const { return written_; }    ///< objects of which something stands in the output
  std::uint64_t left_out() const { return left_out_; }  ///< objects for which the format has no words

 protected:
  std::uint64_t written_ = 0, left_out_ = 0;
};

struct ExportFormat {
  std::string_view name, description;
  bool folder = false;               ///< writes several files
  std::vector<std::string> types{};  ///< of objects that it can say anything about; empty = all
};
const std::vector<ExportFormat>& export_formats();
/// nullptr: no such format.
std::unique_ptr<KnowledgeWriter> make_knowledge_writer(std::string_view format, const ExportSettings& settings, ExportSink sink);

}  // namespace mozu::formats
