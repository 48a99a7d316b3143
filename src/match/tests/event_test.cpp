// What a line says about itself: format, time, ends, user, field; every line format with inline samples.
#include <gtest/gtest.h>

#include "mozu/match/event.hpp"

namespace mozu::match {
namespace {

const Timestamp reference = from_civil({2026, 11, 22, 12, 0, 0, 0});

struct Seen {
  std::string format, time, source, destination, user;
};

/// Parses with the state that the header lines leave.
class Event : public ::testing::Test {
 protected:
  Seen see(std::string_view line) {
    line_ = line;
    const intel::EventFields& e = parser_.parse(line_, header_);
    return {e.format, e.time ? format_time(*e.time) : "", e.source, e.destination, e.user};
  }
  /// Name of the field in which `needle` stands, in the line seen last.
  std::string field_of(std::string_view needle) {
    const auto at = line_.find(needle);
    EXPECT_NE(at, std::string::npos) << needle;
    return parser_.field_at(at, needle.size());
  }
  void use(SourceProfile p) { parser_ = EventParser(std::move(p), reference); }

  HeaderState header_;
  std::string line_;
  EventParser parser_{{}, reference};
};

#define EXPECT_SEEN(line, f, t, s, d, u)     \
  do {                                       \
    const Seen seen_ = see(line);            \
    EXPECT_EQ(seen_.format, f) << line;      \
    EXPECT_EQ(seen_.time, t) << line;        \
    EXPECT_EQ(seen_.source, s) << line;      \
    EXPECT_EQ(seen_.destination, d) << line; \
    EXPECT_EQ(seen_.user, u) << line;        \
  } while (0)

TEST_F(Event, PlainTextGivesAtMostItsTime) {
  EXPECT_SEEN("hello evil.example", "plain", "", "", "", "");
  EXPECT_SEEN("", "plain", "", "", "", "");
  EXPECT_SEEN("   ", "plain", "", "", "", "");
  EXPECT_SEEN("2026-11-22 10:00:00,123 WARN evil.example", "plain", "2026-11-22T10:00:00.123Z", "", "", "");
  EXPECT_SEEN("[Sun Dec 04 04:47:44 2005] [error] [client 192.0.2.7:4711] File does not exist", "plain", "2005-12-04T04:47:44Z", "192.0.2.7", "", "");
  EXPECT_SEEN("10:00 is no date", "plain", "", "", "", "");
  EXPECT_EQ(field_of("date"), "");
}

TEST_F(Event, JsonFieldsAreNamedByPath) {
  EXPECT_SEEN(
      R"({"time":"2026-11-22T10:00:00+01:00","client_ip":"192.0.2.1","host":"www.example.com","user":{"name":"ann"},"a":{"b":[{"c":"evil.example"},"x.example"]}})",
      "json", "2026-11-22T09:00:00Z", "192.0.2.1", "www.example.com", "ann");
  EXPECT_EQ(field_of("evil.example"), "a.b.c");
  EXPECT_EQ(field_of("x.example"), "a.b");
  EXPECT_EQ(field_of("ann"), "user.name");
  EXPECT_EQ(field_of("client_ip"), "client_ip");
  EXPECT_EQ(parser_.field_at(0, 1), "");
  EXPECT_EQ(parser_.field_at(100000, 5), "");
}

TEST_F(Event, JsonValuesAreDecoded) {
  EXPECT_SEEN(R"(  {"User":"NT AUTHORITY\\SYSTEM \u00e9\ud83d\ude00","src":"2001:db8::1"} )", "json", "", "2001:db8::1", "", "NT AUTHORITY\\SYSTEM é😀");
}

TEST_F(Event, WhatIsNoJsonIsPlain) {
  for (const char* line : {R"({"a":"evil.example")", R"({"a":"evil.example",})", R"({"a":"b"} x)", R"({"a":"\x"})", R"({"a" "b"})", R"([1,2,])", R"({"a":01})",
                           "{\"a\":\"tab\there\"}", R"({"a":tru})", R"({,})", R"("text")", "12"})
    EXPECT_EQ(see(line).format, "plain") << line;
  for (const char* line : {R"({})", R"([])", R"([{"a":[]},{}])", R"({"a":-0.5e+3,"b":true,"c":null,"d":"\u00e9\/"})"})
    EXPECT_EQ(see(line).format, "json") << line;
  std::string deep(1024, '[');
  EXPECT_EQ(see(deep + std::string(1024, ']')).format, "json");
  EXPECT_EQ(see(deep + "[" + std::string(1025, ']')).format, "plain");
}

TEST_F(Event, ZeekJson) {
  EXPECT_SEEN(R"({"ts":1588205199.82437,"uid":"C1","id.orig_h":"192.0.2.5","id.orig_p":1,"id.resp_h":"198.51.100.5","query":"evil.example"})", "zeek-json",
              "2020-04-30T00:06:39.824Z", "192.0.2.5", "198.51.100.5", "");
  EXPECT_EQ(field_of("evil.example"), "query");
  EXPECT_EQ(field_of("192.0.2.5"), "id.orig_h");
  EXPECT_EQ(see(R"({"_path":"x509","ts":"2018-03-24T17:15:20.866586Z","id":"F1"})").format, "zeek-json");
}

TEST_F(Event, SuricataEve) {
  EXPECT_SEEN(
      R"({"timestamp":"2021-06-06T15:59:46.457984+0200","flow_id":1,"event_type":"dns","src_ip":"192.0.2.5","dest_ip":"198.51.100.5","dns":{"rrname":"evil.example"},"flow":{"start":"2021-06-06T15:00:00+0200"},"host":"sensor"})",
      "suricata-eve", "2021-06-06T13:59:46.457Z", "192.0.2.5", "198.51.100.5", "");
  EXPECT_EQ(field_of("evil.example"), "dns.rrname");
}

TEST_F(Event, WindowsJson) {
  EXPECT_SEEN(
      R"({"EventTime":"2020-08-07 11:04:15","@timestamp":"2020-08-07T15:04:18.249Z","Hostname":"dc.example","EventID":3,"Channel":"Security","SourceIp":"192.0.2.9","DestinationIp":"198.51.100.9","User":"EX\\ann","SourceName":"Sysmon"})",
      "windows-json", "2020-08-07T15:04:18.249Z", "192.0.2.9", "198.51.100.9", "EX\\ann");
  EXPECT_SEEN(R"({"TimeCreated":"2020-10-22T02:57:58.116Z","Hostname":"WS5","EventID":4688,"Channel":"Security","TargetUserName":"-","SubjectUserName":"bob"})",
              "windows-json", "2020-10-22T02:57:58.116Z", "WS5", "", "bob");
  EXPECT_SEEN(
      R"({"@timestamp":"2026-01-01T00:00:00Z","winlog":{"event_id":4624,"computer_name":"dc.example","event_data":{"IpAddress":"192.0.2.3","TargetUserName":"ann"}},"event":{"id":1,"eventid":3}})",
      "windows-json", "2026-01-01T00:00:00Z", "192.0.2.3", "dc.example", "ann");
}

TEST_F(Event, WindowsXml) {
  EXPECT_SEEN(
      R"(<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="P"/><EventID>4625</EventID><TimeCreated SystemTime="2022-04-28T16:09:28.9443547Z" /><Computer>dc.example</Computer></System><EventData><Data Name="SubjectUserName">DC$</Data><Data Name="TargetUserName">a&amp;b</Data><Data Name="IpAddress">192.0.2.3</Data></EventData></Event>)",
      "windows-xml", "2022-04-28T16:09:28.944Z", "192.0.2.3", "dc.example", "a&b");
  EXPECT_EQ(field_of("192.0.2.3"), "Event.EventData.IpAddress");
  EXPECT_EQ(field_of("dc.example"), "Event.System.Computer");
  EXPECT_EQ(field_of("2022-04-28"), "Event.System.TimeCreated.SystemTime");
  EXPECT_EQ(see("<Event><a><b></Event></x").format, "windows-xml");
}

TEST_F(Event, Syslog3164) {
  EXPECT_SEEN("Nov 10 06:55:46 web1 sshd[24200]: Failed password for invalid user webmaster from 192.0.2.186 port 4 ssh2", "syslog", "2026-11-10T06:55:46Z",
              "192.0.2.186", "web1", "webmaster");
  EXPECT_EQ(field_of("web1"), "host");
  EXPECT_EQ(field_of("sshd"), "program");
  EXPECT_EQ(field_of("192.0.2.186"), "message");
  EXPECT_SEEN("<34>Oct 11 22:14:15 mymachine su: 'su root' failed", "syslog", "2026-10-11T22:14:15Z", "mymachine", "", "");
  EXPECT_SEEN("Jun  8 14:34:33 fw kernel: [5.1] IN=e0 OUT= SRC=192.0.2.7 DST=198.51.100.7 LEN=40", "syslog", "2026-06-08T14:34:33Z", "192.0.2.7",
              "198.51.100.7", "");
  EXPECT_EQ(field_of("198.51.100.7"), "DST");
  EXPECT_SEEN("2024-10-31T12:38:21.817327+00:00 machine postfix/smtpd[2634372]: warning: x from unknown[192.0.2.1]: GET", "syslog", "2024-10-31T12:38:21.817Z",
              "192.0.2.1", "machine", "");
}

TEST_F(Event, Syslog5424) {
  EXPECT_SEEN(R"(<165>1 2003-10-11T22:14:15.003Z host.example evntslog - ID47 [ex@1 iut="3" ref="evil.example"][b x="y\"z"] BOMAn event)", "syslog",
              "2003-10-11T22:14:15.003Z", "host.example", "", "");
  EXPECT_EQ(field_of("evil.example"), "ex@1.ref");
  EXPECT_EQ(field_of("y\\"), "b.x");
  EXPECT_EQ(field_of("An event"), "message");
  EXPECT_EQ(field_of("evntslog"), "program");
  EXPECT_SEEN("<14>1 - - - - - - {\"src\":\"192.0.2.1\"}", "json", "", "192.0.2.1", "", "");
}

