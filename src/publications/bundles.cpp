#include "mozu/publications/bundles.hpp"

#include <fmt/core.h>

#include "mozu/base/csv_write.hpp"
#include "mozu/base/text.hpp"

namespace mozu::publications {
std::string_view indicator_type(std::string_view kind) {
  constexpr std::pair<std::string_view, std::string_view> words[] = {
      {"md5", "md5Hash"},        {"sha1", "sha1Hash"},      {"sha256", "sha256Hash"}, {"sha512", "sha512Hash"}, {"ipv4", "ip"},          {"ipv6", "ip"},
      {"ipv4-range", "ipRange"}, {"ipv6-range", "ipRange"}, {"domain", "domain"},     {"url", "url"},           {"url-mask", "urlMask"}, {"email", "email"}};
  for (const auto& [ours, theirs] : words)
    if (ours == kind) return theirs;
  return {};
}

void IndicatorCsv::add(const PublishedItem& item, std::string_view title) {
  const auto type = indicator_type(item.kind);
  if (type.empty()) return;
  append_csv_cell(out_, std::string_view(item.id).substr(item.id.find("--") + 2));
  out_ += ',';
  append_csv_cell(out_, item.value);
  out_ += ',';
  out_ += type;
  out_ += ',';
  append_csv_cell(out_, title);
  out_ += ',';
  out_ += format_time(item.since);
  out_ += "\r\n";
}

void YaraFile::add(const PublishedItem& item, std::string_view title) {
  if (item.kind != "yara") return;
  const bool taken = names_.insert(item.name).second;
  // A title is text of others: no line end leaves the comment.
  out_ += fmt::format("// {}{}\n", printable(title, 300),
                      taken ? "" : fmt::format(": its rule {} is left out, another one has the name", printable(item.name, 200)));
  if (taken) out_ += item.value + "\n\n";
}

}  // namespace mozu::publications
