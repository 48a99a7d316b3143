#include "batch_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "json_layout.hpp"
#include "mozu/base/scratch.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace mozu::live {
namespace {

constexpr std::size_t line_bytes_min = 64;
constexpr std::size_t cut_window_bytes = 65536;  // as long as a URL may be (intel/url.hpp)

// What would be scanned as bytes that mean nothing, and so give no detections without a word.
struct Unreadable {
  std::string_view magic, what, hint;
};
constexpr std::string_view twice = "it is compressed twice", unpack_once = "unpack it once before";
constexpr std::string_view unpack_first = "unpack it and give the files";
constexpr std::array unreadable = {
    Unreadable{{"ElfFile\0", 8}, "this is a native Windows event log (EVTX), which is not read", "export it as XML, e.g. `wevtutil qe FILE /lf:true /f:xml`"},
    Unreadable{"\x1F\x8B\x08", twice, unpack_once},
    Unreadable{"\x28\xB5\x2F\xFD", twice, unpack_once},
    Unreadable{"\xFD"
               "7zXZ",
               twice, unpack_once},
    Unreadable{"BZh91AY&SY", twice, unpack_once},
    Unreadable{"PK\x03\x04", "this is an archive inside of a packed file, which is not unpacked", unpack_first},
    Unreadable{"7z\xBC\xAF\x27\x1C", "this is a 7z archive, which is not read", unpack_first},
    Unreadable{"Rar!\x1A\x07", "this is a RAR archive, which is not read", unpack_first},
    Unreadable{{"MSCF\0\0\0\0", 8}, "this is a cabinet archive, which is not read", unpack_first},
    Unreadable{"\x04\x22\x4D\x18", "it is compressed with LZ4, which is not read", unpack_first},
    Unreadable{"\x1F\x9D", "it is compressed with `compress` (.Z), which is not read", unpack_first},
};

}  // namespace

LineCount count_lines(std::string_view bytes) {
  LineCount out;
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  char before = 0;
#if defined(__SSE2__)
  const __m128i lf = _mm_set1_epi8('\n'), hash = _mm_set1_epi8('#'), zero = _mm_setzero_si128();
  __m128i headers = zero;
  if (end - p > 17) {
    out.newlines += *p == '\n';
    ++p;  // so that the byte before can always be loaded
    __m128i total = zero;
    while (end - p >= 16) {
      // Byte counters overflow after 255 rounds.
      __m128i counts = zero;
      const char* const stop = p + std::min<std::ptrdiff_t>((end - p) / 16, 255) * 16;
      for (; p != stop; p += 16) {
        const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const __m128i previous = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p - 1));
        counts = _mm_sub_epi8(counts, _mm_cmpeq_epi8(here, lf));
        headers = _mm_or_si128(headers, _mm_and_si128(_mm_cmpeq_epi8(here, hash), _mm_cmpeq_epi8(previous, lf)));
      }
      total = _mm_add_epi64(total, _mm_sad_epu8(counts, zero));
    }
    out.newlines += static_cast<std::uint64_t>(_mm_cvtsi128_si64(total)) + static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total)));
    out.header_lines = _mm_movemask_epi8(headers) != 0;
    before = p[-1];
  }
#endif
  for (; p != end; ++p) {
    out.newlines += *p == '\n';
    out.header_lines |= *p == '#' && before == '\n';
    before = *p;
  }
  return out;
}

std::size_t piece_end(std::string_view bytes) {
  const std::size_t from = bytes.size() - std::min(bytes.size(), cut_window_bytes);
  const auto behind_last = [&](auto&& separates) -> std::size_t {
    for (std::size_t i = bytes.size(); i > from; --i)
      if (separates(static_cast<unsigned char>(bytes[i - 1]))) return i;
    return 0;
  };
  if (const auto at = behind_last([](unsigned char c) { return is_space(c) || c == '"' || c == ',' || c == ';' || c == 0; })) return at;
  if (const auto at = behind_last([](unsigned char c) { return !intel::is_word(c) && c != '.' && c != ':' && c != '@'; })) return at;
  if (const auto at = behind_last([](unsigned char c) { return !intel::is_word(c); })) return at;
  return bytes.size();
}

