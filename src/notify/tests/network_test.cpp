// What is within and what is without.
#include <gtest/gtest.h>

#include "mozu/notify/network.hpp"
#include "mozu/notify/transport.hpp"

namespace mozu::notify::test {
namespace {

TEST(Network, InternalAddressesAreRefused) {
  const Networks none;
  for (const char* address : {"127.0.0.1",
                              "127.9.9.9",
                              "0.0.0.0",
                              "10.0.0.1",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "100.127.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "198.18.0.1",
                              "198.51.100.7",
                              "203.0.113.9",
                              "224.0.0.1",
                              "239.255.255.250",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::1",
                              "::",
                              "fe80::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "ff02::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "::ffff:169.254.169.254",
                              "::127.0.0.1",
                              "64:ff9b::7f00:1",
                              "64:ff9b:1::1",
                              "2002:7f00:1::",
                              "2001::1",
                              "2001:db8::1",
                              "100::1",
                              "3fff::1",
                              "5f00::1",
                              "",
                              "localhost",
                              "127.1",
                              "2130706433",
                              "0x7f000001"})
    EXPECT_FALSE(may_connect(address, none)) << address;
  for (const char* address : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "192.0.1.1",
                              "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "::ffff:1.1.1.1"})
    EXPECT_TRUE(may_connect(address, none)) << address;
}

TEST(Network, WhatTheOperatorAllowsIsAllowed) {
  Networks allowed;
  EXPECT_TRUE(allowed.add("10.20.0.0/16"));
  EXPECT_TRUE(allowed.add("127.0.0.1"));
  EXPECT_TRUE(allowed.add("fd00::/8"));
  for (const char* wrong : {"", "/", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0", "::/129", "example.com", "10.0.0.0/-1"})
    EXPECT_FALSE(allowed.add(wrong)) << wrong;
  EXPECT_TRUE(may_connect("10.20.255.1", allowed));
  EXPECT_TRUE(may_connect("::ffff:10.20.0.1", allowed));
  EXPECT_TRUE(may_connect("127.0.0.1", allowed));
  EXPECT_TRUE(may_connect("fd00::1", allowed));
  EXPECT_FALSE(may_connect("10.21.0.1", allowed));
  EXPECT_FALSE(may_connect("127.0.0.2", allowed));
  EXPECT_FALSE(may_connect("::1", allowed));
}

TEST(Network, AUrlThatNamesAnInternalAddressInAnyFormIsRefusedAtOnce) {
  const Networks none;
  for (const char* url : {"https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://0x7f000001/",
                          "https://[::1]/", "https://[::ffff:127.0.0.1]/x", "https://[::ffff:7f00:1]/", "https://localhost/", "https://LOCALHOST:8443/",
                          "https://localhost./", "https://a.localhost/", "https://10.0.0.8:9000/hook", "https://169.254.169.254/latest", "https://[fe80::1]/"})
    EXPECT_FALSE(check_webhook_url(url, none).has_value()) << url;
  for (const char* url :
       {"", "hooks.example.com", "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "https://",
        "https://user:pass@hooks.example.com/", "https://user@hooks.example.com/", "https://hooks.example.com/#x", "https://hooks.example.com/a b",
        "https://hooks.example.com/\r\nHost: x", "https://h\xc3\xa9.example/", "https://[::1", "gopher://127.0.0.1:25/"})
    EXPECT_FALSE(check_webhook_url(url, none).has_value()) << url;
  for (const char* url : {"https://hooks.example.com/", "https://hooks.example.com:8443/a?b=c", "https://1.1.1.1/x", "https://[2606:4700::1111]/x"})
    EXPECT_TRUE(check_webhook_url(url, none).has_value()) << url;
  Networks allowed;
  allowed.add("10.0.0.0/8");
  EXPECT_TRUE(check_webhook_url("https://10.0.0.8:9000/hook", allowed).has_value());
  EXPECT_FALSE(check_webhook_url("https://127.0.0.1/", allowed).has_value());
}

}  // namespace
}  // namespace mozu::notify::test
