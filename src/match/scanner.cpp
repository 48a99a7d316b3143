#include "mozu/match/scanner.hpp"

#include <algorithm>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "exact.hpp"
#include "filter.hpp"

namespace mozu::match {

std::string_view name(Kernel k) {
  switch (k) {
    case Kernel::scalar: return "scalar";
    case Kernel::avx2: return "avx2";
    case Kernel::avx512: return "avx512";
    default: return "automatic";
  }
}

std::vector<Kernel> supported_kernels() {
  std::vector<Kernel> out;
#if defined(__x86_64__)
  const bool bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("lzcnt");
  const bool avx2 = bits && __builtin_cpu_supports("avx2");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni"))
    out.push_back(Kernel::avx512);
  if (avx2) out.push_back(Kernel::avx2);
#endif
  out.push_back(Kernel::scalar);
  return out;
}

namespace {

FilterFunction function_of(Kernel k) {
  const auto supported = supported_kernels();
  if (std::ranges::find(supported, k) == supported.end()) k = supported.front();
  return k == Kernel::avx512 ? filter_avx512 : k == Kernel::avx2 ? filter_avx2 : filter_scalar;
}

std::uint64_t count_newlines(std::string_view s) {
  std::uint64_t n = 0;
  std::size_t i = 0;
#if defined(__SSE2__)
  const __m128i lf = _mm_set1_epi8('\n');
  for (; i + 16 <= s.size(); i += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + i));
    n += static_cast<std::uint64_t>(__builtin_popcount(static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(x, lf)))));
  }
#endif
  for (; i < s.size(); ++i) n += s[i] == '\n' ? 1 : 0;
  return n;
}

/// Line feeds before a position, for ascending positions: from the filter's counts, plus what is left of the chunk.
class LineCounter {
 public:
  LineCounter(std::string_view s, const FilterOutput& filtered) : s_(s), filtered_(filtered) {}
  std::uint64_t before(std::size_t at) {
    const std::size_t chunk = at / filter_chunk_bytes;
    if (chunk != at_ / filter_chunk_bytes || at < at_) {
      at_ = chunk * filter_chunk_bytes;
      count_ = chunk < filtered_.newlines_before.size() ? filtered_.newlines_before[chunk] : filtered_.newlines;
    }
    count_ += count_newlines(s_.substr(at_, at - at_));
    at_ = at;
    return count_;
  }

 private:
  std::string_view s_;
  const FilterOutput& filtered_;
  std::size_t at_ = 0;
  std::uint64_t count_ = 0;
};

std::string_view without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void ScanStatistics::add(const ScanStatistics& o) {
  bytes += o.bytes;
  lines += o.lines;
  detections += o.detections;
  suppressed += o.suppressed;
  lines_matched += o.lines_matched;
  lines_examined += o.lines_examined;
  out_of_validity += o.out_of_validity;
}

struct Scanner::State {
  State(std::shared_ptr<const Index> i, ScanOptions options) : index(std::move(i)), filter(function_of(options.kernel)), exact(index, options) {}

  std::shared_ptr<const Index> index;
  FilterFunction filter;
  ExactStage exact;
  FilterOutput filtered;

  /// Calls f(line number in the batch, line without CR, offset of the line in the batch) for every line to examine, in order.
  template <class F>
  void lines_to_examine(std::string_view s, F&& f) {
    LineCounter counter(s, filtered);
    std::ranges::sort(filtered.suspicious);
    std::size_t done = 0;
    const auto line_at = [&](std::size_t at) {
      const auto* lf = static_cast<const char*>(::memrchr(s.data() + done, '\n', at - done));
      const std::size_t begin = lf == nullptr ? done : static_cast<std::size_t>(lf - s.data()) + 1;
      const std::size_t end = std::min(s.find('\n', at), s.size());
      done = end + 1;
      f(counter.before(begin), without_cr(s.substr(begin, end - begin)), begin);
    };
    if (index->data().has(flag_single_label)) {
      while (done < s.size()) line_at(done);
      return;
    }
    for (const std::size_t at : filtered.suspicious)
      if (at >= done) line_at(at);
  }

  ScanStatistics run(const Batch& batch, HeaderState& header, const DetectionHandler* handler, const std::function<void(std::uint64_t)>* lines) {
    ScanStatistics statistics;
    filtered.clear();
    FilterChecks checks(index->data(), batch.bytes, filtered);
    filter(checks, batch.bytes, filtered);
    statistics.bytes = batch.bytes.size();
    statistics.lines = filtered.newlines + (!batch.bytes.empty() && batch.bytes.back() != '\n' ? 1 : 0);

    // A piece that begins with '#' amid a very long line is no header.
    std::size_t headers = batch.first_offset != 0 && !filtered.header_lines.empty() && filtered.header_lines[0] == 0 ? 1 : 0;
    const auto headers_until = [&](std::size_t at) {
      for (; headers < filtered.header_lines.size() && filtered.header_lines[headers] < at; ++headers) {
        const std::size_t begin = filtered.header_lines[headers];
        update_header(header, without_cr(batch.bytes.substr(begin, batch.bytes.find('\n', begin) - begin)));
      }
    };
    lines_to_examine(batch.bytes, [&](std::uint64_t number, std::string_view line, std::size_t begin) {
      headers_until(begin);
      const ExactStage::LineContext context{batch.source, batch.first_line + number, begin == 0 ? batch.first_offset : 0, &header};
      const bool any = exact.examine(line, context, handler, statistics);
      if (any && lines != nullptr) (*lines)(number);
    });
    headers_until(batch.bytes.size());
    filtered.clear();  // gives back what a huge batch took
    return statistics;
  }
};

Scanner::Scanner(std::shared_ptr<const Index> index, ScanOptions options) : state_(std::make_unique<State>(std::move(index), std::move(options))) {}
Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;

ScanStatistics Scanner::scan(const Batch& batch, HeaderState& header, const DetectionHandler& handler) { return state_->run(batch, header, &handler, nullptr); }

ScanStatistics Scanner::matching_lines(const Batch& batch, HeaderState& header, const std::function<void(std::uint64_t)>& handler) {
  return state_->run(batch, header, nullptr, &handler);
}

std::uint64_t Scanner::filter_only(std::string_view bytes) {
  state_->filtered.clear();
  FilterChecks checks(state_->index->data(), bytes, state_->filtered);
  state_->filter(checks, bytes, state_->filtered);
  std::uint64_t n = 0;
  state_->lines_to_examine(bytes, [&n](std::uint64_t, std::string_view, std::size_t) { ++n; });
  return n;
}

}  // namespace mozu::match