TEST_F(Event, YearlessTimes) {
  EXPECT_EQ(see("Nov 23 11:00:00 h p: x").time, "2026-11-23T11:00:00Z");  // less than a day ahead
  EXPECT_EQ(see("Nov 23 13:00:00 h p: x").time, "2025-11-23T13:00:00Z");
  EXPECT_EQ(see("Feb 29 13:00:00 h p: x").time, "2024-02-29T13:00:00Z");
  SourceProfile p;
  p.default_year = 2015;
  p.offset_minutes = 540;
  use(p);
  EXPECT_EQ(see("Dec 31 09:00:00 h p: x").time, "2015-12-31T00:00:00Z");
  EXPECT_EQ(see("2026-01-01T09:00:00Z h p: x").time, "2026-01-01T09:00:00Z");
}

TEST_F(Event, FormatsInsideSyslog) {
  EXPECT_SEEN("<13>Nov 10 20:01:31 gw CEF:0|V|P|1|2|N|5|src=192.0.2.1 msg=to evil.example dst=198.51.100.1 duser=ann", "cef", "2026-11-10T20:01:31Z",
              "192.0.2.1", "198.51.100.1", "ann");
  EXPECT_EQ(field_of("evil.example"), "msg");
  EXPECT_SEEN("Nov 10 20:01:31 gw nginx[3]: 192.0.2.1 - ann [10/Nov/2026:20:01:30 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\"", "clf",
              "2026-11-10T20:01:30Z", "192.0.2.1", "gw", "ann");
  EXPECT_EQ(field_of("curl"), "user-agent");
}

