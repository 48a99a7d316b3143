// Opening what holds other things: who opens a format gives what it finds to a Nest, which counts, hashes and opens it in its turn.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulated.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/gene/extract.hpp"

struct YR_RULES;

namespace mozu::files {

/// The container that is being opened, as its opener sees it.
class Nest {
 public:
  virtual ~Nest() = default;
  /// Something that was found, whole or as much of it as there is. It is opened, too, before this returns. False: enough, a limit was reached.
  virtual bool found(std::string_view name, std::string_view how, std::string_view bytes) = 0;
  /// Something that is there but cannot be read.
  virtual bool unread(std::string_view name, std::string_view how, std::string_view code, std::string message) = 0;
  /// About the last one found or unread.
  virtual void note_last(std::string_view code, std::string message) = 0;
  /// What was found is the container itself in another form: its own bytes say nothing more.
  virtual void replaced() = 0;
  /// About the container itself.
  virtual void note(std::string_view code, std::string message) = 0;
  /// How many bytes the next one may have. None: enough.
  virtual std::uint64_t bytes_left() const = 0;
  virtual std::uint64_t ratio_max() const = 0;
  /// False: a limit was reached (also of time), and it is told. For openers that look at much and find little.
  virtual bool more() = 0;
  /// A program that looks packed, run by the unpacker. None: nothing came of it; a note says why.
  virtual std::optional<Emulated> emulated(std::string_view program) = 0;
  virtual const std::vector<std::string>& passwords() const = 0;
  /// Of the container, as its own container told it; may be empty.
  virtual std::string_view name() const = 0;
};

/// Genes of an object of this kind; `program`: null if it is none that a loader takes.
gene::Genome genome_of(std::string_view kind, std::string_view bytes, const gene::Program* program, const gene::ExtractLimits& limits);
/// Those of the wanted places that are in this object, in their order.
std::vector<Place> places_in(std::string_view kind, std::string_view bytes, std::string_view sha256, const std::vector<PlaceWanted>& wanted);

/// YARA rules, compiled once for all objects of a file.
class YaraRules {
 public:
  YaraRules() = default;
  ~YaraRules();
  YaraRules(const YaraRules&) = delete;
  YaraRules& operator=(const YaraRules&) = delete;
  /// Empty: they can be used. Else why not.
  std::string compile(const std::string& text);
  /// Adds the rules that fit. False: not all were tried, as the time was over.
  bool look_at(std::string_view bytes, int seconds, std::vector<YaraHit>& hits) const;
  bool empty() const { return rules_ == nullptr; }

 private:
  ::YR_RULES* rules_ = nullptr;
};

/// Openers. What they find and cannot read they tell the nest; they never fail.
void open_archive(std::string_view bytes, Nest& nest);
/// False: it is no 7z with anything encrypted in it, or no password opens its list of members.
bool open_encrypted_sevenzip(std::string_view bytes, Nest& nest);
void prepare_sevenzip();
void open_packed(std::string_view bytes, Nest& nest);
void open_ole(std::string_view bytes, Nest& nest);
/// `kind`: "email" or "mbox".
void open_mail(std::string_view kind, std::string_view bytes, Nest& nest);
void open_rtf(std::string_view bytes, Nest& nest);
void open_onenote(std::string_view bytes, Nest& nest);
void open_pdf(std::string_view bytes, Nest& nest);
/// Scripts in a page; what is hidden in a script.
void open_page(std::string_view bytes, Nest& nest);
void open_script(std::string_view bytes, Nest& nest);
/// Of a signature (PKCS#7, DER): "signer", "signer_issuer", "signer_serial", "signer_sha1"; empty if it is none.
std::vector<std::pair<std::string, std::string>> signer_facts(std::string_view der);
void prepare_certificates();
/// "ssdeep" and "tlsh" (of 256 bytes or more, not too even).
std::vector<std::pair<std::string, std::string>> fuzzy_facts(std::string_view bytes);
/// What a packer made of a program; programs in its resources or behind it, and an archive there; those of a fat Mach-O.
void open_program(std::string_view kind, std::string_view bytes, Nest& nest);
/// Modules in a dump of a process, and, where it has no table of memory, at the pages of raw memory.
void open_dump(std::string_view kind, std::string_view bytes, Nest& nest);

}  // namespace mozu::files
