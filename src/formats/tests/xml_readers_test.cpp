#include <fmt/core.h>

#include "tree_support.hpp"

namespace mozu::formats::test::xml_readers_test {
namespace {

using intel::TypeHint;

std::string item(std::string_view term, std::string_view content, std::string_view rest = "condition=\"is\"") {
  return fmt::format("<IndicatorItem id=\"x\" {}>\n<Context document=\"d\" search=\"{}\" type=\"mir\"/><Content type=\"string\">{}</Content></IndicatorItem>\n",
                     rest, term, content);
}

TEST(OpeniocReader, version_1_0) {
  const std::string text = R"(<?xml version='1.0' encoding='UTF-8'?>
<!-- <x> -->
<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="0ae061d7-c624-4a84-8adf-00281b97797b">
  <short_description>GNAW</short_description><description>A &amp; B</description><authored_by>Watch</authored_by>
  <links><link rel="threatgroup">Shrike</link><link rel="license">x</link><link rel="report" href="https://report.example/">r</link></links>
  <definition><Indicator operator="OR">
)" + item("FileItem/Md5sum", "00112233445566778899aabbccddeeff") +
                           item("PortItem/remoteIP", "198.51.100.1", "condition=\"contains\"") +
                           item("DnsEntryItem/Host", "evil.example", "condition=\"contains\"") + item("Network/URI", "/gate.php", "condition=\"contains\"") +
                           item("RegistryItem/Path", "x") + item("Email/From", "N &lt;a@evil.example&gt;") +
                           item("UrlHistoryItem/URL", "http://evil.example/x", "condition=\"isnot\"") + "<Indicator operator=\"AND\">" +
                           item("FileItem/Sha1sum", "0123456789abcdef0123456789abcdef01234567") + item("FileItem/FileName", "a.exe") + "</Indicator>" +
                           "<Indicator operator=\"AND\">" + item("DnsEntryItem/RecordName", "and.evil.example") + item("ProcessItem/name", "x") +
                           "</Indicator>" + "<IndicatorItem/></Indicator></definition></ioc>";
  EXPECT_EQ(sniffed(text), "openioc");
  const auto out = read_with("openioc", text);
  EXPECT_EQ(out.values(), (Values{"00112233445566778899aabbccddeeff", "198.51.100.1", "evil.example", "a@evil.example",
                                  "0123456789abcdef0123456789abcdef01234567", "and.evil.example"}));
  const auto& k = out.kept[0];
  EXPECT_EQ(k.hint, TypeHint::hash);
  EXPECT_EQ(k.context("name"), "GNAW");
  EXPECT_EQ(k.context("description"), "A & B");
  EXPECT_EQ(k.context("actor"), "Shrike");
  EXPECT_EQ(k.context("reference"), "https://report.example/");
  EXPECT_EQ(k.record.where.line, 7U);
  EXPECT_EQ(k.record.where.path, "/ioc/definition/Indicator/IndicatorItem");
  EXPECT_EQ(out.kept[4].context("note"), "");
  EXPECT_EQ(out.kept[5].context("note"), "part of an AND pattern");
  EXPECT_EQ(out.passed,
            (std::map<std::string, int>{
                {"FileItem/FileName", 1}, {"ProcessItem/name", 1}, {"RegistryItem/Path", 1}, {"negated", 1}, {"part of a value (Network/URI)", 1}}));
  EXPECT_EQ(out.refused.size(), 1U);
}

TEST(OpeniocReader, version_1_1) {
  const std::string text =
      "<OpenIOC xmlns=\"http://openioc.org/schemas/OpenIOC_1.1\" id=\"i\"><metadata><short_description>S</short_description><links><link "
      "href=\"https://report.example/\" rel=\"x\"/></links></metadata>"
      "<criteria><Indicator operator=\"OR\">" +
      item("FileItem/Sha256sum", std::string(64, 'a')) + item("Network/DNS", "evil.example", "condition=\"is\" negate=\"true\"") +
      item("Network/DNS", "ev.*", "condition=\"matches\"") + "</Indicator></criteria></OpenIOC>";
  EXPECT_EQ(sniffed(text), "openioc");
  const auto out = read_with("openioc", text);
  EXPECT_EQ(out.values(), Values{std::string(64, 'a')});
  EXPECT_EQ(out.kept[0].context("name"), "S");
  EXPECT_EQ(out.kept[0].context("reference"), "https://report.example/");
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"condition matches", 1}, {"negated", 1}}));
}

constexpr std::string_view stix1 =
    R"(<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="p" version="1.2">