TEST_F(Event, Cef) {
  EXPECT_SEEN(
      R"(CEF:0|Vendor|Pro\|duct|1.0|100|evil.example seen|10|src=192.0.2.1 dst=198.51.100.1 suser=ann lee duser=bob rt=1795341600000 request=http://evil.example/?a\=b cs1=x y)",
      "cef", "2026-11-22T10:00:00Z", "192.0.2.1", "198.51.100.1", "ann lee");
  EXPECT_EQ(field_of("evil.example seen"), "name");
  EXPECT_EQ(field_of("evil.example/"), "request");
  EXPECT_EQ(field_of("x y"), "cs1");
  EXPECT_EQ(field_of("duct"), "deviceProduct");
  EXPECT_SEEN("CEF:0|a|b", "cef", "", "", "", "");
  EXPECT_SEEN("CEF:0|V|P|1|2|N|5|rt=Nov 22 2026 10:00:00 shost=ws.example dhost=evil.example url=http://x.example/?a=b&c=d act=ok", "cef",
              "2026-11-22T10:00:00Z", "ws.example", "evil.example", "");
  EXPECT_EQ(field_of("?a=b&c=d"), "url");
}

TEST_F(Event, TheHostOfAUrlIsTheOtherEnd) {
  EXPECT_SEEN("CEF:0|V|P|1|2|N|5|src=192.0.2.1 request=https://ann@evil.example:8443/x", "cef", "", "192.0.2.1", "evil.example", "");
  EXPECT_SEEN(R"({"src":"192.0.2.1","url":"/only/a/path"})", "json", "", "192.0.2.1", "", "");
  EXPECT_SEEN(R"({"src":"192.0.2.1","url":"http://[2001:db8::1]:80/"})", "json", "", "192.0.2.1", "2001:db8::1", "");
  EXPECT_SEEN(R"({"src":"192.0.2.1","dst":"198.51.100.1","url":"http://evil.example/"})", "json", "", "192.0.2.1", "198.51.100.1", "");
}

TEST_F(Event, WhatOnlyProseTells) {
  EXPECT_SEEN(R"({"time":"2026-01-01T00:00:00Z","message":"User \"bob\" logged in, from ip \"192.0.2.1\", ok"})", "json", "2026-01-01T00:00:00Z", "192.0.2.1",
              "", "");
  EXPECT_SEEN("Nov 10 06:55:46 ns named[3]: client @0x7f65 192.0.2.1#3076 (evil.example): query: evil.example IN A", "syslog", "2026-11-10T06:55:46Z",
              "192.0.2.1", "ns", "");
  EXPECT_SEEN("192.0.2.1:14853 [14/Jan/2015:12:48:57.127] front back 200", "plain", "2015-01-14T12:48:57.127Z", "192.0.2.1", "", "");
  EXPECT_SEEN("Failed login for user [bob] from 192.0.2.1.", "plain", "", "192.0.2.1", "", "bob");
  EXPECT_SEEN("mail from evil.example to b", "plain", "", "", "", "");
  EXPECT_SEEN("refused from _U2FsdGVkX19P3BCJmFBHhjLza8BcMH06WCUVwttMHpE=_@::ffff:192.0.2.1", "plain", "", "", "", "");
  EXPECT_EQ(field_of("192.0.2.1"), "");
}

