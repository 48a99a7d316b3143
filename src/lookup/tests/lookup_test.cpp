#include "mozu/lookup/lookup.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/formats/knowledge.hpp"
#include "mozu/lookup/render.hpp"
#include "mozu/match/builder.hpp"

namespace mozu::lookup::lookup_test {
namespace {

const Timestamp as_of = *parse_time_iso("2026-11-15T12:00:00Z");

template <class T>
T must(Result<T> r) {
  if (!r) {
    ADD_FAILURE() << r.error().code << ": " << r.error().message;
    std::abort();
  }
  return *std::move(r);
}

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "mozu-lookup-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

intel::Indicator indicator(std::string_view value, std::uint8_t confidence = 0) {
  intel::Indicator i;
  i.pattern = must(intel::read_pattern(value));
  i.confidence = confidence;
  return i;
}

std::shared_ptr<const match::Index> index_of(const std::vector<std::pair<intel::FeedInfo, std::vector<intel::Indicator>>>& feeds) {
  match::Builder b;
  for (const auto& [feed, indicators] : feeds) {
    const auto id = b.add_feed(feed);
    for (const auto& i : indicators) b.add(id, i);
  }
  return must(match::Index::from_bytes(must(b.build(as_of))));
}

intel::FeedInfo feed(std::string name, std::uint8_t confidence, intel::Tlp tlp = intel::Tlp::none) {
  intel::FeedInfo f;
  f.name = std::move(name);
  f.confidence = confidence;
  f.tlp = tlp;
  return f;
}

struct Whose {
  intel::OrganisationId organisation = intel::common;
  intel::Tlp tlp = intel::Tlp::none;
};

/// `text` in any form that `mozu import` reads.
void import(store::Store& s, std::string source, std::string_view text, Whose whose = {}) {
  store::Provenance p;
  p.source = source;
  p.origin = "test";
  p.actor = "cli";
  p.organisation = whose.organisation;
  p.tlp = whose.tlp;
  auto into = must(s.begin_import(p));
  Diagnostics problems;
  formats::KnowledgeStatistics statistics;
  formats::KnowledgeSettings settings;
  settings.source = source;
  const auto read =
      formats::read_knowledge_memory(source, text, settings, [&](intel::StixObject&& o) { return into->put(std::move(o)); }, problems, statistics);
  ASSERT_TRUE(read.has_value()) << read.error().message;
  ASSERT_TRUE(problems.empty()) << problems.kept().front().message;
  must(into->commit());
}

constexpr std::string_view bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000002","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"Copper Heron","aliases":["Copper Heron","Group 7"]},
{"type":"malware","spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000003","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"HeronLoader","is_family":true},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--00000000-0000-4000-8000-000000000004","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"PowerShell","external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]},
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000005","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"c2","pattern":"[domain-name:value = 'c2.heron.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","confidence":80,"indicator_types":["malicious-activity"]},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000006","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","relationship_type":"indicates","source_ref":"indicator--00000000-0000-4000-8000-000000000005","target_ref":"malware--00000000-0000-4000-8000-000000000003"},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000007","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--00000000-0000-4000-8000-000000000002","target_ref":"malware--00000000-0000-4000-8000-000000000003"},
{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000008","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"malware--00000000-0000-4000-8000-000000000003","target_ref":"attack-pattern--00000000-0000-4000-8000-000000000004"},
{"type":"report","spec_version":"2.1","id":"report--00000000-0000-4000-8000-000000000009","created":"2024-02-01T00:00:00.000Z","modified":"2024-02-01T00:00:00.000Z","name":"Herons at work","published":"2024-02-01T00:00:00Z","object_refs":["indicator--00000000-0000-4000-8000-000000000005"]}
]})";

class LookupTest : public testing::Test {
 protected:
  LookupTest() {
    store::StoreOptions options;
    options.location = folder_.path();
    memories_.knowledge = must(store::Store::open(options));
    options_.viewer = intel::Viewer::owner();
    options_.as_of = as_of;
  }
  store::Store& base() { return *memories_.knowledge; }

