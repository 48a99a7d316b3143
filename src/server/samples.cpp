#include "mozu/server/samples.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/import.hpp"
#include "mozu/publications/file_form.hpp"
#include "mozu/publications/taking.hpp"
#include "sample_folder.hpp"
#include "sample_versions.hpp"

namespace mozu::server {
namespace {

Result<intel::OrganisationId> organisation(store::Accounts& people) {
  MOZU_LET(const auto all, people.organisations());
  if (const auto found = std::ranges::find(all, sample_organisation, &store::Organisation::name); found != all.end()) return found->id;
  return people.add_organisation({0, std::string(sample_organisation), false});
}

Status import_samples(store::Store& knowledge, store::Accounts& people, const std::string& folder, intel::OrganisationId sample, const std::string& by,
                      SampleCounts& counts) {
  MOZU_LET(SampleImports noted, read_sample_imports(knowledge, people, sample));
  noted.loading = true;
  MOZU_TRY(write_sample_imports(people, noted));
  for (const SamplePart& part : sample_parts) {
    exchange::FileImport file;
    file.path = fmt::format("{}/{}", folder, part.file);
    file.provenance.source = part.source;
    file.provenance.origin = fmt::format("{}{}", sample_origin, part.file);
    file.provenance.actor = by;
    file.provenance.organisation = part.common ? intel::common : sample;
    file.provenance.tlp = part.common ? intel::Tlp::clear : intel::Tlp::green;
    MOZU_LET(const auto done, exchange::import_file(knowledge, file, {[](std::uint64_t) { return Status{}; }, {}}));
    if (done.failure || done.read.objects == 0) return samples_broken(part.file);
    const auto& c = done.receipt.counts;
    counts.objects += c.added + c.updated;
    if (c.added + c.updated + c.older == 0) continue;  // a load again
    noted.numbers.insert(done.receipt.import);
    MOZU_TRY(write_sample_imports(people, noted));
  }
  noted.loading = false;
  return write_sample_imports(people, noted);
}

/// What somebody withdrew or went on writing is theirs; what was taken away comes back.
Status publish_sample(publications::Desk& desk, const publications::Author& author, const std::string& path, bool removed, SampleVersions& versions,
                      SampleCounts& counts) {
  ++counts.publications;
  MOZU_LET(const std::string text, read_file(path, publications::file_bytes_max));
  MOZU_LET(const auto file, publications::parse_publication(text, path));
  const auto id = publications::Desk::id_of(author.viewer.organisation, file.publication.slug);
  const auto there = desk.working(author.viewer, id);
  if (!there && there.error().code != "absent") return fail(there.error());
  const auto as_loaded = versions.find(id);
  if (there && as_loaded != versions.end() && as_loaded->second != there->version) return {};
  MOZU_LET(auto working, publications::take_file(desk, author, path));
  MOZU_LET(const auto before, desk.published(author.viewer, working.id));
  if (before && before->version == working.version && !before->withdrawn) {
    versions[id] = working.version;
    return {};
  }
  if (before && before->withdrawn && !removed) return {};
  if (working.stage == publications::Stage::draft) {
    MOZU_LET(working, desk.move(author, working.id, working.version, publications::Stage::review));
  }
  Diagnostics diagnostics(10);
  MOZU_LET(const auto published, desk.publish(author, working.id, working.version, {true, {}}, diagnostics));
  versions[id] = published.version;
  ++counts.published;
  return {};
}

}  // namespace

Result<SampleCounts> load_samples(store::Store& knowledge, store::Accounts& people, const std::string& scratch, const std::string& by) {
  SampleFolder folder;
  MOZU_TRY(folder.make(scratch));
  MOZU_LET(const auto sample, organisation(people));
  SampleCounts counts;
  MOZU_TRY(import_samples(knowledge, people, folder.path(), sample, by, counts));
  publications::Desk desk(people, knowledge);
  const publications::Author author{{sample, intel::Tlp::red, true}, 0, by};
  MOZU_LET(const auto files, folder.publications());
  MOZU_LET(const auto state, people.setting(samples_setting));
  MOZU_LET(SampleVersions versions, read_sample_versions(people));
  for (const auto& file : files) MOZU_TRY(publish_sample(desk, author, file, state == "removed", versions, counts));
  MOZU_TRY(write_sample_versions(people, versions));
  MOZU_TRY(people.set_setting(samples_setting, "loaded"));
  return counts;
}

Result<bool> samples_loaded(store::Accounts& people) {
  MOZU_LET(const auto told, people.setting(samples_setting));
  return told == "loaded";
}

}  // namespace mozu::server