/// Ends of a message that a syslog header precedes: host "gw", time as above.
#define EXPECT_ENDS(message, s, d, u) EXPECT_SEEN("Nov 10 06:55:46 gw prog[3]: " message, "syslog", "2026-11-10T06:55:46Z", s, d, u)

TEST_F(Event, ProseNamesTheRemoteEnd) {
  EXPECT_ENDS("Connection closed by 192.0.2.1 port 52545 [preauth]", "192.0.2.1", "gw", "");
  EXPECT_ENDS("Connection closed by invalid user ann 192.0.2.1 port 52545 [preauth]", "192.0.2.1", "gw", "ann");
  EXPECT_ENDS("Connection closed by invalid user  192.0.2.1 port 52545 [preauth]", "192.0.2.1", "gw", "");
  EXPECT_ENDS("Disconnected from 192.0.2.1 port 4", "192.0.2.1", "gw", "");
  EXPECT_ENDS("Disconnected from authenticating user root 192.0.2.1 port 4 [preauth]", "192.0.2.1", "gw", "root");
  EXPECT_ENDS("Unable to negotiate with 192.0.2.1 port 4: no matching host key type found", "192.0.2.1", "gw", "");
  EXPECT_ENDS("fatal: Timeout before authentication for 192.0.2.1 port 4", "192.0.2.1", "gw", "");
  EXPECT_ENDS("Received disconnect from 2001:db8::1 port 4:11: Bye Bye", "2001:db8::1", "gw", "");
  EXPECT_ENDS("warning: unknown[192.0.2.1]: SASL LOGIN authentication failed", "192.0.2.1", "gw", "");
  EXPECT_ENDS("connect from mail.example[192.0.2.1]", "192.0.2.1", "gw", "");
  EXPECT_ENDS("(?@192.0.2.1) [WARNING] Authentication failed for user [root]", "192.0.2.1", "gw", "");
  EXPECT_ENDS("gw (192.0.2.1[192.0.2.1]): USER ann (Login failed)", "192.0.2.1", "gw", "");
  EXPECT_ENDS("reverse mapping checking getaddrinfo for x.example [192.0.2.1] failed", "192.0.2.1", "gw", "");
  EXPECT_SEEN("2022-06-29 15:33:46 H=x.example [192.0.2.1]:53343 F=<a@x.example> rejected RCPT <b@x.example>: x.example [192.0.2.1]:53343 is listed", "plain",
              "2022-06-29T15:33:46Z", "192.0.2.1", "", "");
  EXPECT_SEEN("2022-06-29 16:04:05 authenticator failed for x.example ([198.51.100.5]) [192.0.2.1]:55379: 535", "plain", "2022-06-29T16:04:05Z", "192.0.2.1",
              "", "");
  EXPECT_SEEN("2024-12-15 14:11:25 192.0.2.1:52234 TCP connection established with [AF_INET]192.0.2.1:52234", "plain", "2024-12-15T14:11:25Z", "192.0.2.1", "",
              "");
  EXPECT_SEEN("2022-02-13T10:09:11.521Z ACCEPT host=::ffff:192.0.2.1 port=4", "plain", "2022-02-13T10:09:11.521Z", "192.0.2.1", "", "");
}

