// docs/openapi.json and the router say the same: every route with its permission and parameters, and nothing else.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "house.hpp"
#include "mozu/base/text.hpp"
#include "places.hpp"

namespace mozu::server::test {
namespace {

std::set<std::string> path_parameters(std::string_view pattern) {
  std::set<std::string> out;
  for (const auto part : split(pattern, '/'))
    if (part.starts_with('{')) out.emplace(part.substr(1, part.size() - 2));
  return out;
}

TEST(OpenApi, DescribesExactlyTheRoutes) {
  House house;
  simdjson::dom::parser parser;
  simdjson::dom::object document;
  ASSERT_EQ(parser.load(std::string(source_dir) + "/docs/openapi.json").get(document), simdjson::SUCCESS);
  std::map<std::string, std::string> described, routed;
  for (const auto [path, operations] : simdjson::dom::object(document.at_key("paths")))
    for (const auto [method, operation] : simdjson::dom::object(operations)) {
      const std::string key = std::string(method) + " " + std::string(path);
      described[key] = std::string(std::string_view(operation.at_key("x-permission")));
      std::set<std::string> parameters;
      simdjson::dom::array list;
      if (operation.at_key("parameters").get(list) == simdjson::SUCCESS)
        for (const simdjson::dom::element e : list)
          if (std::string_view in; e.at_key("in").get(in) == simdjson::SUCCESS && in == "path") parameters.emplace(std::string_view(e.at_key("name")));
      EXPECT_EQ(parameters, path_parameters(path)) << key;
      EXPECT_EQ(operation.at_key("security").error() == simdjson::SUCCESS, described[key] == "open") << key;
    }
  for (const Route& route : house.application->router().routes()) routed[fold(name(route.method)) + " " + route.pattern] = name(route.permission);
  EXPECT_EQ(described, routed);
}

}  // namespace
}  // namespace mozu::server::test
