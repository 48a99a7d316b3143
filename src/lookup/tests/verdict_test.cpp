#include "mozu/lookup/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace mozu::lookup {
namespace {

using intel::Relation;

Answer about(std::string_view value) {
  Answer a;
  a.question = read_question(value);
  return a;
}

Word word(std::string source, std::uint8_t confidence, Relation relation = Relation::exact, bool active = true) {
  Word w;
  w.source = std::move(source);
  w.confidence = confidence;
  w.relation = relation;
  w.indicator = "evil.example";
  w.active = active;
  return w;
}

Known known(std::string type, std::string name, Relation relation = Relation::exact) {
  Known k;
  k.id = type + "--1";
  k.type = std::move(type);
  k.name = std::move(name);
  k.source = "catalogue";
  k.relation = relation;
  return k;
}

Related related(std::string type, std::string from, bool direct = true) {
  Related r;
  r.id = type + "--2";
  r.type = std::move(type);
  r.name = "Heron";
  r.source = "catalogue";
  r.from = std::move(from);
  r.direct = direct;
  return r;
}

bool says(const Verdict& v, std::string_view text) {
  return std::ranges::any_of(v.reasons, [&](const Reason& r) { return r.text.find(text) != std::string::npos; });
}

#define EXPECT_VERDICT(answer, z, s)                         \
  do {                                                       \
    const auto verdict = judge(answer);                      \
    EXPECT_EQ(name(verdict.zone), name(z)) << verdict.score; \
    EXPECT_EQ(verdict.score, s);                             \
  } while (0)

TEST(Verdict, NothingKnownIsGrey) {
  const auto a = about("evil.example");
  EXPECT_VERDICT(a, Zone::grey, 0);
  EXPECT_TRUE(says(judge(a), "nothing is known"));
}

TEST(Verdict, ConfidenceMakesTheZone) {
  for (const auto& [confidence, zone] :
       {std::pair{90, Zone::red}, {75, Zone::red}, {74, Zone::orange}, {50, Zone::orange}, {49, Zone::yellow}, {1, Zone::yellow}}) {
    auto a = about("evil.example");
    a.words.push_back(word("one", static_cast<std::uint8_t>(confidence)));
    EXPECT_VERDICT(a, zone, confidence);
  }
}

TEST(Verdict, SourcesAddUpButEachCountsOnce) {
  auto a = about("evil.example");
  a.words = {word("one", 50), word("one", 50)};
  EXPECT_VERDICT(a, Zone::orange, 50);
  a.words.push_back(word("two", 50));
  EXPECT_VERDICT(a, Zone::red, 75);
}

TEST(Verdict, AHostWeighsLessThanTheValue) {
  auto a = about("http://evil.example/a");
  a.words = {word("one", 90, Relation::url_host)};
  EXPECT_VERDICT(a, Zone::orange, 72);
  EXPECT_TRUE(says(judge(a), "its host evil.example"));
}

TEST(Verdict, WhatIsOverIsYellowAtMost) {
  auto a = about("evil.example");
  a.words = {word("one", 100, Relation::exact, false), word("two", 100, Relation::exact, false), word("three", 100, Relation::exact, false)};
  EXPECT_VERDICT(a, Zone::yellow, 49);
  a.words = {word("one", 100, Relation::exact, false)};
  a.words.front().revoked = true;
  EXPECT_VERDICT(a, Zone::grey, 0);
  EXPECT_TRUE(says(judge(a), "revoked"));
}

TEST(Verdict, WarningListsTurnGreenAndHideNothing) {
  auto a = about("evil.example");
  a.listings.push_back({"Top sites", "", Relation::exact, "evil.example"});
  EXPECT_VERDICT(a, Zone::green, 0);
  a.words = {word("one", 40)};
  EXPECT_VERDICT(a, Zone::green, 20);
  EXPECT_TRUE(says(judge(a), "listed by one with confidence 40"));
  EXPECT_TRUE(says(judge(a), "contradict"));
  a.words = {word("one", 90)};
  EXPECT_VERDICT(a, Zone::yellow, 45);
  EXPECT_TRUE(says(judge(a), "Top sites"));
}

TEST(Verdict, AListedHostDoesNotClearWhatStandsOnIt) {
  auto a = about("http://evil.example/a");
  a.listings.push_back({"Top sites", "", Relation::url_host, "evil.example"});
  a.words = {word("one", 90)};
  EXPECT_VERDICT(a, Zone::red, 90);
  EXPECT_TRUE(says(judge(a), "its host is on the list"));
  a.words.clear();
  EXPECT_VERDICT(a, Zone::grey, 0);
}

TEST(Verdict, NamesOfThreats) {
  auto a = about("Copper Heron");
  a.known = {known("intrusion-set", "Copper Heron")};
  EXPECT_VERDICT(a, Zone::red, 90);
  a.known = {known("tool", "Copper Heron")};
  EXPECT_VERDICT(a, Zone::orange, 50);
  a.known = {known("attack-pattern", "Copper Heron")};
  EXPECT_VERDICT(a, Zone::grey, 0);
  EXPECT_TRUE(says(judge(a), "nobody calls it bad"));
  a.known = {known("malware", "Copper Heron")};
  a.known.front().revoked = true;
  EXPECT_VERDICT(a, Zone::grey, 0);
}

TEST(Verdict, Vulnerabilities) {
  auto a = about("CVE-2021-44228");
  a.known = {known("vulnerability", "CVE-2021-44228")};
  EXPECT_VERDICT(a, Zone::yellow, 30);
  a.exploitations.push_back({"epss", "EPSS", intel::Tlp::none, false, 0.6});
  EXPECT_VERDICT(a, Zone::orange, 72);
  a.exploitations.push_back({"kev", "KEV", intel::Tlp::none, true, {}});
  EXPECT_VERDICT(a, Zone::red, 97);
}

TEST(Verdict, ObservablesAreJudgedByWhatTheyBelongTo) {
  auto a = about("evil.example");
  a.known = {known("domain-name", "evil.example")};
  EXPECT_VERDICT(a, Zone::grey, 0);
  a.related = {related("report", "domain-name--1")};
  EXPECT_VERDICT(a, Zone::yellow, 30);
  a.related = {related("malware", "domain-name--1")};
  EXPECT_VERDICT(a, Zone::orange, 60);
  a.related = {related("intrusion-set", "malware--2", false)};
  EXPECT_VERDICT(a, Zone::grey, 0);
  a.known = {known("domain-name", "example.com", Relation::subdomain)};
  a.related = {related("malware", "domain-name--1")};
  EXPECT_VERDICT(a, Zone::yellow, 48);
  auto technique = about("T1059");
  technique.known = {known("attack-pattern", "Command and Scripting Interpreter")};
  technique.related = {related("malware", "attack-pattern--1")};
  EXPECT_VERDICT(technique, Zone::grey, 0);
}

TEST(Verdict, ReasonsAreBounded) {
  auto a = about("evil.example");
  for (int i = 0; i < 40; ++i) a.words.push_back(word("feed " + std::to_string(i), static_cast<std::uint8_t>(50 + i)));
  const auto v = judge(a);
  EXPECT_EQ(v.reasons.size(), reasons_max + 1);
  EXPECT_TRUE(says(v, "confidence 89"));
  EXPECT_TRUE(says(v, "and 28 more"));
}

}  // namespace
}  // namespace mozu::lookup