TEST_F(Event, ProseNamesBothEnds) {
  EXPECT_ENDS("06[NET] received packet: from 192.0.2.1[4500] to 198.51.100.2[28808] (144 bytes)", "192.0.2.1", "198.51.100.2", "");
  EXPECT_ENDS("input: in:e1 out:(unknown 0), proto TCP (SYN), 192.0.2.1:59388->198.51.100.2:23, len 40", "192.0.2.1", "198.51.100.2", "");
  EXPECT_ENDS("list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(22), 1 packet", "192.0.2.1", "198.51.100.2", "");
  EXPECT_ENDS("{UDP} 2001:db8::1 -> 2001:db8::2", "2001:db8::1", "2001:db8::2", "");
  EXPECT_ENDS("Deny tcp from outside:192.0.2.1/4 to inside:198.51.100.2/80", "192.0.2.1", "198.51.100.2", "");
  EXPECT_SEEN("https 2023-04-26T12:23:00.186641Z app/x/4 192.0.2.1:44740 198.51.100.2:80 0.086 200 \"GET https://203.0.113.9:443/ HTTP/1.1\" \"curl/7.46.0\"",
              "plain", "2023-04-26T12:23:00.186Z", "192.0.2.1", "198.51.100.2", "");
  EXPECT_SEEN("Sep 30 14:35:50 fw filterlog: 53,,,1000102631,em0,match,block,in,4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,198.51.100.2,59576,22,0,S", "syslog",
              "2026-09-30T14:35:50Z", "192.0.2.1", "198.51.100.2", "");
  EXPECT_EQ(field_of("192.0.2.1"), "source");
  EXPECT_ENDS("621,,,16,v0,match,block,in,6,0x00,0x07c63,64,TCP,6,44,2001:db8::1,2001:db8::2,65382,443", "2001:db8::1", "2001:db8::2", "");
  EXPECT_ENDS("Ev=\"a\",LocalAddress=\"IPV4/UDP/198.51.100.2/5060\",RemoteAddress=\"IPV4/UDP/192.0.2.1/4\"", "192.0.2.1", "198.51.100.2", "");
}

TEST_F(Event, WhereTheReporterGoesIsTheDestination) {
  EXPECT_ENDS("connect to mx.example[192.0.2.1]:25: Connection refused", "gw", "192.0.2.1", "");
  EXPECT_ENDS("A1: to=<ann@x.example>, relay=mx.example[192.0.2.1]:25, delay=1", "gw", "192.0.2.1", "");
  EXPECT_ENDS("resolving 'x.example/A/IN': 192.0.2.1#53 refused", "gw", "192.0.2.1", "");
  EXPECT_ENDS("fetched http://192.0.2.1/x.sh", "gw", "192.0.2.1", "");
  EXPECT_SEEN("2022-06-29 15:33:46 1a => ann@x.example R=dns T=smtp H=mx.example [192.0.2.1]", "key-value", "2022-06-29T15:33:46Z", "", "192.0.2.1", "");
}

TEST_F(Event, AnAddressAloneIsTheRemoteEnd) {
  EXPECT_ENDS("NOTICE [jail] Found 192.0.2.1", "192.0.2.1", "gw", "");
  EXPECT_ENDS("192.0.2.1 seen, 192.0.2.1 again", "192.0.2.1", "gw", "");
  EXPECT_ENDS("192.0.2.1x and 1.192.0.2.1 are none", "gw", "", "");
  EXPECT_ENDS("agent Chrome/100.0.0.0, Version=4.0.0.0", "gw", "", "");
  EXPECT_ENDS("neighbours 192.0.2.1 and 192.0.2.2", "gw", "", "");
  EXPECT_ENDS("DST=198.51.100.2 seen 192.0.2.1", "gw", "198.51.100.2", "");
  EXPECT_ENDS("Server listening on 0.0.0.0 port 22.", "gw", "", "");
}

