// Private: what feeds call the types of their values ("FileHash-SHA256", "hostname", "ipv4-addr", "Intel::ADDR") → TypeHint.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mozu/intel/indicator.hpp"
#include "shape.hpp"

namespace mozu::formats {

/// ASCII letters and digits only, lower case: "IP:port" → "ipport". At most 64 bytes.
std::string word_key(std::string_view s);

struct TypeWord {
  std::optional<intel::TypeHint> hint;  ///< nullopt: a kind that Mozu does not match on
  std::string_view kind;                ///< then its name, for Emitter::pass_over()
};

/// nullopt: a word that says nothing (unknown to this list).
std::optional<TypeWord> type_word(std::string_view word);

/// Given what the feed calls a value and what it looks like, the hint to read it with: a feed's "domain" that is a URL is
/// read as a URL, because feeds use one word for all network values more often than they mean it.
intel::TypeHint reconcile(intel::TypeHint hint, Shape shape);
inline intel::TypeHint reconcile(intel::TypeHint hint, std::string_view value) { return reconcile(hint, shape_of(value)); }

}  // namespace mozu::formats
