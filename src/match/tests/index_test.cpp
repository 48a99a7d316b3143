// The index file: what goes in comes out, the same input gives the same file, damage is refused.
#include "mozu/match/index.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "builder_state.hpp"
#include "layout.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/match/builder.hpp"
#include "postings.hpp"

namespace mozu::match {
namespace {

using intel::PatternKind;
using intel::TypeHint;

intel::Indicator indicator(std::string_view text, TypeHint hint = TypeHint::any) {
  intel::Indicator i;
  auto p = intel::read_pattern(text, hint, {.allow_broad = true});
  EXPECT_TRUE(p.has_value()) << text;
  if (p) i.pattern = std::move(*p);
  return i;
}

intel::FeedInfo feed(std::string name, std::uint8_t confidence = 50) {
  intel::FeedInfo f;
  f.name = std::move(name);
  f.confidence = confidence;
  return f;
}

const std::vector<std::string>& one_of_each_kind() {
  static const std::vector<std::string> values = {"192.0.2.1",
                                                  "198.51.100.0/25",
                                                  "2001:db8::1",
                                                  "2001:db8:1::/48",
                                                  "evil.example",
                                                  "http://evil.example:8080/a?b=c",
                                                  "*.mask.example/path/*",
                                                  "bob@evil.example",
                                                  std::string(32, 'a'),
                                                  std::string(40, 'b'),
                                                  std::string(64, 'c'),
                                                  std::string(128, 'd')};
  return values;
}

std::shared_ptr<const Index> open_bytes(std::string bytes) {
  auto index = Index::from_bytes(std::move(bytes));
  EXPECT_TRUE(index.has_value()) << (index ? "" : index.error().message);
  return index ? *index : nullptr;
}

TEST(Index, HoldsOneOfEachKind) {
  Builder b;
  const auto f = b.add_feed(feed("acme", 70));
  for (const auto& v : one_of_each_kind()) b.add(f, indicator(v));
  const auto index = open_bytes(*b.build(Timestamp{1000}));
  ASSERT_EQ(index->size(), 12U);
  std::map<PatternKind, std::string> seen;
  for (EntryId e = 0; e < index->size(); ++e) {
    seen[index->kind(e)] = index->value(e);
    const auto postings = index->postings(e);
    ASSERT_EQ(postings.size(), 1U);
    EXPECT_EQ(postings[0].confidence, 70);
  }
  EXPECT_EQ(seen.size(), 12U);
  EXPECT_EQ(seen[PatternKind::ipv4_range], "198.51.100.0/25");
  EXPECT_EQ(seen[PatternKind::url], "evil.example:8080/a?b=c");
  EXPECT_EQ(seen[PatternKind::url_mask], "*.mask.example/path/*");
  EXPECT_EQ(seen[PatternKind::sha512], std::string(128, 'd'));
  EXPECT_EQ(index->built(), Timestamp{1000});
}

TEST(Index, KeepsWhatAFeedSays) {
  Builder b;
  const auto f = b.add_feed(feed("acme"));
  auto i = indicator("evil.example");
  i.valid_from = Timestamp{-5};
  i.valid_until = Timestamp{1'700'000'000'123};
  i.exact_only = true;
  i.confidence = 91;
  i.id = "indicator--1";
  i.labels = {"c2", "apt"};
  i.context = {{"threat", "Sample.Bot"}, {"reference", "https://report.example/1"}, {"empty", ""}};
  b.add(f, i);
  const auto index = open_bytes(*b.build({}));
  const auto p = index->postings(0);
  ASSERT_EQ(p.size(), 1U);
  EXPECT_EQ(p[0].valid_from, i.valid_from);
  EXPECT_EQ(p[0].valid_until, i.valid_until);
  EXPECT_TRUE(p[0].exact_only);
  EXPECT_EQ(p[0].confidence, 91);
  EXPECT_EQ(p[0].id, "indicator--1");
  EXPECT_EQ(p[0].labels, i.labels);
  EXPECT_EQ(p[0].context, i.context);
}

TEST(Index, JoinsTheWordsOfOneFeed) {
  Builder b;
  const auto f = b.add_feed(feed("acme"));
  auto i = indicator("evil.example");
  i.valid_from = Timestamp{100};
  i.valid_until = Timestamp{200};
  i.exact_only = true;
  i.labels = {"b"};
  i.context = {{"threat", "One"}};
  b.add(f, i);
  i.valid_from = Timestamp{50};
  i.valid_until = Timestamp{150};
  i.exact_only = false;
  i.labels = {"a", "b"};
  i.context = {{"threat", "Two"}, {"threat", "One"}};
  b.add(f, i);
  const auto p = open_bytes(*b.build({}))->postings(0);
  ASSERT_EQ(p.size(), 1U);
  EXPECT_EQ(p[0].valid_from, Timestamp{50});
  EXPECT_EQ(p[0].valid_until, Timestamp{200});
  EXPECT_FALSE(p[0].exact_only);
  EXPECT_EQ(p[0].labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(p[0].context.size(), 2U);
}

TEST(Index, CountsFeedsAndTheirOverlap) {
  Builder b;
  const auto z = b.add_feed(feed("zeta")), a = b.add_feed(feed("alpha"));
  for (int n = 0; n < 10; ++n) b.add(z, indicator(fmt::format("192.0.2.{}", n)));
  for (int n = 7; n < 20; ++n) b.add(a, indicator(fmt::format("192.0.2.{}", n)));
  const auto index = open_bytes(*b.build({}));
  const IndexStatistics& s = index->statistics();
  ASSERT_EQ(index->feeds().size(), 2U);
  EXPECT_EQ(index->feeds()[0].name, "alpha");
  EXPECT_EQ(s.indicators, 20U);
  EXPECT_EQ(s.by_feed, (std::vector<std::uint64_t>{13, 10}));
  EXPECT_EQ(s.overlap, (std::vector<std::uint64_t>{13, 3, 3, 10}));
}

TEST(Index, NamesOfAnyLengthAreLookedUpByTheSuffixesThatFit) {
  const std::string fits = "b." + std::string(host_bytes_max - 2, 'c');
  EXPECT_EQ(storable_suffix(fits), fits);
  EXPECT_EQ(storable_suffix("a." + fits), fits);
  EXPECT_EQ(storable_suffix("x" + fits), fits.substr(2));
  EXPECT_EQ(storable_suffix("a." + std::string(host_bytes_max + 1, 'c')), "");
  EXPECT_EQ(storable_suffix(std::string(host_bytes_max + 1, 'c')), "");
}

// The table of what feeds have in common grows with the square of their number.
TEST(Index, FeedsAreLimited) {
  Builder builder;
  intel::FeedInfo feed;
  for (std::size_t i = 0; i <= feeds_max; ++i) {
    feed.name = std::to_string(i);
    builder.add_feed(feed);
  }
  const auto built = builder.build(Timestamp{0});
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code, "index-feeds");
}

TEST(Index, OrderOfAddingDoesNotMatter) {
  std::vector<std::pair<int, intel::Indicator>> all;
  std::mt19937 random(7);
  for (int n = 0; n < 500; ++n) {
    auto i = indicator(n % 3 == 0   ? fmt::format("192.0.2.{}", n % 200)
                       : n % 3 == 1 ? fmt::format("h{}.example", n % 150)
                                    : fmt::format("http://u{}.example/x", n % 90));
    i.context = {{"threat", fmt::format("T{}", n % 7)}};
    i.labels = {fmt::format("l{}", n % 5)};
    all.emplace_back(n % 2, std::move(i));
  }
  const auto build = [&all](bool swap_feeds) {
    Builder b;
    std::uint32_t ids[2];
    for (const int k : swap_feeds ? std::array{1, 0} : std::array{0, 1}) ids[k] = b.add_feed(feed(fmt::format("f{}", k)));
    for (const auto& [k, i] : all) b.add(ids[k], i);
    b.add_suppression(indicator("h1.example").pattern, swap_feeds ? "b" : "a");
    b.add_suppression(indicator("h1.example").pattern, swap_feeds ? "a" : "b");
    return *b.build(Timestamp{1});
  };
  const std::string first = build(false);
  std::ranges::shuffle(all, random);
  EXPECT_TRUE(first == build(true));
}

TEST(Index, MergedEqualsBuiltTogether) {
  Builder together, left, right;
  const auto t1 = together.add_feed(feed("one")), t2 = together.add_feed(feed("two"));
  const auto l = left.add_feed(feed("one")), r = right.add_feed(feed("two"));
  for (const auto& v : one_of_each_kind()) {
    together.add(t1, indicator(v));
    left.add(l, indicator(v));
  }
  for (int n = 0; n < 300; ++n) {
    const auto i = indicator(fmt::format("n{}.evil.example", n));
    together.add(t2, i);
    right.add(r, i);
  }
  together.add_suppression(indicator("n3.evil.example").pattern, "own");
  right.add_suppression(indicator("n3.evil.example").pattern, "own");
  for (auto* b : {&together, &left}) b->add_suppression(indicator("n4.evil.example").pattern, "this name only", true);
  Builder merged;
  ASSERT_TRUE(merged.add_index(*open_bytes(*right.build({}))).has_value());
  ASSERT_TRUE(merged.add_index(*open_bytes(*left.build({}))).has_value());
  EXPECT_TRUE(*merged.build(Timestamp{5}) == *together.build(Timestamp{5}));
}

TEST(Index, CountsSuppressedIndicators) {
  Builder b;
  const auto f = b.add_feed(feed("acme"));
  for (const auto& v : one_of_each_kind()) b.add(f, indicator(v));
  b.add_suppression(indicator("example", TypeHint::domain).pattern, "a bare top-level domain covers nothing below it");
  b.add_suppression(indicator("192.0.2.0/24").pattern, "own network");
  b.add_suppression(indicator(std::string(64, 'c')).pattern, "empty file");
  b.add_suppression(indicator("evil.example").pattern, "own name");
  const auto index = open_bytes(*b.build({}));
  EXPECT_EQ(index->statistics().suppressions, 4U);
  // The address, the hash, and what lies on evil.example: the domain, the URL, the e-mail.
  EXPECT_EQ(index->statistics().suppressed_indicators, 5U);
  EXPECT_EQ(index->suppressions().size(), 4U);
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  EXPECT_EQ(index->suppressed_by_reason(), (Counts{{"own network", 1}, {"empty file", 1}, {"own name", 3}}));
}

TEST(Index, EmptyIsAnIndexToo) {
  const auto index = open_bytes(*Builder().build({}));
  EXPECT_EQ(index->size(), 0U);
  EXPECT_TRUE(index->feeds().empty());
}

std::size_t text_bytes(const Posting& p) {
  std::size_t n = p.id.size();
  for (const auto& l : p.labels) n += l.size();
  for (const auto& [name, value] : p.context) n += name.size() + value.size();
  return n;
}

/// The index with other bytes at the start of a section, and checksums that fit.
std::string with_section(std::string index, std::uint32_t id, std::string_view content) {
  Header h = load<Header>(index.data());
  for (std::uint32_t i = 0; i < h.section_count; ++i) {
    char* const at = index.data() + sizeof h + i * sizeof(SectionEntry);
    auto e = load<SectionEntry>(at);
    if (e.id != id) continue;
    EXPECT_LE(content.size(), e.bytes);
    index.replace(e.offset, content.size(), content);
    e.checksum = xxh3_64(std::string_view(index).substr(e.offset, e.bytes));
    store(at, e);
  }
  h.table_checksum = xxh3_64(std::string_view(index).substr(sizeof h, h.section_count * sizeof(SectionEntry)));
  h.header_checksum = xxh3_64(std::as_bytes(std::span(reinterpret_cast<const char*>(&h), sizeof h - 8)));
  store(index.data(), h);
  return index;
}

TEST(Index, TextsOfOneValueAreLimited) {
  Builder b;
  auto i = indicator("evil.example");
  i.id = "indicator--1";
  for (int n = 0; n < 40; ++n) i.context.emplace_back("report", std::string(1 << 20, static_cast<char>('a' + n)));
  b.add(b.add_feed(feed("acme")), i);
  b.add(b.add_feed(feed("zeta")), i);
  const auto p = open_bytes(*b.build({}))->postings(0);
  ASSERT_EQ(p.size(), 2U);
  EXPECT_EQ(p[0].id, "indicator--1");
  EXPECT_EQ(p[0].context.size(), 15U);
  EXPECT_LE(text_bytes(p[0]) + text_bytes(p[1]), set_text_bytes_max);
}

TEST(Index, ACraftedSetOfPostingsIsNoBomb) {
  Builder b;
  auto i = indicator("evil.example");
  i.context.emplace_back("t", std::string(5 << 20, 'x'));
  for (int n = 0; n < 60; ++n) i.context.emplace_back("n", std::to_string(n));
  b.add(b.add_feed(feed("acme")), i);
  b.add(b.add_feed(feed("zeta")), indicator("192.0.2.1"));
  const std::string index = *b.build({});
  const auto said = [&index](const std::string& set) {
    const auto crafted = open_bytes(with_section(index, sec_postings, set));
    return crafted->kind(0) == PatternKind::domain ? crafted->postings(0) : crafted->postings(1);
  };
  // The domain's set is written after the address's, which is the four bytes: one word, feed 1, no flags, a byte to fill up.
  const std::string address("\1\1\0\0", 4);
  ASSERT_EQ(said(address)[0].context.size(), 61U);

  const std::string huge_text(1, '\2');  // offset of the 5 MiB, behind "t"
  std::string labels = address + std::string("\1\0", 2) + static_cast<char>(posting_labels) + static_cast<char>(100);
  for (int n = 0; n < 100; ++n) labels += huge_text;
  EXPECT_TRUE(said(labels).empty());

  std::string feeds = address + static_cast<char>(50);
  for (int n = 0; n < 50; ++n) feeds += std::string("\0\0", 2);
  EXPECT_EQ(said(feeds).size(), 1U);
}

TEST(Index, ReasonsThatNeedLongerOffsetsAreToldNotWrapped) {
  ReasonWriter reasons(4, 10);
  EXPECT_EQ(reasons.add(2, "own"), 0U);
  EXPECT_EQ(reasons.add(0, "scanner"), 4U);
  EXPECT_EQ(reasons.add(2, "own"), 0U);
  EXPECT_FALSE(reasons.too_large);
  reasons.add(1, "one too many");
  EXPECT_TRUE(reasons.too_large);
  EXPECT_EQ(reasons.bytes.size(), 12U);
}

class IndexFile : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / fmt::format("mozu-index-test-{}", getpid());
    std::filesystem::create_directories(directory_);
    path_ = (directory_ / "a.mzi").string();
    Builder b;
    const auto f = b.add_feed(feed("acme"));
    for (const auto& v : one_of_each_kind()) b.add(f, indicator(v));
    bytes_ = *b.build(Timestamp{1});
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void write(std::string_view bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string code() {
    const auto index = Index::open(path_);
    return index ? "opened" : index.error().code;
  }
  std::filesystem::path directory_;
  std::string path_, bytes_;
};

TEST_F(IndexFile, WrittenAndOpened) {
  Builder b;
  const auto f = b.add_feed(feed("acme"));
  for (const auto& v : one_of_each_kind()) b.add(f, indicator(v));
  ASSERT_TRUE(b.write(path_, Timestamp{1}).has_value());
  std::ifstream in(path_, std::ios::binary);
  EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(in), {}) == bytes_);
  EXPECT_EQ(code(), "opened");
}

