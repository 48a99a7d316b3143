// The list of all readers. A new reader: one file with its make_NAME_reader(), one line here.
#include "reader.hpp"

#define MOZU_FEED_READERS(R) \
  R(plain)                   \
  R(stix)                    \
  R(misp)                    \
  R(warninglist)             \
  R(json)                    \
  R(ndjson)                  \
  R(openioc)                 \
  R(stix1)                   \
  R(xml)                     \
  R(csv)                     \
  R(abusech_csv)             \
  R(zeek_intel)              \
  R(maltrail)                \
  R(signature_base)          \
  R(text)

namespace mozu::formats {

#define MOZU_DECLARE_READER(name) std::unique_ptr<FeedReader> make_##name##_reader();
MOZU_FEED_READERS(MOZU_DECLARE_READER)
#undef MOZU_DECLARE_READER

const std::vector<std::unique_ptr<FeedReader>>& readers() {
  static const auto all = [] {
    std::vector<std::unique_ptr<FeedReader>> list;
#define MOZU_ADD_READER(name) list.push_back(make_##name##_reader());
    MOZU_FEED_READERS(MOZU_ADD_READER)
#undef MOZU_ADD_READER
    return list;
  }();
  return all;
}

std::vector<std::pair<std::string_view, std::string_view>> feed_formats() {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  out.reserve(readers().size());
  for (const auto& reader : readers()) out.emplace_back(reader->name(), reader->description());
  return out;
}

}  // namespace mozu::formats
