#include "mozu/exchange/edit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/store/sources.hpp"

namespace mozu::exchange {
namespace {

using store::StoredObject;

constexpr std::size_t read_at_once = 1000, named_max = 5, versions_looked_through = 100;

std::unexpected<Diagnostic> conflict(const std::vector<std::string>& ids) {
  std::string names;
  for (std::size_t i = 0; i < std::min(ids.size(), named_max); ++i) names += (i == 0 ? "" : ", ") + printable(ids[i], 80);
  return fail("conflict",
              fmt::format("{} of them were changed by somebody else meanwhile, or are gone: {}{}", ids.size(), names, ids.size() > named_max ? ", …" : ""),
              "nothing was changed; read them again and repeat the edit");
}

Status may_edit(const Editor& editor, const StoredObject& o) {
  if (o.organisation != editor.viewer.organisation)
    return fail("not-permitted", fmt::format("{} is not your organisation's", o.id),
                "what is others' can be marked as a false positive, which counts for your organisation");
  if (o.source == store::publications_source) return fail("not-permitted", fmt::format("{} is a publication's", o.id), "revise the publication");
  return {};
}

/// While it lives, nobody else writes.
class Writing {
 public:
  static Result<std::unique_ptr<Writing>> begin(store::Store& store, const Editor& editor, std::string origin) {
    store::Provenance provenance;
    provenance.source = store::edits_source, provenance.origin = std::move(origin), provenance.actor = editor.name;
    provenance.organisation = editor.viewer.organisation, provenance.keeps_source = true;
    auto out = std::make_unique<Writing>(store, editor);
    MOZU_LET(out->import_, store.begin_import(provenance));
    return out;
  }
  Writing(store::Store& store, const Editor& editor) : store_(store), editor_(editor) {}

  /// As they are now, in the order asked; those that are not there are left out.
  Result<std::unordered_map<std::string, StoredObject>> read(std::span<const EditTarget> targets) {
    std::unordered_map<std::string, StoredObject> out;
    for (std::size_t at = 0; at < targets.size(); at += read_at_once) {
      std::vector<std::string> ids;
      for (const auto& t : targets.subspan(at, std::min(read_at_once, targets.size() - at))) ids.push_back(t.id);
      MOZU_LET(auto objects, store_.objects(editor_.viewer, ids));
      for (auto& o : objects) {
        std::string id = o.id;
        out.emplace(std::move(id), std::move(o));
      }
    }
    return out;
  }
  Status write(std::string_view json) {
    intel::StixObject object;
    MOZU_TRY(reader_.read(json, object));
    ++written_;
    return import_->put(std::move(object));
  }
  Result<EditReceipt> commit(EditReceipt out) {
    if (written_ == 0) return out;
    MOZU_LET(const auto receipt, import_->commit());
    out.import = receipt.import;
    out.changed = receipt.counts.updated;
    return out;
  }

 private:
  store::Store& store_;
  const Editor& editor_;
  std::unique_ptr<store::Import> import_;
  formats::StixObjectReader reader_;
  std::uint64_t written_ = 0;
};

/// What the import said beside the object (its lower bound of TLP, its confidence) the new version says itself: it comes with another import.
formats::StixEdit beside(const formats::StixEdit& edit, const StoredObject& o) {
  formats::StixEdit out = edit;
  out.tlp = std::max(edit.tlp, o.tlp);
  if (!out.confidence && o.confidence != intel::confidence_unknown) out.confidence = o.confidence;
  return out;
}

Status check_tlp(const formats::StixEdit& edit, const StoredObject& o) {
  if (edit.tlp == intel::Tlp::none || edit.tlp >= o.tlp) return {};
  return fail("edit-tlp", fmt::format("{} bears {}, which is stricter than {}", o.id, intel::name(o.tlp), intel::name(edit.tlp)),
              "TLP is only ever made stricter here");
}

/// Does the new version say anything new, but that it is one?
Result<bool> differs(const std::string& before, const std::string& after, Timestamp now) {
  MOZU_LET(const std::string same, formats::edit_stix_object(before, {}, now));
  return same != after;
}

}  // namespace

Result<EditReceipt> edit_objects(store::Store& store, const Editor& editor, std::string_view type, std::span<const EditTarget> targets,
                                 const formats::StixEdit& edit, Timestamp now) {
  if (targets.size() > edited_max) return fail("too-many-edited", fmt::format("at most {} are edited at once", edited_max), "narrow the selection");
  if (edit.tlp > editor.viewer.clearance)
    return fail("edit-tlp", fmt::format("{} is beyond your clearance: you would not see them any more", intel::name(edit.tlp)));
  MOZU_LET(const auto writing, Writing::begin(store, editor, fmt::format("edit of {}{}{}", targets.size(), editor.mark.empty() ? "" : " ", editor.mark)));
  MOZU_LET(const auto objects, writing->read(targets));
  std::vector<std::string> others;
  for (const auto& t : targets)
    if (const auto o = objects.find(t.id); o == objects.end() || o->second.sequence != t.sequence || o->second.type != type) others.push_back(t.id);
  if (!others.empty()) return conflict(others);
  EditReceipt out;
  for (const auto& t : targets) {
    const StoredObject& o = objects.at(t.id);
    MOZU_TRY(may_edit(editor, o));
    MOZU_TRY(check_tlp(edit, o));
    MOZU_LET(const std::string json, formats::edit_stix_object(o.json, beside(edit, o), now));
    MOZU_LET(const bool changes, differs(o.json, json, now));
    if (changes) MOZU_TRY(writing->write(json));
    else ++out.unchanged;
  }
  return writing->commit(out);
}

Result<EditReceipt> undo_edit(store::Store& store, const Editor& editor, std::int64_t import, std::span<const EditTarget> before, Timestamp now) {
  MOZU_LET(const auto writing, Writing::begin(store, editor, fmt::format("undo of {}", import)));
  MOZU_LET(const auto objects, writing->read(before));
  EditReceipt out;
  for (const auto& t : before) {
    const auto o = objects.find(t.id);
    if (o == objects.end() || o->second.import != import) {
      ++out.skipped;
      continue;
    }
    MOZU_TRY(may_edit(editor, o->second));
    MOZU_LET(const auto versions, store.versions(editor.viewer, t.id, {}, versions_looked_through));
    const auto old = std::ranges::find(versions.items, t.sequence, &StoredObject::sequence);
    if (old == versions.items.end()) {
      ++out.skipped;
      continue;
    }
    const Timestamp later{std::max(now.ms, o->second.modified_us / 1000 + 1)};
    MOZU_LET(const std::string json, formats::edit_stix_object(old->json, beside({}, *old), later));
    MOZU_TRY(writing->write(json));
  }
  return writing->commit(out);
}

}  // namespace mozu::exchange
