// Publications over HTTP: authors write, who curates publishes, readers get what they may see, integrations of another portal theirs.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "authors.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/stream.hpp"
#include "publishing.hpp"

namespace mozu::server::test {
namespace {

TEST_F(Publications, FromDraftToReaders) {
  const Answer made = begin();
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_TRUE(made.has(R"("stage":"draft")")) << made.body;
  EXPECT_EQ(house.ask("rea", "GET", draft()).status, 403) << "readers see no drafts";
  EXPECT_EQ(house.ask("ben", "GET", draft()).status, 404) << "nor do other organisations";
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id).status, 404);
  EXPECT_TRUE(house.ask("aki", "GET", "/api/v1/publications/drafts").has(id));
  EXPECT_FALSE(house.ask("ben", "GET", "/api/v1/publications/drafts").has(id));
  EXPECT_EQ(publish("aki").status, 403) << "authors do not publish";
  EXPECT_EQ(publish().status, 409) << "not in review";
  ASSERT_EQ(attach("iocs.csv", "indicators", "evil.lynx[.]example\n").status, 200);
  const Answer preview = house.ask("aki", "GET", draft() + "?html=true");
  EXPECT_TRUE(preview.has("<em>back</em>")) << preview.body;
  EXPECT_TRUE(house.ask("aki", "GET", draft() + "/check").has("figure-missing")) << "its text shows one";
  ASSERT_EQ(attach("map.png", "figure", pixel).status, 200);
  EXPECT_FALSE(house.ask("aki", "GET", draft() + "/check").has("figure-missing"));
  ASSERT_EQ(review().status, 200);
  const Answer done = publish();
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/publications").has("Lynx returns"));
  EXPECT_TRUE(house.ask("bob", "GET", "/api/v1/publications?kind=crimeware").has("Lynx returns")) << "green is for all here";
  EXPECT_FALSE(house.ask("bob", "GET", "/api/v1/publications?kind=apt").has("Lynx returns"));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/search?q=lynx").has("report--" + id));
  EXPECT_TRUE(house.ask("fee", "GET", "/taxii2/knowledge/collections/").status == 200);
  EXPECT_TRUE(house.ask("adam", "GET", "/api/v1/audit?action=publish").has(id));
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/lookup?value=evil.lynx.example").has("Lynx"));
}