BatchReader::BatchReader(std::vector<std::string> inputs, const ReadOptions& options, DiagnosticHandler diagnostics, std::uint64_t* read_bytes)
    : inputs_(std::move(inputs)),
      options_(options),
      diagnostics_(std::move(diagnostics)),
      read_bytes_(read_bytes) {
  options_.line_bytes_max = std::max(options_.line_bytes_max, line_bytes_min);
  options_.batch_bytes = std::clamp(options_.batch_bytes, line_bytes_min, options_.line_bytes_max);
}

void BatchReader::report(Diagnostic d) {
  if (d.severity == Severity::error) ++inputs_failed_;
  if (diagnostics_) diagnostics_(std::move(d));
}

bool BatchReader::open_member() {
  for (;;) {
    if (!file_) {
      if (next_input_ == inputs_.size()) return false;
      const std::string& path = inputs_[next_input_++];
      interactive_ = path == "-";
      auto file = open_input(path, options_.limits, read_bytes_);
      if (!file) {
        report(std::move(file).error());
        continue;
      }
      file_ = std::move(*file);
    }
    auto member = file_->next();
    if (!member) {
      report(std::move(member).error());
      continue;
    }
    if (!*member) {
      file_.reset();
      continue;
    }
    stream_ = decode_bom(std::move(*member));
    ended_ = false;
    fresh_ = true;
    carry_.clear();
    line_ = 1;
    offset_ = 0;
    header_ = {};
    return true;
  }
}

std::size_t BatchReader::read_some(std::vector<char>& storage, std::size_t size) {
  const auto room = std::span(storage).subspan(size);
  auto n = stream_->read(room);
  if (!n) {
    report(std::move(n).error());
    ended_ = true;
    return 0;
  }
  ended_ = *n == 0;
  short_read_ = *n < room.size();
  return *n;
}

/// What cannot be read as lines of text would give no detections without a word; so the word is said here.
bool BatchReader::is_text(std::string_view head) {
  const auto say = [this](Severity severity, std::string_view code, std::string what, std::string hint) {
    report(Diagnostic{severity, std::string(code), std::move(what), {file_->name(), 0, {}}, std::move(hint)});
    return severity != Severity::error;
  };
  for (const Unreadable& u : unreadable)
    if (head.starts_with(u.magic)) return say(Severity::error, "input-unsupported", std::string(u.what), std::string(u.hint));
  if (head.starts_with(std::string_view("MOZUIDX\0", 8))) {
    say(Severity::note, "input-index", "this is an index of indicators, no log: it was not scanned", "");
    return false;
  }
  const std::string_view sample = head.substr(0, 4096);
  const auto nuls = static_cast<std::size_t>(std::ranges::count(sample, '\0'));
  if (sample.size() >= 64 && nuls * 5 >= sample.size() * 2)
    return say(Severity::warning, "input-encoding", "half of it is zero bytes, as in UTF-16 without a byte order mark, or UTF-32; little will be found in it",
               "convert it, e.g. `iconv -f UTF-16LE -t UTF-8`");
  if (options_.lines_are_events && !json_noted_) note_json(json_layout(head));
  return true;
}

/// Found is everything all the same; said once a run, as a folder may hold thousands of such files.
void BatchReader::note_json(JsonLayout layout) {
  if (layout == JsonLayout::line_by_line || !diagnostics_) return;
  json_noted_ = true;
  const bool spread = layout == JsonLayout::spread;
  diagnostics_({Severity::note,
                "input-json-layout",
                spread ? "its JSON goes over several lines, so a line tells no time and little of its event (said for the first such input)"
                       : "one line of it is an array of events; all get the time and the ends that the first one tells (said for the first such input)",
                {file_->name(), 1, {}},
                "give one event a line: `jq -c '.[]' FILE` for an array, `jq -c . FILE` for objects"});
}

