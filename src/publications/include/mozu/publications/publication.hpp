// A publication: what an analyst writes for readers. An executive summary for those who decide and a full report for those who defend, in
// one or more languages, with what it is about and what comes with it. Plain data; its JSON form is that of the API and of what is stored.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::publications {

inline constexpr std::size_t languages_max = 8, tags_max = 200, tag_bytes_max = 200, techniques_max = 300;
/// 2,000 and 300 characters, which are of three bytes in Japanese: what forms let people type.
inline constexpr std::size_t evidence_bytes_max = 6000, title_bytes_max = 900;
inline constexpr std::size_t references_max = 500, attachments_max = 100, url_bytes_max = 2000;
inline constexpr std::size_t summary_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t full_bytes_max = std::size_t{1} << 20;
/// Of all texts together: with the rest they are one document of the store.
inline constexpr std::size_t texts_bytes_max = std::size_t{3} << 20;
inline constexpr std::size_t attachment_bytes_max = std::size_t{16} << 20;

/// "en", "ja", "pt-BR": the shapes of BCP 47 that have two or three letters and at most a region.
bool is_language(std::string_view s);

struct LanguageText {
  std::string language;  ///< is_language()
  std::string title;
  std::string summary, full;  ///< Markdown
};

struct Technique {
  std::string id;        ///< "T1566", "T1566.001"
  std::string evidence;  ///< the sentence that says so
};

struct Reference {
  std::string title, url;  ///< http or https
};

enum class AttachmentKind : std::uint8_t { indicators, yara, sigma, suricata, figure };
std::string_view name(AttachmentKind k);
std::optional<AttachmentKind> attachment_kind_of(std::string_view name);

/// Its bytes are kept elsewhere, by their hash.
struct Attachment {
  AttachmentKind kind = AttachmentKind::indicators;
  std::string name;    ///< of a file: letters, digits, '.', '-', '_'; unique in the publication
  std::string sha256;  ///< hex
  std::uint64_t bytes = 0;
};

/// What it is about, by names as people write them.
struct About {
  std::vector<std::string> geography, sectors, actors, malware, campaigns;
};
/// Each of these lists: its member in JSON, and what intel::subject_of() calls one of its names.
struct AboutList {
  std::string_view member, subject;
  std::vector<std::string> About::* list;
};
inline constexpr std::array<AboutList, 5> about_lists = {{{"geography", "geography", &About::geography},
                                                          {"sectors", "sector", &About::sectors},
                                                          {"actors", "actor", &About::actors},
                                                          {"malware", "malware", &About::malware},
                                                          {"campaigns", "campaign", &About::campaigns}}};

struct Publication : About {
  std::string slug;          ///< a-z, 0-9, '-': its name within its organisation
  std::string kind = "apt";  ///< "apt", "crimeware", "ics", or one of the organisation's own of the same shape as a slug
  intel::Tlp tlp = intel::Tlp::none;
  std::optional<Timestamp> date;    ///< that it bears; absent: when it was first published
  std::vector<LanguageText> texts;  ///< the first one is the original
  std::vector<Technique> techniques;
  std::vector<Reference> references;
  std::vector<Attachment> attachments;

  const Attachment* attachment(std::string_view name) const;
  /// In this language, else in the first one; nullptr if there is no text at all.
  const LanguageText* text(std::string_view language) const;
};

/// What must hold of every version, also of a draft: shapes and limits. "publication-invalid", with the JSON path of the first thing that does not.
Status check_shape(const Publication& p);
/// What a reader needs: a title and a summary in each language, a text. The same error.
Status check_complete(const Publication& p);

/// Members, into an object that is begun.
void write_fields(JsonWriter& w, const Publication& p);
void write_about(JsonWriter& w, const About& about);
void write_techniques(JsonWriter& w, const std::vector<Technique>& list);
void write_references(JsonWriter& w, const std::vector<Reference>& list);
/// The whole of it, as one JSON object.
std::string json_of(const Publication& p);
/// Takes the members that the JSON object has over `p`, and leaves the others: what PATCH means. `attachments` are taken from `stored` JSON only: a client
/// sends files, not hashes. "publication-invalid" names an unknown member, a wrong type, or what check_shape() says.
Status read_fields(std::string_view json, bool stored, Publication& p);

}  // namespace mozu::publications
