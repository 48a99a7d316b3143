// The folder of segments: a list replaced in one rename, a lock for those who add.
#include "mozu/gene/index.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <unordered_map>

#include "mozu/base/file.hpp"
#include "mozu/base/file_lock.hpp"
#include "mozu/base/text.hpp"
#include "mozu/gene/pack.hpp"
#include "segment_write.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t segments_unmerged_max = 8;
constexpr std::string_view list_name = "segments";
constexpr std::array<std::string_view, 6> type_names{"actor", "campaign", "malware", "tool", "library", "goodware"};

bool is_segment_name(std::string_view s) {
  return s.size() == 12 && s.ends_with(".mzg") && std::ranges::all_of(s.substr(0, 8), [](char c) { return c >= '0' && c <= '9'; });
}

/// After all that are there, listed or not: what a kill left unlisted is nobody's to write over.
Result<std::string> next_name(const std::string& folder) {
  std::uint64_t last = 0;
  std::error_code ec;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    const std::string name = it->path().filename().string();
    if (is_segment_name(name)) last = std::max(last, to_uint(std::string_view(name).substr(0, 8)).value_or(0));
  }
  if (ec) return fail("gene-index", fmt::format("cannot read the folder {}: {}", folder, ec.message()));
  if (last >= 99'999'999)
    return fail("gene-index", fmt::format("{} holds the segment 99999999.mzg, and there is no number after it", folder),
                "was it named by hand? rename it, and its line in `segments`");
  return fmt::format("{:08}.mzg", last + 1);
}

bool is_plain_file(const std::string& path) {
  std::error_code ec;
  return fs::is_regular_file(path, ec);
}

/// Which samples are there, and whose they are.
class KnownSamples {
 public:
  explicit KnownSamples(const std::vector<Segment>& segments) {
    for (const Segment& s : segments)
      for (const Sample& sample : s.samples()) insert(sample);
  }
  /// False: it was there, of all these entities.
  bool insert(const Sample& sample) {
    const auto is_of = [&](const std::vector<Entity>& whose) {
      return std::ranges::all_of(sample.entities, [&](const Entity& e) { return std::ranges::find(whose, e) != whose.end(); });
    };
    auto& own = entities_[sample.sha256];
    if (std::ranges::any_of(own, is_of)) return false;
    own.push_back(sample.entities);
    return true;
  }

 private:
  std::unordered_map<std::string, std::vector<std::vector<Entity>>> entities_;  // by SHA-256
};

}  // namespace

std::string_view name(EntityType t) { return type_names[static_cast<std::size_t>(t)]; }
std::optional<EntityType> entity_type(std::string_view text) {
  const auto it = std::ranges::find(type_names, text);
  return it == type_names.end() ? std::nullopt : std::optional(static_cast<EntityType>(it - type_names.begin()));
}

Result<Index> Index::open(const std::string& folder) {
  std::error_code ec;
  std::filesystem::create_directories(folder, ec);
  if (!ec) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ec);  // who is known is nobody else's business
  if (ec) return fail("gene-index", fmt::format("cannot make the folder {}: {}", folder, ec.message()), "is there space, and may this user write there?");
  Index out;
  out.folder_ = folder;
  MOZU_TRY(out.read());
  return out;
}

Result<Index> Index::open_existing(const std::string& folder) {
  std::error_code ec;
  if (!std::filesystem::is_directory(folder, ec))
    return fail(
        Diagnostic{Severity::error, "gene-absent", "there is no gene index", {folder, 0, {}}, "`mozu gene add` makes one; --data names another folder"});
  Index out;
  out.folder_ = folder;
  MOZU_TRY(out.read());
  return out;
}

Catalogue::Catalogue(const std::vector<Segment>& segments) {
  std::map<Entity, std::uint32_t> numbers;
  for (const Segment& s : segments) {
    first.push_back(static_cast<std::uint32_t>(samples.size()));
    for (const Sample& sample : s.samples()) {
      samples.push_back(&sample);
      auto& own = entities_of.emplace_back();
      for (const Entity& e : sample.entities) {
        const auto [at, is_new] = numbers.emplace(e, static_cast<std::uint32_t>(entities.size()));
        if (is_new) entities.push_back(e), ++count[static_cast<std::size_t>(e.type)];
        own.push_back(at->second);
      }
    }
  }
}

Status Index::read() {
  MOZU_TRY(read_list());
  calibration_.reset();
  calibration_damage_.reset();
  const std::string path = fmt::format("{}/{}", folder_, Calibration::file_name);
  if (fs::exists(path)) {
    // Without it there are no p-values, but verdicts all the same.
    if (auto found = Calibration::read(path)) calibration_ = std::move(*found);
    else calibration_damage_ = std::move(found.error());
  }
  return {};
}

Status Index::calibrate(Calibration calibration) {
  MOZU_LET(const FileLock lock, FileLock::take(folder_ + "/lock", "gene-index", true));
  MOZU_TRY(calibration.write(fmt::format("{}/{}", folder_, Calibration::file_name)));
  calibration_ = std::move(calibration);
  calibration_damage_.reset();
  return {};
}

