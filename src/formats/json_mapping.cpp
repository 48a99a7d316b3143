#include "json_mapping.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::formats {

Result<std::vector<JsonMapStep>> parse_json_map_path(std::string_view text) {
  std::vector<JsonMapStep> steps(1);
  const auto bad = [&](std::string_view why) {
    return fail("json-mapping", fmt::format("bad JSON path \"{}\": {}", printable(text, 80), why), "a path looks like data[].ioc.value");
  };
  if (text.empty()) return bad("it is empty");
  bool after_each = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (steps.back().key.empty() && !steps.back().each) return bad("a name is missing");
      steps.emplace_back();
      after_each = false;
    } else if (c == '[') {
      if (i + 1 == text.size() || text[i + 1] != ']') return bad("only [] may stand in brackets");
      if (steps.back().each) steps.emplace_back();
      steps.back().each = after_each = true;
      ++i;
    } else if (after_each) {
      return bad("a dot should follow []");
    } else {
      if (c == '\\' && i + 1 < text.size()) ++i;
      steps.back().key += text[i];
    }
    if (steps.size() > 32) return bad("it is longer than 32 steps");
  }
  if (steps.back().key.empty() && !steps.back().each) return bad("a name is missing");
  return steps;
}

Result<std::unique_ptr<JsonMapping>> JsonMapping::create(ReaderInput& in, Emitter& out) {
  std::unique_ptr<JsonMapping> m(new JsonMapping(in, out));
  const auto value = in.settings.mapping.find("value");
  if (value == in.settings.mapping.end())
    return fail("json-mapping", "the mapping names no value", "add value = \"path.to.the.indicator\" to the feed's mapping");
  MOZU_LET(m->value_, parse_json_map_path(value->second));
  for (const auto& [name, path] : in.settings.mapping) {
    if (name == "value") continue;
    Role role{name, {}, 0};
    MOZU_LET(role.steps, parse_json_map_path(path));
    while (role.common < std::min(role.steps.size(), m->value_.size()) && role.steps[role.common] == m->value_[role.common]) ++role.common;
    m->roles_.push_back(std::move(role));
  }
  const auto each = std::find_if(m->value_.begin(), m->value_.end(), [](const JsonMapStep& s) { return s.each; });
  m->base_ = each == m->value_.end() ? 0 : static_cast<std::size_t>(each - m->value_.begin()) + 1;
  return m;
}

/// How many steps of the value's path lead to `path`; inside: it is an element of the array that the path iterates first
/// (or, without [], a record of its own).
std::size_t JsonMapping::steps_along(const JsonPath& path, bool& inside) const {
  std::size_t i = root_list_ ? 1 : 0, step = 0;
  inside = false;
  while (i < path.size() && step < base_) {
    const JsonMapStep& want = value_[step];
    if (!want.key.empty()) {
      if (!path[i].is_key || path[i].key != want.key) return SIZE_MAX;
      ++i;
    }
    if (want.each) {
      if (i == path.size()) return step;  // the array itself
      if (path[i].is_key) return SIZE_MAX;
      ++i;
    }
    ++step;
  }
  inside = step == base_ && i == path.size();
  return step;
}

JsonSplitHandler::Action JsonMapping::on_container(const JsonPath& path, std::string_view ahead) {
  if (path.empty()) {
    root_list_ = ahead.front() == '[' && !(base_ > 0 && value_[0].key.empty());
    return ahead.front() == '[' || base_ > 0 ? Action::open : Action::take;
  }
  bool inside = false;
  const std::size_t along = steps_along(path, inside);
  if (inside) return Action::take;
  if (along != SIZE_MAX) return Action::open;
  for (const Role& r : roles_)
    if (path.size() == (root_list_ ? 2U : 1U) && path.back().is_key && r.steps.front().key == path.back().key) return Action::take;
  return Action::skip;
}

