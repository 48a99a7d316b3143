#include "table_writer.hpp"

#include <algorithm>
#include <numeric>

#include "filter_hash.hpp"

namespace mozu::match {

FilterWriter::FilterWriter(std::uint64_t hosts) {
  last_labels_.resize(last_label_bits / 8);
  ipv4_prefixes_.resize(ipv4_prefix_bits / 8);
  // 16 bits a host; hosts that share their last two labels share a key, so this is a little generous.
  suffix_words_.resize(std::max<std::uint64_t>(hosts / 4 + 1, 64));
}
void FilterWriter::add_host(std::string_view host) {
  if (host.empty()) return;
  padded_.assign(suffix_bytes_max, '\0');
  padded_ += host;
  const char* end = padded_.data() + padded_.size();
  const std::size_t dot = host.rfind('.');
  const std::size_t last = dot == std::string_view::npos ? host.size() : host.size() - dot - 1;
  set_bit(last_labels_, last_label_bit(end, last));
  if (host.substr(host.size() - last).starts_with("xn--")) flags |= flag_idn_tld;
  if (dot == std::string_view::npos) return;
  const std::size_t second = dot == 0 ? std::string_view::npos : host.rfind('.', dot - 1);
  const std::size_t length = second == std::string_view::npos ? host.size() : host.size() - second - 1;
  const std::uint64_t h = suffix_hash(end, length).hash;
  suffix_words_[bloom_word(h, suffix_words_.size())] |= bloom_bits(h);
}
void FilterWriter::add_ipv4(std::uint32_t first, std::uint32_t last) {
  for (std::uint64_t p = first >> 8; p <= last >> 8; ++p) set_bit(ipv4_prefixes_, static_cast<std::uint32_t>(p));
}
void FilterWriter::finish(std::vector<Section>& out) {
  out.push_back({sec_last_labels, std::move(last_labels_)});
  out.push_back({sec_suffix_filter, std::string(reinterpret_cast<const char*>(suffix_words_.data()), 8 * suffix_words_.size())});
  out.push_back({sec_ipv4_prefixes, std::move(ipv4_prefixes_)});
}
namespace {

/// Writes one table set. `number` turns the words of one value into what the file stores for it.
class TableWriter {
 public:
  TableWriter(ItemSet& items, std::uint32_t id_offset, const WordsToNumber& number, FilterWriter* filter, std::vector<Section>& out)
      : items_(items),
        id_offset_(id_offset),
        number_(number),
        filter_(filter),
        out_(out) {}

  /// Number of domain entries.
  std::uint64_t write() {
    sort_items(items_);
    write_ipv4();
    write_ipv6();
    write_ranges();
    write_text(items_.urls, sec_urls, sec_url_buckets, [this](std::string_view key) { note_url_host(split_url_key(key), host_url); });
    write_masks();
    write_text(items_.emails, sec_emails, sec_email_buckets, [this](std::string_view key) { note_email_host(key); });
    const std::uint64_t domains = write_hosts();
    write_digests(items_.md5, sec_md5);
    write_digests(items_.sha1, sec_sha1);
    write_digests(items_.sha256, sec_sha256);
    write_digests(items_.sha512, sec_sha512);
    std::ranges::sort(ipv4_url_hosts_);
    ipv4_url_hosts_.erase(std::ranges::unique(ipv4_url_hosts_).begin(), ipv4_url_hosts_.end());
    std::string bytes;
    for (const std::uint32_t a : ipv4_url_hosts_) append_bytes(bytes, a);
    emit(sec_ipv4_url_hosts, std::move(bytes));
    return domains;
  }

 private:
  void emit(std::uint32_t id, std::string bytes) {
    if (!bytes.empty()) out_.push_back({id + id_offset_, std::move(bytes)});
  }
  void flag(std::uint32_t f) {
    if (filter_ != nullptr) filter_->flags |= f;
  }

  /// Of one name said exact-only and not, the wider word holds; it stands first.
  template <class Item>
  static bool reaches_as_far(const Item&, const Item&) {
    return true;
  }
  static bool reaches_as_far(const TextItem& item, const TextItem& first) { return item.exact_only == first.exact_only; }

  /// Calls f(first item, number) for each run of items that are the same value.
  template <class Item, class Same, class F>
  void groups(std::vector<Item>& items, Same&& same, F&& f) {
    for (std::size_t i = 0; i < items.size();) {
      words_.clear();
      std::size_t j = i;
      for (; j < items.size() && same(items[i], items[j]); ++j)
        if (reaches_as_far(items[j], items[i])) words_.push_back(items[j].word);
      f(items[i], number_(words_));
      i = j;
    }
  }

