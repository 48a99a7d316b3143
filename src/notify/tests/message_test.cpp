// Messages: no header begins where we did not begin it, and nothing leaves that must not.
#include <gtest/gtest.h>

#include <algorithm>

#include "mozu/base/base64.hpp"
#include "mozu/base/text.hpp"
#include "mozu/notify/message.hpp"

namespace mozu::notify::test {
namespace {

Letterhead head() { return {"Mozu", "mozu@mail.example", "https://mozu.example", intel::Tlp::green}; }
Letter letter() { return {"kay", "kay@mail.example", "https://mozu.example/u?token=1", "0123456789abcdef", {1'764'250'000'000}, false}; }
Event event(intel::Tlp tlp = intel::Tlp::green) {
  Event e;
  e.subject = "s", e.kind = "apt", e.path = "/publications/s", e.tlp = tlp;
  e.texts = {{"en", "Amber Lynx returns", "They came by mail."}, {"ja", "Amber Lynx の再来", "メールで侵入した。"}};
  e.actors = {"Amber Lynx"};
  return e;
}
Rule rule(std::string language = "en") {
  Rule r;
  r.id = "r", r.name = "mine", r.language = std::move(language);
  return r;
}

/// Lines of the header, folded ones joined.
std::vector<std::string> header(const std::string& mail) {
  std::vector<std::string> out;
  std::size_t at = 0;
  for (;;) {
    const auto end = mail.find("\r\n", at);
    const std::string line = mail.substr(at, end - at);
    if (line.empty()) return out;
    EXPECT_LE(line.size(), 998U);
    if (line[0] == ' ') out.back() += line;
    else out.push_back(line);
    at = end + 2;
  }
}
/// All bodies, decoded.
std::string words_of(const std::string& mail) {
  std::string out;
  for (std::size_t at = mail.find("Content-Transfer-Encoding: base64"); at != std::string::npos; at = mail.find("Content-Transfer-Encoding: base64", at + 1)) {
    const auto begin = mail.find("\r\n\r\n", at) + 4, end = mail.find("\r\n--", begin);
    out += from_base64(mail.substr(begin, end - begin), Base64::mail).value_or("?");
  }
  return out;
}

TEST(Messages, SayWhatAPublicationIsAboutInTheReadersLanguage) {
  Event e = event();
  e.kind = "crimeware", e.sectors = {"energy", "our own sector"}, e.countries = {"Germany", "Baltics"};
  const auto said = words_of(write_mail(head(), letter(), rule("ja"), std::span(&e, 1)));
  for (const auto* word : {"クライムウェア", "エネルギー, our own sector", "ドイツ, Baltics"}) EXPECT_TRUE(said.contains(word)) << word << '\n' << said;
  const auto english = words_of(write_mail(head(), letter(), rule(), std::span(&e, 1)));
  for (const auto* word : {"Crimeware", "energy, our own sector", "Germany, Baltics"}) EXPECT_TRUE(english.contains(word)) << word << '\n' << english;
}

TEST(Messages, NoHeaderBeginsInAText) {
  const std::vector<std::string> known = {"Date",
                                          "From",
                                          "To",
                                          "Subject",
                                          "Message-ID",
                                          "MIME-Version",
                                          "Auto-Submitted",
                                          "X-Auto-Response-Suppress",
                                          "List-Id",
                                          "List-Unsubscribe",
                                          "List-Unsubscribe-Post",
                                          "Content-Type"};
  for (const std::string& evil :
       std::vector<std::string>{"a\r\nBcc: all@mail.example", "a\nBcc: all@mail.example\n\nbody", "a\rBcc: x",
                                "a\xe2\x80\xa8"
                                "Bcc: x",
                                "a\xc2\x85"
                                "Bcc: x",
                                std::string("a\0Bcc: x", 8), "=?UTF-8?B?DQpCY2M6IHg=?=", "\xff\xfe\r\nBcc: x", "\"\\\r\n <x@y>", "a\v\fBcc: x"}) {
    Event e = event();
    e.texts = {{"en", evil, evil}};
    e.kind = e.path = evil, e.actors = {evil};
    Letterhead h = head();
    h.from_name = evil;
    Letter l = letter();
    l.to_name = evil;
    Rule r = rule();
    r.name = evil;
    for (const auto rhythm : {Rhythm::immediate, Rhythm::daily}) {
      r.rhythm = rhythm;
      const std::string mail = write_mail(h, l, r, std::span(&e, 1));
      std::vector<std::string> names;
      for (const auto& line : header(mail)) names.push_back(line.substr(0, line.find(':')));
      EXPECT_EQ(names, known) << evil;
      const auto text = mail.substr(0, mail.find("\r\n\r\n"));
      EXPECT_TRUE(std::ranges::all_of(text, [](char c) { return c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f); })) << evil;
    }
  }
}

TEST(Messages, TextsOfHeadersAreWhatTheyWere) {
  EXPECT_EQ(header_text("plain words"), "plain words");
  EXPECT_EQ(header_text("百舌"), "=?UTF-8?B?55m+6IiM?=");
  EXPECT_EQ(header_text("a\r\nb"), "a  b");
  EXPECT_TRUE(header_text("=?UTF-8?Q?x?=").starts_with("=?UTF-8?B?"));
  const std::string longer = header_text(std::string(30, 'a') + "標的型攻撃の報告書が公開されました。詳細はポータルでご確認ください。", 9);
  for (const auto line : split(longer, '\n')) EXPECT_LE(line.size(), 78U);
  std::string back;
  for (auto word : split(longer, '\n')) {
    word = trim(word);
    if (word.empty()) continue;
    const auto part = from_base64(word.substr(10, word.size() - 12));
    ASSERT_TRUE(part && is_utf8(*part)) << "a character is never cut";
    back += *part;
  }
  EXPECT_EQ(back, std::string(30, 'a') + "標的型攻撃の報告書が公開されました。詳細はポータルでご確認ください。");
}

TEST(Messages, AddressesHaveNoRoomForAnythingElse) {
  for (const char* good : {"kay@mail.example", "a.b+c@x-y.example", "o'neil@mail.example", "x@localhost"}) EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"",
                          "@",
                          "a@",
                          "@b",
                          "a b@c.example",
                          "a@b c",
                          "a\r\n@b.example",
                          "a@b.example\r\nRCPT TO:<x@y>",
                          "a@b>",
                          "<a@b.example>",
                          "\"a b\"@c.example",
                          "a@b..example",
                          ".a@b.example",
                          "a.@b.example",
                          "a..b@c.example",
                          "a@-b.example",
                          "a,b@c.example",
                          "a@b.example,c@d.example",
                          "a@[127.0.0.1]",
                          "k\xc3\xa4y@mail.example",
                          "a@b@c",
                          "a;b@c.example"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_EQ(parse_mailbox("Mozu alerts <mozu@mail.example>")->name, "Mozu alerts");
  EXPECT_EQ(parse_mailbox("mozu@mail.example")->address, "mozu@mail.example");
  EXPECT_FALSE(parse_mailbox("Mozu <mozu@mail.example> x").has_value());
}

TEST(Messages, SpeakTheLanguageOfTheRule) {
  const Event e = event();
  const auto english = words_of(write_mail(head(), letter(), rule(), std::span(&e, 1)));
  EXPECT_NE(english.find("Amber Lynx returns"), std::string::npos);
  EXPECT_NE(english.find("They came by mail."), std::string::npos);
  EXPECT_NE(english.find("https://mozu.example/publications/s"), std::string::npos);
  const auto japanese = words_of(write_mail(head(), letter(), rule("ja"), std::span(&e, 1)));
  EXPECT_NE(japanese.find("Amber Lynx の再来"), std::string::npos);
  EXPECT_NE(japanese.find("配信を停止"), std::string::npos);
}

TEST(Messages, WhatIsMarkedStricterDoesNotLeave) {
  for (const auto tlp : {intel::Tlp::amber, intel::Tlp::amber_strict, intel::Tlp::red}) {
    const Event e = event(tlp);
    for (const auto rhythm : {Rhythm::immediate, Rhythm::weekly}) {
      Rule r = rule();
      r.rhythm = rhythm;
      const auto mail = write_mail(head(), letter(), r, std::span(&e, 1));
      const auto json = write_webhook(head(), letter(), r, std::span(&e, 1));
      for (const auto& text : {mail, words_of(mail), json})
        for (const char* secret : {"Lynx", "They came", "apt", "publications/s"}) EXPECT_EQ(text.find(secret), std::string::npos) << secret;
      EXPECT_NE(words_of(mail).find("Sign in"), std::string::npos);
    }
  }
  auto open = head();
  open.tlp_max = intel::Tlp::red;
  const Event red = event(intel::Tlp::red), amber = event(intel::Tlp::amber);
  EXPECT_EQ(write_webhook(open, letter(), rule(), std::span(&red, 1)).find("Lynx"), std::string::npos) << "TLP:RED never, whatever is set";
  EXPECT_NE(write_webhook(open, letter(), rule(), std::span(&amber, 1)).find("Lynx"), std::string::npos);
}

TEST(Messages, OfWhatAPlanLocksOnlyTheTitleLeaves) {
  Event e = event();
  e.locked = true;
  const auto words = words_of(write_mail(head(), letter(), rule(), std::span(&e, 1)));
  EXPECT_NE(words.find("Amber Lynx returns"), std::string::npos);
  EXPECT_EQ(words.find("They came"), std::string::npos);
  EXPECT_EQ(write_webhook(head(), letter(), rule(), std::span(&e, 1)).find("They came"), std::string::npos);
  Event gone = event();
  gone.happened = Happened::withdrawn;
  EXPECT_EQ(write_webhook(head(), letter(), rule(), std::span(&gone, 1)).find("They came"), std::string::npos);
}

TEST(Messages, MarkupOfATextIsText) {
  Event e = event();
  e.texts = {{"en", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>\n<a href=\"javascript:1\">x</a>"}};
  e.actors = {"\"><svg/onload=1>"};
  const auto mail = write_mail(head(), letter(), rule(), std::span(&e, 1));
  const auto at = mail.find("text/html"), begin = mail.find("\r\n\r\n", at) + 4;
  const auto html = from_base64(mail.substr(begin, mail.find("\r\n--", begin) - begin), Base64::mail).value_or("");
  for (const char* live : {"<script", "<img", "<svg", "href=\"javascript"}) EXPECT_EQ(html.find(live), std::string::npos) << live;
  EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
}

TEST(Messages, AreBounded) {
  std::vector<Event> many(500, event());
  for (auto& e : many) e.texts[0].summary = std::string(50'000, 'x');
  Rule r = rule();
  r.rhythm = Rhythm::daily;
  EXPECT_LT(write_mail(head(), letter(), r, many).size(), std::size_t{3} << 20);
  const auto json = write_webhook(head(), letter(), r, many);
  EXPECT_NE(json.find("\"more\":400"), std::string::npos);
  EXPECT_LT(json.size(), std::size_t{1} << 20);
}

TEST(Messages, ASignatureIsHmacOverTimeAndBody) {
  // printf '1764250000.{}' | openssl dgst -sha256 -hmac whsec_x
  EXPECT_EQ(webhook_signature("whsec_x", {1'764'250'000'123}, "{}"), "t=1764250000,v1=9d544b34e5217df6d4ae5ca77588e65fdb7a1d5c5b61d0b4ef45f55251b02d97");
}

TEST(Messages, DatesAreThoseOfMail) {
  EXPECT_EQ(mail_date(*parse_time_iso("2026-11-27T13:05:09Z")), "Fri, 27 Nov 2026 13:05:09 +0000");
  EXPECT_EQ(mail_date({0}), "Thu, 01 Jan 1970 00:00:00 +0000");
}

Event seen_in_logs(intel::Tlp tlp) {
  Event e;
  e.key = e.subject = "d", e.happened = Happened::detected, e.tlp = tlp, e.path = "/search?type=observed-data";
  e.detected = 25;
  Detection d;
  d.value = "http://cdn.evil.example/a", d.indicator = "evil.example", d.log = "proxy.log\r\nBcc: x", d.feeds = {"phishing", "c2"}, d.count = 7, d.tlp = tlp;
  e.detections = {d};
  return e;
}

TEST(Messages, DetectionsAreCountedAndNoLinkIsMadeOfThem) {
  for (const std::string language : {"en", "ja"}) {
    const Event e = seen_in_logs(intel::Tlp::green);
    const std::string mail = write_mail(head(), letter(), rule(language), std::span(&e, 1)), said = words_of(mail);
    EXPECT_NE(said.find("hxxp://cdn[.]evil[.]example/a"), std::string::npos) << said;
    EXPECT_EQ(said.find("evil.example"), std::string::npos) << said;
    EXPECT_NE(said.find("phishing, c2"), std::string::npos) << said;
    EXPECT_NE(said.find(language == "ja" ? "新しい検知 25 件" : "25 new detections"), std::string::npos) << said;
    EXPECT_NE(said.find("24"), std::string::npos) << "of the others the number: " << said;
    for (const auto& line : header(mail)) EXPECT_FALSE(line.starts_with("Bcc")) << line;
  }
  const Event secret = seen_in_logs(intel::Tlp::amber);
  const std::string hidden = words_of(write_mail(head(), letter(), rule(), std::span(&secret, 1)));
  EXPECT_EQ(hidden.find("evil"), std::string::npos) << hidden;
  Event e = seen_in_logs(intel::Tlp::green);
  e.detections.push_back(secret.detections.front());  // stricter than what may leave: counted alone
  e.detections.back().value = "secret.example";
  const std::string json = write_webhook(head(), letter(), rule(), std::span(&e, 1));
  EXPECT_NE(json.find(R"("event":"detected")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("count":25)"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("value":"http://cdn.evil.example/a")"), std::string::npos) << json;
  EXPECT_EQ(json.find("secret.example"), std::string::npos) << json;
  EXPECT_EQ(words_of(write_mail(head(), letter(), rule(), std::span(&e, 1))).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace mozu::notify::test
