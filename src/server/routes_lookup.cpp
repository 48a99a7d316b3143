// One answer about one value, and many answers about many.
#include <fmt/core.h>

#include "json.hpp"
#include "memories.hpp"
#include "mozu/base/text.hpp"
#include "mozu/lookup/lookup.hpp"
#include "mozu/lookup/render.hpp"
#include "quota.hpp"
#include "routes.hpp"
#include "titles.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t lookup_values_max = 100'000;
constexpr std::size_t answer_bytes_max = std::size_t{256} << 20;
constexpr RouteOptions one_value{Body::none, 0, false, false, Spends::lookup};
constexpr RouteOptions many_values{Body::memory, std::uint64_t{16} << 20, true, false, Spends::lookup};

struct AskedLookup {
  std::shared_ptr<const lookup::Memories> memories;  // the asker looks into them
  lookup::AskOptions options;
};

Result<AskedLookup> asked_lookup(Services& services, Memories& memories, const Request& request) {
  AskedLookup out{memories.current(), {}};
  out.options.viewer = request.who->viewer;
  out.options.as_of = services.identities.now();
  MOZU_LET(const auto as_of, time_of(request, "as_of"));
  if (as_of) out.options.as_of = *as_of;
  MOZU_LET(out.options.history, flag_of(request, "history", true));
  MOZU_LET(const auto related, number_of(request, "related"));
  if (related && *related > 1000) return fail("query-invalid", "'related' of the query is greater than 1000");
  if (related) out.options.related_max = static_cast<std::size_t>(*related);
  if (auto languages = reader_languages(request); !languages.empty())
    out.options.rename = [titles = services.titles, viewer = request.who->viewer, languages = std::move(languages)](lookup::Answer& a) {
      return titles->give(viewer, languages, a);
    };
  return out;
}

Response one_lookup(Services& services, Memories& memories, const Request& request) {
  MOZU_ANSWER(only_these(request, {"value", "as_of", "history", "related"}));
  const std::string_view value = request.query("value");
  if (value.empty()) return problem(400, "query-invalid", "'value' of the query, what is asked about, is missing");
  MOZU_ANSWER_LET(const AskedLookup ask, asked_lookup(services, memories, request));
  lookup::Asker asker(*ask.memories, ask.options);
  std::string body;
  MOZU_ANSWER(asker.ask(std::span(&value, 1), [&](lookup::Answer&& answer) { lookup::append_json(body, answer); }));
  return json_response(std::move(body));
}

/// {"values":[…]}, or one value a line.
Result<std::vector<std::string>> values_of(const Request& request) {
  std::vector<std::string> out;
  if (request.body.empty()) return fail("body-missing", "the body, the values that are asked about, is missing");
  if (is_json(request)) {
    MOZU_LET(const JsonBody body, JsonBody::parse(request));
    if (!body.has("values")) return fail("field-invalid", "'values' is missing", "send {\"values\":[…]}");
    MOZU_LET(out, body.texts("values"));
  } else {
    for (const std::string_view line : split(request.body, '\n'))
      if (const auto value = trim(line); !value.empty()) out.emplace_back(value);
  }
  if (out.size() > lookup_values_max) return fail("input-too-large", fmt::format("more than {} values", lookup_values_max), "ask in parts");
  return out;
}

/// All of them count, or none is asked. The first was counted before the body was read, and is given back with every refusal; the others are here, if they are not kept.
class Count {
 public:
  Count(Services& services, const Request& request, std::size_t values)
      : spending_(services.identities.spending()),
        organisation_(request.who->viewer.organisation),
        quota_(request.who->quotas.lookups),
        others_(static_cast<std::int64_t>(values) - 1),
        now_(services.identities.now()) {}
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  ~Count() {
    if (taken_) static_cast<void>(spending_.give_back(organisation_, plans::What::lookups, others_, *quota_, now_));
  }
  Status take() {
    if (!quota_ || others_ < 1) return {};
    MOZU_LET(const auto spent, spending_.spend(organisation_, plans::What::lookups, others_, *quota_, now_));
    if (!spent.granted) return quota_spent(plans::What::lookups, *quota_, spent.left + 1, others_ + 1);
    taken_ = true;
    return {};
  }
  void keep() { taken_ = false; }

 private:
  plans::Spending& spending_;
  intel::OrganisationId organisation_;
  std::optional<std::int64_t> quota_;
  std::int64_t others_;
  Timestamp now_;
  bool taken_ = false;
};

Response many(Services& services, Memories& memories, const Request& request) {
  MOZU_ANSWER(only_these(request, {"as_of", "history", "related"}));
  MOZU_ANSWER_LET(const auto texts, values_of(request));
  MOZU_ANSWER_LET(const AskedLookup ask, asked_lookup(services, memories, request));
  Count counted(services, request, texts.size());
  MOZU_ANSWER(counted.take());
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
  counted.keep();
  return response;
}

}  // namespace

void add_lookup_routes(Router& router, Services& services, std::shared_ptr<Memories> memories) {
  const auto to = handlers(services, std::move(memories));
  router.add(Method::get, "/api/v1/lookup", Permission::lookup, one_value, to(one_lookup));
  router.add(Method::post, "/api/v1/lookup", Permission::lookup, many_values, to(many));
}

}  // namespace mozu::server
