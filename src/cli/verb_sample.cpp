// mozu sample: content of made-up actors, so that a new installation has something to show.
#include <fmt/core.h>

#include <filesystem>

#include "data_folder.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/samples.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verb_sample.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

Result<server::SampleCounts> load(const SampleArguments& a) {
  const DataFolder data(a.data);
  std::error_code ec;
  std::filesystem::create_directories(data.path, ec);
  MOZU_LET(const auto people, store::Accounts::open({data.knowledge()}));
  MOZU_LET(const auto knowledge, store::Store::open({data.knowledge()}));
  MOZU_LET(const auto counts, server::load_samples(*knowledge, *people, data.path + "/spool", "cli"));
  MOZU_TRY(
      audit(*people, "samples-load", std::string(server::sample_organisation), fmt::format("{} objects, {} publications", counts.objects, counts.published)));
  return counts;
}

Result<server::SampleRemoval> remove(const SampleArguments& a) {
  const DataFolder data(a.data);
  MOZU_TRY(data.must_have_base());
  MOZU_LET(const auto people, store::Accounts::open({data.knowledge()}));
  MOZU_LET(const auto knowledge, store::Store::open({data.knowledge()}));
  MOZU_LET(auto gone, server::remove_samples(*knowledge, *people, "cli"));
  MOZU_TRY(audit(*people, "samples-remove", std::string(server::sample_organisation),
                 fmt::format("{} objects, {} publications; {} kept", gone.objects, gone.publications, gone.kept)));
  return gone;
}

}  // namespace

int sample_load_verb(const SampleArguments& arguments) {
  const auto counts = load(arguments);
  if (!counts) return say(counts.error()), exit_failed;
  return finish_stdout(fmt::format("sample content in organisation {}: {} new, {} of {} published now\n", server::sample_organisation,
                                   plural(counts->objects, "object"), counts->published, plural(counts->publications, "publication")),
                       exit_done);
}

int sample_remove_verb(const SampleArguments& arguments) {
  const auto gone = remove(arguments);
  if (!gone) return say(gone.error()), exit_failed;
  std::string out = fmt::format("sample content: {} and {} taken away\n", plural(gone->objects, "object"), plural(gone->publications, "publication"));
  if (gone->kept > 0) out += fmt::format("kept, since somebody changed it: {}\n", gone->kept);
  for (const auto& [id, name] : gone->kept_names) out += fmt::format("  {}  {}\n", id, printable(name, 120));
  if (gone->kept > gone->kept_names.size()) out += fmt::format("  and {} more\n", gone->kept - gone->kept_names.size());
  return finish_stdout(out, exit_done);
}

}  // namespace mozu::cli
