// A publication as one page that stands by itself: HTML with its style sheet, figures and charts inside, for reading in a browser, for keeping, and
// for print (cover, contents, running heads, page numbers, TLP mark on every page). No script, nothing that is loaded from elsewhere.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/publications/desk.hpp"

namespace mozu::publications {

enum class Part : std::uint8_t { summary, report };
std::string_view name(Part p);
std::optional<Part> part_of(std::string_view name);  ///< "summary", "report"

/// What is more is in the files, and the page says how much.
inline constexpr std::size_t page_indicators_max = 400;
inline constexpr std::size_t page_rules_bytes_max = std::size_t{48} << 10;
/// Of all pictures together, as often as they are shown; of one that does not fit its description stands there.
inline constexpr std::size_t page_figures_bytes_max = std::size_t{32} << 20;

struct PageInput {
  const Published& published;
  const Publication& publication;
  std::string_view language;  ///< one of its texts; the first one where it has no such
  Part part = Part::report;
  std::span<const PublishedItem> items;  ///< indicators and rules
  std::function<Result<std::string>(const Attachment&)> file;
  /// Of techniques, by their ids; may be empty.
  std::map<std::string, std::string, std::less<>> technique_names = {};
  /// Printed page of each id of a heading, for the contents. Empty: contents without numbers, laid out as if they were there.
  std::map<std::string, unsigned, std::less<>> page_numbers = {};
};

/// For the header Content-Security-Policy of this page, which also says so itself; made of the hash of its style sheet.
std::string page_policy(std::string_view html);

/// Errors of render_html(), of `file`; "absent": the publication has no text.
Result<std::string> page_html(const PageInput& input);

}  // namespace mozu::publications