/// Fills the storage; returns how many bytes of it are the batch. What is behind goes to carry_. 0 at the end of the member.
std::size_t BatchReader::fill(LineBatch& batch) {
  auto& storage = batch.storage;
  // After a huge line, or at first; otherwise the storage is reused as it is.
  if (storage.size() < options_.batch_bytes || storage.size() > 4 * options_.batch_bytes) {
    storage.clear();
    storage.shrink_to_fit();
    storage.resize(options_.batch_bytes);
  }
  while (storage.size() < carry_.size()) storage.resize(std::min(storage.size() * 2, options_.line_bytes_max));
  std::size_t size = carry_.size(), searched = 0;
  std::copy(carry_.begin(), carry_.end(), storage.begin());
  empty_scratch(carry_);
  for (;;) {
    while (size < storage.size() && !ended_) {
      size += read_some(storage, size);
      // A log that is piped in as it grows must not wait for a full batch.
      if (interactive_ && short_read_) break;
    }
    if (std::exchange(fresh_, false) && !is_text({storage.data(), size})) {
      ended_ = true;
      return 0;
    }
    std::size_t end = 0;
    if (const void* lf = ::memrchr(storage.data() + searched, '\n', size - searched)) {
      end = static_cast<std::size_t>(static_cast<const char*>(lf) - storage.data()) + 1;
    }
    searched = size;
    if (ended_) return size;
    if (end == 0 && size == storage.size()) {
      if (size < options_.line_bytes_max) {
        storage.resize(std::min(storage.size() * 2, options_.line_bytes_max));
        continue;
      }
      if (offset_ == 0) note_long_line(line_);
      end = piece_end({storage.data(), size});
    }
    if (end == 0) continue;  // an interactive input that gave less than a line
    carry_.assign(storage.begin() + static_cast<std::ptrdiff_t>(end), storage.begin() + static_cast<std::ptrdiff_t>(size));
    return end;
  }
}

void BatchReader::note_long_line(std::uint64_t line) {
  if (!diagnostics_) return;
  diagnostics_(
      {Severity::warning,
       "line-too-long",
       fmt::format("the line is longer than {}: it is scanned in pieces, without its fields", human_bytes(static_cast<double>(options_.line_bytes_max))),
       {file_->name(), line, {}},
       "a file that is one long line may be no log; --line-bytes-max sets the limit"});
}

/// Lines and header lines of the batch; leaves the state behind it in line_, offset_ and header_.
void BatchReader::count(LineBatch& batch) {
  const std::string_view bytes = batch.bytes;
  const auto counted = count_lines(bytes);
  const bool begins_line = offset_ == 0;
  const bool ends_line = bytes.ends_with('\n');
  batch.lines = counted.newlines + (ends_line ? 0 : 1) - (begins_line ? 0 : 1);
  if (counted.header_lines || (begins_line && bytes.starts_with('#'))) {
    std::size_t at = begins_line ? 0 : bytes.find('\n') + 1;
    for (; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      if (bytes[at] == '#') {
        std::string_view line = bytes.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        match::update_header(header_, line);
      }
      at = end + 1;
    }
  }
  line_ += counted.newlines;
  offset_ = ends_line ? 0 : offset_ + bytes.size();
}

bool BatchReader::next(LineBatch& batch) {
  for (;;) {
    if (!stream_ && !open_member()) return false;
    const std::size_t size = fill(batch);
    if (size != 0) {
      batch.bytes = {batch.storage.data(), size};
      batch.source = file_->name();
      batch.sequence = sequence_++;
      batch.first_line = line_;
      batch.first_offset = offset_;
      batch.header = header_;
      count(batch);
    }
    if (ended_) stream_.reset();
    if (size != 0) return true;
  }
}

}  // namespace mozu::live
