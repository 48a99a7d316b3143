// The index file's layout, shared by builder and reader. docs/index-format.md says the same in words.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mozu/intel/indicator.hpp"

namespace mozu::match {

inline constexpr std::array<char, 8> index_magic = {'M', 'O', 'Z', 'U', 'I', 'D', 'X', '\0'};
inline constexpr std::uint32_t index_version = 1;
inline constexpr std::size_t section_alignment = 64;

/// Flags of Header::flags: what the filter must look for.
enum : std::uint32_t {
  flag_single_label = 1,  ///< a domain without a dot: every line has to be examined
  flag_ipv6 = 2,          ///< any IPv6 address, range or URL host
  flag_dotless_url = 4,   ///< a URL or mask whose host has no dot
  flag_idn_tld = 8,       ///< a host whose last label starts with "xn--"
  flag_hashes = 16,
  flag_odd_url_host = 32,  ///< a URL or mask whose host has bytes outside [a-z0-9._-]
  flag_ipv6_url = 64,      ///< a URL or mask with an IPv6 host
};

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t section_count;
  std::uint64_t file_bytes;
  std::int64_t built_ms;
  std::array<std::uint8_t, 32> content_hash;  ///< SHA-256 over every section's id, size and bytes
  std::uint32_t flags;
  std::uint32_t reserved;
  std::uint64_t table_checksum;   ///< xxh3 of the section table
  std::uint64_t header_checksum;  ///< xxh3 of the bytes above
};
static_assert(sizeof(Header) == 88);

struct SectionEntry {
  std::uint32_t id;
  std::uint32_t reserved;
  std::uint64_t offset;  ///< from the file's start, multiple of 64
  std::uint64_t bytes;
  std::uint64_t checksum;  ///< xxh3 of the section
};
static_assert(sizeof(SectionEntry) == 32);

/// Section ids. Table sets: 0 = indicators, 1 = suppressions (id + 100).
enum SectionId : std::uint32_t {
  sec_feeds = 1,
  sec_statistics = 2,
  sec_last_labels = 3,
  sec_suffix_filter = 4,
  sec_ipv4_prefixes = 5,
  sec_postings = 6,
  sec_strings = 7,
  sec_reasons = 8,
  sec_ipv4_directory = 20,
  sec_ipv4_addresses = 21,
  sec_ipv4_postings = 22,
  sec_ipv4_ranges = 23,
  sec_ipv4_url_hosts = 24,
  sec_ipv6_addresses = 30,
  sec_ipv6_postings = 31,
  sec_ipv6_ranges = 32,
  sec_hosts = 40,
  sec_host_buckets = 41,
  sec_urls = 42,
  sec_url_buckets = 43,
  sec_masks = 44,
  sec_mask_buckets = 45,
  sec_emails = 46,
  sec_email_buckets = 47,
  sec_md5 = 50,
  sec_sha1 = 51,
  sec_sha256 = 52,
  sec_sha512 = 53,
};
inline constexpr std::uint32_t suppression_set_offset = 100;

struct Ipv4RangeRecord {
  std::uint32_t first, last, subtree_last, posting;
};
struct Ipv6RangeRecord {
  std::array<std::uint8_t, 16> first, last, subtree_last;
  std::uint32_t posting;
};
static_assert(sizeof(Ipv4RangeRecord) == 16 && sizeof(Ipv6RangeRecord) == 52);

inline constexpr std::size_t last_label_bits = 1 << 18;
inline constexpr std::size_t ipv4_prefix_bits = 1 << 24;
inline constexpr std::size_t ipv4_directory_size = (1 << 16) + 1;
inline constexpr std::uint32_t no_posting = 0xFFFFFFFFU;
inline constexpr std::size_t host_bytes_max = 253;

/// The longest of a name and its parents that can stand in an index, empty if none can. Names of logs may have a million labels:
/// who looks up parents begins here, or the time grows with the square of their number.
inline std::string_view storable_suffix(std::string_view name) {
  if (name.size() <= host_bytes_max) return name;
  const std::size_t dot = name.find('.', name.size() - host_bytes_max - 1);
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

/// Flags of a host record.
enum : std::uint8_t { host_domain = 1, host_url = 2, host_mask = 4, host_email = 8, host_exact_only = 16 };
/// Flags of a mask record.
enum : std::uint8_t { mask_subdomains = 1, mask_path_prefix = 2 };

}  // namespace mozu::match
