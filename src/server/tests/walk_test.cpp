// Every route that docs/openapi.json describes, with every parameter it describes, as every role: permitted where the permission table says so;
// and as people who may not see what another organisation knows: nothing of it comes out anywhere. What is added there later is walked, too.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "house.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/print.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/permission.hpp"
#include "places.hpp"
#include "publishing.hpp"
#include "unpacked.hpp"

namespace mozu::server::test {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view secret_actor = "intrusion-set--11111111-1111-4111-8111-111111111111";
constexpr std::string_view indicator = "indicator--44444444-4444-4444-8444-444444444444";
constexpr std::string_view domain = "zibeth.example.com";

/// Words that stand in what A alone knows, and nowhere else. An answer may repeat what it was asked, so there are several.
constexpr std::string_view needles[] = {"zibeth", "quokka", "numbat", indicator, secret_actor};

std::string secret_bundle(std::string_view marking) {
  constexpr std::string_view times = R"("spec_version":"2.1","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z")";
  std::string out = R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[)";
  const auto add = [&](std::string_view type, std::string_view id, std::string_view rest) {
    out += fmt::format(R"({}{{"type":"{}","id":"{}",{},"object_marking_refs":["{}"],"labels":["numbat"],{}}})", out.ends_with('[') ? "" : ",", type, id, times,
                       marking, rest);
  };
  add("intrusion-set", secret_actor, R"("name":"Quokka Numbat","aliases":["Quokka Numbat","Zibeth Quokka"],"description":"zibeth, quokka and numbat")");
  add("indicator", indicator,
      fmt::format(
          R"("name":"quokka numbat","pattern":"[domain-name:value = '{}']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z","indicator_types":["malicious-activity"],"confidence":90)",
          domain));
  add("relationship", "relationship--33333333-3333-4333-8333-333333333333",
      fmt::format(R"("relationship_type":"indicates","description":"numbat of zibeth and quokka","source_ref":"{}","target_ref":"{}")", indicator,
                  secret_actor));
  add("report", "report--55555555-5555-4555-8555-555555555555",
      fmt::format(
          R"("name":"On the quokka and the numbat","description":"zibeth","published":"2026-01-01T00:00:00Z","report_types":["threat-report"],"object_refs":["{}","{}"])",
          secret_actor, indicator));
  return out + "]}";
}
constexpr std::string_view amber = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421", red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

/// What is common, and of which people of A speak.
constexpr std::string_view shared = "intrusion-set--66666666-6666-4666-8666-666666666666", shared_too = "intrusion-set--77777777-7777-4777-8777-777777777777";
std::string shared_bundle() {
  std::string out;
  for (const auto& [id, name] : {std::pair{shared, "Wombat"}, std::pair{shared_too, "Bilby"}})
    out += fmt::format(
        R"({}{{"type":"intrusion-set","spec_version":"2.1","id":"{}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z","name":"{}"}})",
        out.empty() ? "" : ",", id, name);
  return fmt::format(R"({{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[{}]}})", out);
}

/// One operation of the description, with what may be asked of it.
struct Parameter {
  std::string name, in;
  bool required = false;
  Texts values;
};
struct Operation {
  std::string method, path, permission, body, body_type;
  std::vector<Parameter> parameters;
};

/// What A's things are called, by the name of the parameter that asks for them; else an id.
Texts values_named(const std::string& name, const Texts& ids) {
  static const std::map<std::string, Texts> known = {
      {"q", {"zibeth", "quok"}},
      {"value", {std::string(domain), "Quokka Numbat", "Wombat", "lynx.quokka.example"}},
      {"name", {"quokka", "ann", "r.yar", "iocs.csv", "map.png"}},
      {"label", {"numbat"}},
      {"tag", {"numbat"}},
      {"type", {"indicator", "intrusion-set"}},
      {"match[type]", {"indicator,intrusion-set,report,relationship"}},
      {"source", {"test", "publications"}},
      {"collection", {"everything", "tlp:amber", "tlp:red", "type:indicator", "type:report", "source:test", "source:publications"}},
      {"match[version]", {"all", "first"}},
      {"related", {"50"}},
      {"limit", {"1000"}},
      {"tlp", {"amber", "red"}},
      {"format", {"stix", "misp", "csv"}},
      {"file", {"manifest.json", "hashes.csv"}},
  };
  const auto found = known.find(name);
  return found != known.end() ? found->second : ids;
}

class Description {
 public:
  explicit Description(Texts ids = {std::string(indicator), std::string(secret_actor), std::string(shared)}) : ids_(std::move(ids)) {
    EXPECT_EQ(parser_.load(std::string(source_dir) + "/docs/openapi.json").get(document_), simdjson::SUCCESS);
    for (const auto [path, operations] : simdjson::dom::object(document_["paths"]))
      for (const auto [method, operation] : simdjson::dom::object(operations)) read(std::string(path), std::string(method), operation);
  }
  const std::vector<Operation>& operations() const { return operations_; }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element document_;
  std::vector<Operation> operations_;
  Texts ids_;

