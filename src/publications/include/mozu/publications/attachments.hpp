// What comes with a publication: read, checked and made objects. Nothing is published that does not read to its end.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/publications/publication.hpp"

namespace mozu::publications {

inline constexpr std::size_t indicators_max = 200'000, rules_max = 20'000;
inline constexpr std::size_t yara_bytes_max = std::size_t{4} << 20;
inline constexpr std::uint64_t unpacked_bytes_max = std::uint64_t{64} << 20;  ///< of an attachment, all members together
inline constexpr std::uint64_t attachment_rows_max = 2'000'000;               ///< also of those that say the same

/// Name of the warning list that holds a canonical value; empty: none does.
using KnownHarmless = std::function<std::string(std::string_view value)>;

struct RuleText {
  std::string language;  ///< "yara", "sigma", "suricata" or "snort": pattern_type of STIX
  std::string name, text;
};

struct Contents {
  std::vector<intel::Pattern> indicators;  ///< canonical, each once, in order
  std::vector<RuleText> rules;             ///< each once
};

/// An error ("attachment-too-large") where it unpacks to more than is read; of no figure. Soon said: nothing is read for what it holds.
Status check_unpacked(AttachmentKind kind, const std::string& name, std::string_view bytes);

/// Reads one attachment into `out`. Errors in `diagnostics`, each with file and line: what no reader takes, a row that is no indicator, a
/// rule that does not compile, a picture that is none. A warning ("known-harmless") for each indicator that a warning list holds.
/// Indicators: any feed format (CSV, JSON, STIX, MISP, OpenIOC, plain lists). YARA compiles with libyara in the cell (files/yara.hpp), without includes. Sigma rules parse,
/// Suricata rules too, and are tested by suricata where it is installed. Figures: PNG, JPEG, GIF or WebP by their first bytes; SVG, which may hold scripts, is none.
void read_attachment(const Attachment& a, std::string_view bytes, const KnownHarmless& harmless, Contents& out, Diagnostics& diagnostics);

/// "image/png", …; empty: no picture that is shown.
std::string_view picture_type(std::string_view bytes);

/// Suricata rules as suricata itself reads them (`suricata -T`), shut in (base/jail.hpp); errors with the line ("suricata"). A note ("suricata-absent")
/// where it is not installed: they are only parsed then. `program`: empty is $MOZU_SURICATA, else where Debian puts it.
void check_suricata(const std::string& name, std::string_view rules, Diagnostics& diagnostics, const std::string& program = {});

/// True if suricata is there to test rules with.
bool can_test_suricata(const std::string& program = {});

}  // namespace mozu::publications
