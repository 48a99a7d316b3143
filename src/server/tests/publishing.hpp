// Publications made over HTTP, with a word that stands in everything of them but their title and tags.
#pragma once
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "house.hpp"
#include "pixel.hpp"

namespace mozu::server::test {

class Publisher {
 public:
  explicit Publisher(House& house) : house_(house) {}
  static constexpr std::string_view canary = "zibeth", canary_domain = "quokka.example", canary_rule = "numbat";

  /// Its id. "aki" writes and "ann" publishes; texts hold canary-SLUG, indicators SLUG.quokka.example, rules numbat_SLUG.
  std::string publish(const std::string& slug, std::string_view tlp = "green") {
    const Staged staged = stage(slug, tlp);
    const Answer done = publish(staged);
    EXPECT_EQ(done.status, 200) << done.body;
    return staged.id;
  }
  struct Staged {
    std::string id;
    std::int64_t version = 1;
  };
  Answer publish(const Staged& staged) {
    return house_.ask("ann", "POST", fmt::format("/api/v1/publications/{}/publication", staged.id), fmt::format(R"({{"version":{}}})", staged.version),
                      json_type);
  }
  Staged stage(const std::string& slug, std::string_view tlp = "green") {
    const Answer made = house_.ask(
        "aki", "POST", "/api/v1/publications",
        fmt::format(
            R"j({{"slug":"{0}","kind":"crimeware","tlp":"{1}","sectors":["retail"],"geography":["Japan"],"actors":["Amber Lynx"],"techniques":[{{"id":"T1566","evidence":"zibeth-{0} mails"}}],"references":[{{"title":"zibeth-{0}","url":"https://zibeth-{0}.example/"}}],"texts":[{{"language":"en","title":"Title of {0}","summary":"Summary zibeth-{0}","full":"Full zibeth-{0}\n\n![m](map.png)"}}]}})j",
            slug, tlp),
        json_type);
    EXPECT_EQ(made.status, 201) << made.body;
    const auto at = made.body.find("\"id\":\"") + 6;
    const std::string id = made.body.substr(at, made.body.find('"', at) - at);
    std::int64_t version = 1;
    const auto attach = [&](std::string_view name, std::string_view kind, const std::string& bytes) {
      const Answer done = house_.ask("aki", "PUT", fmt::format("/api/v1/publications/{}/draft/files/{}?kind={}&version={}", id, name, kind, version++), bytes,
                                     "Content-Type: application/octet-stream\r\n");
      EXPECT_EQ(done.status, 200) << done.body;
    };
    attach("iocs.csv", "indicators", slug + ".quokka.example\n");
    attach("r.yar", "yara", fmt::format("rule numbat_{} {{ strings: $a = \"zibeth-{}\" condition: $a }}", slug, slug));
    attach("map.png", "figure", pixel_with("zibeth"));
    const Answer done =
        house_.ask("aki", "POST", fmt::format("/api/v1/publications/{}/draft/stage", id), fmt::format(R"({{"version":{}}})", version++), json_type);
    EXPECT_EQ(done.status, 200) << done.body;
    return {id, version};
  }

 private:
  House& house_;
};

}  // namespace mozu::server::test