  std::vector<Answer> ask(const std::vector<std::string_view>& values) {
    std::vector<Answer> out;
    Asker asker(memories_, options_);
    const auto status = asker.ask(values, [&](Answer&& a) { out.push_back(std::move(a)); });
    EXPECT_TRUE(status.has_value());
    EXPECT_EQ(out.size(), values.size());
    return out;
  }
  Answer ask(std::string_view value) { return ask(std::vector{value}).front(); }

  Folder folder_;
  Memories memories_;
  AskOptions options_;
};

std::vector<std::string> related(const Answer& a, std::string_view type, bool direct) {
  std::vector<std::string> out;
  for (const auto& r : a.related)
    if (r.type == type && r.direct == direct) out.push_back(r.name);
  std::ranges::sort(out);
  return out;
}

using Names = std::vector<std::string>;

TEST_F(LookupTest, AValueOfAPublicationLeadsToWhomItIsAbout) {
  constexpr std::string_view published = R"({"type":"bundle","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--00000000-0000-4000-8000-000000000031","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Tin Egret"},
{"type":"malware","spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000032","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Tinder","is_family":true},
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000033","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern":"[domain-name:value = 'tin.example']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"},
{"type":"report","spec_version":"2.1","id":"report--00000000-0000-4000-8000-000000000034","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Egrets","published":"2026-01-01T00:00:00Z","object_refs":["indicator--00000000-0000-4000-8000-000000000033","intrusion-set--00000000-0000-4000-8000-000000000031","malware--00000000-0000-4000-8000-000000000032"]}]})";
  import(base(), "a-source", published);
  EXPECT_EQ(related(ask("tin.example"), "intrusion-set", false), Names()) << "what others put into one report need not belong together";
  std::string ours(published);
  for (std::size_t at = 0; (at = ours.find("00000000003", at)) != ours.npos; ++at) ours[at + 9] = '4';
  for (std::size_t at = 0; (at = ours.find("tin.example", at)) != ours.npos; ++at) ours[at] = 'p';
  import(base(), "publications", ours);
  const auto a = ask("pin.example");
  EXPECT_EQ(related(a, "intrusion-set", false), Names({"Tin Egret"}));
  EXPECT_EQ(related(a, "malware", false), Names({"Tinder"}));
  EXPECT_EQ(related(a, "report", true), Names({"Egrets"}));
}

TEST_F(LookupTest, IndexesSayWhoAndHowSure) {
  auto expired = indicator("old.example", 90);
  expired.valid_until = *parse_time_iso("2026-01-01");
  memories_.indexes = {
      index_of({{feed("one", 60), {indicator("evil.example"), expired}}, {feed("two", 50), {indicator("192.0.2.0/24"), indicator("evil.example", 80)}}})};
  const auto a = ask("http://cdn.evil[.]example/x");
  ASSERT_EQ(a.words.size(), 2U);
  EXPECT_EQ(a.words[0].source, "two");
  EXPECT_EQ(a.words[0].confidence, 80);
  EXPECT_EQ(a.words[1].source, "one");
  EXPECT_EQ(a.words[0].indicator, "evil.example");
  EXPECT_NE(a.words[0].relation, intel::Relation::exact);
  EXPECT_EQ(ask("evil.example").words.at(0).relation, intel::Relation::exact);
  EXPECT_FALSE(ask("old.example").words.at(0).active);
  EXPECT_EQ(ask("192.0.2.9").words.at(0).indicator, "192.0.2.0/24");
  EXPECT_TRUE(ask("Some Name").words.empty());
}