  simdjson::dom::element resolve(simdjson::dom::element e) const {
    std::string_view to;
    if (e["$ref"].get(to) != simdjson::SUCCESS) return e;
    return document_.at_pointer(to.substr(1));
  }
  void read(const std::string& path, const std::string& method, simdjson::dom::element e) {
    Operation o{method, path, std::string(std::string_view(e["x-permission"])), {}, {}, {}};
    for (char& c : o.method) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    simdjson::dom::array list;
    if (e["parameters"].get(list) == simdjson::SUCCESS)
      for (const simdjson::dom::element p : list) o.parameters.push_back(parameter(resolve(p)));
    simdjson::dom::object content;
    if (e.at_pointer("/requestBody/content").get(content) == simdjson::SUCCESS)
      for (const auto [type, media] : content) {
        o.body_type = type;
        simdjson::dom::element schema;
        o.body =
            media["schema"].get(schema) == simdjson::SUCCESS && type.find("json") != std::string_view::npos ? value(resolve(schema), {}) : std::string(domain);
        if (type == "application/json") break;
      }
    operations_.push_back(std::move(o));
  }
  Parameter parameter(simdjson::dom::element e) const {
    Parameter p{std::string(std::string_view(e["name"])), std::string(std::string_view(e["in"])), false, {}};
    if (bool required = false; e["required"].get(required) == simdjson::SUCCESS) p.required = required;
    simdjson::dom::array choices;
    std::string_view type;
    if (e.at_pointer("/schema/enum").get(choices) == simdjson::SUCCESS)
      for (const simdjson::dom::element c : choices) p.values.emplace_back(std::string_view(c));
    else if (e.at_pointer("/schema/type").get(type) == simdjson::SUCCESS && type == "boolean") p.values = {"true", "false"};
    else if (e.at_pointer("/schema/items/enum").get(choices) == simdjson::SUCCESS) {
      std::string all;
      for (const simdjson::dom::element c : choices) all += fmt::format("{}{}", all.empty() ? "" : ",", std::string_view(c));
      p.values = {std::move(all)};
    } else p.values = values_named(p.name, ids_);
    return p;
  }
  /// A body that the schema allows, about A's things.
  std::string value(simdjson::dom::element schema, const std::string& name) const {
    simdjson::dom::array choices;
    if (schema["enum"].get(choices) == simdjson::SUCCESS) return simdjson::minify(choices.at(0).value());
    std::string_view type;
    if (schema["type"].get(type) != simdjson::SUCCESS) return "{}";
    if (type == "boolean") return "true";
    if (type == "integer" || type == "number") return "1";
    if (type == "array") return fmt::format("[{}]", value(resolve(schema["items"]), name));
    if (type == "string")
      return fmt::format("\"{}\"", name == "values" ? std::string(domain) : name == "other" ? std::string(secret_actor) : values_named(name, ids_).front());
    std::string out;
    simdjson::dom::object properties;
    if (schema["properties"].get(properties) == simdjson::SUCCESS)
      for (const auto [key, one] : properties) out += fmt::format(R"({}"{}":{})", out.empty() ? "" : ",", key, value(resolve(one), std::string(key)));
    return "{" + out + "}";
  }
};

std::string with_query(const std::string& target, const Parameter& p, std::string_view value) {
  return fmt::format("{}{}{}={}", target, target.find('?') == std::string::npos ? '?' : '&', p.name, percent_encode(value));
}

/// All targets of an operation: every value of path and required parameters, then each other parameter's values beside the first of them.
Texts targets(const Operation& o) {
  Texts out{o.path};
  for (const Parameter& p : o.parameters) {
    if (!p.required && p.in != "path") continue;
    Texts next;
    for (const std::string& target : out)
      for (const std::string& value : p.values) {
        std::string made = target;
        if (p.in == "path") made.replace(made.find("{" + p.name + "}"), p.name.size() + 2, percent_encode(value));
        else if (p.in == "query") made = with_query(made, p, value);
        next.push_back(std::move(made));
      }
    out = std::move(next);
  }
  const Texts least = out;
  for (const Parameter& p : o.parameters)
    if (p.in == "query" && !p.required)
      for (const std::string& target : least)
        for (const std::string& value : p.values) out.push_back(with_query(target, p, value));
  return out;
}

void add_person(House& house, const std::string& name, Role role, intel::OrganisationId organisation, intel::Tlp clearance) {
  const auto id = house.identities->add_user({name, "", std::string(password), std::string(server::name(role)), organisation, clearance});
  ASSERT_TRUE(id);
  house.tokens[name] = house.identities->add_token({*id, "test", "all"})->text;
}

Answer ask_operation(House& house, std::string_view who, const Operation& o, std::string_view target) {
  return house.ask(who, o.method, target, {},
                   fmt::format("{}Accept: */*\r\n", o.body_type.empty() || !o.body.empty() ? "" : fmt::format("Content-Type: {}\r\n", o.body_type)));
}
Answer tell(House& house, std::string_view who, const Operation& o, std::string_view target) {
  Wire wire(house.port());
  return wire.ask(o.method, target,
                  fmt::format("{}Accept: */*\r\n{}", house.bearer(who), o.body_type.empty() ? "" : fmt::format("Content-Type: {}\r\n", o.body_type)), o.body);
}

/// The needles of an answer that its question did not hold; empty where there are none.
std::string leak(const Answer& answer, const Operation& o, std::string_view target, const Texts& more = {}) {
  std::string asked = std::string(target) + o.body, said = unpacked(answer.body);
  for (const auto& [name, value] : answer.headers) said += "\n" + name + ": " + value;
  asked = fold(asked);
  said = fold(said);
  Texts sought(std::begin(needles), std::end(needles));
  sought.insert(sought.end(), more.begin(), more.end());
  for (const std::string_view needle : sought)
    if (said.find(needle) != std::string::npos && asked.find(needle) == std::string::npos) return std::string(needle);
  return {};
}

TEST(Walk, EveryOperationAsEveryRole) {
  House house;
  const Description description;
  const std::pair<std::string_view, Role> people[] = {
      {"adam", Role::administrator}, {"ann", Role::analyst}, {"aki", Role::author}, {"rea", Role::reader}, {"fee", Role::feed_client}};
  ASSERT_GE(description.operations().size(), 50U);
  for (const Operation& o : description.operations()) {
    const auto permission = permission_of(o.permission);
    ASSERT_TRUE(permission) << o.path;
    // Of nothing that exists, so that what is permitted changes nothing.
    Operation absent = o;
    for (Parameter& p : absent.parameters) p.values = {"999999"};
    const std::string target = targets(absent).front();
    const std::string what = o.method + " " + target;
    const Answer nobody = ask_operation(house, "", o, target);
    if (*permission == Permission::open) EXPECT_TRUE(nobody.status != 401 && nobody.status != 403) << what;
    else EXPECT_EQ(nobody.status, 401) << what;
    EXPECT_EQ(house.ask("", o.method, target, {}, "Authorization: Bearer mozu_forged\r\n").status == 401, *permission != Permission::open) << what;
    for (const auto& [who, role] : people) {
      const Answer answer = ask_operation(house, who, o, target);
      const bool refused = answer.status == 401 || (answer.status == 403 && answer.has(R"("code":"not-permitted","detail":"this needs the permission)"));
      EXPECT_EQ(refused, !may(role, *permission)) << who << " " << what << " " << answer.status << " " << answer.body;
      EXPECT_LT(answer.status, 500) << who << " " << what << " " << answer.body;
    }
  }
}

/// Asks for everything as each stranger, who must get no needle; gives what showed one to `insider`.
std::set<std::string> walk(House& house, std::string_view insider, const Texts& strangers, const Description& description = Description(),
                           const Texts& more = {}) {
  std::set<std::string> seen;
  for (const Operation& o : description.operations()) {
    if (o.method != "GET" && o.permission != "lookup") continue;
    for (const std::string& target : targets(o)) {
      if (!leak(tell(house, insider, o, target), o, target, more).empty()) seen.insert(o.method + " " + o.path);
      for (const std::string& who : strangers) {
        const Answer answer = tell(house, who, o, target);
        EXPECT_EQ(leak(answer, o, target, more), "") << who << " " << o.method << " " << target << " " << answer.body;
        EXPECT_LT(answer.status, 500) << who << " " << o.method << " " << target << " " << answer.body;
      }
    }
  }
  return seen;
}

/// Of B, of every role; of no organisation, an analyst.
Texts add_strangers(House& house) {
  Texts strangers{"bob"};
  for (const Role role : {Role::administrator, Role::analyst, Role::author, Role::feed_client}) {
    strangers.push_back(fmt::format("b-{}", name(role)));
    add_person(house, strangers.back(), role, house.b, intel::Tlp::red);
  }
  strangers.emplace_back("nowhere");
  add_person(house, "nowhere", Role::analyst, intel::common, intel::Tlp::red);
  return strangers;
}

class Others : public ::testing::TestWithParam<std::pair<std::string_view, intel::Tlp>> {};

TEST_P(Others, SeeNothingAnywhere) {
  House house;
  house.import(secret_bundle(GetParam().first), house.a, GetParam().second);
  ASSERT_EQ(house.ask("ann", "PUT", fmt::format("/api/v1/objects/{}/tags/numbat", secret_actor), R"({"weight":70})").status, 204);
  Texts strangers = add_strangers(house);
  strangers.emplace_back("gil");
  add_person(house, "gil", Role::reader, house.a, intel::Tlp::green);
  const auto seen = walk(house, "ann", strangers);
  // The walk would be worth nothing if it did not come by where A's own people see it.
  for (const auto path : {"GET /api/v1/objects", "GET /api/v1/objects/{id}", "GET /api/v1/objects/{id}/versions", "GET /api/v1/objects/{id}/neighbours",
                          "GET /api/v1/search", "GET /api/v1/actors", "GET /api/v1/actors/{id}", "GET /api/v1/lookup", "POST /api/v1/lookup",
                          "GET /api/v1/exports", "GET /taxii2/knowledge/collections/{collection}/objects",
                          "GET /taxii2/knowledge/collections/{collection}/objects/{object}", "GET /taxii2/knowledge/collections/{collection}/manifest"})
    EXPECT_TRUE(seen.contains(path)) << path;
}

/// What A's people say of what all know is A's, and so is who they are.
TEST(Walk, NobodyHearsWhatOthersSayOfWhatAllKnow) {
  House house;
  house.import(shared_bundle(), intel::common, intel::Tlp::none);
  add_person(house, "zibeth", Role::analyst, house.a, intel::Tlp::red);
  const Texts strangers = add_strangers(house);
  const std::string of_b = house.ask("bob", "GET", "/api/v1/actors").body;
  ASSERT_EQ(house.ask("zibeth", "PUT", fmt::format("/api/v1/objects/{}/tags/numbat", shared), R"({"weight":70})").status, 204);
  ASSERT_EQ(house.ask("zibeth", "POST", "/api/v1/decisions", fmt::format(R"({{"id":"{}","other":"{}","sameness":"same"}})", shared, shared_too)).status, 204);
  const auto seen = walk(house, "adam", strangers);
  for (const auto path : {"GET /api/v1/objects/{id}", "GET /api/v1/decisions", "GET /api/v1/lookup", "GET /api/v1/users", "GET /api/v1/audit"})
    EXPECT_TRUE(seen.contains(path)) << path;
  EXPECT_EQ(house.ask("bob", "GET", "/api/v1/actors").body, of_b);
  EXPECT_NE(house.ask("rea", "GET", "/api/v1/actors").body, of_b) << "for A they are one";
}

TEST_P(Others, ChangeNothing) {
  House house;
  house.import(secret_bundle(GetParam().first), house.a, GetParam().second);
  house.import(shared_bundle(), intel::common, intel::Tlp::none);
  Texts strangers = add_strangers(house);
  strangers.pop_back();  // what nobody's people say is said to all
  const auto state = [&] {
    std::string out = house.ask("ann", "GET", "/api/v1/decisions").body + house.ask("adam", "GET", "/api/v1/users").body +
                      fmt::format("{}", house.accounts->organisations()->size());
    for (const std::string_view id : {secret_actor, indicator, shared}) out += house.ask("ann", "GET", fmt::format("/api/v1/objects/{}", id)).body;
    return out;
  };
  const std::string before = state();
  ASSERT_NE(before.find("zibeth"), std::string::npos);
  const Description description;
  for (const Operation& o : description.operations()) {
    if (o.method == "GET" || o.permission == "signed-in" || o.permission == "open") continue;
    for (const std::string& target : targets(o))
      for (const std::string& who : strangers) {
        const Answer answer = tell(house, who, o, target);
        EXPECT_EQ(leak(answer, o, target), "") << who << " " << o.method << " " << target << " " << answer.body;
        EXPECT_LT(answer.status, 500) << who << " " << o.method << " " << target << " " << answer.body;
      }
  }
  EXPECT_EQ(state(), before);
}

void hold_trial(House& house) {
  ASSERT_EQ(house.ask("root", "PUT", "/api/v1/plans/trial", R"({"name":"trial","trial":10})", json_type).status, 201);
  ASSERT_EQ(
      house.ask("root", "PUT", fmt::format("/api/v1/organisations/{}/subscriptions", house.b), R"({"subscriptions":[{"plan":"trial"}]})", json_type).status,
      200);
}

/// B has a trial, and has not opened the publication: on no route anything of it but title, kind, dates and tags. Then it opens it.
TEST(Walk, WhatAPlanKeepsClosedIsNowhereUntilItIsOpened) {
  House house;
  const std::string id = Publisher(house).publish("lynx");
  hold_trial(house);
  Texts ids{id, "report--" + id, std::string(shared)};
  const Answer listed = house.ask("ann", "GET", "/api/v1/indicators");
  for (std::size_t at = 0; (at = listed.body.find("\"indicator--", at)) != std::string::npos; at += 10)
    ids.push_back(listed.body.substr(at + 1, listed.body.find('"', at + 1) - at - 1));
  ASSERT_EQ(ids.size(), 5U) << listed.body;
  Texts strangers = add_strangers(house);
  strangers.pop_back();  // who belongs to no organisation sees all
  const Description description(ids);
  const Texts more(ids.begin() + 3, ids.end());
  const auto seen = walk(house, "ann", strangers, description, more);
  const std::string_view ways[] = {"GET /api/v1/objects",
                                   "GET /api/v1/objects/{id}",
                                   "GET /api/v1/objects/{id}/versions",
                                   "GET /api/v1/objects/{id}/neighbours",
                                   "GET /api/v1/search",
                                   "GET /api/v1/lookup",
                                   "GET /api/v1/exports",
                                   "GET /api/v1/indicators",
                                   "GET /api/v1/indicators/{id}/pattern",
                                   "GET /api/v1/publications/{id}",
                                   "GET /api/v1/publications/{id}/files/{name}",
                                   "GET /api/v1/publications/bundles/iocs",
                                   "GET /api/v1/publications/bundles/yara",
                                   "GET /api/v1/publications/{id}/items",
                                   "GET /api/v1/publications/{id}/html",
                                   "GET /api/v1/publications/{id}/zip",
                                   "GET /api/publications/get_list",
                                   "GET /api/publications/get_one",
                                   "GET /api/publications/get_master_ioc",
                                   "GET /api/publications/get_master_yara",
                                   "GET /feeds/reports.atom",
                                   "GET /feeds/reports.rss",
                                   "GET /taxii2/knowledge/collections/{collection}/manifest",
                                   "GET /taxii2/knowledge/collections/{collection}/objects",
                                   "GET /taxii2/knowledge/collections/{collection}/objects/{object}"};
  for (const auto way : ways) EXPECT_TRUE(seen.contains(std::string(way))) << way;
  // What these show of it is no word of its own: that it is there.
  constexpr std::string_view feed = "/feeds/misp/everything/manifest.json";
  const std::string versions = fmt::format("/taxii2/knowledge/collections/everything/objects/report--{}/versions", id);
  EXPECT_TRUE(house.ask("ann", "GET", feed).has("Title of lynx"));
  EXPECT_FALSE(house.ask("bob", "GET", feed).has("Title of lynx"));
  const auto many = [&](std::string_view who) {
    return house.ask(who, "POST", "/api/v1/lookup", "lynx.quokka.example\n", "Content-Type: text/plain\r\n").has("Title of lynx");
  };
  EXPECT_TRUE(many("ann"));
  EXPECT_FALSE(many("bob")) << "the walk asks about another value";
  const auto dated = [&](std::string_view who) { return house.ask(who, "GET", versions, {}, "Accept: application/taxii+json;version=2.1\r\n").has("\"20"); };
  EXPECT_TRUE(dated("ann"));
  EXPECT_FALSE(dated("bob"));
  ASSERT_EQ(house.ask("bob", "POST", "/api/v1/publications/" + id + "/open").status, 200);
  const auto opened = walk(house, "b-analyst", {}, description, more);
  EXPECT_TRUE(house.ask("bob", "GET", feed).has("Title of lynx")) << "the copy that was made before is of other eyes";
  for (const auto way : ways) EXPECT_TRUE(opened.contains(std::string(way))) << way;
}

TEST(Walk, ThePdfOfWhatIsClosedIsClosed) {
  if (!publications::can_print()) GTEST_SKIP() << "there is no Chromium here";
  House house;
  const std::string id = Publisher(house).publish("lynx");
  hold_trial(house);
  const auto pdf = [&](std::string_view who) {
    for (int turn = 0;; ++turn) {  // printing takes longer on a busy machine than a client of these tests waits
      Answer answer = house.ask(who, "GET", "/api/v1/publications/" + id + "/pdf");
      if ((answer.status != 0 && answer.status != 503) || turn == 30) return answer;
    }
  };
  EXPECT_NE(fold(unpacked(pdf("ann").body)).find("zibeth-lynx"), std::string::npos);
  const Answer closed = pdf("bob");
  EXPECT_EQ(closed.status, 403);
  EXPECT_EQ(fold(unpacked(closed.body)).find("zibeth"), std::string::npos);
  ASSERT_EQ(house.ask("bob", "POST", "/api/v1/publications/" + id + "/open").status, 200);
  EXPECT_NE(fold(unpacked(pdf("bob").body)).find("zibeth-lynx"), std::string::npos);
}

/// No list, facet, sum, profile or matrix tells how much there is that is closed: all answers are what they were before it was published.
TEST(Walk, WhatAPlanKeepsClosedChangesNoCount) {
  House house;
  std::string known;
  for (
      const auto& [id, type, rest] :
      {std::tuple{"intrusion-set--88888888-8888-4888-8888-888888888888", "intrusion-set", R"("name":"Amber Lynx")"},
       std::tuple{
           "attack-pattern--99999999-9999-4999-8999-999999999999", "attack-pattern",
           R"("name":"Phishing","external_references":[{"source_name":"mitre-attack","external_id":"T1566"}],"kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"initial-access"}])"}})
    known += fmt::format(R"({}{{"type":"{}","spec_version":"2.1","id":"{}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-02T00:00:00.000Z",{}}})",
                         known.empty() ? "" : ",", type, id, rest);
  house.import(fmt::format(R"({{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[{}]}})", known), intel::common,
               intel::Tlp::clear);
  Publisher publisher(house);
  const std::string open = publisher.publish("open");
  hold_trial(house);
  ASSERT_EQ(house.ask("bob", "POST", "/api/v1/publications/" + open + "/open").status, 200);
  add_person(house, "b-admin", Role::administrator, house.b, intel::Tlp::red);
  add_person(house, "b-feeds", Role::feed_client, house.b, intel::Tlp::red);
  const Texts more{"/api/v1/search?q=lynx&facets=true",
                   "/api/v1/search?q=mails&facets=true",
                   "/api/v1/attack/matrix?domain=enterprise",
                   "/api/v1/attack/layer?domain=enterprise&score=reports",
                   "/api/v1/actors/intrusion-set--88888888-8888-4888-8888-888888888888",
                   "/api/v1/objects/intrusion-set--88888888-8888-4888-8888-888888888888/neighbours",
                   "/api/v1/objects/intrusion-set--88888888-8888-4888-8888-888888888888/neighbour-counts",
                   "/api/v1/objects/attack-pattern--99999999-9999-4999-8999-999999999999/neighbour-counts",
                   "/api/v1/lookup?value=Amber%20Lynx",
                   "/api/v1/exports?format=stix",
                   "/feeds/misp/everything/manifest.json",
                   "/taxii2/knowledge/collections/everything/manifest",
                   "/taxii2/knowledge/collections/everything/objects"};
  const Description description;
  const auto answers = [&] {
    std::map<std::string, std::string> out;
    const auto ask_of = [&](std::string_view who, const Operation& o, const std::string& target) {
      out[fmt::format("{} {}", who, target)] = ask_operation(house, who, o, target).body;
    };
    for (const std::string_view who : {"bob", "b-admin", "b-feeds"}) {
      for (const Operation& o : description.operations())
        if (o.method == "GET" && o.path.find('{') == std::string::npos) ask_of(who, o, targets(o).front());
      for (const auto& target : more) ask_of(who, Operation{"GET", target, {}, {}, {}, {}}, target);
    }
    return out;
  };
  // Lists of titles, which is all that may be known.
  const auto may_differ = [](std::string_view what) {
    return what.find("/api/v1/publications") != what.npos || what.find("/api/publications/get_list") != what.npos;
  };
  const auto before = answers(), again = answers();
  publisher.publish("lynx");
  const auto after = answers();
  std::size_t compared = 0;
  for (const auto& [what, body] : before) {
    if (again.at(what) != body) continue;  // it says when it was asked, or is counted itself
    ++compared;
    if (after.at(what) != body) {
      EXPECT_TRUE(may_differ(what)) << what << "\nbefore: " << body << "\nafter: " << after.at(what);
    }
  }
  for (const std::string path : {"/api/v1/counts", "/api/v1/objects", "/api/v1/indicators", "/api/v1/sources", "/api/v1/imports", "/api/v1/actors"})
    EXPECT_EQ(before.at("bob " + path), again.at("bob " + path)) << "else nothing is compared";
  EXPECT_GE(compared, 60U);
  EXPECT_NE(after.at("bob /api/v1/publications"), before.at("bob /api/v1/publications")) << "its title is listed";
}

INSTANTIATE_TEST_SUITE_P(Walk, Others, ::testing::Values(std::pair{amber, intel::Tlp::amber}, std::pair{red, intel::Tlp::red}),
                         [](const auto& one) { return std::string(one.param.second == intel::Tlp::amber ? "Amber" : "Red"); });

}  // namespace
}  // namespace mozu::server::test