  void write_ipv4() {
    std::string addresses, postings, directory;
    std::vector<std::uint32_t> counts(ipv4_directory_size, 0);
    groups(
        items_.ipv4, [](const auto& a, const auto& b) { return a.first == b.first; },
        [&](const Ipv4Item& i, std::uint32_t number) {
          append_bytes(addresses, i.first);
          append_bytes(postings, number);
          ++counts[(i.first >> 16) + 1];
          if (filter_ != nullptr) filter_->add_ipv4(i.first, i.first);
        });
    if (addresses.empty()) return;
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    for (const std::uint32_t c : counts) append_bytes(directory, c);
    emit(sec_ipv4_directory, std::move(directory));
    emit(sec_ipv4_addresses, std::move(addresses));
    emit(sec_ipv4_postings, std::move(postings));
  }

  void write_ipv6() {
    std::string addresses, postings;
    groups(
        items_.ipv6, [](const auto& a, const auto& b) { return a.first == b.first; },
        [&](const Ipv6Item& i, std::uint32_t number) {
          append_bytes(addresses, i.first);
          append_bytes(postings, number);
        });
    if (!addresses.empty()) flag(flag_ipv6);
    emit(sec_ipv6_addresses, std::move(addresses));
    emit(sec_ipv6_postings, std::move(postings));
  }

  /// subtree_last of the implicit tree over [from, to)
  template <class R>
  static auto fill_tree(std::vector<R>& r, std::size_t from, std::size_t to) -> decltype(r[0].last) {
    if (from >= to) return {};
    const std::size_t mid = from + (to - from) / 2;
    auto best = r[mid].last;
    if (from < mid) best = std::max(best, fill_tree(r, from, mid));
    if (mid + 1 < to) best = std::max(best, fill_tree(r, mid + 1, to));
    return r[mid].subtree_last = best;
  }
  template <class R>
  void emit_ranges(std::uint32_t id, std::vector<R>& r) {
    fill_tree(r, 0, r.size());
    emit(id, std::string(reinterpret_cast<const char*>(r.data()), r.size() * sizeof(R)));
  }
  void write_ranges() {
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first && a.last == b.last; };
    std::vector<Ipv4RangeRecord> v4;
    groups(items_.ipv4_ranges, same, [&](const Ipv4Item& i, std::uint32_t number) {
      v4.push_back({i.first, i.last, i.last, number});
      if (filter_ != nullptr) filter_->add_ipv4(i.first, i.last);
    });
    emit_ranges(sec_ipv4_ranges, v4);
    std::vector<Ipv6RangeRecord> v6;
    groups(items_.ipv6_ranges, same, [&](const Ipv6Item& i, std::uint32_t number) {
      v6.push_back({i.first, i.last, i.last, number});
      flag(flag_ipv6);
    });
    emit_ranges(sec_ipv6_ranges, v6);
  }

  template <class Note>
  void write_text(std::vector<TextItem>& items, std::uint32_t id, std::uint32_t directory_id, Note&& note) {
    if (items.empty()) return;
    BucketTableWriter table(items.size());
    std::uint64_t records = 0;
    groups(
        items, [this](const TextItem& a, const TextItem& b) { return same_text(a, b); },
        [&](const TextItem& i, std::uint32_t number) {
          const std::string_view text = items_.texts.get(i.text);
          note(text);
          table.add(i.hash, 1, text, &number, nullptr);
          ++records;
        });
    emit(directory_id, table.directory(records));
    emit(id, std::move(table.blob()));
  }

  bool same_text(const TextItem& a, const TextItem& b) const {
    return a.hash == b.hash && (a.text == b.text || items_.texts.get(a.text) == items_.texts.get(b.text));
  }

  void write_masks() {
    if (items_.masks.empty()) return;
    BucketTableWriter table(items_.masks.size());
    std::uint64_t records = 0;
    groups(
        items_.masks, [this](const TextItem& a, const TextItem& b) { return same_text(a, b); },
        [&](const TextItem& i, std::uint32_t number) {
          const intel::UrlMask m = decode_mask(items_.texts.get(i.text));
          const auto flags = static_cast<std::uint8_t>((m.any_subdomain ? mask_subdomains : 0) | (m.path_prefix ? mask_path_prefix : 0));
          const std::string tail = write_mask({flags, m.port, m.path, number});
          table.add(i.hash, 0, m.host, nullptr, &tail);
          ++records;
          if (m.any_subdomain && m.host.find('.') == std::string::npos) flag(flag_single_label);
          UrlKey key{m.host, m.port, m.path, m.host.find(':') != std::string::npos};
          note_url_host(key, host_mask);
        });
    emit(sec_mask_buckets, table.directory(records));
    emit(sec_masks, std::move(table.blob()));
  }

