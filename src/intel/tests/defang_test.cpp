#include "mozu/intel/defang.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "mozu/intel/indicator.hpp"

namespace mozu::intel {
namespace {

TEST(Defang, SchemesAndHostsAlone) {
  for (const auto& [given, wanted] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"http://evil.example/a.b?c=d@e", "hxxp://evil[.]example/a.b?c=d@e"},
                                                                            {"HTTPS://evil.example", "hxxpS://evil[.]example"},
                                                                            {"ftp://evil.example/x", "fxp://evil[.]example/x"},
                                                                            {"httpbin.example", "httpbin[.]example"},
                                                                            {"https-login.example/x.php", "https-login[.]example/x.php"},
                                                                            {"192.0.2.0/24", "192[.]0[.]2[.]0/24"},
                                                                            {"a@evil.example", "a[@]evil[.]example"},
                                                                            {"d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"},
                                                                            {"", ""}})
    EXPECT_EQ(defanged(given), wanted);
}

TEST(Defang, IsUndoneByRefang) {
  for (const auto value : {"https://files.evil.example/x.y", "192.0.2.1", "a@evil.example", "https-login.example/x"}) EXPECT_EQ(refang(defanged(value)), value);
}

}  // namespace
}  // namespace mozu::intel
