#include "json_records.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "shape.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

constexpr int rank_any = 0, rank_mask = 1, rank_url = 2, rank_email = 3, rank_domain = 4, rank_ip = 5, rank_host = 6, rank_hash = 7;
constexpr int json_depth_max = 16;
constexpr int context_fields_max = 48;

bool one_of(std::string_view key, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), key) != words.end(); }

std::string context_name_of_key(std::string_view name) {
  std::string out;
  for (const char c : name) out += is_alnum(static_cast<unsigned char>(c)) || c == '.' ? fold(c) : '_';
  return out.substr(0, 60);
}

int rank_of(TypeHint hint, std::string_view key) {
  switch (hint) {
    case TypeHint::url: return rank_url;
    case TypeHint::url_mask: return rank_mask;
    case TypeHint::email: return rank_email;
    case TypeHint::domain: return key.starts_with("host") ? rank_host : rank_domain;
    case TypeHint::ip: return rank_ip;
    case TypeHint::hash: return rank_hash;
    case TypeHint::any: return rank_any;
  }
  return rank_any;
}

JsonKey classify(std::string_view name) {
  JsonKey k;
  const std::string key = word_key(name);
  k.context_name = context_name_of_key(name);
  k.never_values = key.starts_with("allow") || key.starts_with("white") || key.starts_with("exclu") || key.starts_with("exception") || key.starts_with("ref") ||
                   key.starts_with("source") || key.starts_with("benign") || key.starts_with("safe") || key.starts_with("fuzzy") || key.starts_with("link");
  k.holds_values = one_of(
      key, {"data", "list", "values", "items", "results", "records", "entries", "feed", "blacklist", "blocklist", "deny", "denylist", "blocked", "malicious"});
  if (one_of(key, {"phishingurl", "maliciousurl", "malwareurl", "landingurl"})) {
    k.role = ColumnRole::value;
    k.hint = TypeHint::url;
    k.rank = rank_url;
    k.known = k.named = true;
    return k;
  }
  auto column = known_column(name);
  if (!column && name.size() > 2 && fold(name.back()) == 's') {  // "hosts": a list of what "host" holds
    column = known_column(name.substr(0, name.size() - 1));
    if (column && column->role != ColumnRole::value) column.reset();
  }
  if (!column) return k;
  k.known = true;
  k.role = column->role;
  k.hint = column->hint;
  if (!column->context_name.empty()) k.context_name = column->context_name;
  if (k.role != ColumnRole::value) return k;
  k.mask = key == "mask" || key == "masks";
  k.rank = k.mask ? rank_mask : rank_of(k.hint, key);
  k.holds_values = true;
  k.named = key != "value" && key != "network" && key != "artifact";
  return k;
}

bool looks_like_hash(std::string_view s) {
  return intel::hash_type_of_length(s.size()).has_value() && std::all_of(s.begin(), s.end(), [](char c) { return is_hex(static_cast<unsigned char>(c)); });
}

bool is_number(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

bool is_container(JsonElement e) { return e.is_object() || e.is_array(); }

/// Type numbers of masks, as feeds of URL masks give them: 1 a domain with all below it, 2 one host, others masks.
void apply_mask_type(std::string_view type, RawRecord& r) {
  // Of a domain or host "evil.example/" and "evil.example/*" say no more than its name.
  if (const auto slash = r.value.find('/');
      (type == "1" || type == "2") && slash != r.value.npos && (slash + 1 == r.value.size() || r.value.substr(slash) == "/*"))
    r.value = r.value.substr(0, slash);
  const std::string_view value = r.value;
  const bool bare = value.find('/') == std::string_view::npos && value.find('*') == std::string_view::npos;
  r.hint = bare ? TypeHint::any : TypeHint::url_mask;
  if (value.starts_with("*.") && value.find('/') == std::string_view::npos) r.hint = TypeHint::any;
  if (bare && type == "2") r.exact_only = true;
  if (!bare && r.hint == TypeHint::url_mask && value.find('*') == std::string_view::npos) r.hint = TypeHint::url;
}

}  // namespace

struct JsonRecords::Scan {
  RawRecord record;
  std::vector<Candidate> candidates;
  std::vector<std::pair<std::string_view, JsonElement>> children;
  std::string type;
  bool certificate = false;  ///< the hashes are of certificates (SSL blacklists)
};

JsonRecords::JsonRecords(Emitter& out) : out_(out) {}
JsonRecords::~JsonRecords() = default;

JsonRecords::Scan& JsonRecords::scan_at(int depth) {
  const auto at = static_cast<std::size_t>(depth);
  while (scans_.size() <= at) scans_.push_back(std::make_unique<Scan>());
  Scan& s = *scans_[at];
  s.candidates.clear();
  s.children.clear();
  s.type.clear();
  s.certificate = false;
  return s;
}

