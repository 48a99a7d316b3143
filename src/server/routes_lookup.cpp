// One answer about one value, and many answers about many.
#include <fmt/core.h>

#include "json.hpp"
#include "memories.hpp"
#include "mozu/base/text.hpp"
#include "mozu/lookup/lookup.hpp"
#include "mozu/lookup/render.hpp"
#include "quota.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t values_max = 100'000;
constexpr std::size_t answer_bytes_max = std::size_t{256} << 20;
constexpr RouteOptions one_value{Body::none, 0, false, false, Spends::lookup};
constexpr RouteOptions many_values{Body::memory, std::uint64_t{16} << 20, true, false, Spends::lookup};

struct Asked {
  std::shared_ptr<const lookup::Memories> memories;  // the asker looks into them
  lookup::AskOptions options;
};

Result<Asked> asked(Services& services, Memories& memories, const Request& request) {
  Asked out{memories.current(), {}};
  out.options.viewer = request.who->viewer;
  out.options.as_of = services.identities.now();
  MOZU_LET(const auto as_of, time_of(request, "as_of"));
  if (as_of) out.options.as_of = *as_of;
  MOZU_LET(out.options.history, flag_of(request, "history", true));
  MOZU_LET(const auto related, number_of(request, "related"));
  if (related && *related > 1000) return fail("query-invalid", "'related' of the query is greater than 1000");
  if (related) out.options.related_max = static_cast<std::size_t>(*related);
  return out;
}

Response one(Services& services, Memories& memories, const Request& request) {
  MOZU_ANSWER(only_these(request, {"value", "as_of", "history", "related"}));
  const std::string_view value = request.query("value");
  if (value.empty()) return problem(400, "query-invalid", "'value' of the query, what is asked about, is missing");
  MOZU_ANSWER_LET(const Asked ask, asked(services, memories, request));
  lookup::Asker asker(*ask.memories, ask.options);
  std::string body;
  MOZU_ANSWER(asker.ask(std::span(&value, 1), [&](lookup::Answer&& answer) { lookup::append_json(body, answer); }));
  return json_response(std::move(body));
}

/// {"values":[…]}, or one value a line.
Result<std::vector<std::string>> values_of(const Request& request) {
  std::vector<std::string> out;
  if (request.body.empty()) return fail("body-missing", "the body, the values that are asked about, is missing");
  if (request.header("content-type").find("json") != std::string_view::npos) {
    MOZU_LET(const JsonBody body, JsonBody::parse(request));
    if (!body.has("values")) return fail("field-invalid", "'values' is missing", "send {\"values\":[…]}");
    MOZU_LET(out, body.texts("values"));
  } else {
    for (const std::string_view line : split(request.body, '\n'))
      if (const auto value = trim(line); !value.empty()) out.emplace_back(value);
  }
  if (out.size() > values_max) return fail("input-too-large", fmt::format("more than {} values", values_max), "ask in parts");
  return out;
}

/// All of them count, or none is asked. The first was counted before the body was read.
Status count(Services& services, const Request& request, std::size_t values) {
  const auto quota = request.who->quotas.lookups;
  if (!quota || values < 2) return {};
  const auto spend = [&](std::int64_t amount) {
    return services.identities.spending().spend(request.who->viewer.organisation, plans::What::lookups, amount, *quota, services.identities.now());
  };
  MOZU_LET(const auto spent, spend(static_cast<std::int64_t>(values) - 1));
  if (spent.granted) return {};
  MOZU_TRY(spend(-1));  // the first is not asked either
  return quota_spent(plans::What::lookups, *quota);
}

Response many(Services& services, Memories& memories, const Request& request) {
  MOZU_ANSWER(only_these(request, {"as_of", "history", "related"}));
  MOZU_ANSWER_LET(const auto texts, values_of(request));
  MOZU_ANSWER_LET(const Asked ask, asked(services, memories, request));
  MOZU_ANSWER(count(services, request, texts.size()));
  lookup::Asker asker(*ask.memories, ask.options);
  Response response;
  response.content_type = "application/x-ndjson";
  constexpr std::size_t batch = 2'000;
  const std::vector<std::string_view> values(texts.begin(), texts.end());
  for (std::size_t at = 0; at < values.size(); at += batch) {
    MOZU_ANSWER(asker.ask(std::span(values).subspan(at, std::min(batch, values.size() - at)), [&](lookup::Answer&& answer) {
      lookup::append_json(response.body, answer);
      response.body.push_back('\n');
    }));
    if (response.body.size() > answer_bytes_max)
      return problem(413, "answer-too-large", "the answers are too many to be given at once", "ask in parts, or with history=false&related=0");
  }
  return response;
}

}  // namespace

void add_lookup_routes(Router& router, Services& services, std::shared_ptr<Memories> memories) {
  const auto to = handlers(services, std::move(memories));
  router.add(Method::get, "/api/v1/lookup", Permission::lookup, one_value, to(one));
  router.add(Method::post, "/api/v1/lookup", Permission::lookup, many_values, to(many));
}

}  // namespace mozu::server
