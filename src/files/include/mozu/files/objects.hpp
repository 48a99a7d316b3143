// A file → all that is in it: archives, packed programs, documents are opened in the cell, and each object found has its genes, its facts and what was
// wrong with it. What one object does, others do not suffer: the good rest is always given.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/files/document.hpp"
#include "mozu/gene/extract.hpp"

namespace mozu::files {

/// A place in an object that somebody wants to see.
struct PlaceWanted {
  std::string sha256;        ///< of the object
  std::uint64_t gene = 0;    ///< key of the gene that is there; its class says whether instructions or text are shown
  std::uint64_t offset = 0;  ///< in the object
  std::uint32_t length = 0;  ///< 0: of the gene with that key that begins in the 16 bytes from `offset` on
};

/// What is there. Of code that its loader maps the instructions, of all else the text, without control characters.
struct Place {
  std::uint32_t wanted = 0;  ///< index in OpenOptions::places
  std::uint64_t offset = 0;
  std::uint32_t length = 0;
  std::optional<std::uint64_t> address;  ///< in memory, where a loader maps it
  std::vector<std::string> lines;        ///< "401000  push rbp"; at most 64, of at most 200 bytes
};

/// A YARA rule that an object fits.
struct YaraHit {
  std::string rule;  ///< its name
  std::vector<std::string> tags;
  std::string description;  ///< of its `meta`; may be empty
  struct String {
    std::string name;  ///< "$a"
    std::uint64_t offset = 0;
  };
  std::vector<String> strings;  ///< where they stand; at most 10
};

struct FileObject {
  std::uint32_t parent = 0;  ///< index of the object that it was in; of the file itself 0
  std::string
      path;  ///< from the file on: "inner.zip/b/c.exe"; of the file itself empty. UTF-8 without control characters, at most 4,096 bytes; for showing only
  std::string how;     ///< what it is to its parent: "member", "unpacked by upx", …; of the file itself empty
  std::string kind;    ///< as identify() says it; empty: it was not read, and `notes` say why
  std::string sha256;  ///< lower-case hex; empty: it was not read
  std::uint64_t bytes = 0;
  gene::Architecture architecture = gene::Architecture::none;
  std::vector<std::pair<std::string, std::string>> facts;  ///< name and value, by name
  /// "object-encrypted" (no password fits), "object-damaged" (what could be read of it is), "object-cut" (too large: its first part was read),
  /// "object-bomb" (left out), "objects-left" (a limit was reached: not all of what it holds was opened), "object-known" (its bytes are those of an object before),
  /// "object-packed" (it is or looks packed, and was not unpacked).
  std::vector<Diagnostic> notes;
  gene::Genome genome;        ///< of its own bytes; empty where its parts say the same: archives, what was unpacked
  std::vector<YaraHit> yara;  ///< rules of OpenOptions::yara that it fits, in their order; at most 100
  std::vector<Place> places;  ///< those of OpenOptions::places that are in it and could be read
};

struct OpenedFile {
  std::vector<FileObject> objects;  ///< the file itself first; parents before what is in them
  std::vector<Diagnostic> notes;    ///< of the whole: the cell ended before its work was done ("cell-time", …), and what was found until then is here
};

/// Every limit is reached by hostile files only; what was found before is given, and a note says which limit it was.
struct OpenOptions {
  std::string name = {};      ///< of the file, without folders; only chooses among kinds of text that look alike, and names what a packed file holds
  bool fuzzy_hashes = false;  ///< facts "ssdeep" and "tlsh", too; slower than all else that is told of an object
  std::string yara =
      {};               ///< rules that each object is looked at with; at most 32 MiB. What does not compile costs all of them: note "yara-refused" of the file
  bool emulate = true;  ///< programs that look packed, and not by UPX, are run on an imitated machine by mozu-unpacker, if that is installed
  std::vector<PlaceWanted> places = {};     ///< at most 1,000; where there are any, these are shown and no genes taken
  std::vector<std::string> passwords = {};  ///< tried on encrypted members after "infected" and "malware"; at most 100, of at most 200 bytes
  std::uint32_t depth_max = 32;             ///< containers in each other
  std::uint32_t objects_max = 10'000;
  std::uint64_t bytes_max = std::uint64_t{1} << 30;           ///< unpacked, all objects together
  std::uint64_t object_bytes_max = std::uint64_t{256} << 20;  ///< of one object that is unpacked
  std::uint64_t held_bytes_max = std::uint64_t{768} << 20;    ///< unpacked objects in each other, which are in memory together
  std::uint64_t ratio_max = 1000;                             ///< of a container: unpacked ÷ packed, judged past 16 MiB unpacked
  std::uint64_t genes_max = 40'000'000;                       ///< of all objects together, 20 bytes each on their way out of the cell
};

/// Errors: "file-empty", "open-passwords" (more or longer ones than may be), "open-places" (too many), "open-yara" (too long), "cell-…" as of read_document() where nothing at all was found.
Result<OpenedFile> open_objects(std::string_view bytes, const OpenOptions& options = {}, const CellLimits& limits = {});

/// The same of a file on disk, up to 16 GiB. One of more than 64 MiB is not copied: the cell maps it, so a memory dump takes no more memory than its modules, and what others write
/// to it meanwhile is seen. Errors also: those of opening it, "file-too-large".
Result<OpenedFile> open_objects_of_file(const std::string& path, const OpenOptions& options = {}, const CellLimits& limits = {});

}  // namespace mozu::files