TEST_F(IndexFile, EveryTruncationIsRefused) {
  for (std::size_t n = 0; n < bytes_.size(); n += n < 4096 ? 97 : 131'071) {
    write(std::string_view(bytes_).substr(0, n));
    const std::string c = code();
    EXPECT_TRUE(c == "index-truncated" || (n < 8 && (c == "index-foreign" || c == "index-open"))) << n << ": " << c;
  }
}

TEST_F(IndexFile, EveryFlippedBitInWhatIsScannedIsRefused) {
  const std::uint32_t sections = load<Header>(bytes_.data()).section_count;
  std::mt19937 random(3);
  for (std::uint32_t i = 0; i < sections; ++i) {
    const auto e = load<SectionEntry>(bytes_.data() + sizeof(Header) + i * sizeof(SectionEntry));
    if (e.bytes == 0) continue;
    std::string damaged = bytes_;
    damaged[e.offset + random() % e.bytes] ^= 0x10;
    // All sections are checked here; open() leaves those that only detections read for later.
    const auto index = Index::from_bytes(damaged);
    ASSERT_FALSE(index.has_value()) << e.id;
    EXPECT_EQ(index.error().code, "index-corrupt");
    EXPECT_FALSE(index.error().hint.empty());
  }
  for (std::size_t at = 0; at < sizeof(Header) + sections * sizeof(SectionEntry); at += 3) {
    std::string damaged = bytes_;
    damaged[at] ^= 1;
    EXPECT_FALSE(Index::from_bytes(damaged).has_value()) << at;
  }
}

