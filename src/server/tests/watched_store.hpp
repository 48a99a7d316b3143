// A store whose imports can be watched: what happens right before one begins, and between its end and what the caller writes of it.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/store/false_positives.hpp"
#include "mozu/store/source_values.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server::test {

/// Called from the threads of the server.
struct Moments {
  std::function<void()> before_import, after_commit;
};

class WatchedStore final : public store::Store {
 public:
  WatchedStore(std::unique_ptr<store::Store> store, const Moments& moments) : store_(std::move(store)), moments_(moments) {}
  Result<std::unique_ptr<store::Import>> begin_import(const store::Provenance& provenance, bool dry_run, const store::Turn& turn) override {
    if (moments_.before_import) moments_.before_import();
    MOZU_LET(auto import, store_->begin_import(provenance, dry_run, turn));
    return std::make_unique<WatchedImport>(std::move(import), moments_);
  }
  Result<std::optional<store::StoredObject>> object(const intel::Viewer& v, std::string_view id) override { return store_->object(v, id); }
  Result<std::vector<store::StoredObject>> objects(const intel::Viewer& v, std::span<const std::string> ids) override { return store_->objects(v, ids); }
  Result<std::vector<store::Head>> heads(const intel::Viewer& v, std::span<const std::string> ids) override { return store_->heads(v, ids); }
  Result<bool> hidden_since(const intel::Viewer& v, std::int64_t sequence) override { return store_->hidden_since(v, sequence); }
  Result<store::Page<store::StoredObject>> versions(const intel::Viewer& v, std::string_view id, const store::Cursor& cursor, std::size_t limit) override {
    return store_->versions(v, id, cursor, limit);
  }
  Result<store::Page<store::Head>> list(const intel::Viewer& v, const store::ListQuery& query) override { return store_->list(v, query); }
  Result<store::Page<store::StoredObject>> list_objects(const intel::Viewer& v, const store::ListQuery& query) override {
    return store_->list_objects(v, query);
  }
  Result<store::SearchPage> search(const intel::Viewer& v, const store::SearchQuery& query) override { return store_->search(v, query); }
  Result<std::vector<store::KeyHits>> find(const intel::Viewer& v, std::span<const intel::Key> keys, std::size_t per_key_max) override {
    return store_->find(v, keys, per_key_max);
  }
  Result<store::Page<store::Neighbour>> neighbours(const intel::Viewer& v, std::string_view id, const store::NeighbourQuery& query) override {
    return store_->neighbours(v, id, query);
  }
  Result<std::vector<store::NeighbourCount>> neighbour_counts(const intel::Viewer& v, std::string_view id) override { return store_->neighbour_counts(v, id); }
  Result<std::vector<std::pair<std::string, std::uint64_t>>> counts(const intel::Viewer& v) override { return store_->counts(v); }
  Result<store::Page<store::ImportRecord>> imports(const intel::Viewer& v, const store::Cursor& cursor, std::size_t limit) override {
    return store_->imports(v, cursor, limit);
  }
  Result<std::vector<store::SourceRecord>> sources(const intel::Viewer& v) override { return store_->sources(v); }
  Result<std::vector<store::ImportDay>> import_days(const intel::Viewer& v, Timestamp from, Timestamp until) override {
    return store_->import_days(v, from, until);
  }
  Result<store::SourceValues> source_values(const std::function<Status()>& go_on) override { return store_->source_values(go_on); }
  Result<std::int64_t> last_sequence() override { return store_->last_sequence(); }
  Result<store::StoreState> state() override { return store_->state(); }
  Status tag(intel::OrganisationId organisation, std::string_view id, std::string_view tag, int weight, std::string_view who) override {
    return store_->tag(organisation, id, tag, weight, who);
  }
  Result<std::vector<std::pair<std::string, int>>> tags(const intel::Viewer& v, std::string_view id) override { return store_->tags(v, id); }
  Status decide(intel::OrganisationId organisation, std::string_view id, std::string_view other, store::Store::Sameness sameness,
                std::string_view who) override {
    return store_->decide(organisation, id, other, sameness, who);
  }
  Result<std::vector<store::Store::Decision>> decisions(const intel::Viewer& v) override { return store_->decisions(v); }
  Result<std::int64_t> decisions_made() override { return store_->decisions_made(); }
  Status mark_false_positives(std::span<const store::FalsePositive> marks) override { return store_->mark_false_positives(marks); }
  Result<bool> remove_false_positive(intel::OrganisationId organisation, intel::PatternKind kind, std::string_view value) override {
    return store_->remove_false_positive(organisation, kind, value);
  }
  Result<store::Page<store::FalsePositive>> false_positives(const intel::Viewer& v, const store::FalsePositiveQuery& query) override {
    return store_->false_positives(v, query);
  }
  Result<std::int64_t> false_positives_changed() override { return store_->false_positives_changed(); }
  Status backup(const std::string& target, const store::BackupWatch& watch) override { return store_->backup(target, watch); }
  Result<std::vector<Diagnostic>> verify() override { return store_->verify(); }

 private:
  class WatchedImport final : public store::Import {
   public:
    WatchedImport(std::unique_ptr<store::Import> import, const Moments& moments) : import_(std::move(import)), moments_(moments) {}
    Status take_turn() override { return import_->take_turn(); }
    Status put(intel::StixObject&& o) override { return import_->put(std::move(o)); }
    const store::ImportCounts& counts() const override { return import_->counts(); }
    Result<store::ImportReceipt> commit() override {
      auto receipt = import_->commit();
      if (moments_.after_commit) moments_.after_commit();
      return receipt;
    }

   private:
    std::unique_ptr<store::Import> import_;
    const Moments& moments_;
  };
  std::unique_ptr<store::Store> store_;
  const Moments& moments_;
};

}  // namespace mozu::server::test
