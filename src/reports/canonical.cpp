#include "mozu/reports/canonical.hpp"

#include <fmt/core.h>

#include <array>

#include "mozu/base/text.hpp"
#include "mozu/intel/catalogue.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::reports {
namespace {

struct Observable {
  intel::TypeHint hint;
  std::string_view kind;  // as intel::short_name()
};
/// By FindingType, up to sha512.
constexpr std::array<Observable, 9> observables = {{{intel::TypeHint::ip, "ipv4"},
                                                    {intel::TypeHint::ip, "ipv6"},
                                                    {intel::TypeHint::domain, "domain"},
                                                    {intel::TypeHint::url, "url"},
                                                    {intel::TypeHint::email, "email"},
                                                    {intel::TypeHint::hash, "md5"},
                                                    {intel::TypeHint::hash, "sha1"},
                                                    {intel::TypeHint::hash, "sha256"},
                                                    {intel::TypeHint::hash, "sha512"}}};

/// By the matcher's canonicaliser, which says in its words what is wrong.
Result<std::string> canonical_observable(FindingType type, std::string_view text) {
  const Observable& wanted = observables[static_cast<std::size_t>(type)];
  const auto refused = [&](std::string_view why) {
    return fail("field-invalid", fmt::format("'{}' is no {}: {}", printable(text, 100), name(type), why), "correct the value, or choose another type");
  };
  constexpr intel::PatternOptions broad{.allow_broad = true};
  auto pattern = intel::read_pattern(text, intel::TypeHint::any, broad);
  if (!pattern) pattern = intel::read_pattern(text, wanted.hint, broad);  // takes more, and says more of what it does not take
  if (!pattern) return refused(pattern.error().message);
  if (intel::short_name(pattern->kind) != wanted.kind) return refused(fmt::format("it is {}", intel::short_name(pattern->kind)));
  return pattern->value;
}

}  // namespace

Result<std::string> canonical_value(FindingType type, std::string_view text) {
  if (trim(text).empty() || text.size() > value_bytes_max) return fail("field-invalid", fmt::format("a value has 1 to {} bytes", value_bytes_max));
  if (type <= FindingType::sha512) return canonical_observable(type, text);
  const bool cve = type == FindingType::vulnerability;
  if (!cve && type != FindingType::technique) return std::string(trim(text));
  const auto id = intel::read_catalogue_id(trim(text));
  if (!id || id->type != (cve ? "vulnerability" : "technique"))
    return fail("field-invalid", fmt::format("'{}' is no {}", printable(text, 100), name(type)),
                cve ? "write it as CVE-2021-44228" : "write it as T1059 or T1059.001");
  return id->id;
}

Status say_value(Finding& f, std::string_view value) {
  MOZU_LET(auto canonical, canonical_value(f.type, value));
  f.written = value;
  f.value = std::move(canonical);
  f.id.clear(), f.name.clear();
  f.confidence = 1;
  f.reason = "said by a person";
  f.noise = Noise::none;
  return {};
}

}  // namespace mozu::reports
