#include "mozu/lookup/question.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mozu::lookup {
namespace {

std::string keys(const Question& q) {
  std::string out;
  for (const auto& k : q.keys)
    out += (out.empty() ? "" : " ") + std::to_string(static_cast<int>(k.key.kind)) + ":" + k.key.value + "/" + std::string(intel::name(k.relation));
  return out;
}

struct Case {
  std::string_view text, type, value;
};

class QuestionTable : public testing::TestWithParam<Case> {};

TEST_P(QuestionTable, KnowsTheTypeAndTheCanonicalForm) {
  const auto q = read_question(GetParam().text);
  EXPECT_EQ(q.type, GetParam().type);
  EXPECT_EQ(q.value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(Values, QuestionTable,
                         testing::Values(Case{"192.0.2.1", "ipv4", "192.0.2.1"}, Case{" 192[.]0[.]2[.]1 ", "ipv4", "192.0.2.1"},
                                         Case{"192.0.2.0/24", "ipv4-range", "192.0.2.0/24"}, Case{"2001:DB8::1", "ipv6", "2001:db8::1"},
                                         Case{"10.0.0.1", "ipv4", "10.0.0.1"}, Case{"Evil[.]Example", "domain", "evil.example"},
                                         Case{"hxxps://Evil[.]example/a?b=c", "url", "evil.example/a?b=c"}, Case{"Who@Example.COM", "email", "who@example.com"},
                                         Case{"D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"},
                                         Case{"cve-2021-44228", "vulnerability", "CVE-2021-44228"}, Case{"CVE-2021-x", "name", "CVE-2021-x"},
                                         Case{"t1059.001", "technique", "T1059.001"}, Case{"T1059", "technique", "T1059"},
                                         Case{"G0016", "catalogue-id", "G0016"}, Case{"TA0001", "catalogue-id", "TA0001"},
                                         Case{"CWE-79", "catalogue-id", "CWE-79"}, Case{"APT29", "name", "APT29"}, Case{"TA2101", "name", "TA2101"},
                                         Case{"Cozy Bear", "name", "Cozy Bear"}, Case{"標的型", "name", "標的型"}, Case{"cloud", "name", "cloud"},
                                         Case{"Invoice 2024.EXE", "file-name", "invoice 2024.exe"}, Case{"C:\\Temp\\Run.dll", "file-name", "run.dll"},
                                         Case{"", "unreadable", ""}, Case{"\xff\xfe", "unreadable", ""}));

TEST(Question, AsksDomainsUpToTheRegistrableOne) {
  EXPECT_EQ(keys(read_question("a.b.example.co.uk")), "4:a.b.example.co.uk/exact 4:b.example.co.uk/subdomain 4:example.co.uk/subdomain");
}

TEST(Question, AsksTheHostOfAUrlAndOfAnAddress) {
  EXPECT_EQ(keys(read_question("http://www.example.com:8080/x")), "5:www.example.com:8080/x/exact 4:www.example.com/url-host 4:example.com/url-host");
  EXPECT_EQ(keys(read_question("http://192.0.2.7/x")), "5:192.0.2.7/x/exact 0:192.0.2.7/url-host");
  EXPECT_EQ(keys(read_question("http://[2001:db8::7]:81/x")), "5:[2001:db8::7]:81/x/exact 2:2001:db8::7/url-host");
  EXPECT_EQ(keys(read_question("a@mail.example.com")), "7:a@mail.example.com/exact 4:mail.example.com/email-host 4:example.com/email-host");
}

TEST(Question, AsksDoubtfulNamesAsHostAndAsFile) { EXPECT_EQ(keys(read_question("setup.py")), "4:setup.py/exact 32:setuppy/exact 34:setup.py/exact"); }

TEST(Question, AsksSitesAndIdsAsNamesToo) {
  EXPECT_EQ(keys(read_question("Ransomed.vc")), "4:ransomed.vc/exact 32:ransomedvc/exact");
  EXPECT_EQ(keys(read_question("www.ransomed.vc")), "4:www.ransomed.vc/exact 4:ransomed.vc/subdomain");
  EXPECT_EQ(keys(read_question("g0016")), "33:G0016/exact 32:g0016/exact");
}

TEST(Question, IsBounded) {
  EXPECT_EQ(read_question(std::string(intel::indicator_bytes_max + 1, 'a')).type, "unreadable");
  std::string deep;
  for (int i = 0; i < 120; ++i) deep += "a.";
  EXPECT_LE(read_question(deep + "example.com").keys.size(), 130U);
  EXPECT_LE(read_question("http://" + deep + deep + "example.com/").keys.size(), 3U);
}

}  // namespace
}  // namespace mozu::lookup
