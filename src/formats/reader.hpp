// Private to the room: what a format reader sees. One reader = one .cpp file; reader_registry.cpp lists them all.
#pragma once
#include "mozu/formats/feed.hpp"

namespace mozu::formats {

/// One value as the feed wrote it. Emitter::emit() canonicalises, applies the feed's settings, counts and diagnoses.
struct RawRecord {
  std::string_view value;
  intel::TypeHint hint = intel::TypeHint::any;
  Location where;  ///< line and/or path; the file name is filled in by the emitter
  std::optional<Timestamp> valid_from, valid_until, first_seen, last_seen;
  bool exact_only = false;
  std::uint8_t confidence = 0;
  std::vector<std::string> labels;
  std::string id;
  intel::ContextFields context;
  void clear();  ///< keeps capacity
};

class Emitter {
 public:
  virtual ~Emitter() = default;
  virtual void emit(const RawRecord& r) = 0;
  /// A record that could hold an indicator but cannot be read: counted as a refused row.
  virtual void refuse(Diagnostic d) = 0;
  /// The input is broken here and nobody knows how much is lost behind it: counted as a refused row too, but an error.
  virtual void lose(Diagnostic d) = 0;
  /// A well-formed record of a kind that Mozu does not match on (mutex, registry key …); `kind` is counted for the report.
  virtual void pass_over(std::string_view kind) = 0;
  /// Something to tell that refuses nothing.
  virtual void note(Diagnostic d) = 0;
};

/// The input as a reader gets it: BOM already decoded to UTF-8.
struct ReaderInput {
  ByteStream& stream;
  std::string name;  ///< for messages
  const FeedSettings& settings;
  std::size_t document_bytes_max = std::size_t{1} << 30;  ///< for readers that need the whole document
};

class FeedReader {
 public:
  virtual ~FeedReader() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view description() const = 0;
  /// How sure is this reader that the input is its own: 0 = no, 100 = certain. `head` is the first ≤ 64 KiB (BOM decoded);
  /// `file_name` may help to break ties but must not be needed.
  virtual int sniff(std::string_view head, std::string_view file_name) const = 0;
  /// Error only when the input is not readable at all in this format.
  virtual Status read(ReaderInput& in, Emitter& out) const = 0;
};

/// All readers. Each reader file defines one make_*_reader(); see reader_registry.cpp.
const std::vector<std::unique_ptr<FeedReader>>& readers();

}  // namespace mozu::formats
