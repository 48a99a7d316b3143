// What stands on the wire: malformed and slow requests, limits, keep-alive, shutdown.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "house.hpp"

namespace mozu::server::test {
namespace {

Answer raw(House& house, std::string_view bytes) {
  Wire wire(house.port());
  wire.send(bytes);
  return wire.read();
}

TEST(Wire, HealthIsOpen) {
  House house;
  const Answer answer = house.ask("", "GET", "/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  EXPECT_FALSE(answer.header("x-request-id").empty());
  EXPECT_TRUE(answer.header("strict-transport-security").empty());
  EXPECT_TRUE(house.logged(answer.header("x-request-id")));
}

TEST(Wire, HeadIsGetWithoutTheBody) {
  House house;
  Wire wire(house.port());
  const Answer answer = wire.ask("HEAD", "/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "15");
  EXPECT_EQ(wire.ask("GET", "/healthz").body, R"({"status":"ok"})");
}

TEST(Wire, OneConnectionServesManyAlsoInAdvance) {
  House house;
  Wire wire(house.port());
  wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(wire.read().status, 200);
  EXPECT_EQ(wire.read().status, 404);
  EXPECT_EQ(wire.read().status, 200);
  EXPECT_TRUE(wire.ended());
}

TEST(Wire, MalformedRequestsAreRefused) {
  House house;
  for (const std::string_view bytes : {
           "\x16\x03\x01\x02\r\n\r\n",
           "GET\r\n\r\n",
           "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
           "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%ff%fe HTTP/1.1\r\nHost: a\r\n\r\n",
           "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
           "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
           "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
       }) {
    Wire wire(house.port());
    wire.send(bytes);
    EXPECT_EQ(wire.read().status, 400) << bytes;
  }
  EXPECT_EQ(house.ask("", "GET", "/healthz").status, 200);
}

TEST(Wire, OversizeIsRefused) {
  House house;
  EXPECT_EQ(raw(house, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n").status, 431);
  EXPECT_EQ(raw(house, "GET /healthz?" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
  EXPECT_EQ(raw(house, "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n").status, 413);
  EXPECT_EQ(raw(house, "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx").status, 413);
  std::string chunks = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 40; ++i) chunks += "1000\r\n" + std::string(4096, ' ') + "\r\n";
  EXPECT_EQ(raw(house, chunks).status, 413);
}

TEST(Wire, PathsDoNotClimb) {
  House house;
  for (const std::string_view path :
       {"/../etc/passwd", "/%2e%2e/etc/passwd", "/api/v1/../../healthz", "/api/v1/objects/..%2f..%2fhealthz", "//healthz", "/healthz/.."})
    EXPECT_EQ(house.ask("rea", "GET", path).status, 404) << path;
}

TEST(Wire, OtherMethodsAreTold) {
  House house;
  const Answer answer = house.ask("", "DELETE", "/healthz");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("allow"), "GET, HEAD");
  EXPECT_EQ(house.ask("", "TRACE", "/healthz").status, 405);
  EXPECT_EQ(house.ask("", "TRACE", "/api/v1/session").header("allow"), "POST, GET, HEAD, DELETE");
  EXPECT_EQ(house.ask("", "TRACE", "/nowhere").status, 404);
  EXPECT_EQ(house.ask("", "OPTIONS", "/healthz").status, 405);
}

TEST(Wire, ChunkedBodiesAndExpectWork) {
  House house;
  Wire wire(house.port());
  wire.send("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  wire.send("10\r\n{\"name\":\"rea\",\"p\r\n");
  wire.send(fmt::format("{:x}\r\nassword\":\"{}\"}}\r\n0\r\n\r\n", 12 + password.size(), password));
  EXPECT_EQ(wire.read().status, 201);
}

TEST(Wire, AChunkedBodyMayComeByteByByte) {
  House house;
  for (const std::string_view body : {"0\r\n\r\n", "0\r\nX-T: v\r\n\r\n", "2;a=b\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0;a\r\nX-T: v\r\n\r\n"}) {
    Wire wire(house.port());
    wire.send("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (const char c : body) wire.send(std::string_view(&c, 1));
    EXPECT_EQ(wire.read().status, body.contains("{}") ? 401 : 400) << body;
  }
}

TEST(Wire, LargeAnswersArePackedOnDemand) {
  House house;
  for (const auto target : {"/healthz", "/api/v1/counts", "/api/v1/users"}) EXPECT_EQ(house.ask("adam", "GET", target).status, 200);
  EXPECT_EQ(house.ask("adam", "GET", "/metrics").status, 403) << "what all ask is not told to the administrator of one organisation";
  const Answer plain = house.ask("root", "GET", "/metrics");
  ASSERT_GT(plain.body.size(), 1024U);
  EXPECT_EQ(plain.header("content-encoding"), "");
  const Answer packed = house.ask("root", "GET", "/metrics", {}, "Accept-Encoding: br, gzip\r\n");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(packed.header("vary"), "Accept-Encoding");
  EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(house.ask("root", "GET", "/metrics", {}, "Accept-Encoding: gzip;q=0\r\n").header("content-encoding"), "");
  const Answer smaller = house.ask("root", "GET", "/metrics", {}, "Accept-Encoding: gzip, deflate, br, zstd\r\n");
  EXPECT_EQ(smaller.header("content-encoding"), "zstd");
  EXPECT_EQ(smaller.body.substr(0, 4), "\x28\xb5\x2f\xfd");
}

TEST(Wire, SlowClientsAreCutOff) {
  Settings settings;
  settings.limits.header_ms = 50;
  settings.limits.idle_ms = 50;
  settings.limits.body_ms = 50;
  House house(settings);
  Wire silent(house.port()), header(house.port()), body(house.port());
  header.send("GET /healthz HTTP/1.1\r\nHo");
  body.send("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(header.ended());
  EXPECT_TRUE(body.ended());
}

TEST(Wire, DribblingClientsAreCutOff) {
  Settings settings;
  settings.limits.header_ms = 100;
  settings.limits.body_ms = 100;
  settings.limits.bytes_per_second_min = 1000;
  House house(settings);
  Wire header(house.port()), body(house.port());
  EXPECT_TRUE(header.ended_while_dribbling("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + std::string(900, 'x')));
  body.send(fmt::format("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"));
  EXPECT_TRUE(body.ended_while_dribbling(std::string(999, ' ')));
}

TEST(Wire, WhoDoesNotTakeALargeAnswerIsCutOff) {
  Settings settings;
  settings.limits.body_ms = 200;
  settings.limits.bytes_per_second_min = 2'000'000;  // all of the answer may take 15 s, what the kernel takes of it two
  House house(settings);
  std::string bundle = R"({"type":"bundle","id":"bundle--4b5ff4a0-1111-4a0e-9e0c-000000000000","objects":[)";
  for (int i = 0; i < 60; ++i)
    bundle += fmt::format(
        R"({}{{"type":"tool","spec_version":"2.1","id":"tool--4b5ff4a0-1111-4a0e-9e0c-{:012}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"n","description":"{}"}})",
        i == 0 ? "" : ",", i, std::string(500'000, 'x'));
  house.import(bundle + "]}", house.a, intel::Tlp::green);
  Wire wire(house.port());
  wire.send("GET /api/v1/exports?format=stix HTTP/1.1\r\nHost: a\r\n" + house.bearer("ann") + "\r\n");
  EXPECT_TRUE(house.logged("\"target\":\"/api/v1/exports"));
}

TEST(Wire, ManySlowClientsDoNotStopTheOthers) {
  House house;
  std::vector<std::unique_ptr<Wire>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<Wire>(house.port()));
    slow.back()->send(i % 2 == 0 ? "GET /healthz HTTP/1.1\r\nHos"
                                 : "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(house.ask("rea", "GET", "/api/v1/counts").status, 200);
  EXPECT_EQ(house.ask("", "POST", "/api/v1/session", fmt::format(R"({{"name":"rea","password":"{}"}})", password)).status, 201);
}

// What one server takes for the body of a request, another could take for a request of its own.
TEST(Wire, PackedBodiesAreRefusedWhereTheyWouldBeMisread) {
  House house;
  const std::string json = R"({"values":["192.0.2.1"]})";
  for (const auto& [coding, status] : {std::pair{"gzip", 415}, {"zstd, identity", 415}, {"identity", 200}})
    EXPECT_EQ(house.ask("rea", "POST", "/api/v1/lookup", json, fmt::format("Content-Encoding: {}\r\n", coding)).status, status) << coding;
}

TEST(Wire, NoRequestHidesInAnother) {
  House house;
  const std::string hidden = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
                    start = "POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
  for (const std::string& bytes : {
           start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: xchunked\r\n\r\n" + hidden,
           start + "Transfer-Encoding: identity\r\n\r\n" + hidden,
           start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\nX-A: b\r\n\tc\r\n\r\n0\r\n\r\n" + hidden,
           start + "Content-Length: +4\r\n\r\n{}  " + hidden,
           start + "Content-Length: 4\r\nContent-Length: 4\r\n\r\n{}  " + hidden,
           start + "Content-Length: 4, 4\r\n\r\n{}  " + hidden,
           start + "Content-Length: 0x4\r\n\r\n{}  " + hidden,
           start + "Content-Length: 99999999999999999999999999\r\n\r\n{}  " + hidden,
           start + "Transfer-Encoding: chunked\r\n\r\n-1\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n" + hidden,
           start + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n" + hidden,
           start + "Host: b\r\nContent-Length: 0\r\n\r\n" + hidden,
           std::string("POST /api/v1/session HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") + hidden,
           "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n" + hidden,
       }) {
    Wire wire(house.port());
    wire.send(bytes);
    const Answer answer = wire.read();
    EXPECT_TRUE(answer.status == 400 || answer.status == 413) << answer.status << "\n" << bytes;
    EXPECT_EQ(wire.read().status, 0) << "a second answer\n" << bytes;
  }
}

TEST(Wire, HeadersStandInLinesOfTheirOwn) {
  House house;
  // Neither a name of a thing nor a query may write headers of the answer, or lines of the log.
  for (const std::string_view path : {"/api/v1/users/a%0d%0aSet-Cookie:%20x=y", "/api/v1/objects/x%0d%0aX-Evil:%201", "/api/v1/search?q=a%0d%0aX-Evil:%201",
                                      "/api/v1/session/oidc/callback?state=%0d%0aX-Evil:%201"}) {
    const Answer answer = house.ask("adam", "GET", path);
    EXPECT_EQ(answer.header("x-evil"), "") << path;
    EXPECT_EQ(answer.header("set-cookie").find("x=y"), std::string::npos) << path;
  }
  EXPECT_EQ(house.log().find("\nX-Evil"), std::string::npos);
}

TEST(Wire, TooManyConnectionsDoNotStopTheOthers) {
  Settings settings;
  settings.limits.connections_max = 4;
  House house(settings);
  Wire one(house.port()), two(house.port());
  EXPECT_EQ(one.ask("GET", "/healthz").status, 200);
  EXPECT_EQ(two.ask("GET", "/healthz").status, 200);
  Wire three(house.port());
  EXPECT_TRUE(three.ended()) << "half of all from one address";
  Wire elsewhere(house.port(), "127.0.0.2");
  EXPECT_EQ(elsewhere.ask("GET", "/healthz").status, 200);
  EXPECT_EQ(one.ask("GET", "/healthz").status, 200);
}

TEST(Wire, HalfRequestsMakeRoomForWholeOnes) {
  Settings settings;
  settings.limits.connections_max = 8;
  settings.limits.header_ms = settings.limits.idle_ms = 120'000;
  House house(settings);
  Wire served(house.port());
  EXPECT_EQ(served.ask("GET", "/healthz").status, 200);
  std::vector<std::unique_ptr<Wire>> halves;
  for (int i = 0; i < 30; ++i) {
    halves.push_back(std::make_unique<Wire>(house.port()));
    if (i != 0) halves.back()->send("GET /healthz HTTP/1.1\r\nHo");  // and one that says nothing
  }
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Wire(house.port()).ask("GET", "/healthz").status, 200) << "whole requests of the same address come in";
  EXPECT_TRUE(halves.front()->ended());
  EXPECT_TRUE(halves[20]->ended());
  EXPECT_EQ(served.ask("GET", "/healthz").status, 200) << "who was served stays";
  Wire elsewhere(house.port(), "127.0.0.2");
  EXPECT_EQ(elsewhere.ask("GET", "/healthz").status, 200);
}

TEST(Wire, StoppingServesWhatRuns) {
  Settings settings;
  settings.limits.grace_ms = 60'000;
  House house(settings);
  Wire idle(house.port()), busy(house.port()), half(house.port());
  EXPECT_EQ(idle.ask("GET", "/healthz").status, 200);
  // A request whose body is on its way when the server is told to stop.
  const std::string sign_in = fmt::format(R"({{"name":"rea","password":"{}"}})", password);
  half.send(fmt::format("POST /api/v1/session HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                        sign_in.size()));
  EXPECT_EQ(busy.ask("GET", "/healthz").status, 200);
  house.server->stop();
  EXPECT_TRUE(idle.ended());
  half.send(sign_in);
  const Answer answer = half.read();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(half.ended());
  house.server->wait();
  Wire late(house.port());
  EXPECT_FALSE(late.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") && late.read().status != 0);
}

TEST(Wire, StoppingServesWhoHadConnected) {
  Settings settings;
  settings.limits.grace_ms = 60'000;
  House house(settings);
  Wire connected(house.port());
  house.server->stop();
  const Answer answer = connected.ask("GET", "/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(connected.ended());
  house.server->wait();
}

TEST(Wire, ManyAtOnce) {
  House house;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      Wire wire(house.port());
      for (int i = 0; i < 50; ++i) good += wire.ask("GET", i % 2 == 0 ? "/healthz" : "/api/v1/counts", house.bearer("rea")).status == 200;
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(good, 400);
  EXPECT_TRUE(house.ask("root", "GET", "/metrics").has(R"(mozu_http_requests_total{method="GET",route="/healthz",status="2xx"})"));
}

}  // namespace
}  // namespace mozu::server::test