<stix:STIX_Header><stix:Title>Autumn</stix:Title><stix:Handling><m:Marking><m:Marking_Structure xsi:type="tlpMarking:TLPMarkingStructureType" color="AMBER"/></m:Marking></stix:Handling></stix:STIX_Header>
<stix:Observables>
  <c:Observable id="o-1"><c:Object><c:Properties xsi:type="AddressObj:AddressObjectType" category="ipv4-addr">
    <AddressObj:Address_Value condition="Equals" apply_condition="ANY">198.51.100.1##comma##198.51.100.2</AddressObj:Address_Value></c:Properties></c:Object></c:Observable>
  <c:Observable id="o-2"><c:Object><c:Properties xsi:type="DomainNameObj:DomainNameObjectType" type="FQDN"><DomainNameObj:Value>evil.example</DomainNameObj:Value></c:Properties></c:Object></c:Observable>
</stix:Observables>
<stix:Indicators>
  <stix:Indicator id="i-1"><indicator:Title>Gate</indicator:Title><indicator:Type>C2</indicator:Type><indicator:Description>phones</indicator:Description>
    <indicator:Valid_Time_Position><indicator:Start_Time>2026-01-01T00:00:00Z</indicator:Start_Time></indicator:Valid_Time_Position>
    <indicator:Observable idref="o-1"/><indicator:Confidence><c:Value>High</c:Value></indicator:Confidence></stix:Indicator>
  <stix:Indicator id="i-2"><indicator:Title>Files</indicator:Title><indicator:Observable id="o-3"><c:Observable_Composition operator="OR">
    <c:Observable id="o-4"><c:Object><c:Properties xsi:type="FileObj:FileObjectType"><FileObj:Hashes><cyboxCommon:Hash><cyboxCommon:Type>MD5</cyboxCommon:Type>
      <cyboxCommon:Simple_Hash_Value>00112233445566778899aabbccddeeff</cyboxCommon:Simple_Hash_Value></cyboxCommon:Hash></FileObj:Hashes></c:Properties></c:Object></c:Observable>
    <c:Observable id="o-5"><c:Object><c:Properties xsi:type="URIObj:URIObjectType" type="URL"><URIObj:Value condition="StartsWith">http://evil.example/a</URIObj:Value></c:Properties></c:Object></c:Observable>
    <c:Observable id="o-6"><c:Object><c:Properties xsi:type="EmailMessageObj:EmailMessageObjectType"><e:Header><e:To><e:Recipient category="e-mail"><a:Address_Value>victim@good.example</a:Address_Value></e:Recipient></e:To>
      <e:From category="e-mail"><a:Address_Value>a@evil.example</a:Address_Value></e:From></e:Header></c:Properties></c:Object></c:Observable>
    <c:Observable id="o-7"><c:Object><c:Properties xsi:type="MutexObj:MutexObjectType"><m:Name>x</m:Name></c:Properties></c:Object></c:Observable>
    <c:Observable id="o-8" negate="true"><c:Object><c:Properties xsi:type="HostnameObj:HostnameObjectType"><h:Hostname_Value>good.example</h:Hostname_Value></c:Properties></c:Object></c:Observable>
  </c:Observable_Composition></indicator:Observable></stix:Indicator>
</stix:Indicators></stix:STIX_Package>)";

TEST(Stix1Reader, a_package) {
  EXPECT_EQ(sniffed(stix1), "stix1");
  const auto out = read_with("stix1", stix1);
  EXPECT_EQ(out.values(),
            (Values{"198.51.100.1", "198.51.100.2", "evil.example", "00112233445566778899aabbccddeeff", "http://evil.example/a*", "a@evil.example"}));
  const auto& ip = out.kept[1];
  EXPECT_EQ(ip.hint, TypeHint::ip);
  EXPECT_EQ(ip.context("name"), "Gate");
  EXPECT_EQ(ip.context("description"), "phones");
  EXPECT_EQ(ip.context("threat"), "Autumn");
  EXPECT_EQ(ip.context("tlp"), "TLP:AMBER");
  EXPECT_EQ(ip.record.labels, Values{"C2"});
  EXPECT_EQ(ip.record.confidence, 85);
  EXPECT_TRUE(ip.record.valid_from.has_value());
  EXPECT_EQ(ip.record.where.line, 5U);
  EXPECT_EQ(out.kept[2].context("name"), "");
  EXPECT_EQ(out.kept[3].context("name"), "Files");
  EXPECT_EQ(out.kept[4].hint, TypeHint::url_mask);
  EXPECT_EQ(out.passed, (std::map<std::string, int>{{"Mutex", 1}, {"negated", 1}}));
}

