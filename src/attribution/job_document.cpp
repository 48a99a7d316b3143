#include "job_document.hpp"

#include <fmt/core.h>

#include "mozu/base/json_read.hpp"
#include "mozu/base/json_write.hpp"

namespace mozu::attribution {
namespace {

constexpr JobState states[] = {JobState::queued, JobState::running, JobState::done, JobState::failed, JobState::cancelled};

/// What is kept, each by its name: a field stands here alone.
template <class J, class Field>
void each_field(J& job, const Field& field) {
  field("by", job.by), field("file", job.file), field("sha256", job.sha256), field("bytes", job.bytes), field("state", job.state);
  field("tries", job.tries), field("created_ms", job.created), field("began_ms", job.began), field("ended_ms", job.ended);
  field("why", job.why), field("why_code", job.why_code), field("kind", job.kind);
  field("objects", job.objects), field("verdicts", job.verdicts), field("weak", job.weak);
}

struct Writing {
  JsonWriter& w;
  void operator()(std::string_view key, JobState state) const { w.field(key, name(state)); }
  void operator()(std::string_view key, Timestamp t) const { w.field(key, t.ms); }
  template <class T>
  void operator()(std::string_view key, const T& value) const {
    w.field(key, value);
  }
};

struct Reading {
  JsonObject o;
  void operator()(std::string_view key, std::string& text) const { text = string_member(o, key); }
  void operator()(std::string_view key, JobState& state) const {
    for (const JobState s : states)
      if (name(s) == string_member(o, key)) state = s;
  }
  void operator()(std::string_view key, Timestamp& t) const { (*this)(key, t.ms); }
  template <class T>
  void operator()(std::string_view key, T& number) const {
    number = static_cast<T>(member_as<std::int64_t>(o, key).value_or(0));
  }
};

}  // namespace

std::string json_of(const Job& job) {
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  each_field(job, Writing{w});
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
  each_field(job, Reading{o});
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