  void note_url_host(const UrlKey& url, std::uint8_t host_flag) {
    if (filter_ == nullptr) return;
    if (url.bracketed) return flag(flag_ipv6 | flag_ipv6_url);
    if (const auto v4 = intel::parse_ipv4(url.host)) {
      ipv4_url_hosts_.push_back(*v4);
      filter_->add_ipv4(*v4, *v4);
    }
    if (url.host.find('.') == std::string_view::npos) flag(flag_dotless_url);
    for (const char c : url.host)
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')) flag(flag_odd_url_host);
    note_host(url.host, host_flag);
  }
  void note_email_host(std::string_view email) {
    const std::string_view host = email.substr(email.rfind('@') + 1);
    if (filter_ == nullptr) return;
    if (const auto v4 = intel::parse_ipv4(host)) {
      ipv4_url_hosts_.push_back(*v4);
      filter_->add_ipv4(*v4, *v4);
    }
    if (host.find('.') == std::string_view::npos) flag(flag_single_label);
    note_host(host, host_email);
  }
  void note_host(std::string_view host, std::uint8_t host_flag) { noted_.push_back({text_hash(host), items_.texts.add(host), host_flag}); }

  /// Domains, and the hosts under which URLs, masks and e-mails are found, as one table.
  std::uint64_t write_hosts() {
    const auto order = [this](const TextItem& a, const TextItem& b) {
      return a.hash != b.hash ? a.hash < b.hash : items_.texts.get(a.text) < items_.texts.get(b.text);
    };
    std::ranges::sort(noted_, order);
    std::vector<TextItem> hosts;  // noted_ with equal hosts joined; `word` holds the flags
    for (const TextItem& n : noted_) {
      if (!hosts.empty() && same_text(hosts.back(), n)) hosts.back().word |= n.word;
      else hosts.push_back(n);
    }
    noted_.clear();
    BucketTableWriter table(items_.domains.size() + hosts.size());
    std::uint64_t domains = 0, records = 0;
    std::size_t h = 0;
    const auto add = [&](const TextItem& i, std::uint8_t flags, const std::uint32_t* number) {
      const std::string_view host = items_.texts.get(i.text);
      if (filter_ != nullptr && !intel::parse_ipv4(host)) filter_->add_host(host);
      table.add(i.hash, flags, host, number, nullptr);
      ++records;
    };
    groups(
        items_.domains, [this](const TextItem& a, const TextItem& b) { return same_text(a, b); },
        [&](const TextItem& i, std::uint32_t number) {
          for (; h < hosts.size() && order(hosts[h], i); ++h) add(hosts[h], static_cast<std::uint8_t>(hosts[h].word), nullptr);
          std::uint8_t flags = i.exact_only ? host_domain | host_exact_only : host_domain;
          if (h < hosts.size() && same_text(hosts[h], i)) flags = static_cast<std::uint8_t>(flags | hosts[h++].word);
          if (items_.texts.get(i.text).find('.') == std::string_view::npos) flag(flag_single_label);
          add(i, flags, &number);
          ++domains;
        });
    for (; h < hosts.size(); ++h) add(hosts[h], static_cast<std::uint8_t>(hosts[h].word), nullptr);
    if (records != 0) {
      emit(sec_host_buckets, table.directory(records));
      emit(sec_hosts, std::move(table.blob()));
    }
    return domains;
  }

  template <std::size_t N>
  void write_digests(std::vector<DigestItem<N>>& items, std::uint32_t id) {
    if (items.empty()) return;
    std::string digests, postings;
    std::uint64_t n = 0;
    groups(
        items, [](const auto& a, const auto& b) { return a.digest == b.digest; },
        [&](const DigestItem<N>& i, std::uint32_t number) {
          digests.append(i.digest.data(), N);
          append_bytes(postings, number);
          ++n;
        });
    flag(flag_hashes);
    std::string bytes;
    bytes.reserve(8 + digests.size() + postings.size());
    append_bytes(bytes, n);
    bytes += digests;
    bytes += postings;
    emit(id, std::move(bytes));
  }

  ItemSet& items_;
  std::uint32_t id_offset_;
  const WordsToNumber& number_;
  FilterWriter* filter_;
  std::vector<Section>& out_;
  std::vector<std::uint32_t> words_, ipv4_url_hosts_;
  std::vector<TextItem> noted_;
};

}  // namespace

std::uint64_t write_tables(ItemSet& items, std::uint32_t id_offset, const WordsToNumber& number, FilterWriter* filter, std::vector<Section>& out) {
  return TableWriter(items, id_offset, number, filter, out).write();
}

}  // namespace mozu::match