FeedSettings mapped(std::initializer_list<std::pair<const std::string, std::string>> list) {
  FeedSettings s;
  for (const auto& m : list) s.mapping.insert(m);
  return s;
}

TEST(XmlReader, mapping) {
  const std::string_view text = R"(<?xml version="1.0"?><feed xmlns:t="u"><meta><campaign>Autumn</campaign></meta>
<item seen="2026-01-01"><t:ip>198.51.100.1</t:ip><t:ip>198.51.100.2</t:ip><kind>ip</kind><tag>a</tag><tag>b</tag></item>
<item><t:ip><![CDATA[198.51.100.3]]></t:ip></item><other/></feed>)";
  EXPECT_EQ(sniffed(text), "xml");
  const auto out = read_with("xml", text,
                             mapped({{"value", "feed/item/ip"},
                                     {"type", "feed/item/kind"},
                                     {"labels", "feed/item/tag"},
                                     {"first_seen", "feed/item/@seen"},
                                     {"threat", "feed/meta/campaign"}}));
  EXPECT_EQ(out.values(), (Values{"198.51.100.1", "198.51.100.2", "198.51.100.3"}));
  EXPECT_EQ(out.kept[1].hint, TypeHint::ip);
  EXPECT_EQ(out.kept[1].record.labels, (Values{"a", "b"}));
  EXPECT_TRUE(out.kept[1].record.first_seen.has_value());
  EXPECT_EQ(out.kept[2].context("threat"), "Autumn");
  EXPECT_EQ(out.kept[2].record.where.line, 3U);
  EXPECT_EQ(read_with("xml", "<a><b v='evil.example' t='domain'/></a>", mapped({{"value", "/a/*/@v"}, {"type", "a/*/@t"}})).kept.at(0).hint, TypeHint::domain);
  for (const auto& s : {mapped({{"value", "feed/no"}}), mapped({{"value", "a//b"}}), mapped({{"value", "@x"}}), mapped({{"type", "feed"}})}) {
    Status status;
    read_with("xml", text, s, 1 << 16, &status);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, "xml-mapping");
  }
  Status status;
  read_with("xml", text, {}, 1 << 16, &status);
  EXPECT_EQ(status.error().code, "not-a-feed");
}

TEST(XmlReaders, broken_documents_keep_what_came_before) {
  const auto out = read_with("stix1", stix1.substr(0, stix1.find("<stix:Indicators>") + 200));
  EXPECT_EQ(out.values(), (Values{"198.51.100.1", "198.51.100.2", "evil.example"}));
  ASSERT_EQ(out.refused.size(), 1U);
  EXPECT_EQ(out.refused[0].code, "xml-broken");
  EXPECT_EQ(out.lost, 1);
  EXPECT_GE(out.refused[0].where.line, 8U);
  Status status;
  read_with("stix1", "<a", {}, 1, &status);
  EXPECT_FALSE(status.has_value());
}

TEST(XmlReaders, entities_are_not_expanded) {
  std::string text =
      "<!DOCTYPE ioc [<!ENTITY a \"evil.example\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]><ioc><definition><Indicator "
      "operator=\"OR\">" +
      item("DnsEntryItem/Host", "&b;") + item("DnsEntryItem/Host", "&x;") + item("DnsEntryItem/Host", "two.example") + "</Indicator></definition></ioc>";
  const auto out = read_with("openioc", text);
  EXPECT_EQ(out.values(), (Values{"&b;", "&x;", "two.example"}));  // the door refuses what is no name
  EXPECT_TRUE(out.noted("xml-entities"));
}

TEST(XmlReaders, depth_is_no_danger) {
  for (const std::string_view tag : {"Indicator operator=\"AND\"", "Observable id=\"x\"", "description", "Properties"}) {
    const std::string name(tag.substr(0, tag.find(' ')));
    std::string text = "<ioc>";
    for (int i = 0; i < 100'000; ++i) text += fmt::format("<{}>", tag);
    text += item("DnsEntryItem/Host", "evil.example");
    for (int i = 0; i < 100'000; ++i) text += fmt::format("</{}>", name);
    text += "</ioc>";
    EXPECT_EQ(read_with("openioc", text).kept.size(), 1U) << tag;
    read_with("stix1", text);
  }
}

}  // namespace
}  // namespace mozu::formats::test::xml_readers_test
