#include "mozu/server/samples.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <span>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/import.hpp"
#include "mozu/publications/taking.hpp"
#include "sample_files.hpp"

namespace mozu::server {
namespace {

constexpr std::uint64_t file_bytes_max = std::uint64_t{4} << 20;
constexpr std::string_view loaded_setting = "samples";

struct Part {
  std::string_view file, source;
  bool common = false;  ///< belongs to nobody: real ATT&CK, with the same ids and dates, takes its place
};
constexpr Part parts[] = {{"knowledge/techniques.stix.json", "sample-techniques", true},
                          {"knowledge/actors.stix.json", "sample"},
                          {"feeds/copper-heron.stix.json", "copper-heron"},
                          {"feeds/misp-event.json", "drop-zone"},
                          {"feeds/night-owl.intel", "night-owl"},
                          {"feeds/phishing-kit.ioc", "phishing-kit"},
                          {"feeds/phishing-domains.txt", "phishing-domains"},
                          {"feeds/c2-addresses.csv", "c2-addresses"},
                          {"feeds/malware-urls.csv", "malware-urls"},
                          {"detections.ndjson", "sample-detections"}};

std::unexpected<Diagnostic> broken(std::string_view what) {
  return fail("samples-broken", fmt::format("the sample content of this program does not read: {}", what));
}

/// Goes away with its files.
class Scratch {
 public:
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Status make(const std::string& in) {
    std::error_code ec;
    std::filesystem::create_directories(in, ec);
    std::string name = in + "/samples-XXXXXX";
    if (ec || ::mkdtemp(name.data()) == nullptr) return fail("temporary-folder", fmt::format("{} cannot be written to", in));
    path_ = name;
    return {};
  }
  /// Of our own making, so a name that leads elsewhere is a mistake of the build.
  Status unpack() {
    const auto input = open_input_memory("samples.tar.gz", sample_files());
    for (;;) {
      MOZU_LET(const auto member, input->next());
      if (member == nullptr) return {};
      const std::string name = input->name().substr(input->name().find('!') + 1);
      if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return broken(name);
      MOZU_LET(const std::string bytes, read_all(*member, file_bytes_max));
      const std::filesystem::path to = path_ + "/" + name;
      std::error_code ec;
      std::filesystem::create_directories(to.parent_path(), ec);
      if (std::ofstream out(to, std::ios::binary); ec || !out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
        return fail("file-write", fmt::format("{} could not be written", to.string()));
    }
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<intel::OrganisationId> organisation(store::Accounts& people) {
  MOZU_LET(const auto all, people.organisations());
  if (const auto found = std::ranges::find(all, sample_organisation, &store::Organisation::name); found != all.end()) return found->id;
  return people.add_organisation({0, std::string(sample_organisation), false});
}

Status import(store::Store& knowledge, const std::string& folder, intel::OrganisationId sample, const std::string& by, SampleCounts& counts) {
  for (const Part& part : parts) {
    exchange::FileImport file;
    file.path = folder + "/" + std::string(part.file);
    file.provenance.source = part.source;
    file.provenance.actor = by;
    file.provenance.organisation = part.common ? intel::common : sample;
    file.provenance.tlp = part.common ? intel::Tlp::clear : intel::Tlp::green;
    MOZU_LET(const auto done, exchange::import_file(knowledge, file, {[](std::uint64_t) { return Status{}; }, {}}));
    if (done.failure || done.read.objects == 0) return broken(part.file);
    counts.objects += done.receipt.counts.added + done.receipt.counts.updated;
  }
  return {};
}

Status publish(publications::Desk& desk, const publications::Author& author, const std::string& path, SampleCounts& counts) {
  MOZU_LET(auto working, publications::take_file(desk, author, path));
  ++counts.publications;
  MOZU_LET(const auto before, desk.published(author.viewer, working.id));
  // What somebody withdrew or went on writing is theirs.
  if (before && (before->withdrawn || before->version == working.version)) return {};
  if (working.stage == publications::Stage::draft) {
    MOZU_LET(working, desk.move(author, working.id, working.version, publications::Stage::review));
  }
  Diagnostics diagnostics(10);
  MOZU_LET([[maybe_unused]] const auto published, desk.publish(author, working.id, working.version, {true, {}}, diagnostics));
  ++counts.published;
  return {};
}

Result<std::vector<std::string>> publication_files(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec))
    if (entry.path().extension() == ".md") out.push_back(entry.path().string());
  if (ec || out.empty()) return broken("publications");
  std::ranges::sort(out);
  return out;
}

}  // namespace

Result<SampleCounts> load_samples(store::Store& knowledge, store::Accounts& people, const std::string& scratch, const std::string& by) {
  Scratch folder;
  MOZU_TRY(folder.make(scratch));
  MOZU_TRY(folder.unpack());
  MOZU_LET(const auto sample, organisation(people));
  SampleCounts counts;
  MOZU_TRY(import(knowledge, folder.path(), sample, by, counts));
  publications::Desk desk(people, knowledge);
  const publications::Author author{{sample, intel::Tlp::red, true}, 0, by};
  MOZU_LET(const auto files, publication_files(folder.path() + "/publications"));
  for (const auto& file : files) MOZU_TRY(publish(desk, author, file, counts));
  MOZU_TRY(people.set_setting(loaded_setting, "loaded"));
  return counts;
}

Result<bool> samples_loaded(store::Accounts& people) {
  MOZU_LET(const auto told, people.setting(loaded_setting));
  return told.has_value();
}

}  // namespace mozu::server