TEST_F(Event, ValuesThatSayNothingOrTooMuch) {
  EXPECT_SEEN(R"({"EventID":5158,"Channel":"Security","SourceAddress":"::","Hostname":"WS5"})", "windows-json", "", "WS5", "", "");
  EXPECT_SEEN(R"({"client_ip":"192.0.2.1, 198.51.100.3, 203.0.113.1","src":"/a.js","user":"N/A"})", "json", "", "192.0.2.1", "", "");
  EXPECT_SEEN(R"([2022-02-11 14:44:40] shop.INFO: failed {"ip":"192.0.2.1"} [])", "json", "2022-02-11T14:44:40Z", "192.0.2.1", "", "");
}

TEST_F(Event, Leef) {
  EXPECT_SEEN("LEEF:1.0|V|P|1|42|src=192.0.2.1\tdst=198.51.100.1\tusrName=ann lee\tdevTime=Nov 22 2026 10:00:00\turl=http://evil.example/?a=b", "leef",
              "2026-11-22T10:00:00Z", "192.0.2.1", "198.51.100.1", "ann lee");
  EXPECT_EQ(field_of("evil.example"), "url");
  EXPECT_SEEN("LEEF:2.0|V|P|1|42|^|src=192.0.2.1^dst=198.51.100.1^usrName=bob", "leef", "", "192.0.2.1", "198.51.100.1", "bob");
  EXPECT_SEEN("LEEF:2.0|V|P|1|42|0x7c|src=192.0.2.1|dst=198.51.100.1", "leef", "", "192.0.2.1", "198.51.100.1", "");
  EXPECT_SEEN("LEEF:2.0|V|P|1|42||src=192.0.2.1\tdst=198.51.100.1", "leef", "", "192.0.2.1", "198.51.100.1", "");
  EXPECT_SEEN("LEEF:1.0|V", "leef", "", "", "", "");
}

TEST_F(Event, ZeekTsv) {
  EXPECT_TRUE(update_header(header_, "#separator \\x09"));
  EXPECT_FALSE(update_header(header_, "#path\thttp"));
  EXPECT_TRUE(update_header(header_, "#fields\tts\tuid\tid.orig_h\tid.resp_h\thost\tusername"));
  EXPECT_FALSE(update_header(header_, "#fields\tts\tuid\tid.orig_h\tid.resp_h\thost\tusername"));
  EXPECT_SEEN("1258535653.087137\tYW\t192.0.2.4\t198.51.100.4\tevil.example\tann", "zeek-tsv", "2009-11-18T09:14:13.087Z", "192.0.2.4", "198.51.100.4", "ann");
  EXPECT_EQ(field_of("evil.example"), "host");
  EXPECT_SEEN("1258535653.087137\tYW\t192.0.2.4\t198.51.100.4\t-\t-", "zeek-tsv", "2009-11-18T09:14:13.087Z", "192.0.2.4", "198.51.100.4", "");
  EXPECT_SEEN("one two", "plain", "", "", "", "");  // not as many columns
}

TEST_F(Event, W3c) {
  EXPECT_FALSE(update_header(header_, "#Software: Microsoft Internet Information Services 10.0"));
  EXPECT_TRUE(update_header(header_, "#Fields: date time s-ip cs-method cs-uri-stem cs-username c-ip cs(User-Agent) cs(Referer)"));
  EXPECT_SEEN("2026-11-22 10:00:00 198.51.100.2 GET /a ann 192.0.2.2 Mozilla/5.0 http://evil.example/", "w3c", "2026-11-22T10:00:00Z", "192.0.2.2",
              "198.51.100.2", "ann");
  EXPECT_EQ(field_of("evil.example"), "cs(Referer)");
  EXPECT_TRUE(update_header(header_, "#Fields: date-time,session-id,local-endpoint,remote-endpoint,data"));
  EXPECT_SEEN("2026-11-22T10:00:00.5Z,08D,198.51.100.2:25,192.0.2.2:53722,\"a,b\"", "w3c", "2026-11-22T10:00:00.500Z", "192.0.2.2", "198.51.100.2", "");
  EXPECT_EQ(field_of("a,b"), "data");
}

TEST_F(Event, HeadersAreBounded) {
  std::string many = "#Fields:";
  for (int i = 0; i < 10000; ++i) many += " f" + std::to_string(i);
  update_header(header_, many);
  EXPECT_LE(header_.fields.size(), 4096U);
  EXPECT_FALSE(update_header(header_, "no header"));
  EXPECT_FALSE(update_header(header_, ""));
  EXPECT_FALSE(update_header(header_, "#"));
}