TEST_F(LookupTest, WhatNobodyDatedWasNotSeenIn1970AndEqualReasonsAreSaidOnce) {
  import(base(), "feed", R"({"type":"bundle","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000021","created":"1970-01-01T00:00:00.000Z","modified":"1970-01-01T00:00:00.000Z","pattern":"[domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"1970-01-01T00:00:00.000Z","confidence":60},
{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000022","created":"2026-02-01T00:00:00.000Z","modified":"2026-02-01T00:00:00.000Z","pattern":"[domain-name:value = 'a.example']","pattern_type":"stix","valid_from":"2026-02-01T00:00:00.000Z","confidence":60}]})");
  const auto a = ask("a.example");
  EXPECT_EQ(a.words.size(), 2U);
  EXPECT_EQ(a.first_seen, "2026-02-01T00:00:00Z");
  EXPECT_EQ(a.last_seen, "") << "when a word began to hold is not when somebody saw the value";
  EXPECT_EQ(a.verdict.reasons.size(), 1U) << a.verdict.reasons.back().text;
}

TEST_F(LookupTest, ARangeIsListedOnlyIfAllOfItIs) {
  memories_.indexes = {index_of({{feed("one", 60), {indicator("192.0.2.0/25"), indicator("198.51.100.0")}}})};
  EXPECT_EQ(ask("192.0.2.0/26").words.size(), 1U);
  EXPECT_EQ(ask("192.0.2.0/25").words.at(0).relation, intel::Relation::exact);
  EXPECT_TRUE(ask("192.0.2.0/24").words.empty());
  EXPECT_TRUE(ask("198.51.100.0/24").words.empty());
}

TEST_F(LookupTest, WarningListsAreAskedToo) {
  memories_.indexes = {index_of({{feed("one", 90), {indicator("good.example")}}})};
  memories_.warning_lists = index_of({{feed("Top sites", 50), {indicator("good.example")}}});
  const auto a = ask("good.example");
  ASSERT_EQ(a.listings.size(), 1U);
  EXPECT_EQ(a.listings[0].source, "Top sites");
  EXPECT_EQ(a.words.size(), 1U);
  EXPECT_EQ(a.verdict.zone, Zone::yellow);
}

TEST_F(LookupTest, ImportedWarningListsAreAskedAsThoseOfTheFile) {
  memories_.indexes = {index_of({{feed("one", 90), {indicator("192.0.2.53"), indicator("good.example")}}})};
  memories_.known_lists = std::make_shared<KnownLists>(base());
  EXPECT_TRUE(ask("192.0.2.53").listings.empty());
  constexpr std::string_view resolvers =
      R"({"name":"Resolvers","description":"d","type":"cidr","version":VERSION,"matching_attributes":["ip-src","ip-dst"],"list":[LIST]})";
  const auto list = [&](std::string version, std::string values) {
    std::string text(resolvers);
    text.replace(text.find("VERSION"), 7, version);
    return text.replace(text.find("LIST"), 4, values);
  };
  import(base(), "lists", list("1", R"("192.0.2.0/24")"));
  auto a = ask("192.0.2.53");
  ASSERT_EQ(a.listings.size(), 1U);
  EXPECT_EQ(a.listings[0].source, "Resolvers");
  EXPECT_EQ(a.listings[0].indicator, "192.0.2.0/24");
  EXPECT_EQ(a.verdict.zone, Zone::yellow);
  EXPECT_TRUE(ask("good.example").listings.empty());
  import(base(), "lists", list("2", R"("198.51.100.53")"));
  EXPECT_TRUE(ask("192.0.2.53").listings.empty()) << "the newer version counts";
  EXPECT_EQ(ask("198.51.100.53").listings.size(), 1U);
  memories_.warning_lists = index_of({{feed("Resolvers", 50), {indicator("198.51.100.53")}}});
  EXPECT_EQ(ask("198.51.100.53").listings.size(), 1U) << "one list, in the file and in the base";
}

TEST_F(LookupTest, AnOrganisationsOwnWarningListIsForItsPeople) {
  import(base(), "lists", R"({"name":"Ours","description":"d","type":"hostname","version":1,"matching_attributes":["domain"],"list":["intranet.example"]})",
         {7, intel::Tlp::amber});
  memories_.known_lists = std::make_shared<KnownLists>(base());
  options_.viewer = {8, intel::Tlp::red, false};
  EXPECT_TRUE(ask("www.intranet.example").listings.empty());
  options_.viewer = {7, intel::Tlp::amber, false};
  EXPECT_EQ(ask("www.intranet.example").listings.size(), 1U);
}

TEST_F(LookupTest, WhatWasSeenInLogsWasSeen) {
  import(base(), "logs", R"({"type":"bundle","objects":[
{"type":"domain-name","spec_version":"2.1","id":"domain-name--00000000-0000-4000-8000-000000000031","value":"seen.example"},
{"type":"observed-data","spec_version":"2.1","id":"observed-data--00000000-0000-4000-8000-000000000032","created":"2026-03-01T00:00:00.000Z","modified":"2026-03-01T00:00:00.000Z","first_observed":"2026-02-10T00:00:00Z","last_observed":"2026-02-11T00:00:00Z","number_observed":2,"object_refs":["domain-name--00000000-0000-4000-8000-000000000031"]}]})");
  const auto a = ask("seen.example");
  EXPECT_EQ(a.first_seen, "2026-02-10T00:00:00Z");
  EXPECT_EQ(a.last_seen, "2026-02-11T00:00:00Z");
}

