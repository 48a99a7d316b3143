// Source profiles: what TOML gives, and that mistakes are named with their line.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "mozu/match/event.hpp"

namespace mozu::match {
namespace {

class Profile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("mozu-profile-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result<SourceProfile> read(std::string_view toml) {
    const auto path = folder_ / "profile.toml";
    std::ofstream(path, std::ios::binary) << toml;
    return read_source_profile(path.string());
  }
  std::filesystem::path folder_;
};

TEST_F(Profile, EveryKey) {
  const auto p = read(R"([fields]
only = ["query", "http"]
ignore = ["http.referrer"]
[fields.rename]
q = "dns.question.name"
"a.b" = "c"
[event]
time = "when"
source = "net.peer"
destination = "net.to"
user = "who"
[time]
year = 2015
zone = "-03:30"
)");
  ASSERT_TRUE(p.has_value()) << p.error().message;
  EXPECT_EQ(p->only_fields, (std::vector<std::string>{"query", "http"}));
  EXPECT_EQ(p->ignore_fields, (std::vector<std::string>{"http.referrer"}));
  EXPECT_EQ(p->rename.at("q"), "dns.question.name");
  EXPECT_EQ(p->rename.at("a.b"), "c");
  EXPECT_EQ(p->time_field, "when");
  EXPECT_EQ(p->source_field, "net.peer");
  EXPECT_EQ(p->destination_field, "net.to");
  EXPECT_EQ(p->user_field, "who");
  EXPECT_EQ(p->default_year, 2015);
  EXPECT_EQ(p->offset_minutes, -210);
}

TEST_F(Profile, AnEmptyFileChangesNothing) {
  const auto p = read("");
  ASSERT_TRUE(p.has_value());
  EXPECT_TRUE(p->rename.empty());
  EXPECT_EQ(p->default_year, 0);
}

TEST_F(Profile, MistakesAreLocated) {
  struct Case {
    const char *toml, *code;
    std::uint64_t line;
  };
  for (const Case& c : {Case{"x = 1", "profile-key", 1}, Case{"[fields]\n\nolny = []", "profile-key", 3}, Case{"[fields]\nonly = 1", "profile-value", 2},
                        Case{"[fields]\nonly = [1]", "profile-value", 2}, Case{"[fields]\nrename = {a = 1}", "profile-value", 2},
                        Case{"fields = 1", "profile-value", 1}, Case{"[event]\ntime = 1", "profile-value", 2}, Case{"[event]\nhost = \"x\"", "profile-key", 2},
                        Case{"[time]\nyear = 20", "profile-value", 2}, Case{"[time]\nzone = \"CET\"", "profile-value", 2},
                        Case{"[time]\nzone = \"+9\"", "profile-value", 2}, Case{"[time]\nx = 2", "profile-key", 2}, Case{"[fields\n", "profile-syntax", 1}}) {
    const auto p = read(c.toml);
    ASSERT_FALSE(p.has_value()) << c.toml;
    EXPECT_EQ(p.error().code, c.code) << c.toml;
    EXPECT_EQ(p.error().where.line, c.line) << c.toml;
    EXPECT_FALSE(p.error().where.file.empty());
    EXPECT_FALSE(p.error().hint.empty());
  }
  EXPECT_FALSE(read_source_profile((folder_ / "absent.toml").string()).has_value());
}

}  // namespace
}  // namespace mozu::match
