// Targets, cookies, routes: without a socket.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <utility>

#include "mozu/server/http.hpp"
#include "mozu/server/permission.hpp"
#include "packing.hpp"

namespace mozu::server {
namespace {

TEST(Target, IsTakenApart) {
  const auto t = parse_target("/a/b%2Fc/%E7%99%BE/?x=1+2&y&x=%26");
  ASSERT_TRUE(t);
  EXPECT_EQ(t->segments, (std::vector<std::string>{"a", "b/c", "\xe7\x99\xbe"}));
  EXPECT_TRUE(t->trailing_slash);
  EXPECT_EQ(t->query, (std::vector<std::pair<std::string, std::string>>{{"x", "1 2"}, {"y", ""}, {"x", "&"}}));
  EXPECT_TRUE(parse_target("/")->segments.empty());
}

TEST(Target, OthersAreRefused) {
  for (const std::string_view text : {"", "a", "*", "http://example.com/", "/%", "/%1", "/%00", "/%ff", "/a b", "/a\x01", "/a#b", "/?%zz"})
    EXPECT_FALSE(parse_target(text)) << text;
  std::string deep, wide = "/?";
  for (int i = 0; i < 65; ++i) deep += "/a";
  for (int i = 0; i < 257; ++i) wide += "a&";
  EXPECT_FALSE(parse_target(deep));
  EXPECT_FALSE(parse_target(wide));
}

TEST(Cookie, IsTheOneAskedFor) {
  EXPECT_EQ(cookie("a=1; b=2", "b"), "2");
  EXPECT_EQ(cookie("ab=1;b=2=3", "b"), "2=3");
  EXPECT_FALSE(cookie("a=1", "b"));
  EXPECT_FALSE(cookie("b=1; b=2", "b")) << "a planted second cookie must not win";
}

TEST(Router, ConstantPartsWin) {
  Router router;
  const auto says = [](std::string_view text) { return [text](const Request&) { return json_response(std::string(text)); }; };
  router.add(Method::get, "/a/{x}", Permission::read, no_body, says("parameter"));
  router.add(Method::get, "/a/b", Permission::read, no_body, says("constant"));
  router.add(Method::put, "/a/{x}/c/{y}", Permission::read, no_body, says("two"));
  const auto find = [&](Method m, std::string_view target) { return router.find(m, *parse_target(target)); };
  EXPECT_EQ(find(Method::get, "/a/b").route->handler({}).body, "constant");
  EXPECT_EQ(find(Method::get, "/a/%62%2f").parameters, std::vector<std::string>{"b/"});
  EXPECT_EQ(find(Method::put, "/a/1/c/2/").parameters, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(find(Method::get, "/a/").route, nullptr);
  EXPECT_EQ(find(Method::get, "/a//c/d").route, nullptr);
  EXPECT_EQ(find(Method::post, "/a/b").allowed, std::vector<Method>{Method::get});
}

TEST(Packing, IsTheOneWantedMost) {
  for (const auto& [accept, packing] : std::initializer_list<std::pair<std::string_view, std::string_view>>{{"", ""},
                                                                                                            {"identity", ""},
                                                                                                            {"br, deflate", ""},
                                                                                                            {"gzip", "gzip"},
                                                                                                            {"GZip ; q=0.5", "gzip"},
                                                                                                            {"gzip, deflate, br, zstd", "zstd"},
                                                                                                            {"zstd;q=0.2, gzip;q=0.30", "gzip"},
                                                                                                            {"zstd;q=0, gzip;q=0.001", "gzip"},
                                                                                                            {"gzip;q=0, zstd;q=0.000", ""},
                                                                                                            {"*", "zstd"},
                                                                                                            {"*;q=0", ""},
                                                                                                            {"zstd;q=0, *", "gzip"},
                                                                                                            {";q=1,,", ""}})
    EXPECT_EQ(packing_wanted(accept), packing) << accept;
}

TEST(Scopes, AreNamesOfPermissions) {
  EXPECT_TRUE(Scopes::parse("read  taxii")->covers(Permission::taxii));
  EXPECT_FALSE(Scopes::parse("read")->covers(Permission::taxii));
  EXPECT_FALSE(Scopes::parse("read")->covers(Permission::signed_in));
  EXPECT_TRUE(Scopes::parse("all")->covers(Permission::administer));
  for (const std::string_view bad : {"", " ", "reader", "open", "signed-in", "all lookup*"}) EXPECT_FALSE(Scopes::parse(bad)) << bad;
}

TEST(Permissions, FeedClientsReadFeedsOnly) {
  EXPECT_TRUE(may(Role::feed_client, Permission::taxii));
  for (const auto p : {Permission::read, Permission::lookup, Permission::import, Permission::curate, Permission::write, Permission::metrics, Permission::audit,
                       Permission::administer})
    EXPECT_FALSE(may(Role::feed_client, p)) << name(p);
  for (std::size_t i = 0; i < permission_count; ++i) EXPECT_TRUE(may(Role::administrator, static_cast<Permission>(i)));
}

}  // namespace
}  // namespace mozu::server
