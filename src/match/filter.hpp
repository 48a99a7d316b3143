// The first stage: which lines may hold an indicator? Never a miss, rarely a false alarm, at the speed of memory.
//
// Per 64 bytes the kernel makes bit masks of byte classes; what can be part of a match shows as a few rare patterns:
//   ends of host runs with an interior dot   → last label known? → hash of the last two labels in the suffix filter? → full lookup
//   … whose last label is a number           → IPv4: /24 bitmap → exact lookup
//   16 hex digits in a row                   → hash: whole run looked up
//   "::" or three near colons                → IPv6 (only if the index has any)
//   "://"                                    → hosts that are no plain token: %-escapes, dword or hex addresses, odd bytes
//   \uXXXX escapes that make part of a token, and bytes ≥ 0x80 that UTS #46 maps to a dot
// JSON escapes need no state: a token right behind a backslash is also looked up without the escape's letters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "index_data.hpp"

namespace mozu::match {

inline constexpr std::size_t filter_chunk_bytes = 4096;

struct FilterOutput {
  std::vector<std::size_t> suspicious;         ///< positions in the batch, each in a line to examine; not sorted
  std::vector<std::uint64_t> newlines_before;  ///< line feeds before each chunk of filter_chunk_bytes
  std::uint64_t newlines = 0;
  std::vector<std::size_t> header_lines;  ///< positions of '#' at the start of a line, ascending
  void clear();
  void start_chunk(std::uint64_t newlines_so_far);
};

/// The checks behind the patterns; ordinary code, called for candidates only.
class FilterChecks {
 public:
  FilterChecks(const Index::Data& index, std::string_view bytes, FilterOutput& out);

  // What the kernels read directly.
  const char* last_labels;
  const char* suffix_filter;
  std::uint64_t suffix_words;
  bool want_ipv6, want_hashes;

  /// A run that ends at `end` and passed the suffix filter.
  void name(std::size_t end);
  /// A host run whose end needs care: trailing hyphens, labels of more than 60 bytes, bytes ≥ 0x80.
  void awkward_run(std::size_t end);
  /// A run whose last label is 1–3 digits.
  void number(std::size_t end);
  /// A run with a byte ≥ 0x80 in its last two labels, or with a character that maps to a dot at `at`.
  void idn(std::size_t at) { idn_run(at, run_seen_); }
  /// A byte 0xE2, 0xE3 0x80, 0xEF or 0xF0 at `at`: does it start a character that maps to a dot?
  void maybe_dot(std::size_t at);
  /// 16 hex digits at `at`.
  void hex_run(std::size_t at);
  /// "::" or the third of near colons at `at`.
  void colons(std::size_t at);
  /// A slash at `at` behind a slash, a backslash or '#': the end of "://", perhaps with JSON's escaped slashes?
  void slashes(std::size_t at);
  /// '#' or a backslash at the start of a line.
  void header_line(std::size_t at);
  /// 'u' at `at` behind a backslash or '#'.
  void unicode_escape(std::size_t letter);

 private:
  /// Host of the URL whose "://" ends before `at`.
  void authority(std::size_t at);
  /// A stretch that was looked at; one for each caller, since they come in different order.
  struct Seen {
    std::size_t begin = 0, end = 0;
    bool holds(std::size_t at) const { return at >= begin && at < end; }
  };
  void idn_run(std::size_t at, Seen& seen);
  bool ipv4_known(std::uint32_t a) const;
  bool number_at(std::size_t end, std::size_t& begin, bool& leading_zero) const;
  std::uint8_t host_flags(std::string_view folded) const;
  bool host_counts(std::uint8_t flags, bool whole, std::size_t begin, std::size_t end) const;
  bool text_known(std::string_view canonical) const;
  bool digest_known(std::string_view hex) const;
  void mark(std::size_t at) { out_.suspicious.push_back(at); }
  std::size_t run_begin(std::size_t end, std::size_t bytes_max) const;
  /// Lengths of the escape letters that may stand at the start of a run behind a backslash: 0 and perhaps 1 and 5.
  int escape_lengths(std::size_t begin, std::size_t end, std::size_t out[3]) const;
  bool word(std::size_t i) const;
  bool in_run(std::size_t i) const;

  /// Runs looked up in vain a moment ago: logs say the same names again and again.
  class UnknownNames {
   public:
    static std::size_t slot(std::string_view s, std::size_t end);  ///< for the run that ends there
    bool has(std::string_view s, std::size_t end, std::size_t slot) const;
    void add(std::string_view s, std::size_t begin, std::size_t end, std::size_t slot);

   private:
    static constexpr std::size_t slots = 256, text_bytes = 64;
    std::uint8_t bytes_[slots] = {};
    char text_[slots][text_bytes];  ///< not set where bytes_ is 0
  };

  /// The same for addresses. 16 bytes before `end` must be readable.
  class UnknownAddresses {
   public:
    bool has(const char* end) const;
    void add(const char* end, std::size_t bytes);  ///< at most 16 before `end`

   private:
    struct Tail {
      std::uint64_t a, b;
      bool operator==(const Tail&) const = default;
    };
    static std::size_t slot(const char* end);
    static Tail tail(const char* end, std::size_t bytes);
    static constexpr std::size_t slots = 64;
    std::uint8_t bytes_[slots] = {};
    Tail tails_[slots];  ///< not set where bytes_ is 0
  };

  const Index::Data& d_;
  std::string_view s_;
  FilterOutput& out_;
  bool has_ipv4_;
  UnknownNames unknown_names_;
  UnknownAddresses unknown_addresses_;
  Seen run_seen_, dot_seen_;
  std::size_t colons_done_ = 0, hex_done_ = 0;
};

using FilterFunction = void (*)(FilterChecks& checks, std::string_view bytes, FilterOutput& out);
void filter_scalar(FilterChecks& checks, std::string_view bytes, FilterOutput& out);
void filter_avx2(FilterChecks& checks, std::string_view bytes, FilterOutput& out);
void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out);

}  // namespace mozu::match