const JsonKey& JsonRecords::key(std::string_view name) {
  if (const auto it = keys_.find(name); it != keys_.end()) return it->second;
  if (is_number(name)) {  // dictionaries keyed by id
    other_key_ = {};
    other_key_.context_name = name.substr(0, 60);
    return other_key_;
  }
  constexpr std::size_t keys_max = 4096;  // names come from the feed: other ids as keys must not fill the memory
  if (keys_.size() < keys_max) return keys_.emplace(std::string(name), classify(name)).first->second;
  other_key_ = classify(name);
  if (other_key_.role == ColumnRole::value) other_key_.role = ColumnRole::context;  // value keys must stay where they are
  return other_key_;
}

void JsonRecords::walk(JsonElement e, std::string_view name, std::uint64_t line, const std::string& pointer) {
  walk(e, name, is_number(name) ? name : std::string_view{}, outer_, line, pointer, 0);
}

void JsonRecords::walk(JsonElement e, std::string_view name, std::string_view id, const RawRecord& inherited, std::uint64_t line, const std::string& pointer,
                       int depth) {
  if (depth > json_depth_max) return;
  if (JsonObject o; e.get(o) == simdjson::SUCCESS) return object(o, id, inherited, line, pointer, depth);
  JsonArray list;
  if (e.get(list) != simdjson::SUCCESS) return;
  const JsonKey k = key(name);
  std::size_t index = 0, strings = 0, shaped = 0;
  for (const JsonElement v : list)
    if (v.is_string() && strings < 8) ++strings, shaped += shape_of(as_string(v)) != Shape::none;
  const bool take_strings = !k.never_values && (k.holds_values || (strings > 0 && shaped == strings));
  for (const JsonElement v : list) {
    const std::string place = fmt::format("{}/{}", pointer, index++);
    if (is_container(v)) walk(v, name, id, inherited, line, place, depth + 1);
    else if (take_strings && v.is_string()) plain_value(as_string(v), name, line, place, true);
  }
}

void JsonRecords::plain_value(std::string_view value, std::string_view name, std::uint64_t line, const std::string& pointer, bool sure) {
  const JsonKey& k = key(name);
  if (!sure && (k.never_values || (!name.empty() && !k.holds_values && shape_of(value) == Shape::none))) return;
  RawRecord r = outer_;
  r.where.line = line;
  r.where.path = pointer;
  r.value = value;
  r.hint = k.role == ColumnRole::value ? reconcile(k.hint, value) : TypeHint::any;
  ++records_;
  out_.emit(r);
}

void JsonRecords::outer_member(std::string_view name, JsonElement e) {
  const JsonKey& k = key(name);
  if (k.role != ColumnRole::context || !k.known) return;
  if (outer_.context.size() < 16) add_context(outer_.context, k.context_name, scalar_text(e));
}

void JsonRecords::object(JsonObject o, std::string_view id, const RawRecord& inherited, std::uint64_t line, const std::string& pointer, int depth) {
  Scan& scan = scan_at(depth);
  scan.record = inherited;
  scan.record.where.line = line;
  scan.record.where.path = pointer;
  for (const auto field : o) member(field.key, field.value, scan);
  if (!id.empty()) add_context(scan.record.context, "id", id);
  std::sort(scan.candidates.begin(), scan.candidates.end(), [](const Candidate& a, const Candidate& b) { return a.key->rank < b.key->rank; });
  if (!scan.candidates.empty()) {
    emit_record(scan);
    return;
  }
  bool network_lists = false;
  for (const auto& [name, child] : scan.children) network_lists = network_lists || (key(name).role == ColumnRole::value && key(name).rank < rank_hash);
  for (const auto& [name, child] : scan.children) {
    const JsonKey k = key(name);
    if ((k.role != ColumnRole::value && k.known) || (network_lists && k.rank == rank_hash)) {
      int budget = context_fields_max;
      flatten(k.context_name, child, scan.record.context, 0, budget);
    }
  }
  for (const auto& [name, child] : scan.children) {
    const JsonKey k = key(name);
    const bool files = word_key(name) == "files";
    if ((k.known && k.role != ColumnRole::value && !files) || (network_lists && (k.rank == rank_hash || files))) continue;
    walk(child, name, is_number(name) ? name : std::string_view{}, scan.record, line, fmt::format("{}/{}", pointer, name), depth + 1);
  }
}

