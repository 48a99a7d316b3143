// People of a house who write publications: what tests of several files begin with.
#pragma once
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cell.hpp"
#include "house.hpp"
#include "pixel.hpp"

namespace mozu::server::test {

class Publications : public ::testing::Test {
 protected:
  House house;
  std::string id;
  std::int64_t version = 0;

  Answer tell(std::string_view who, std::string_view method, const std::string& path, const std::string& body) {
    return house.ask(who, method, path, body, json_type);
  }
  std::string draft() const { return "/api/v1/publications/" + id + "/draft"; }
  Answer took(Answer answer) {
    if (answer.status / 100 == 2) version = number_of(answer, "version");
    return answer;
  }
  Answer begin(std::string_view tlp = "green", std::string_view slug = "lynx") {
    const Answer made = tell(
        "aki", "POST", "/api/v1/publications",
        fmt::format(
            R"j({{"slug":"{}","kind":"crimeware","tlp":"{}","sectors":["retail"],"geography":["Japan"],"actors":["Amber Lynx"],"texts":[{{"language":"en","title":"Lynx returns","summary":"They came *back*.","full":"# All\n\n<script>alert(1)</script>\n\n![map](map.png)"}}]}})j",
            slug, tlp));
    id = text_of(made, "id");
    return took(made);
  }
  Answer attach(const std::string& name, std::string_view kind, std::string_view bytes) {
    return took(house.ask("aki", "PUT", fmt::format("{}/files/{}?kind={}&version={}", draft(), name, kind, version), bytes,
                          "Content-Type: application/octet-stream\r\n"));
  }
  Answer review() { return took(tell("aki", "POST", draft() + "/stage", fmt::format(R"({{"version":{}}})", version))); }
  Answer publish(std::string_view who = "ann") {
    return tell(who, "POST", "/api/v1/publications/" + id + "/publication", fmt::format(R"({{"version":{}}})", version));
  }
  void published(std::string_view tlp = "green") {
    ASSERT_EQ(begin(tlp).status, 201);
    ASSERT_EQ(attach("iocs.csv", "indicators", "evil.lynx[.]example\n5f1d0c9a7b3e48d2a6c4f0e1b2d39485\n").status, 200);
    ASSERT_EQ(attach("r.yar", "yara", "rule lynx { strings: $a = \"lynx\" condition: $a }").status, 200);
    ASSERT_EQ(attach("map.png", "figure", std::string(pixel)).status, 200);
    ASSERT_EQ(review().status, 200);
    const Answer done = publish();
    ASSERT_EQ(done.status, 200) << done.body;
  }
};

}  // namespace mozu::server::test