TEST_F(Publications, PartsComeOnDemand) {
  published();
  const std::string one = "/api/v1/publications/" + id;
  const Answer bare = house.ask("rea", "GET", one);
  ASSERT_EQ(bare.status, 200) << bare.body;
  EXPECT_FALSE(bare.has("execsum") || bare.has("evil.lynx.example") || bare.has("<p>")) << bare.body;
  const Answer all = house.ask("rea", "GET", one + "?include=execsum,html,iocs,yara,stix");
  EXPECT_TRUE(all.has(R"("execsum":"They came *back*.")")) << all.body;
  EXPECT_TRUE(all.has(R"("type":"domain","value":"evil.lynx.example")")) << all.body;
  EXPECT_TRUE(all.has("rule lynx {")) << all.body;
  EXPECT_TRUE(all.has(R"("stix":{"type":"bundle")")) << all.body;
  EXPECT_FALSE(all.has("<script")) << all.body;
  EXPECT_TRUE(all.has("&lt;script&gt;")) << all.body;
  EXPECT_TRUE(all.has("<img src=\\\"/api/v1/publications/" + id + "/files/map.png\\\"")) << all.body;
  EXPECT_EQ(house.ask("rea", "GET", one + "?include=secrets").status, 400);
  const Answer figure = house.ask("rea", "GET", one + "/files/map.png");
  EXPECT_EQ(figure.status, 200);
  EXPECT_EQ(figure.header("content-type"), "image/png");
  EXPECT_EQ(figure.header("x-content-type-options"), "nosniff");
  const Answer rules = house.ask("rea", "GET", one + "/files/r.yar");
  EXPECT_EQ(rules.header("content-type"), "application/octet-stream");
  EXPECT_EQ(rules.header("content-disposition"), "attachment; filename=\"r.yar\"");
  EXPECT_EQ(house.ask("rea", "GET", one + "/files/other").status, 404);
  EXPECT_EQ(house.ask("fee", "GET", one).status, 403);
  const Answer csv = house.ask("rea", "GET", "/api/v1/publications/bundles/iocs");
  EXPECT_TRUE(csv.has(",evil.lynx.example,domain,Lynx returns,")) << csv.body;
  EXPECT_TRUE(csv.has(",5f1d0c9a7b3e48d2a6c4f0e1b2d39485,md5Hash,")) << csv.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/publications/bundles/yara?kind=crimeware").has("rule lynx {"));
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/publications/bundles/yara?kind=apt").has("rule lynx {"));
}

TEST_F(Publications, TlpHoldsOnEveryWay) {
  published("amber");
  const std::string one = "/api/v1/publications/" + id;
  EXPECT_EQ(house.ask("rea", "GET", one).status, 200);
  for (const std::string& path : {one, one + "?include=html,iocs", one + "/files/r.yar", std::string("/api/publications/get_one?publication_id=") + id})
    EXPECT_EQ(house.ask("bob", "GET", path).status, 404) << path;
  for (const std::string& path :
       {std::string("/api/v1/publications"), std::string("/api/v1/publications/bundles/iocs"), std::string("/api/v1/publications/bundles/yara"),
        std::string("/api/publications/get_list"), std::string("/api/v1/search?q=lynx")}) {
    const Answer answer = house.ask("bob", "GET", path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_FALSE(answer.has("ynx returns") || answer.has("evil.lynx.example") || answer.has("rule lynx")) << path << answer.body;
  }
  EXPECT_EQ(tell("ben", "POST", one + "/withdrawal", "{}").status, 404);
  EXPECT_EQ(tell("ben", "PATCH", one + "/draft", fmt::format(R"({{"version":{},"kind":"apt"}})", version)).status, 404);
}

TEST_F(Publications, NoChangeIsLost) {
  ASSERT_EQ(begin().status, 201);
  EXPECT_EQ(begin().status, 409);
  id = text_of(house.ask("aki", "GET", "/api/v1/publications/drafts"), "id");
  EXPECT_EQ(tell("aki", "PATCH", draft(), R"({"kind":"apt"})").status, 422) << "without a version";
  const Answer changed = tell("ann", "PATCH", draft(), R"({"version":1,"kind":"apt"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_TRUE(changed.has("Lynx returns")) << "what is not named stays";
  EXPECT_EQ(tell("aki", "PATCH", draft(), R"({"version":1,"kind":"ics"})").status, 412);
  EXPECT_TRUE(house.ask("aki", "GET", draft() + "?version=1").has(R"("kind":"crimeware")"));
  EXPECT_EQ(house.ask("aki", "GET", draft() + "?version=9").status, 404);
  const Answer wrong = tell("aki", "PATCH", draft(), R"j({"version":2,"references":[{"url":"javascript:alert(1)"}]})j");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_TRUE(wrong.has("/references/0/url")) << wrong.body;
  EXPECT_EQ(tell("aki", "PATCH", draft(), R"({"version":2,"attachments":[]})").status, 422);
  std::atomic<int> done{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i)
    clients.emplace_back([&, i] { done += tell("ann", "PATCH", draft(), fmt::format(R"({{"version":2,"sectors":["{}"]}})", i)).status == 200; });
  for (auto& c : clients) c.join();
  EXPECT_EQ(done, 1) << "of those who read the same version one writes";
}

TEST_F(Publications, WhatIsWrongIsToldBeforeAndWithItsLine) {
  ASSERT_EQ(begin().status, 201);
  ASSERT_EQ(attach("bad.yar", "yara", "rule x {\n condition: $y }").status, 200);
  const Answer checked = house.ask("aki", "GET", draft() + "/check");
  EXPECT_EQ(checked.status, 200);
  EXPECT_EQ(number_of(checked, "errors"), 1) << checked.body;
  EXPECT_TRUE(checked.has(R"("file":"bad.yar","line":2)")) << checked.body;
  ASSERT_EQ(review().status, 200);
  const Answer refused = publish();
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.has("bad.yar:2")) << refused.body;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id).status, 404);
}

TEST_F(Publications, WithdrawnIsGone) {
  published();
  ASSERT_EQ(tell("ann", "POST", "/api/v1/publications/" + id + "/withdrawal", "{}").status, 200);
  const Answer gone = house.ask("rea", "GET", "/api/v1/publications/" + id + "?include=execsum");
  EXPECT_TRUE(gone.has(R"("state":"withdrawn")")) << gone.body;
  EXPECT_FALSE(gone.has("They came")) << gone.body;
  EXPECT_EQ(house.ask("rea", "GET", "/api/v1/publications/" + id + "/files/r.yar").status, 404);
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/publications").has("Lynx returns"));
  EXPECT_FALSE(house.ask("rea", "GET", "/api/v1/publications/bundles/iocs").has("evil.lynx.example"));
  EXPECT_EQ(house.ask("rea", "GET", "/api/publications/get_one?publication_id=" + id).status, 404);
}

TEST_F(Publications, ReadersTurnPagesAndCompareEditions) {
  published();
  const std::string one = "/api/v1/publications/" + id;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/v1/publications?kind=crimeware").has(R"("counts":{"domain":1,"md5":1,"yara":1},"excerpt":"They came back.")"));
  const Answer page = house.ask("rea", "GET", one + "/items?kind=md5");
  EXPECT_TRUE(page.has(R"("type":"md5","value":"5f1d0c9a7b3e48d2a6c4f0e1b2d39485")") && page.has(R"("total":1)")) << page.body;
  EXPECT_FALSE(page.has("evil.lynx.example"));
  const Answer unknown = house.ask("rea", "GET", one + "/items?kind=md5,nosuch");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_TRUE(unknown.has("ipv4-range") && unknown.has("sha512, yara, sigma")) << unknown.body;
  EXPECT_TRUE(house.ask("rea", "GET", one + "/items?text=EVIL").has("evil.lynx.example"));
  EXPECT_TRUE(house.ask("rea", "GET", one + "/items?kind=yara").has(R"("name":"lynx")"));
  for (const char* wrong : {"offset=-1", "offset=99999999", "limit=0", "what=1"})
    EXPECT_EQ(house.ask("rea", "GET", one + "/items?" + wrong).status, 400) << wrong;
  EXPECT_EQ(house.ask("rea", "GET", one + "/items?text=" + std::string(300, 'a')).status, 400);
  EXPECT_EQ(house.ask("fee", "GET", one + "/items").status, 403);
  version = number_of(house.ask("aki", "GET", draft()), "version");
  took(tell("aki", "PATCH", draft(),
            fmt::format(R"({{"version":{},"texts":[{{"language":"en","title":"Lynx returns","summary":"They came twice.","full":"x"}}]}})", version)));
  ASSERT_EQ(review().status, 200);
  ASSERT_EQ(publish().status, 200);
  const Answer editions = house.ask("rea", "GET", one + "/editions");
  EXPECT_TRUE(editions.has(R"("edition":2)") && editions.has(R"("edition":1)")) << editions.body;
  EXPECT_TRUE(house.ask("rea", "GET", one + "/editions/1").has(R"("execsum":"They came *back*.")"));
  EXPECT_TRUE(house.ask("rea", "GET", one + "/editions/2").has("They came twice."));
  for (const char* wrong : {"3", "0", "x", "-1"}) EXPECT_EQ(house.ask("rea", "GET", one + "/editions/" + wrong).status, 404) << wrong;
  ASSERT_EQ(tell("ann", "POST", one + "/withdrawal", "{}").status, 200);
  EXPECT_EQ(house.ask("rea", "GET", one + "/editions/1").status, 404);
  EXPECT_EQ(house.ask("rea", "GET", one + "/items").status, 404);
}

TEST_F(Publications, AuthorsSeeVersionsAndHowTextsWouldLook) {
  published();
  const Answer versions = house.ask("aki", "GET", draft() + "/versions");
  EXPECT_TRUE(versions.has(R"("version":1)") && versions.has(R"("stage":"review")") && versions.has(R"("by":"aki")")) << versions.body;
  EXPECT_FALSE(house.ask("aki", "GET", draft() + "/versions?before=2").has(R"("version":2)"));
  EXPECT_EQ(house.ask("rea", "GET", draft() + "/versions").status, 403);
  EXPECT_EQ(house.ask("ben", "GET", draft() + "/versions").status, 404);
  const std::string preview = "/api/v1/publications/preview";
  const Answer look = tell("aki", "POST", preview,
                           fmt::format(R"j({{"id":"{}","full":"# *A*\n\n![map](map.png) <img src=x onerror=alert(1)> [x](javascript:alert(1))"}})j", id));
  EXPECT_TRUE(look.has("<em>A</em>") && look.has("<img src=\\\"" + draft() + "/files/map.png\\\"")) << look.body;
  EXPECT_FALSE(look.has("<img src=x") || look.has("javascript:alert(1)\\\"")) << look.body;
  EXPECT_FALSE(tell("ben", "POST", preview, fmt::format(R"({{"id":"{}","full":"x"}})", id)).status == 200) << "another organisation's figures";
  EXPECT_EQ(tell("rea", "POST", preview, R"({"full":"x"})").status, 403);
  EXPECT_EQ(tell("aki", "POST", preview, R"({"full":1})").status, 422);
  EXPECT_EQ(tell("aki", "POST", preview, R"({"text":"x"})").status, 422);
}

std::string ungzipped(const std::string& base64_text) {
  const std::string bytes = from_base64(base64_text).value_or("");
  const auto input = open_input_memory("x.gz", bytes);
  const auto stream = input->next();
  return stream && *stream ? read_all(**stream, 1 << 20).value_or("") : "";
}

TEST_F(Publications, IntegrationsOfAnotherPortalFindTheirShape) {
  published();
  const Answer list = house.ask("rea", "GET", "/api/publications/get_list");
  ASSERT_EQ(list.status, 200) << list.body;
  EXPECT_TRUE(list.body.starts_with(R"({"status":"ok","status_msg":"","return_data":{"count":1,"publications":[{"id":")" + id)) << list.body;
  for (const auto part : {R"("report_group":"fin")", R"("tags_industry":["retail"])", R"("tags_geo":["Japan"])", R"("tags_actors":["Amber Lynx"])",
                          R"("name":"Lynx returns")", R"("desc":"They came back.")"})
    EXPECT_TRUE(list.has(part)) << part << list.body;
  EXPECT_EQ(list.header("content-type"), "application/json");
  const auto updated = number_of(list, "updated");
  EXPECT_GT(updated, 1'700'000'000);
  const auto count = [&](const std::string& query) { return number_of(house.ask("rea", "POST", "/api/publications/get_list?" + query), "count"); };
  EXPECT_EQ(count(fmt::format("date_start={0}&date_end={0}", updated)), 1) << "both ends are inclusive";
  EXPECT_EQ(count(fmt::format("date_start={}", updated + 1)), 0);
  EXPECT_EQ(count(fmt::format("date_end={}", updated - 1)), 0);
  const Answer one = house.ask("rea", "POST", "/api/publications/get_one?publication_id=" + id + "&include_info=execsum,yara,iocs,html&lang=en");
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(from_base64(text_of(one, "report_execsum")), "They came *back*.");
  EXPECT_NE(from_base64(text_of(one, "report_yara"))->find("rule lynx {"), std::string::npos);
  EXPECT_NE(from_base64(text_of(one, "report_iocs"))->find("evil.lynx.example"), std::string::npos);
  EXPECT_EQ(from_base64(text_of(one, "report_html"))->find("<script"), std::string::npos);
  const Answer bare = house.ask("rea", "GET", "/api/publications/get_one?publication_id=" + id);
  EXPECT_FALSE(bare.has("report_execsum") || bare.has("report_yara") || bare.has("report_iocs") || bare.has("report_html")) << bare.body;
  const Answer absent = house.ask("rea", "GET", "/api/publications/get_one?publication_id=none");
  EXPECT_EQ(absent.status, 404);
  EXPECT_TRUE(absent.body.starts_with(R"({"status":"error","status_msg":")")) << absent.body;
  EXPECT_EQ(house.ask("rea", "GET", "/api/publications/get_one").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/publications/get_list?date_start=soon").status, 400);
  for (const std::string query : {"get_master_ioc?report_group=", "get_master_yara?report_group=none", "get_master_ioc?report_group=APT",
                                  "get_list?lang=", "get_list?lang=English", "get_list?lang=EN"}) {
    const Answer refused = house.ask("rea", "GET", "/api/publications/" + query);
    EXPECT_EQ(refused.status, 400) << query << refused.body;
    EXPECT_TRUE(refused.has(R"({"status":"error","status_msg":"'report_group' of the query is ')") ||
                refused.has(R"({"status":"error","status_msg":"'lang' of the query is ')"))
        << refused.body;
    EXPECT_TRUE(refused.has("or leave it away")) << "what to do: " << refused.body;
  }
  EXPECT_EQ(house.ask("rea", "GET", "/api/publications/get_one?lang=&publication_id=" + id).status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/publications/get_master_yara?report_group=ics").status, 200) << "a kind of which there is none yet";
  EXPECT_NE(ungzipped(text_of(house.ask("rea", "GET", "/api/publications/get_master_ioc?report_group=fin"), "master_ioc"))
                .find(",evil.lynx.example,domain,Lynx returns,"),
            std::string::npos);
  EXPECT_EQ(ungzipped(text_of(house.ask("rea", "GET", "/api/publications/get_master_ioc?report_group=apt"), "master_ioc")),
            "uuid,indicator,indicator_type,publication,detection_date\r\n");
  EXPECT_NE(ungzipped(text_of(house.ask("rea", "POST", "/api/publications/get_master_yara?report_group=all"), "master_yara")).find("rule lynx {"),
            std::string::npos);
  const Answer basic = house.ask("", "GET", "/api/publications/get_list", {}, fmt::format("Authorization: Basic {}\r\n", base64("rea:" + house.tokens["rea"])));
  EXPECT_EQ(basic.status, 200) << "HTTP Basic, too";
  EXPECT_EQ(house.ask("", "GET", "/api/publications/get_list").status, 401);
  EXPECT_EQ(house.ask("fee", "GET", "/api/publications/get_list").status, 403);
}

TEST_F(Publications, WhatIsCutSaysSo) {
  published();
  const std::vector<std::string> all = {"/api/publications/get_list", "/api/publications/get_master_ioc", "/api/publications/get_master_yara",
                                        "/api/v1/publications/bundles/iocs", "/api/v1/publications/bundles/yara"};
  house.services->compatible_listed_max = 1;
  house.services->master_items_max = 1000;
  for (const auto& target : all) {
    const Answer whole = house.ask("rea", "GET", target);
    EXPECT_EQ(whole.status, 200) << target << whole.body;
    EXPECT_EQ(whole.header("x-mozu-cut"), "") << target;
    EXPECT_FALSE(whole.has("cut:")) << target;
  }
  house.services->master_items_max = 1;
  for (const auto& target : all) {
    const Answer cut = house.ask("rea", "GET", target);
    EXPECT_EQ(cut.status, 200) << target << cut.body;
    const bool list = target == all[0], envelope = !target.starts_with("/api/v1/");
    EXPECT_EQ(cut.header("x-mozu-cut"), list ? "" : "1") << target;
    EXPECT_EQ(cut.has(R"({"status":"ok","status_msg":"cut: only the first 1 )"), envelope && !list) << target << cut.body;
  }
  Publisher(house).publish("marten");
  const Answer list = house.ask("rea", "GET", all[0]);
  EXPECT_EQ(list.header("x-mozu-cut"), "1");
  EXPECT_TRUE(list.has(R"("status_msg":"cut: only the first 1 )")) << list.body;
  EXPECT_EQ(number_of(list, "count"), 1);
}

TEST_F(Publications, LookupsOfAnotherPortalFindTheirSections) {
  published();
  const Answer domain = house.ask("rea", "GET", "/api/domain/evil.lynx.example");
  ASSERT_EQ(domain.status, 200) << domain.body;
  for (const auto part : {R"("LicenseInfo":{"AccessType":"Commercial")", R"("TokenExpirationDate":"20)", R"("DomainGeneralInfo":{"HitsCount":)",
                          R"("Domain":"evil.lynx.example")", R"("HasApt":true)", R"("Title":"Lynx returns")", R"("Subdomains":[])", R"("DomainWhoIsInfo":{)"})
    EXPECT_TRUE(domain.has(part)) << part << domain.body;
  EXPECT_TRUE(domain.has(R"("RelatedAptReports":[{"Id":")" + id)) << "the id that get_one takes: " << domain.body;
  const Answer part = house.ask("rea", "GET", "/api/domain/evil.lynx.example?sections=DomainDnsResolutions&count=5");
  EXPECT_TRUE(part.has(R"("DomainDnsResolutions":[])") && !part.has("DomainGeneralInfo") && part.has(R"("Zone":)")) << part.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/hash/5f1d0c9a7b3e48d2a6c4f0e1b2d39485").has(R"("Md5":"5f1d0c9a7b3e48d2a6c4f0e1b2d39485")"));
  const Answer unknown = house.ask("rea", "GET", "/api/ip/203.0.113.200");
  EXPECT_TRUE(unknown.status == 200 && unknown.has(R"("Zone":"Grey")")) << unknown.body;
  EXPECT_TRUE(house.ask("rea", "GET", "/api/url/http%3A%2F%2Fevil.lynx.example%2Fx").has(R"("Host":"evil.lynx.example")"));
  EXPECT_EQ(house.ask("rea", "GET", "/api/hash/evil.lynx.example").status, 400);
  EXPECT_EQ(house.ask("rea", "GET", "/api/ip/203.0.113.200?format=xml").status, 400);
  EXPECT_TRUE(house.ask("rea", "GET", "/api/domain/evil.lynx.example?format=stix").has(R"("type":"indicator")"));
  EXPECT_EQ(house.ask("fee", "GET", "/api/ip/203.0.113.200").status, 403);
}

}  // namespace
}  // namespace mozu::server::test
