// mozu sample: content of made-up actors, so that a new installation has something to show.
#include <fmt/core.h>

#include <filesystem>

#include "data_folder.hpp"
#include "mozu/server/samples.hpp"
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
  store::AuditLine line;
  line.at = Timestamp::now(), line.who = "cli", line.action = "samples-load", line.object = server::sample_organisation;
  line.detail = fmt::format("{} objects, {} publications", counts.objects, counts.published);
  MOZU_LET([[maybe_unused]] const auto written, people->audit(line));
  return counts;
}

}  // namespace

int sample_load_verb(const SampleArguments& arguments) {
  const auto counts = load(arguments);
  if (!counts) return say(counts.error()), exit_failed;
  return finish_stdout(fmt::format("sample content in organisation {}: {} new, {} of {} published now\n", server::sample_organisation,
                                   plural(counts->objects, "object"), counts->published, plural(counts->publications, "publication")),
                       exit_done);
}

}  // namespace mozu::cli
