#include "mozu/reports/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "mozu/reports/extract.hpp"
#include "mozu/reports/known_values.hpp"
#include "mozu/reports/render.hpp"

namespace mozu::reports {
namespace {

constexpr std::string_view bundle = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[
{"type":"malware","id":"malware--00000000-0000-4000-8000-000000000002","created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z","name":"EvilLoader","labels":["malware"],"x_mitre_aliases":["EvilLoader","Loader of Evil"],"external_references":[{"source_name":"mitre-attack","external_id":"S9001"}]},
{"type":"malware","id":"malware--00000000-0000-4000-8000-000000000003","created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z","name":"Withdrawn","labels":["malware"],"revoked":true},
{"type":"identity","id":"identity--00000000-0000-4000-8000-000000000004","created":"2020-01-01T00:00:00.000Z","modified":"2020-01-01T00:00:00.000Z","name":"Acme","identity_class":"organization"}]})";

TEST(Names, AttackBundles) {
  std::vector<Entity> out;
  Diagnostics d;
  ASSERT_TRUE(read_names_memory("b.json", bundle, out, d).has_value());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].id, "S9001");
  EXPECT_EQ(out[0].name, "EvilLoader");
  EXPECT_NE(std::ranges::find(out[0].aliases, "Loader of Evil"), out[0].aliases.end());
}

TEST(Names, GalaxyClusters) {
  std::vector<Entity> out;
  Diagnostics d;
  const std::string_view cluster =
      R"x({"type":"ransomware","values":[{"value":"Play (ransomware)","uuid":"u","meta":{"synonyms":["PlayCrypt"]}},{"meta":{}}]})x";
  ASSERT_TRUE(read_names_memory("c.json", cluster, out, d).has_value());
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].kind, EntityKind::malware);
  EXPECT_EQ(out[0].name, "Play");
  EXPECT_EQ(out[0].aliases, std::vector<std::string>{"PlayCrypt"});
  // Clusters of other things are passed over.
  ASSERT_TRUE(read_names_memory("c.json", R"({"type":"botany","values":[{"value":"Rose"}]})", out, d).has_value());
  EXPECT_EQ(out.size(), 1U);
}

TEST(Names, OtherFilesAreRefused) {
  std::vector<Entity> out;
  Diagnostics d;
  for (const char* text : {"{\"a\":1}", "not json", ""}) {
    const auto read = read_names_memory("x", text, out, d);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, "names-format") << text;
  }
}

TEST(Names, UnlistedOnesThatTheReportIntroduces) {
  ReportText report;
  report.text =
      "The new NoveltyRAT was seen, and the Grunf ransomware. Grunf spreads. UNC9999 and Storm-1234 use a loader dubbed Zonk. BitLocker is no malware. A Fresh "
      "loader came.";
  std::string values;
  for (const auto& f : extract(report, Dictionary()).findings) values += f.value + "|";
  EXPECT_EQ(values, "UNC9999|Storm-1234|NoveltyRAT|Grunf|Zonk|");
}

/// "type value" of names that no list holds.
std::string unlisted(std::string text) {
  ReportText report;
  report.text = std::move(text);
  std::string out;
  for (const auto& f : extract(report, Dictionary()).findings)
    if (f.type == FindingType::actor || f.type == FindingType::malware) out += std::string(name(f.type)) + " " + f.value + "|";
  return out;
}

TEST(Names, ActorsThatTheReportIntroduces) {
  EXPECT_EQ(unlisted("The threat actor Grunf came back. Grunf is known."), "threat-actor Grunf|");
  EXPECT_EQ(unlisted("The threat actor Grunf came."), "");
  EXPECT_EQ(unlisted("A hacking group NewCrew did it."), "threat-actor NewCrew|");
  EXPECT_EQ(unlisted("The threat actor Grunf came back. Grunf is known. A grunf is an animal."), "");
}

TEST(Names, ActorsByTheirAliases) {
  EXPECT_EQ(unlisted("A threat actor known by the aliases 'Grunf' and 'Hurl' did it."), "threat-actor Grunf|threat-actor Hurl|");
  EXPECT_EQ(unlisted("An actor that Acme tracks, tracked as Grunf, did it."), "");
  EXPECT_EQ(unlisted("The gang, tracked by Acme as Grunf, did it."), "threat-actor Grunf|");
}

TEST(Names, MalwareAsItIsNamed) {
  EXPECT_EQ(unlisted("The malware, dubbed by Acme as Grunf, spreads."), "malware Grunf|");
  EXPECT_EQ(unlisted("Acme is calling this new variant Grunf."), "malware Grunf|");
  EXPECT_EQ(unlisted("A loader family that researchers call by many names is known as Grunf."), "");
  EXPECT_EQ(unlisted("He runs a malware shop called Grunf."), "");
}

TEST(Names, MalwareInLists) {
  EXPECT_EQ(unlisted("It delivers malware such as Grunf, HurlBot, and Zonk."), "malware Grunf|malware HurlBot|malware Zonk|");
  EXPECT_EQ(unlisted("It delivers malware such as Grunf and Zonk."), "");
  EXPECT_EQ(unlisted("It delivers families including HurlBot, Grunf documents and Zonk."), "malware HurlBot|");
  EXPECT_EQ(unlisted("It reads files including HurlStore, Grunf and Zonk."), "");
}

