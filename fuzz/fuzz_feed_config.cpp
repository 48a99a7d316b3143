// rooms: base intel formats
// Feed settings: any text gives settings or one located error; what is taken is within its limits and means the same whatever the folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "mozu/formats/feed.hpp"

namespace {
void require(bool ok) {
  if (!ok) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto feeds = formats::parse_feed_config(text, "feeds.toml", "");
  const auto elsewhere = formats::parse_feed_config(text, "feeds.toml", "folder");
  require(feeds.has_value() == elsewhere.has_value());
  if (!feeds) {
    require(feeds.error().where.file == "feeds.toml" && !feeds.error().message.empty() && feeds.error().message == elsewhere.error().message);
    return 0;
  }
  require(feeds->size() == elsewhere->size());
  std::set<std::string> names;
  for (const auto& f : *feeds) {
    require(!f.info.name.empty() && names.insert(f.info.name).second && !f.paths.empty());
    require(f.info.confidence >= 1 && f.info.confidence <= 100);
    require(!f.lifetime_ms || *f.lifetime_ms > 0);
  }
  return 0;
}