TEST_F(IndexFile, ChecksumsMayWaitButAreAskedFor) {
  std::string damaged = bytes_;
  const auto e = load<SectionEntry>(damaged.data() + sizeof(Header) + 2 * sizeof(SectionEntry));
  damaged[e.offset] ^= 1;
  write(damaged);
  EXPECT_EQ(code(), "index-corrupt");
  const auto index = Index::open(path_, Index::Verify::later);
  ASSERT_TRUE(index.has_value());
  EXPECT_EQ((*index)->verify(Index::Verify::probed).error().code, "index-corrupt");
}

TEST_F(IndexFile, ForeignAndMissingFilesAreNamed) {
  write("# a list of domains\nevil.example\n" + std::string(200, ' '));
  EXPECT_EQ(code(), "index-foreign");
  std::filesystem::remove(path_);
  const auto missing = Index::open(path_);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, "index-open");
  EXPECT_EQ(missing.error().where.file, path_);
}

TEST_F(IndexFile, AnotherVersionIsNamed) {
  std::string other = bytes_;
  Header h = load<Header>(other.data());
  h.version = 99;
  h.header_checksum = xxh3_64(std::as_bytes(std::span(reinterpret_cast<const char*>(&h), sizeof h - 8)));
  store(other.data(), h);
  write(other);
  const auto index = Index::open(path_);
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().code, "index-version");
}

TEST_F(IndexFile, ReplacedWhileMappedTheOldOneStays) {
  write(bytes_);
  const auto old = Index::open(path_);
  ASSERT_TRUE(old.has_value());
  Builder b;
  b.add(b.add_feed(feed("new")), indicator("new.example"));
  ASSERT_TRUE(b.write(path_, {}).has_value());
  EXPECT_EQ((*old)->size(), 12U);
  EXPECT_EQ((*old)->value(0), "192.0.2.1");
  EXPECT_EQ((*Index::open(path_))->size(), 1U);
}

TEST_F(IndexFile, WithoutSpaceNothingIsLeftBehind) {
  // A file size limit stands for a full disk: write() fails in the middle.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  Builder b;
  const auto f = b.add_feed(feed("acme"));
  b.add(f, indicator("evil.example"));
  const auto written = b.write(path_, {});
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written.has_value());
  EXPECT_FALSE(written.error().message.empty());
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

}  // namespace
}  // namespace mozu::match
