// rooms: match_reference match intel base
// A damaged index file: it is refused, or it is used without harm. Input: a byte of settings, rules as in the definition
// table one a line, an empty line, then damages of 8 bytes each. An index is built of the rules and damaged; bit 0 of the
// settings puts the checksums right again, so that what lies behind them is reached. docs/index-format.md gives the layout.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "definition_read.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/match/builder.hpp"
#include "mozu/match/scanner.hpp"

namespace {

using namespace mozu;
using namespace mozu::match;

constexpr std::size_t rules_max = 64, damages_max = 64;
constexpr std::size_t header_bytes = 88, entry_bytes = 32;
constexpr std::uint64_t entries_read_max = 5000;

struct Section {
  std::uint64_t offset = 0, bytes = 0;
};

std::string build_index(std::string_view& text, std::string& lines) {
  Builder builder;
  for (std::size_t n = 0; !text.empty() && n < rules_max; ++n) {
    const auto lf = text.find('\n');
    const std::string_view line = text.substr(0, lf);
    text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
    if (line.empty()) break;
    const auto row = match::reference::read_row(line);
    if (!row) continue;
    intel::FeedInfo feed;
    feed.name = row->feed;
    if (row->suppression) builder.add_suppression(row->indicator.pattern, "on the list");
    else builder.add(builder.add_feed(feed), row->indicator);
    const std::string& value = row->indicator.pattern.value;
    lines += "x " + value + " http://" + value + "/ a." + value + "\n";
  }
  auto bytes = builder.build(Timestamp{0});
  if (!bytes) std::abort();
  return std::move(*bytes);
}

/// Sections that lie inside the file, whatever the table says.
std::vector<Section> sections_of(const std::string& file) {
  std::vector<Section> sections;
  if (file.size() < header_bytes) return sections;
  const auto count = load<std::uint32_t>(file.data() + 12);
  for (std::uint32_t i = 0; i < count && header_bytes + (i + 1) * entry_bytes <= file.size(); ++i) {
    const char* entry = file.data() + header_bytes + i * entry_bytes;
    Section s{load<std::uint64_t>(entry + 8), load<std::uint64_t>(entry + 16)};
    if (s.offset > file.size() || s.bytes > file.size() - s.offset) s = {};
    sections.push_back(s);
  }
  return sections;
}

/// One damage: what, section, place (4 bytes), value (2 bytes).
void damage(std::string& file, const std::uint8_t* d) {
  const auto place = load<std::uint32_t>(d + 2);
  const auto value = load<std::uint16_t>(d + 6);
  const auto sections = sections_of(file);
  if (file.empty() || sections.empty()) return;
  Section s = sections[d[1] % sections.size()];
  if (d[0] % 8 == 7) s = {0, std::min<std::uint64_t>(file.size(), header_bytes + sections.size() * entry_bytes)};
  if (s.bytes == 0) return;
  char* at = file.data() + s.offset + place % s.bytes;
  const std::size_t room = file.size() - static_cast<std::size_t>(at - file.data());
  switch (d[0] % 8) {
    case 0:
    case 7: *at = static_cast<char>(value); break;
    case 1: *at = static_cast<char>(*at ^ (1 << value % 8)); break;
    case 2:
      if (room >= 2) store<std::uint16_t>(at, value);
      break;
    case 3:
      if (room >= 4) store<std::uint32_t>(at, load<std::uint32_t>(at) + static_cast<std::uint32_t>(static_cast<std::int16_t>(value)));
      break;
    case 4: std::fill_n(at, std::min<std::size_t>(room, d[6]), static_cast<char>(d[7])); break;
    case 5: std::copy_n(file.data() + s.offset, std::min<std::size_t>(room, d[6]), at); break;
    default: file.resize(file.size() - std::min<std::size_t>(file.size(), value)); break;
  }
}

void put_checksums_right(std::string& file) {
  const auto sections = sections_of(file);
  if (sections.empty()) return;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const std::string_view bytes(file.data() + sections[i].offset, sections[i].bytes);
    store<std::uint64_t>(file.data() + header_bytes + i * entry_bytes + 24, xxh3_64(bytes));
  }
  store<std::uint64_t>(file.data() + 16, file.size());
  store<std::uint64_t>(file.data() + 72, xxh3_64(std::string_view(file).substr(header_bytes, sections.size() * entry_bytes)));
  store<std::uint64_t>(file.data() + 80, xxh3_64(std::string_view(file).substr(0, 80)));
}

void use(const std::shared_ptr<const Index>& index, const std::string& lines) {
  std::size_t sum = index->feeds().size() + index->statistics().by_feed.size() + index->content_hash().size();
  for (std::uint64_t e = 0; e < std::min(index->size(), entries_read_max); ++e) {
    const auto id = static_cast<EntryId>(e);
    sum += static_cast<std::size_t>(index->kind(id)) + index->value(id).size() + index->postings(id).size();
  }
  for (const auto& s : index->suppressions()) sum += s.reason.size();
  for (const Kernel kernel : supported_kernels()) {
    ScanOptions options;
    options.kernel = kernel;
    options.now = Timestamp{0};
    options.show_suppressed = true;
    Scanner scanner(index, options);
    HeaderState header;
    scanner.scan({lines, "lines", 1}, header, [&](const intel::Detection& d) { sum += d.feeds.size() + d.context.size(); });
  }
  sum += explain(index, std::string_view(lines).substr(0, 200)).tokens.size();
  if (sum == 1) std::abort();  // uses the sum, so that nothing above is left out; feeds or hash make it larger
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string lines = "evil.example 192.0.2.1 2001:db8::1 http://evil.example/a bob@evil.example\n";
  std::string file = build_index(text, lines);
  for (std::size_t n = 0; text.size() >= 8 && n < damages_max; ++n, text.remove_prefix(8)) {
    damage(file, reinterpret_cast<const std::uint8_t*>(text.data()));
  }
  if (data[0] & 1) put_checksums_right(file);
  if (const auto index = Index::from_bytes(std::move(file))) use(*index, lines);
  return 0;
}
