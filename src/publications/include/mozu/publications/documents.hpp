// A publication as files to keep: its page, its indicators and rules in the tongues of other programs, and all of it in one archive.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/publications/page.hpp"
#include "mozu/publications/print.hpp"

namespace mozu::publications {

/// The page with what the publication's organisation may see under the publication's marking, whoever asks: each edition has one page.
Result<std::string> page_of(Desk& desk, const Published& p, const Publication& content, Part part, std::string_view language, const PageNumbers& numbers = {});

/// Report, indicators and rules as one of formats::export_formats() that is no folder. Error "export-format".
Result<std::string> written_as(Desk& desk, const intel::Viewer& v, const Published& p, std::string_view format);

inline constexpr std::uint64_t archive_bytes_max = std::uint64_t{256} << 20;

/// PDF of a part in a language; nullopt: there can be none. An error ends the archive.
using PdfOf = std::function<Result<std::optional<std::string>>(Part part, const std::string& language)>;

/// A zip of one folder, named by the slug: LANGUAGE/{summary,report}.{md,html,pdf}, indicators/ in CSV, JSON, STIX, MISP and OpenIOC, rules/ and figures/ as they were
/// attached, rules also as one file a language of rules. The same edition is the same bytes. "zip-too-large", and errors of what it is made of.
Result<std::string> archive(Desk& desk, const intel::Viewer& v, const Published& p, const PdfOf& pdf);

}  // namespace mozu::publications