void JsonRecords::member(std::string_view name, JsonElement e, Scan& scan) {
  const JsonKey& k = key(name);
  RawRecord& r = scan.record;
  if (is_container(e)) {
    if (k.role == ColumnRole::labels) {
      if (JsonArray list; e.get(list) == simdjson::SUCCESS)
        for (const JsonElement v : list)
          if (v.is_string() && r.labels.size() < 64) r.labels.emplace_back(as_string(v));
      return;
    }
    scan.children.emplace_back(name, e);
    return;
  }
  const std::string text = scalar_text(e);
  if (text.empty()) return;
  switch (k.role) {
    case ColumnRole::value: {
      const bool taken = e.is_string() && (k.rank == rank_hash ? looks_like_hash(trim(text)) : k.named || shape_of(text) != Shape::none);
      if (taken) scan.candidates.push_back({&k, std::string(name), text});
      else add_context(r.context, k.context_name, text);
      return;
    }
    case ColumnRole::type: scan.type = text; return;
    case ColumnRole::port: return add_context(r.context, "port", text);
    case ColumnRole::first_seen: r.first_seen = as_time(e); break;
    case ColumnRole::last_seen: r.last_seen = as_time(e); break;
    case ColumnRole::valid_from: r.valid_from = as_time(e); break;
    case ColumnRole::valid_until: r.valid_until = as_time(e); break;
    case ColumnRole::confidence:
      if (const auto n = intel::parse_confidence(text)) r.confidence = *n;
      else add_context(r.context, "confidence", text);
      return;
    case ColumnRole::labels:
      for (const auto part : split(text, ','))
        if (!trim(part).empty() && r.labels.size() < 64) r.labels.emplace_back(trim(part));
      return;
    case ColumnRole::id: r.id = text; return;
    default:
      if (word_key(name) == "listingreason") scan.certificate = true;
      if (r.context.size() < static_cast<std::size_t>(context_fields_max)) add_context(r.context, k.context_name, text);
  }
}

void JsonRecords::emit_record(Scan& scan) {
  const int best = scan.candidates.front().key->rank;
  int budget = context_fields_max;
  for (const auto& [name, child] : scan.children) flatten(key(name).context_name, child, scan.record.context, 0, budget);
  if (best == rank_hash) return emit_hashes(scan);
  for (const Candidate& c : scan.candidates)
    if (c.key->rank != best) add_context(scan.record.context, c.key->context_name, c.value);
  for (const Candidate& c : scan.candidates)
    if (c.key->rank == best) emit_primary(scan, c);
}

void JsonRecords::emit_primary(Scan& scan, const Candidate& c) {
  RawRecord& r = scan.record;
  r.value = c.value;
  r.hint = c.key->hint;
  r.exact_only = false;
  ++records_;
  if (c.key->mask) {
    if (!scan.type.empty()) add_context(r.context, "mask_type", scan.type);
    apply_mask_type(scan.type, r);
  } else if (c.key->rank == rank_any && !scan.type.empty()) {
    if (const auto word = type_word(scan.type)) {
      if (!word->hint) return out_.pass_over(word->kind);
      r.hint = reconcile(*word->hint, c.value);
    } else {
      if (!c.key->named && shape_of(c.value) == Shape::none) return out_.pass_over(scan.type);
      add_context(r.context, "type", scan.type);
    }
  } else {
    r.hint = reconcile(c.key->hint, c.value);
    add_context(r.context, "type", scan.type);
  }
  out_.emit(r);
}

void JsonRecords::emit_hashes(Scan& scan) {
  for (const Candidate& c : scan.candidates) {
    ++records_;
    if (scan.certificate) {
      out_.pass_over("certificate");
      continue;
    }
    scan.record.value = trim(c.value);
    scan.record.hint = TypeHint::hash;
    out_.emit(scan.record);
  }
  // Feeds of mobile bots list the addresses a sample calls as details of the sample.
  for (const auto& [name, child] : scan.children) {
    JsonArray list;
    if (!iequals(name, "details") || child.get(list) != simdjson::SUCCESS) continue;
    for (const JsonElement e : list) {
      JsonObject o;
      if (e.get(o) != simdjson::SUCCESS) continue;
      for (const auto field : o)
        if (key(field.key).mask && field.value.is_string()) {
          const std::string value(as_string(field.value));
          emit_primary(scan, {&key(field.key), std::string(field.key), value});
        }
    }
  }
}

/// Members below a record as fields "whois.country": what a person may want to see with a detection, within a budget.
void JsonRecords::flatten(std::string_view prefix, JsonElement e, intel::ContextFields& context, int depth, int& budget) {
  if (budget <= 0 || depth > 3) return;
  if (JsonObject o; e.get(o) == simdjson::SUCCESS) {
    for (const auto field : o) flatten(fmt::format("{}.{}", prefix, context_name_of_key(field.key)), field.value, context, depth + 1, budget);
  } else if (JsonArray list; e.get(list) == simdjson::SUCCESS) {
    int elements = 0;
    for (const JsonElement v : list)
      if (++elements <= 8) flatten(prefix, v, context, depth + 1, budget);
  } else {
    --budget;
    add_context(context, prefix, scalar_text(e));
  }
}

}  // namespace mozu::formats