TEST_F(LookupTest, KnowledgeAboutAnIndicatorGoesTwoSteps) {
  import(base(), "vendor", bundle);
  const auto a = ask("c2.heron.example");
  ASSERT_EQ(a.words.size(), 1U);
  EXPECT_TRUE(a.words[0].knowledge);
  EXPECT_EQ(a.words[0].source, "vendor");
  EXPECT_EQ(a.words[0].confidence, 80);
  EXPECT_EQ(related(a, "malware", true), Names{"HeronLoader"});
  EXPECT_EQ(related(a, "report", true), Names{"Herons at work"});
  EXPECT_EQ(related(a, "intrusion-set", false), Names{"Copper Heron"});
  EXPECT_EQ(related(a, "attack-pattern", false), Names{"PowerShell"});
  EXPECT_EQ(a.verdict.zone, Zone::red);
  EXPECT_EQ(a.first_seen, "2024-01-01T00:00:00Z");
  EXPECT_EQ(ask("deep.c2.heron.example").words.at(0).relation, intel::Relation::subdomain);
  EXPECT_TRUE(ask("heron.example").known.empty());
}

TEST_F(LookupTest, NamesAliasesAndIds) {
  import(base(), "vendor", bundle);
  const auto answers = ask(std::vector<std::string_view>{"group-7", "t1059.001", "nobody", "HERONLOADER"});
  ASSERT_EQ(answers[0].actors.size(), 1U);
  EXPECT_EQ(answers[0].actors[0].name, "Copper Heron");
  EXPECT_EQ(answers[0].actors[0].aliases, Names{"Group 7"});
  EXPECT_EQ(answers[1].known.at(0).name, "PowerShell");
  EXPECT_TRUE(answers[2].known.empty());
  EXPECT_EQ(answers[3].known.at(0).type, "malware");
  EXPECT_EQ(related(answers[3], "intrusion-set", true), Names{"Copper Heron"});
}

TEST_F(LookupTest, PassiveDnsAndWhois) {
  import(base(), "sensors",
         R"({"rrname":"www.heron.example.","rrtype":"A","rdata":"192.0.2.7","time_first":1700000000,"time_last":1710000000,"count":42})"
         "\n");
  import(base(), "registry",
         R"({"domainName":"www.heron.example","registrarName":"Example Registrar","createdDate":"2023-01-01T00:00:00Z"})"
         "\n");
  const auto a = ask("www.heron.example");
  ASSERT_EQ(a.resolutions.size(), 1U);
  const auto& r = a.resolutions[0];
  EXPECT_EQ(r.name, "www.heron.example");
  EXPECT_EQ(r.target, "192.0.2.7");
  EXPECT_EQ(r.record_type, "A");
  EXPECT_EQ(r.count, 42U);
  EXPECT_EQ(r.first.substr(0, 10), "2023-11-14");
  EXPECT_EQ(r.last.substr(0, 10), "2024-03-09");
  EXPECT_EQ(r.source, "sensors");
  ASSERT_EQ(a.registrations.size(), 1U);
  EXPECT_NE(a.registrations[0].text.find("Example Registrar"), std::string::npos);
  const auto back = ask("192.0.2.7");
  ASSERT_EQ(back.resolutions.size(), 1U);
  EXPECT_EQ(back.resolutions[0].name, "www.heron.example");
  EXPECT_EQ(back.resolutions[0].target, "192.0.2.7");
}

TEST_F(LookupTest, Exploitation) {
  import(
      base(), "kev",
      R"({"title":"t","catalogVersion":"1","dateReleased":"2024-01-01T00:00:00Z","count":1,"vulnerabilities":[{"cveID":"CVE-2024-0001","vendorProject":"v","product":"p","vulnerabilityName":"n","dateAdded":"2024-01-01","shortDescription":"d","requiredAction":"a","dueDate":"2024-02-01","knownRansomwareCampaignUse":"Known","notes":"","cwes":[]}]})");
  const auto a = ask("cve-2024-0001");
  ASSERT_EQ(a.exploitations.size(), 1U);
  EXPECT_TRUE(a.exploitations[0].known_exploited);
  EXPECT_EQ(a.verdict.zone, Zone::red);
}