TEST_F(Event, AccessLogs) {
  EXPECT_SEEN(R"(192.0.2.10 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://evil.example/\"x" "Mozilla/4.08 [en]")", "clf",
              "2000-10-10T20:55:36Z", "192.0.2.10", "", "frank");
  EXPECT_EQ(field_of("192.0.2.10"), "client");
  EXPECT_EQ(field_of("frank"), "user");
  EXPECT_EQ(field_of("apache_pb"), "request");
  EXPECT_EQ(field_of("evil.example"), "referrer");
  EXPECT_EQ(field_of("Mozilla"), "user-agent");
  EXPECT_EQ(field_of("10/Oct"), "time");
  EXPECT_SEEN(R"(www.example.com 192.0.2.10 - John Doe [10/Oct/2000:13:55:36 +0000] "-" 408 0)", "clf", "2000-10-10T13:55:36Z", "192.0.2.10", "www.example.com",
              "John Doe");
  EXPECT_SEEN(R"(192.0.2.10 - - [10/Oct/2000:13:55:36 +0000] "CONNECT evil.example:443 HTTP/1.1" 200 0)", "clf", "2000-10-10T13:55:36Z", "192.0.2.10",
              "evil.example", "");
  EXPECT_SEEN(R"(192.0.2.10 - - [10/Oct/2000:13:55:36 +0000] "GET http://evil.example/x HTTP/1.1" 200 0)", "clf", "2000-10-10T13:55:36Z", "192.0.2.10",
              "evil.example", "");
  EXPECT_SEEN(R"(192.0.2.10 - - [10/Oct/2000:13:55:36 +0000] "unclosed)", "clf", "2000-10-10T13:55:36Z", "192.0.2.10", "", "");
}

TEST_F(Event, Squid) {
  EXPECT_SEEN("1286536308.779    180 192.0.2.224 TCP_MISS/200 411 GET http://evil.example/v.phtml ann DIRECT/198.51.100.9 application/xml", "squid",
              "2010-10-08T11:11:48.779Z", "192.0.2.224", "evil.example", "ann");
  EXPECT_EQ(field_of("evil.example"), "url");
  EXPECT_EQ(field_of("198.51.100.9"), "hierarchy");
  EXPECT_SEEN("1286536308.779 180 192.0.2.224 TCP_TUNNEL/200 411 CONNECT evil.example:443 - HIER_DIRECT/198.51.100.9 -", "squid", "2010-10-08T11:11:48.779Z",
              "192.0.2.224", "evil.example", "");
}

TEST_F(Event, KeyValues) {
  EXPECT_SEEN(
      R"(date=2024-10-14 time=13:46:40 eventtime=1728938800841267391 tz="-0700" type="event" srcip=192.0.2.1 dstip=198.51.100.1 user="N/A" url="http://evil.example/?a=b c")",
      "key-value", "2024-10-14T20:46:40.841Z", "192.0.2.1", "198.51.100.1", "");
  EXPECT_EQ(field_of("evil.example"), "url");
  EXPECT_SEEN("date=2024-10-14 time=13:46:40 src=192.0.2.1", "key-value", "2024-10-14T13:46:40Z", "192.0.2.1", "", "");
  EXPECT_SEEN("type=LOGIN, user=ann, ip=192.0.2.1,dst=198.51.100.1;x=a,b", "key-value", "", "192.0.2.1", "198.51.100.1", "ann");
  EXPECT_EQ(field_of("a,b"), "x");
  EXPECT_SEEN("type=SYSCALL msg=audit(1684329817.579:2995): arch=c00 acct=\"root\" addr=192.0.2.8", "key-value", "2023-05-17T13:23:37.579Z", "192.0.2.8", "",
              "root");
  EXPECT_SEEN("see http://evil.example/?a=1&b=2&c=3", "plain", "", "", "", "");
  EXPECT_SEEN("===== a= =b \"=\" '=", "plain", "", "", "", "");
}

TEST_F(Event, JsonBehindAPrefix) {
  EXPECT_SEEN(R"(2025-12-31T17:37:40.493035218+01:00 stdout F {"downstream_remote_address":"192.0.2.12:59292","x":"evil.example"})", "json",
              "2025-12-31T16:37:40.493Z", "192.0.2.12", "", "");
  EXPECT_EQ(field_of("evil.example"), "x");
  EXPECT_SEEN(R"(2025-12-31T17:37:40Z text {"broken":"evil.example})", "plain", "2025-12-31T17:37:40Z", "", "", "");
  EXPECT_SEEN(R"(    "dest_ip": "198.51.100.4",)", "plain", "", "", "198.51.100.4", "");
  EXPECT_EQ(field_of("198.51.100.4"), "dest_ip");
}

