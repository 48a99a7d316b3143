#include "job_document.hpp"

#include <fmt/core.h>

#include "mozu/base/json_read.hpp"
#include "mozu/base/json_write.hpp"

namespace mozu::attribution {
namespace {

constexpr JobState states[] = {JobState::queued, JobState::running, JobState::done, JobState::failed, JobState::cancelled};

}  // namespace

std::string json_of(const Job& job) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("by", job.by).field("file", job.file).field("sha256", job.sha256).field("bytes", job.bytes).field("state", name(job.state));
  w.field("tries", job.tries).field("created_ms", job.created.ms).field("began_ms", job.began.ms).field("ended_ms", job.ended.ms);
  w.field("why", job.why)
      .field("why_code", job.why_code)
      .field("kind", job.kind)
      .field("objects", job.objects)
      .field("verdicts", job.verdicts)
      .field("weak", job.weak);
  w.key("named").begin_array();
  for (const Job::Named& n : job.named) w.begin_object().field("type", n.type).field("name", n.name).field("confidence", n.confidence).end_object();
  w.end_array().end_object();
  return out;
}

Result<Job> job_of(const store::Document& d) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(d.json).get(o) != simdjson::SUCCESS) return fail("store-corrupt", fmt::format("the attribution {} does not read", d.id));
  Job job;
  job.id = d.id, job.organisation = d.organisation, job.owner = d.owner;
  const auto text = [&](std::string_view key) { return std::string(string_member(o, key)); };
  const auto number = [&](std::string_view key) {
    std::int64_t n = 0;
    return o.at_key(key).get(n) == simdjson::SUCCESS ? n : 0;
  };
  job.by = text("by"), job.file = text("file"), job.sha256 = text("sha256"), job.why = text("why"), job.why_code = text("why_code"), job.kind = text("kind");
  for (const JobState s : states)
    if (name(s) == text("state")) job.state = s;
  job.bytes = static_cast<std::uint64_t>(number("bytes")), job.tries = static_cast<std::uint32_t>(number("tries"));
  job.created = {number("created_ms")}, job.began = {number("began_ms")}, job.ended = {number("ended_ms")};
  job.objects = static_cast<std::uint64_t>(number("objects")), job.verdicts = static_cast<std::uint64_t>(number("verdicts"));
  job.weak = static_cast<std::uint64_t>(number("weak"));
  if (const auto list = array_member(o, "named")) {
    for (const JsonElement e : *list) {
      JsonObject n;
      if (e.get(n) != simdjson::SUCCESS) continue;
      Job::Named one{std::string(string_member(n, "type")), std::string(string_member(n, "name")), 0};
      if (double c = 0; n.at_key("confidence").get(c) == simdjson::SUCCESS) one.confidence = c;
      job.named.push_back(std::move(one));
    }
  }
  return job;
}

}  // namespace mozu::attribution
