// A page → PDF, by Chromium without a window, shut in (base/jail.hpp): hostile pictures and fonts are opened by a process that has no network, no
// files of ours and an end. The same page gives the same bytes.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"

namespace mozu::publications {

inline constexpr std::uint64_t pdf_bytes_max = std::uint64_t{128} << 20;

struct PrintOptions {
  std::string program = {};                                 ///< empty: $MOZU_CHROMIUM, else where Debian and others put it
  std::uint64_t memory_bytes_max = std::uint64_t{2} << 30;  ///< data of each process of the browser
  std::uint32_t wall_s_max = 60;                            ///< of one printing; a page with contents is printed twice
  const std::atomic<bool>* stop = nullptr;                  ///< true: ends it with "print-time"
};

/// Page number of each named place of the PDF: ids of the page that something links to.
using PageNumbers = std::map<std::string, unsigned, std::less<>>;

/// True if there is a browser to print with.
bool can_print(const PrintOptions& options = {});

/// `page` makes the HTML, first without page numbers, then with those of the first printing. `date` is the one that the PDF bears.
/// Errors: those of `page`; "print-missing" (no browser), "print-failed" (it crashed, or what it gave is no PDF), "print-time", "jail-start". Thread-safe.
Result<std::string> print_pdf(const std::function<Result<std::string>(const PageNumbers&)>& page, Timestamp date, const PrintOptions& options = {});

}  // namespace mozu::publications