TEST_F(Event, ProfileRenamesRestrictsAndOverrides) {
  SourceProfile p;
  p.rename["q"] = "dns.question.name";
  p.only_fields = {"q", "http"};
  p.ignore_fields = {"http.referrer"};
  p.source_field = "net.peer";
  p.time_field = "when";
  p.user_field = "who";
  use(p);
  EXPECT_SEEN(
      R"({"q":"evil.example","src":"192.0.2.1","net":{"peer":"192.0.2.2"},"time":"2026-01-01T00:00:00Z","when":"2026-02-02 00:00:00","who":"ann","user":"bob"})",
      "json", "2026-02-02T00:00:00Z", "192.0.2.2", "", "ann");
  EXPECT_EQ(field_of("evil.example"), "dns.question.name");
  EXPECT_TRUE(parser_.field_allowed("dns.question.name"));
  EXPECT_TRUE(parser_.field_allowed("q"));
  EXPECT_TRUE(parser_.field_allowed("http.url"));
  EXPECT_FALSE(parser_.field_allowed("http.referrer"));
  EXPECT_FALSE(parser_.field_allowed("https"));
  EXPECT_FALSE(parser_.field_allowed(""));
  EXPECT_TRUE(EventParser().field_allowed(""));
}

TEST_F(Event, LongPathsAreCut) {
  std::string line;
  for (int i = 0; i < 1000; ++i) line += "{\"" + std::string(20, 'k') + "\":";
  line += "\"evil.example\"" + std::string(1000, '}');
  EXPECT_EQ(see(line).format, "json");
  const std::string name = field_of("evil.example");
  EXPECT_LE(name.size(), 600U);
  EXPECT_TRUE(name.starts_with("…."));
}

/// Whatever is repeated, a long line takes time in proportion: a quadratic step would take minutes.
TEST_F(Event, LongLinesTakeLinearTime) {
  constexpr std::size_t bytes = 1 << 15;
  HeaderState columns;
  update_header(columns, "#fields\ta\tb");
  for (const std::string_view piece : {"a='",
                                       "a=\"",
                                       "a=b,",
                                       "a=\\",
                                       "<a b='",
                                       "<a b=\"",
                                       "</",
                                       "<a>",
                                       "[{",
                                       "{\"a\":",
                                       "{\"a\":[1,",
                                       "[a b=\"",
                                       "\\\"",
                                       " from ",
                                       " from 1",
                                       "client @",
                                       "192.0.2.1 ",
                                       "[192.0.2.1]",
                                       "::",
                                       "1.",
                                       "a@1.1.1.1->",
                                       "=",
                                       "==a",
                                       "CEF:0|",
                                       "|",
                                       " [10/Oct/2000:",
                                       "2026-11-22 ",
                                       "Nov ",
                                       "1588205199.123 ",
                                       "\t",
                                       "'",
                                       " ",
                                       "(",
                                       ",",
                                       "a,b=",
                                       "@",
                                       "\xff",
                                       "{",
                                       "} []",
                                       "<Event "})
    for (const std::string_view front : {"", "{", "[", "<34>1 2026-11-22T10:00:00Z h a p m [", "<Event ", "CEF:0|a|b|c|d|e|5|", "LEEF:2.0|a|b|c|d|^|",
                                         "Nov 22 10:00:00 h p: ", "192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"", "#"}) {
      line_.assign(front);
      while (line_.size() < bytes) line_ += piece;
      parser_.parse(line_, header_);
      parser_.parse(line_, columns);
      for (std::size_t at = 0; at < line_.size(); at += line_.size() / 100) EXPECT_LE(parser_.field_at(at, 1).size(), 1024U);
    }
}

TEST_F(Event, ParsesManyLinesWithOneParser) {
  EXPECT_EQ(see(R"({"src":"192.0.2.1","dst":"198.51.100.1","user":"ann","time":"2026-01-01T00:00:00Z"})").user, "ann");
  EXPECT_SEEN("nothing", "plain", "", "", "", "");
  EXPECT_EQ(field_of("nothing"), "");
}

}  // namespace
}  // namespace mozu::match
