#include "mozu/publications/print.hpp"

#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <vector>

#include "mozu/base/jail.hpp"
#include "mozu/base/text.hpp"

namespace mozu::publications {
namespace {

std::string browser(const PrintOptions& options) {
  if (!options.program.empty()) return first_program({options.program.c_str()});
  if (const char* given = std::getenv("MOZU_CHROMIUM"); given != nullptr && *given != '\0') return first_program({given});
  // Debian's /usr/bin/chromium is a shell script that reads settings meant for people.
  return first_program({"/usr/lib/chromium/chromium", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/opt/google/chrome/chrome"});
}

/// Its own sandbox, between the page and the rest of the browser, needs namespaces. Where they may not be made, what holds is the jail around it all.
std::atomic<bool> own_sandbox{true};

JailOptions command(const std::string& program, const PrivateFolder& folder, const PrintOptions& options, bool sandbox) {
  JailOptions out;
  out.program = program;
  out.arguments = {"--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
                   "--disable-sync", "--disable-background-networking", "--disable-component-update", "--disable-breakpad", "--disable-crash-reporter",
                   "--disable-remote-fonts", "--disable-features=Translate,OptimizationHints,MediaRouter",
                   // The jail has no network; should it ever have one, nothing is found in it.
                   "--proxy-server=socks5://127.0.0.1:9", "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pdf-header-footer",
                   "--generate-pdf-document-outline", "--export-tagged-pdf", "--lang=en-US", "--force-color-profile=srgb", "--font-render-hinting=none",
                   fmt::format("--user-data-dir={}/profile", folder.path()), fmt::format("--print-to-pdf={}/out.pdf", folder.path())};
  if (!sandbox) out.arguments.emplace_back("--no-sandbox");
  out.arguments.push_back(fmt::format("file://{}/page.html", folder.path()));
  out.environment = {"HOME=" + folder.path(),
                     "TMPDIR=" + folder.path(),
                     "XDG_RUNTIME_DIR=" + folder.path(),
                     "PATH=/usr/bin:/bin",
                     "LANG=C.UTF-8",
                     "TZ=UTC",
                     "DBUS_SESSION_BUS_ADDRESS=disabled:",
                     "DBUS_SYSTEM_BUS_ADDRESS=disabled:"};
  out.memory_bytes_max = options.memory_bytes_max;
  out.wall_s_max = options.wall_s_max;
  out.stop = options.stop;
  out.file_bytes_max = pdf_bytes_max;
  return out;
}

struct Printed {
  JailEnd end;
  std::string pdf;  ///< what was printed, if the end is done
};

Result<Printed> print_with(const std::string& program, std::string_view html, const PrintOptions& options, bool sandbox) {
  MOZU_LET(const auto folder, PrivateFolder::make());
  MOZU_TRY(folder.write("page.html", html));
  Printed out;
  MOZU_LET(out.end, run_in_jail(folder, command(program, folder, options, sandbox)));
  if (out.end.done()) out.pdf = folder.read("out.pdf", pdf_bytes_max).value_or(std::string());
  return out;
}

/// An empty page, in the sandbox: whether that works is no matter of what a page holds.
bool prints_in_sandbox(const std::string& program, const PrintOptions& options) {
  const auto printed = print_with(program, "<!doctype html><title>-</title>", options, true);
  return printed && printed->end.done();
}

Result<std::string> print_once(const std::string& program, std::string_view html, const PrintOptions& options) {
  const bool sandbox = own_sandbox;
  MOZU_LET(Printed printed, print_with(program, html, options, sandbox));
  // It says so, among all that it says of the page; so it is tried without the page.
  if (sandbox && !printed.end.done() && !printed.end.late && printed.end.output.find("sandbox") != std::string::npos && !prints_in_sandbox(program, options)) {
    MOZU_LET(printed, print_with(program, html, options, false));
    if (printed.end.done()) own_sandbox = false;
  }
  const auto& [end, pdf] = printed;
  if (end.late)
    return fail("print-time", fmt::format("the page was not printed within {} s", options.wall_s_max),
                "the machine may be busy, or the publication hold too much");
  if (!end.done())
    return fail("print-failed",
                end.signal != 0 ? fmt::format("the browser that prints crashed (signal {})", end.signal)
                                : fmt::format("the browser that prints ended with {}", end.exit),
                "a picture may be damaged, or too large for the memory that printing has");
  if (!pdf.starts_with("%PDF-") || pdf.find("%%EOF", pdf.size() - std::min<std::size_t>(pdf.size(), 64)) == pdf.npos)
    return fail("print-failed", "what the browser printed is no PDF");
  return std::move(printed.pdf);
}

/// The object `number` as Skia writes it: PDF 1.4, without packed objects; empty if it is not there.
std::string_view object(std::string_view pdf, std::string_view number) {
  const std::string head = fmt::format("\n{} 0 obj\n", number);
  const auto at = pdf.find(head);
  if (at == pdf.npos) return {};
  const auto begin = at + head.size(), end = pdf.find("\nendobj", begin);
  return end == pdf.npos ? std::string_view() : pdf.substr(begin, end - begin);
}

/// "12 0 R" after the key: "12"; else empty.
std::string_view reference(std::string_view dictionary, std::string_view key) {
  const auto at = dictionary.find(key);
  if (at == dictionary.npos) return {};
  std::string_view rest = trim(dictionary.substr(at + key.size()));
  const auto end = rest.find_first_not_of("0123456789");
  return end == rest.npos || !rest.substr(end).starts_with(" 0 R") ? std::string_view() : rest.substr(0, end);
}

/// Pages in their order; the tree is of a few levels.
void list_pages(std::string_view pdf, std::string_view node, int depth, std::vector<std::string>& out) {
  const auto dictionary = object(pdf, node);
  const auto kids = dictionary.find("/Kids [");
  if (kids == dictionary.npos) return out.emplace_back(node), void();
  if (depth > 20) return;
  std::string_view list = dictionary.substr(kids + 7);
  list = list.substr(0, list.find(']'));
  for (std::size_t at = 0; at < list.size();) {
    const auto end = list.find(" 0 R", at);
    if (end == list.npos) return;
    list_pages(pdf, trim(list.substr(at, end - at)), depth + 1, out);
    at = end + 4;
  }
}

PageNumbers numbers_of(std::string_view pdf) {
  PageNumbers out;
  const auto trailer = pdf.rfind("trailer");
  const auto catalog = trailer == pdf.npos ? std::string_view() : object(pdf, reference(pdf.substr(trailer), "/Root "));
  std::vector<std::string> pages;
  list_pages(pdf, reference(catalog, "/Pages "), 0, pages);
  std::map<std::string, unsigned, std::less<>> number;
  for (unsigned i = 0; i < pages.size(); ++i) number.emplace(pages[i], i + 1);
  std::string_view places = object(pdf, reference(catalog, "/Dests "));
  for (std::size_t at = 0; (at = places.find('/', at)) != places.npos;) {  // "/name [12 0 R /XYZ x y 0]"
    const auto open = places.find(" [", at), blank = open == places.npos ? open : places.find(' ', open + 2);
    if (blank == places.npos) break;
    if (const auto found = number.find(places.substr(open + 2, blank - open - 2)); found != number.end())
      out.emplace(places.substr(at + 1, open - at - 1), found->second);
    at = places.find(']', blank);
    if (at == places.npos) break;
  }
  return out;
}

/// When and with what it was made would differ from one printing to the next. The same number of bytes, as places in the file are counted.
void make_timeless(std::string& pdf, Timestamp date) {
  const CivilTime c = to_civil(date);
  const std::string stamp = fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
  for (const std::string_view key : {"/CreationDate (D:", "/ModDate (D:"})
    if (const auto at = pdf.find(key); at != pdf.npos && at + key.size() + stamp.size() < pdf.size()) pdf.replace(at + key.size(), stamp.size(), stamp);
  constexpr std::string_view creator = "/Creator (", ours = "/Creator (Mozu)";
  const auto at = pdf.find(creator), end = at == pdf.npos ? at : pdf.find(")\n/", at);
  if (end != pdf.npos && end + 1 - at >= ours.size()) pdf.replace(at, end + 1 - at, std::string(ours) + std::string(end + 1 - at - ours.size(), ' '));
}

}  // namespace

bool can_print(const PrintOptions& options) { return !browser(options).empty(); }

Result<std::string> print_pdf(const std::function<Result<std::string>(const PageNumbers&)>& page, Timestamp date, const PrintOptions& options) {
  const std::string program = browser(options);
  if (program.empty())
    return fail("print-missing", "there is no Chromium to print with", "install the package chromium on the server; the HTML prints well from any browser");
  MOZU_LET(const std::string first, page({}));
  MOZU_LET(std::string pdf, print_once(program, first, options));
  if (const auto numbers = numbers_of(pdf); !numbers.empty()) {
    MOZU_LET(const std::string second, page(numbers));
    MOZU_LET(pdf, print_once(program, second, options));
  }
  make_timeless(pdf, date);
  return pdf;
}

}  // namespace mozu::publications