TEST(Names, EverydayWordsInLists) {
  ReportText report;
  const Dictionary d({{EntityKind::malware, "S9001", "Grunfix", {}}, {EntityKind::malware, "S9002", "Maze", {}}, {EntityKind::actor, "G9001", "Royal", {}}});
  const auto values = [&](std::string text) {
    report.text = std::move(text);
    std::string out;
    for (const auto& f : extract(report, d).findings)
      if (f.noise == Noise::none) out += f.value + "|";
    return out;
  };
  EXPECT_EQ(values("They sold access to Maze, and Grunfix."), "Maze|Grunfix|");
  EXPECT_EQ(values("They sold access to Maze. Grunfix is another."), "Grunfix|");
  EXPECT_EQ(values("They visited Royal and Grunfix."), "Grunfix|");
  EXPECT_EQ(values("See [our analysis](/blog/grunfix-returns \"Grunfix returns\")."), "");
}

TEST(Names, ProgramsAreToolsUnlessSaidToBeMalware) {
  ReportText report;
  report.text = "They used curl and socat, and XMRig.";
  std::string out;
  for (const auto& f : extract(report, Dictionary({{EntityKind::malware, "", "socat", {}}})).findings) out += std::string(name(f.type)) + " " + f.value + "|";
  EXPECT_EQ(out, "tool curl|tool socat|tool XMRig|");
}

TEST(Names, SmallInAHostSaysNothing) {
  EXPECT_EQ(unlisted("The Grunf loader came back. Grunf is at https://news.test/post/grunf and in win.grunf here."), "malware Grunf|");
  EXPECT_EQ(unlisted("The Grunf loader came back. Grunf is what grunf does."), "");
}

TEST(Names, WordsThatOnlyReadAlikeAreNone) {
  const Dictionary d({{EntityKind::actor, "G9001", "Copy-Paste", {}},
                      {EntityKind::malware, "S9001", "LabHost", {}},
                      {EntityKind::actor, "G9002", "Grunfix", {"Alibazar"}},
                      {EntityKind::technique, "T9590.005", "IP Addresses", {}, true}});
  const auto values = [&](std::string text) {
    ReportText report;
    report.text = std::move(text);
    std::string out;
    for (const auto& f : extract(report, d).findings)
      if (f.noise == Noise::none) out += f.value + "|";
    return out;
  };
  EXPECT_EQ(values("They COPY/PASTE it in a lab host."), "");
  EXPECT_EQ(values("The actor Copy Paste used LabHost."), "Copy-Paste|LabHost|");
  EXPECT_EQ(values("It ran at AS45102 (Alibazar), and ASN 64500 Alibazar."), "");
  EXPECT_EQ(values("Its operators, Alibazar, are known."), "Grunfix|");
  EXPECT_EQ(values("They wrote down IP addresses of victims."), "");
  EXPECT_EQ(values("They used the technique IP Addresses there."), "T9590.005|");
  EXPECT_EQ(values("The HurlBot came. The HURLBot came."), "HurlBot|");  // no list has it
}

TEST(Names, PartsOfOtherWordsAreNone) {
  ReportText report;
  report.text = "W32/Agent.gen!Grunfix and .Grunfix, not Grunfix.";
  ExtractOptions every;
  every.every_mention = true;
  const auto found = extract(report, Dictionary({{EntityKind::malware, "S9001", "Grunfix", {}}}), every).findings;
  ASSERT_EQ(std::ranges::count(found, FindingType::malware, &Finding::type), 1);
  EXPECT_EQ(std::ranges::find(found, FindingType::malware, &Finding::type)->begin, 40U);
}

TEST(KnownValues, AreNoiseWithTheListsName) {
  const auto folder = std::filesystem::temp_directory_path() / "mozu_known_values_test";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "list.json").string();
  std::FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs(R"({"name":"Good sites","description":"d","type":"hostname","version":1,"matching_attributes":["domain"],"list":["good.test"]})", file);
  std::fclose(file);
  Diagnostics d;
  const auto known = KnownValues::read({path}, d);
  ASSERT_TRUE(known.has_value());
  ReportText report;
  report.text = "www.good[.]test and bad[.]test";
  ExtractOptions options;
  options.known = &*known;
  const auto found = extract(report, Dictionary(), options).findings;
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].noise, Noise::warning_list);
  EXPECT_NE(found[0].reason.find("Good sites"), std::string::npos) << found[0].reason;
  EXPECT_EQ(found[1].noise, Noise::none);
  std::filesystem::remove_all(folder);
}

TEST(Render, SpansAreCharacters) {
  ReportText report;
  report.text = "通信先evil[.]example";
  const std::string json = render_json({"f", "0"}, report, extract(report, Dictionary()));
  EXPECT_NE(json.find("\"span\":[3,17]"), std::string::npos) << json;
}

TEST(Render, AReportWithoutFindingsIsStillABundle) {
  ReportText report;
  report.text = "nothing here";
  const std::string stix = render_stix({"f", "0"}, report, extract(report, Dictionary()), Timestamp{});
  EXPECT_NE(stix.find("\"object_refs\":[\"identity--"), std::string::npos) << stix;
}

TEST(Render, PatternsEscapeQuotes) {
  ReportText report;
  report.text = "hxxp://evil[.]example/a'b\\c";
  const std::string stix = render_stix({"f", "0"}, report, extract(report, Dictionary()), Timestamp{});
  EXPECT_NE(stix.find(R"x([url:value = 'http://evil.example/a\\'b'])x"), std::string::npos) << stix;
}

}  // namespace
}  // namespace mozu::reports