Status Index::read_list() {
  // A merge of another process may remove what the list named a moment ago: read the list again.
  for (int tries = 0;; ++tries) {
    catalogue_ = {};
    names_.clear();
    segments_.clear();
    const std::string path = fmt::format("{}/{}", folder_, list_name);
    if (!fs::exists(path)) return {};
    if (!is_plain_file(path)) return fail("gene-index", fmt::format("{} is no file", path));
    MOZU_LET(const std::string text, read_file(path, 1 << 20));
    if (text.empty())
      return fail("gene-index", fmt::format("{} is empty", path),
                  "it was damaged: write the names of the *.mzg files beside it into it, one a line, or take it from a backup");
    bool whole = true;
    for (const std::string_view line : split(text, '\n')) {
      if (line.empty()) continue;
      if (!is_segment_name(line))
        return fail("gene-index", fmt::format("{} names '{}', which is no segment", path, printable(line)), "the file is damaged: take it from a backup");
      const std::string at = fmt::format("{}/{}", folder_, line);
      if (fs::exists(at) && !is_plain_file(at)) return fail("gene-index", fmt::format("{} is no file", at));
      auto segment = Segment::open(fmt::format("{}/{}", folder_, line));
      if (!segment && tries < 3 && !std::filesystem::exists(fmt::format("{}/{}", folder_, line))) {
        whole = false;
        break;
      }
      if (!segment) return fail(segment.error());
      names_.emplace_back(line);
      segments_.push_back(std::move(*segment));
    }
    if (!whole) continue;
    catalogue_ = Catalogue(segments_);
    return {};
  }
}

Status Index::write_list(const std::vector<std::string>& names) const {
  MOZU_LET(AtomicFile file, AtomicFile::create(fmt::format("{}/{}", folder_, list_name)));
  for (const std::string& n : names) MOZU_TRY(file.write(n + "\n"));
  return file.commit();
}

std::uint64_t Index::genes() const {
  std::uint64_t n = 0;
  for (const Segment& s : segments_) n += s.genes();
  return n;
}

Result<std::size_t> Index::add(std::vector<std::pair<Sample, Genome>> samples) {
  MOZU_LET(const FileLock lock, FileLock::take(folder_ + "/lock", "gene-index", true));
  MOZU_TRY(read_list());
  KnownSamples known(segments_);
  std::array<SegmentBuilder, 2> builders;  // clean files have a segment of their own
  std::size_t added = 0;
  for (auto& [sample, genome] : samples) {
    if (!known.insert(sample)) continue;
    builders[is_clean(sample) ? 1 : 0].add(std::move(sample), genome);
    ++added;
  }
  if (added == 0) return added;
  std::vector<std::string> more;
  for (SegmentBuilder& b : builders) {
    if (b.empty()) continue;
    MOZU_LET(const std::string name, next_name(folder_));
    MOZU_TRY(b.write(fmt::format("{}/{}", folder_, name)));
    more.push_back(name);
  }
  MOZU_TRY(list_more(std::move(more)));
  return added;
}

Result<std::size_t> Index::add(const Pack& pack) {
  MOZU_LET(const FileLock lock, FileLock::take(folder_ + "/lock", "gene-index", true));
  MOZU_TRY(read_list());
  KnownSamples known(segments_);
  const SampleChoice is_new = [&](const Sample& s) -> std::optional<Sample> {
    if (!known.insert(s)) return std::nullopt;
    Sample out = s;
    out.origin = pack.origin;
    return out;
  };
  std::vector<std::string> more;
  std::size_t added = 0;
  for (const Segment& s : pack.segments) {
    MOZU_LET(const std::string name, next_name(folder_));
    const Segment* const one = &s;
    const auto samples = merge_segments({&one, 1}, fmt::format("{}/{}", folder_, name), is_new);
    if (!samples) {
      for (const std::string& n : more) ::unlink(fmt::format("{}/{}", folder_, n).c_str());
      return fail(samples.error());
    }
    if (*samples > 0) more.push_back(name);
    added += *samples;
  }
  if (added > 0) MOZU_TRY(list_more(std::move(more)));
  return added;
}

/// What was written is listed, and so there; then many segments become fewer.
Status Index::list_more(std::vector<std::string> more) {
  auto names = names_;
  std::ranges::move(more, std::back_inserter(names));
  MOZU_TRY(write_list(names));
  MOZU_TRY(read_list());
  // What was added is there whether segments are merged or not: a full disk only leaves more of them.
  for (const bool clean : {false, true})
    if (const auto merged = merge_small(clean); !merged) MOZU_TRY(read_list());
  return {};
}

std::vector<bool> Index::clean(std::span<const std::uint64_t> keys) const {
  std::vector<bool> out(keys.size());
  for (const Segment& s : segments_)
    if (s.is_clean()) s.find_clean(keys, out);
  return out;
}

/// Of many segments of a kind the newest become one, as far back as each is not more than twice what it would join: every gene is written some log₂ n times.
Status Index::merge_small(bool is_clean) {
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < segments_.size(); ++i)
    if (segments_[i].is_clean() == is_clean) own.push_back(i);
  if (own.size() <= segments_unmerged_max) return {};
  std::size_t first = own.size() - 1;
  std::uint64_t genes = segments_[own[first]].genes();
  while (first > 0 && segments_[own[first - 1]].genes() <= genes * 2) genes += segments_[own[--first]].genes();
  first = std::min(first, own.size() - 2);
  std::vector<const Segment*> merged;
  auto names = names_;
  std::vector<std::string> old;
  for (const std::size_t i : std::span(own).subspan(first)) {
    merged.push_back(&segments_[i]);
    old.push_back(names_[i]);
    std::erase(names, names_[i]);
  }
  MOZU_LET(const std::string name, next_name(folder_));
  MOZU_TRY(merge_segments(merged, fmt::format("{}/{}", folder_, name)));
  names.push_back(name);
  MOZU_TRY(write_list(names));
  for (const std::string& n : old) ::unlink(fmt::format("{}/{}", folder_, n).c_str());  // who has it mapped keeps it
  return read_list();
}

}  // namespace mozu::gene
