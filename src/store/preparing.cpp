#include "preparing.hpp"

#include <algorithm>

#include "object_key.hpp"

namespace mozu::store {

Status edges_of(const intel::StixObject& o, const CodeOf& code, std::vector<Edge>& out) {
  std::string key;
  const auto end = [&](std::string_view id, std::int64_t& type, IdKey& to) -> Status {
    MOZU_LET(type, code(NameKind::type, intel::type_of_id(id)));
    object_key(type, id, key);
    to = IdKey(key);
    return {};
  };
  for (const auto& l : links_of(o)) {
    if (intel::type_of_id(l.source).empty() || intel::type_of_id(l.target).empty()) continue;
    Edge e;
    e.via = l.via;
    MOZU_TRY(end(l.source, e.source_type, e.source_key));
    MOZU_TRY(end(l.target, e.target_type, e.target_key));
    MOZU_LET(e.relation, code(NameKind::relation, l.relation));
    out.push_back(std::move(e));
  }
  return {};
}

Status identify(Item& item, const CodeOf& code) {
  item.edges.clear();
  MOZU_LET(item.type, code(NameKind::type, item.object.type));
  item.key = IdKey(object_key(item.type, item.object.id));
  MOZU_TRY(edges_of(item.object, code, item.edges));
  item.identified = true;
  return {};
}

Status label(Item& item, const CodeOf& code) {
  item.labels.clear();
  for (const auto& text : item.object.labels) {
    MOZU_LET(const auto one, code(NameKind::label, text));
    item.labels.push_back(one);
  }
  std::sort(item.labels.begin(), item.labels.end());
  item.labels.erase(std::unique(item.labels.begin(), item.labels.end()), item.labels.end());
  item.packed_labels = pack_codes(item.labels);
  item.labelled = true;
  return {};
}

void pack(Item& item, ContentCodec& codec) {
  item.packed = codec.pack(item.object.json);
  if (has_words(item.object)) item.words = words_of_object(item.object);
  shorten_keys(item.object);
  item.is_packed = true;
}

void shorten_keys(intel::StixObject& o) {
  for (auto& key : o.keys) key.value = key_value(key);
}

}  // namespace mozu::store
