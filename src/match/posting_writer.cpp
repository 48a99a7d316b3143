#include "posting_writer.hpp"

#include <algorithm>
#include <tuple>

#include "postings.hpp"

namespace mozu::match {

namespace {

bool is_plain(const Posting& p) {
  return !p.valid_from && !p.valid_until && !p.exact_only && p.confidence == 0 && p.id.empty() && p.labels.empty() && p.context.empty();
}

std::uint8_t flags_of(const Posting& p) {
  return static_cast<std::uint8_t>((p.valid_from ? posting_from : 0) | (p.valid_until ? posting_until : 0) | (p.exact_only ? posting_exact_only : 0) |
                                   (p.confidence != 0 ? posting_confidence : 0) | (p.id.empty() ? 0 : posting_id) | (p.labels.empty() ? 0 : posting_labels) |
                                   (p.context.empty() ? 0 : posting_context));
}

/// Both encodings differ only in how a text is numbered.
template <class TextNumber>
void encode(std::string& out, const Posting& p, TextNumber&& number) {
  put_varint(out, p.feed);
  out.push_back(static_cast<char>(flags_of(p)));
  if (p.valid_from) put_varint(out, zigzag(p.valid_from->ms));
  if (p.valid_until) put_varint(out, zigzag(p.valid_until->ms));
  if (p.confidence != 0) out.push_back(static_cast<char>(p.confidence));
  if (!p.id.empty()) put_varint(out, number(p.id));
  if (!p.labels.empty()) {
    put_varint(out, p.labels.size());
    for (const auto& l : p.labels) put_varint(out, number(l));
  }
  if (!p.context.empty()) {
    put_varint(out, p.context.size());
    for (const auto& [name, value] : p.context) {
      put_varint(out, number(name));
      put_varint(out, number(value));
    }
  }
}

auto content(const Posting& p) { return std::tie(p.feed, p.valid_from, p.valid_until, p.exact_only, p.confidence, p.id, p.labels, p.context); }

}  // namespace

void join_same_feed(Posting& into, const Posting& other) {
  // No bound is the widest bound.
  if (into.valid_from) into.valid_from = other.valid_from ? std::optional(std::min(*into.valid_from, *other.valid_from)) : std::nullopt;
  if (into.valid_until) into.valid_until = other.valid_until ? std::optional(std::max(*into.valid_until, *other.valid_until)) : std::nullopt;
  into.exact_only = into.exact_only && other.exact_only;
  into.confidence = std::max(into.confidence, other.confidence);
  if (into.id.empty()) into.id = other.id;
  into.labels.insert(into.labels.end(), other.labels.begin(), other.labels.end());
  std::ranges::sort(into.labels);
  into.labels.erase(std::ranges::unique(into.labels).begin(), into.labels.end());
  for (const auto& field : other.context) {
    if (into.context.size() >= context_fields_max) break;
    if (std::ranges::find(into.context, field) == into.context.end()) into.context.push_back(field);
  }
}

std::uint32_t PostingWriter::add(const Posting& p) {
  const bool plain = is_plain(p);
  if (plain) {
    if (p.feed >= plain_word_of_feed_.size()) plain_word_of_feed_.resize(p.feed + 1, no_posting);
    if (plain_word_of_feed_[p.feed] != no_posting) return plain_word_of_feed_[p.feed];
  }
  std::string word;
  encode(word, p, [this](const std::string& s) { return texts_.add(s); });
  const std::uint32_t id = words_.add(word);
  if (plain) plain_word_of_feed_[p.feed] = id;
  return id;
}

Posting PostingWriter::decode(std::uint32_t word) const {
  Cursor c(words_.get(word));
  Posting p;
  p.feed = feed_order_[c.varint()];
  const std::uint8_t flags = c.u8();
  const auto text = [&] { return std::string(texts_.get(static_cast<std::uint32_t>(c.varint()))); };
  if ((flags & posting_from) != 0) p.valid_from = Timestamp{unzigzag(c.varint())};
  if ((flags & posting_until) != 0) p.valid_until = Timestamp{unzigzag(c.varint())};
  p.exact_only = (flags & posting_exact_only) != 0;
  if ((flags & posting_confidence) != 0) p.confidence = c.u8();
  if ((flags & posting_id) != 0) p.id = text();
  if ((flags & posting_labels) != 0)
    for (std::uint64_t n = c.varint(); n > 0; --n) p.labels.push_back(text());
  if ((flags & posting_context) != 0)
    for (std::uint64_t n = c.varint(); n > 0; --n) {
      std::string name = text();
      p.context.emplace_back(std::move(name), text());
    }
  return p;
}

void PostingWriter::begin_file(std::vector<std::uint32_t> feed_order) {
  feed_order_ = std::move(feed_order);
  postings.clear();
  strings.clear();
  use_of_word_.assign(words_.size(), no_posting);
  sets_ = Interner();
  set_uses_.clear();
  string_offsets_.clear();
}

std::uint64_t PostingWriter::file_string(const std::string& s) {
  const auto [it, fresh] = string_offsets_.try_emplace(s, strings.size());
  if (fresh) {
    put_varint(strings, s.size());
    strings += s;
  }
  return it->second;
}

namespace {

/// Leaves out what a reader would not believe.
void limit_texts(std::vector<Posting>& set) {
  TextBudget texts;
  for (Posting& p : set) {
    if (!p.id.empty() && !texts.take(p.id.size())) p.id.clear();
    const auto label = std::ranges::find_if(p.labels, [&](const std::string& l) { return !texts.take(l.size()); });
    p.labels.erase(label, p.labels.end());
    const auto field = std::ranges::find_if(p.context, [&](const auto& f) { return !texts.take(f.first.size()) || !texts.take(f.second.size()); });
    p.context.erase(field, p.context.end());
  }
}

}  // namespace

std::uint32_t PostingWriter::write_set(std::vector<Posting> set) {
  limit_texts(set);
  std::string bytes;
  put_varint(bytes, set.size());
  for (const Posting& p : set) encode(bytes, p, [this](const std::string& s) { return file_string(s); });
  if ((postings.size() + bytes.size()) / 4 >= no_posting) {
    too_large = true;
    if (!set_uses_.empty()) return 0;
  }
  const std::uint32_t id = sets_.add(bytes);
  if (id == set_uses_.size()) {
    SetUse use{static_cast<std::uint32_t>(postings.size() / 4), 0, {}};
    for (const Posting& p : set) use.feeds.push_back(p.feed);
    set_uses_.push_back(std::move(use));
    postings += bytes;
    postings.resize((postings.size() + 3) / 4 * 4);
  }
  return id;
}

std::uint32_t PostingWriter::set(std::span<std::uint32_t> words) {
  std::ranges::sort(words);
  const auto last = std::ranges::unique(words).begin();
  const std::size_t n = static_cast<std::size_t>(last - words.begin());
  std::uint32_t id = n == 1 ? use_of_word_[words[0]] : no_posting;
  if (id == no_posting) {
    std::vector<Posting> said;
    for (std::size_t i = 0; i < n; ++i) said.push_back(decode(words[i]));
    std::ranges::sort(said, [](const Posting& a, const Posting& b) { return content(a) < content(b); });
    std::vector<Posting> joined;
    for (Posting& p : said) {
      if (!joined.empty() && joined.back().feed == p.feed) join_same_feed(joined.back(), p);
      else joined.push_back(std::move(p));
    }
    id = write_set(std::move(joined));
    if (n == 1) use_of_word_[words[0]] = id;
  }
  ++set_uses_[id].uses;
  return set_uses_[id].number;
}

std::vector<std::uint64_t> PostingWriter::overlap(std::size_t feeds) const {
  std::vector<std::uint64_t> out(feeds * feeds, 0);
  for (const SetUse& u : set_uses_)
    for (const std::uint32_t a : u.feeds)
      for (const std::uint32_t b : u.feeds) out[a * feeds + b] += u.uses;
  return out;
}

}  // namespace mozu::match
