#include "mozu/match/values.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "tokens.hpp"

namespace mozu::match {

struct ValueLookup::State {
  std::shared_ptr<const Index> index;
  Tokenizer tokenizer;
  Tokens tokens;
  std::vector<Hit> hits;
};

ValueLookup::ValueLookup(std::shared_ptr<const Index> index) : state_(std::make_unique<State>()) { state_->index = std::move(index); }
ValueLookup::~ValueLookup() = default;
ValueLookup::ValueLookup(ValueLookup&&) noexcept = default;
const Index& ValueLookup::index() const { return *state_->index; }

namespace {

/// The tokens of the value itself: those that begin it, and the host of the URL or e-mail address that begins it.
void keep_own(Tokens& tokens) {
  std::size_t host_at = 0;
  std::erase_if(tokens.urls, [](const UrlToken& u) { return u.begin != 0; });
  std::erase_if(tokens.emails, [](const EmailToken& e) { return e.begin != 0; });
  std::erase_if(tokens.hashes, [](const HashToken& h) { return h.begin != 0; });
  if (!tokens.urls.empty()) {
    host_at = tokens.urls.front().url.host_offset;
  } else if (!tokens.emails.empty()) {
    const auto email = tokens.value(tokens.emails.front());
    host_at = email.find_last_of('@') + 1;
  }
  std::erase_if(tokens.hosts, [&](const HostToken& h) { return h.begin != host_at && (h.begin != 0 || !tokens.emails.empty()); });
}

}  // namespace

void ValueLookup::find(std::string_view value, std::vector<ValueHit>& out) {
  State& s = *state_;
  out.clear();
  const Index::Data& d = s.index->data();
  s.tokenizer.run(value, d.has(flag_single_label), s.tokens);
  keep_own(s.tokens);
  s.hits.clear();
  Lookup(d).tokens(value, s.tokens, s.hits);
  for (const Hit& hit : s.hits) {
    const auto same = [&](const ValueHit& v) { return v.kind == hit.kind && v.indicator == hit.indicator; };
    if (std::ranges::any_of(out, same)) continue;
    ValueHit found{hit.relation, hit.kind, hit.indicator, d.decode_postings(hit.posting), suppression(d, hit)};
    if (hit.below) std::erase_if(found.words, [](const Posting& p) { return p.exact_only; });
    if (!found.words.empty()) out.push_back(std::move(found));
  }
}

}  // namespace mozu::match