void JsonMapping::on_value(const JsonPath& path, std::string_view text, std::uint64_t line) {
  bool inside = false;
  steps_along(path, inside);
  const std::string pointer = json_pointer(path);
  if (!inside) {  // beside the way: for roles that belong to the whole document
    if (path.size() != (root_list_ ? 2U : 1U) || !path.back().is_key) return;
    for (const Role& r : roles_) {
      if (r.common >= base_ || r.steps.front().key != path.back().key || r.steps.front().each) continue;
      const auto e = reading_.parse(text, line, pointer);
      if (!e) return;
      auto& texts = outer_[r.name];
      texts.clear();
      each_text(*e, r.steps, 1, [&](std::string s) { texts.push_back(std::move(s)); });
    }
    return;
  }
  const auto e = reading_.parse(text, line, pointer);
  if (!e) return;
  std::vector<JsonElement> chain{*e};
  descend(*e, base_, chain, line, pointer);
}

void JsonMapping::on_close(const JsonPath& path) {
  if (path.size() <= (root_list_ ? 1U : 0U)) outer_.clear();
}

void JsonMapping::on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) {
  reading_.refuse_break(path, line, std::move(message), lost);
}

/// chain[k] is what the first base_ + k steps lead to. At most 32 steps, so the recursion is shallow.
void JsonMapping::descend(JsonElement e, std::size_t step, std::vector<JsonElement>& chain, std::uint64_t line, const std::string& pointer) {
  if (step == value_.size()) return found(e, chain, line, pointer);
  const JsonMapStep& want = value_[step];
  std::string place = pointer;
  if (!want.key.empty()) {
    JsonObject o;
    if (e.get(o) != simdjson::SUCCESS || o.at_key(want.key).get(e) != simdjson::SUCCESS) return;
    place += "/" + want.key;
  }
  if (!want.each) {
    chain.push_back(e);
    descend(e, step + 1, chain, line, place);
    chain.pop_back();
    return;
  }
  JsonArray list;
  if (e.get(list) != simdjson::SUCCESS) return;
  std::size_t index = 0;
  for (const JsonElement v : list) {
    chain.push_back(v);
    descend(v, step + 1, chain, line, fmt::format("{}/{}", place, index++));
    chain.pop_back();
  }
}

template <class F>
void JsonMapping::each_text(JsonElement e, const Steps& steps, std::size_t step, F f, int budget) {
  if (step == steps.size()) {
    if (JsonArray list; e.get(list) == simdjson::SUCCESS) {
      for (const JsonElement v : list)
        if (--budget >= 0) f(scalar_text(v));
    } else {
      f(scalar_text(e));
    }
    return;
  }
  const JsonMapStep& want = steps[step];
  if (!want.key.empty()) {
    JsonObject o;
    if (e.get(o) != simdjson::SUCCESS || o.at_key(want.key).get(e) != simdjson::SUCCESS) return;
  }
  JsonArray list;
  if (!want.each) return each_text(e, steps, step + 1, f, budget);
  if (e.get(list) != simdjson::SUCCESS) return;
  for (const JsonElement v : list)
    if (--budget >= 0) each_text(v, steps, step + 1, f, budget);
}

void JsonMapping::found(JsonElement value, const std::vector<JsonElement>& chain, std::uint64_t line, const std::string& pointer) {
  JsonArray list;
  if (value.get(list) == simdjson::SUCCESS) {  // the last [] was left out
    for (const JsonElement v : list)
      if (v.is_string()) found(v, chain, line, pointer);
    return;
  }
  const std::string text = scalar_text(value);
  if (text.empty()) return;
  ++values_;
  record_.begin(line, pointer);
  for (const Role& r : roles_) {
    const auto set = [&](const std::string& s) { record_.set(r.name, s); };
    if (r.common >= base_ && r.common - base_ < chain.size()) {
      each_text(chain[r.common - base_], r.steps, r.common, set);
    } else if (const auto it = outer_.find(r.name); it != outer_.end()) {
      for (const auto& s : it->second) set(s);
    }
  }
  record_.emit(text);
}

Status JsonMapping::finish() {
  reading_.finish();
  if (values_ == 0 && reading_.refusals() == 0)
    return fail("json-mapping", "the mapped path leads to no value in this input",
                "check the feed's mapping: value = \"data[].ioc\" names members from the root down");
  return {};
}

}  // namespace mozu::formats
