// What the operator says, and what is not taken.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "mozu/notify/settings.hpp"
#include "temp_folder.hpp"

namespace mozu::notify::test {
namespace {

class SettingsFile : public testing::Test {
 protected:
  TempFolder folder;
  Result<Settings> read(std::string_view text) { return read_settings(folder.write("n.toml", text)); }
};

TEST_F(SettingsFile, IsRead) {
  folder.write("pw", "secret word\n");
  folder.write("ca.pem", "x");
  const auto s = read(R"(
tlp_max = "amber"
retry_seconds = 30
give_up_hours = 12
[mail]
server = "smtp.mail.example"
user = "mozu"
password_file = "pw"
authority = "ca.pem"
from = "Mozu 通知 <mozu@mail.example>"
connections = 8
timeout_seconds = 20
[webhook]
allow = ["10.20.0.0/16", "fd00::/8"]
)");
  ASSERT_TRUE(s.has_value()) << s.error().message;
  EXPECT_EQ(s->mail.password, "secret word");
  EXPECT_EQ(s->mail.port, 587);
  EXPECT_EQ(s->mail.hello, "mail.example");
  EXPECT_EQ(s->from.name, "Mozu 通知");
  EXPECT_EQ(s->tlp_max, intel::Tlp::amber);
  EXPECT_EQ(s->retry_first_ms, 30'000);
  EXPECT_EQ(s->patience.mail_ms, 20'000);
  EXPECT_TRUE(s->webhooks);
  EXPECT_TRUE(may_connect("10.20.1.1", s->webhook_allowed));
}

TEST_F(SettingsFile, SaysWhatIsWrongAndWhere) {
  const std::string mail = "[mail]\nserver = \"smtp.mail.example\"\nfrom = \"mozu@mail.example\"\n";
  const std::pair<std::string, std::uint64_t> wrong[] = {
      {"", 0},
      {"colour = \"red\"\n" + mail, 1},
      {"tlp_max = \"red\"\n" + mail, 1},
      {"[mail]\nserver = \"smtp.mail.example\"\n", 1},
      {"[mail]\nserver = \"smtp.mail.example/x\"\nfrom = \"a@b.example\"\n", 1},
      {mail + "security = \"none\"\n", 1},
      {mail + "security = \"ssl\"\n", 1},
      {mail + "port = 0\n", 4},
      {mail + "password = \"x\"\n", 4},
      {mail + "password_file = \"absent\"\n", 4},
      {"[mail]\nserver = \"s.example\"\nfrom = \"a@b.example\\r\\nBcc: x@y.example\"\n", 3},
      {mail + "hello = \"a b\"\n", 1},
      {"[webhook]\nallow = [\"10.0.0.0/40\"]\n", 2},
      {"[webhook]\nallow = \"10.0.0.0/8\"\n", 2},
      {"[webhook\n", 1},
  };
  for (const auto& [text, line] : wrong) {
    const auto s = read(text);
    ASSERT_FALSE(s.has_value()) << text;
    EXPECT_EQ(s.error().code, "notify-settings");
    EXPECT_EQ(s.error().where.line, line) << text << s.error().message;
  }
  EXPECT_TRUE(read("[mail]\nserver = \"127.0.0.1\"\nsecurity = \"none\"\nfrom = \"a@b.example\"\n").has_value());
}

}  // namespace
}  // namespace mozu::notify::test
