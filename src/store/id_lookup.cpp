#include "id_lookup.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <ranges>
#include <string>

#include "object_key.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

/// For fewer ids it takes longer to read the filters than to ask the parts.
constexpr std::uint64_t filtered_from = 16'384;

}  // namespace

Status IdLookup::ask(Db& db, const Parts& parts, std::vector<Known*>& asked) {
  std::ranges::sort(asked, {}, [](const auto* known) { return known->key.view(); });
  asked_ += asked.size();
  auto left = asked;
  for (const auto& part : std::views::reverse(parts.all())) MOZU_TRY(ask_part(db, part, part.number == parts.all().back().number, left));
  return organisation_ == intel::common ? Status() : ask_own(db, asked);
}

/// What is found is no longer `left`: an id is in one part only.
Status IdLookup::ask_part(Db& db, const Part& part, bool newest, std::vector<Known*>& left) {
  const PartFilter* filter = nullptr;
  if (!newest && asked_ >= filtered_from) {
    auto at = filters_.find(part.number);
    if (at == filters_.end()) {
      MOZU_LET(auto read, PartFilter::read(db, part.number));
      at = filters_.emplace(part.number, std::move(read)).first;
    }
    filter = &at->second;
  }
  std::vector<Known*> maybe;
  Blobs keys;
  for (auto* known : left)
    if (filter == nullptr || filter->may_hold(known->key.hash())) maybe.push_back(known), keys.push_back(known->key.view());
  const auto sql = fmt::format("SELECT o.n, o.sequence FROM id k CROSS JOIN object o WHERE {} AND k.key = $1 AND o.n = k.n", is_in(part, "k", db.engine()));
  MOZU_TRY(db.select_many(sql, {keys}, [&](std::size_t i, const Row& r) { maybe[i]->learn(r.integer(0), r.integer(1), false); }));
  std::erase_if(left, [](const auto* known) { return known->n != 0; });
  return {};
}

/// What an organisation says itself about ids of which others speak, too. Of all else it speaks as of theirs: whoever may see both ends of a relation sees it.
Status IdLookup::ask_own(Db& db, const std::vector<Known*>& asked) {
  std::vector<Known*> ids;
  std::vector<std::string> own;
  for (auto* known : asked) {
    if (known->sequence == 0) continue;
    ids.push_back(known);
    own.push_back(own_key(known->key.view(), organisation_));
  }
  const Blobs keys(own.begin(), own.end());
  return db.select_many(fmt::format("SELECT o.n, o.sequence FROM {} WHERE {}", object_of_key, is_of_key), {keys},
                        [&](std::size_t i, const Row& r) { ids[i]->learn(r.integer(0), r.integer(1), true); });
}

}  // namespace mozu::store