TEST_F(LookupTest, ChangesAndTagsAreTold) {
  import(base(), "vendor", bundle);
  ASSERT_TRUE(base().tag(intel::common, "malware--00000000-0000-4000-8000-000000000003", "watched", 70, "analyst"));
  import(
      base(), "vendor",
      R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[{"type":"malware","spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000003","created":"2024-01-01T00:00:00.000Z","modified":"2025-01-01T00:00:00.000Z","name":"HeronLoader","is_family":true,"revoked":true}]})");
  const auto a = ask("HeronLoader");
  ASSERT_EQ(a.history.size(), 2U);
  EXPECT_TRUE(a.history[0].revoked);
  EXPECT_FALSE(a.history[1].revoked);
  EXPECT_EQ(a.known.at(0).tags.at(0).first, "watched");
  EXPECT_EQ(a.verdict.zone, Zone::grey);
}

TEST_F(LookupTest, NobodySeesWhatIsNotForHim) {
  import(base(), "vendor", bundle, {7, intel::Tlp::amber});
  memories_.indexes = {index_of(
      {{feed("open", 40, intel::Tlp::green), {indicator("c2.heron.example")}}, {feed("secret", 90, intel::Tlp::red), {indicator("c2.heron.example")}}})};
  memories_.warning_lists = index_of({{feed("secret list", 50, intel::Tlp::red), {indicator("c2.heron.example")}}});
  const auto sources = [&](const intel::Viewer& v) {
    options_.viewer = v;
    const auto a = ask("c2.heron.example");
    Names out;
    for (const auto& w : a.words) out.push_back(w.source);
    for (const auto& l : a.listings) out.push_back(l.source);
    for (const auto& r : a.related) EXPECT_EQ(v.organisation, v.all ? 0 : 7) << r.name;
    std::ranges::sort(out);
    return out;
  };
  EXPECT_EQ(sources({8, intel::Tlp::amber, false}), Names{"open"});
  EXPECT_EQ(sources({7, intel::Tlp::amber, false}), (Names{"open", "vendor"}));
  EXPECT_EQ(sources({7, intel::Tlp::green, false}), Names{"open"});
  EXPECT_EQ(sources({8, intel::Tlp::red, false}), (Names{"open", "secret", "secret list"}));
  EXPECT_EQ(sources(intel::Viewer::owner()), (Names{"open", "secret", "secret list", "vendor"}));
  options_.viewer = {8, intel::Tlp::red, false};
  EXPECT_TRUE(ask("Copper Heron").known.empty());
  EXPECT_TRUE(ask("Copper Heron").history.empty());
}

TEST_F(LookupTest, ManyAtOnceAreAnsweredAsOneByOne) {
  import(base(), "vendor", bundle);
  memories_.indexes = {index_of({{feed("one", 60), {indicator("heron.example")}}})};
  const std::vector<std::string_view> values = {"c2.heron.example", "x", "c2.heron.example", "deep.c2.heron.example",
                                                "192.0.2.1",        "",  "T1059.001",        "http://c2.heron.example/a"};
  const auto together = ask(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::string all, one;
    append_json(all, together[i]);
    append_json(one, ask(values[i]));
    EXPECT_EQ(all, one);
  }
}

TEST_F(LookupTest, WhatIsLeftOutIsSaid) {
  import(base(), "vendor", bundle);
  options_.related_max = 1;
  const auto a = ask("HeronLoader");
  EXPECT_TRUE(a.more);
  EXPECT_EQ(a.related.size(), 1U);
  EXPECT_NE(render_text(a, false).find("There is more"), std::string::npos);
}

TEST_F(LookupTest, HostileTextIsPrintable) {
  memories_.indexes = {index_of({{feed("one\x1b[31m", 60), {indicator("evil.example")}}})};
  EXPECT_EQ(render_text(ask("evil.example"), false).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace mozu::lookup::lookup_test
