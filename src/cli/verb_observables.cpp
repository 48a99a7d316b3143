#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/live/scan.hpp"
#include "progress.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

Status write_counts(const std::vector<live::ObservableCount>& counts, const ObservablesArguments& a) {
  const bool colour = stdout_colour();
  // Aligned for people; for programs the same with tabs.
  const bool people = stdout_is_terminal();
  std::size_t width = 1;
  if (!counts.empty()) width = with_commas(counts.front().count).size();
  std::string out;
  std::uint64_t given = 0;
  for (const auto& c : counts) {
    const auto type = intel::short_name(c.observable.type);
    if (!a.types.empty() && std::ranges::none_of(a.types, [&](const auto& t) { return t == type || t == intel::stix_type(c.observable.type); })) continue;
    if (a.top != 0 && given++ == a.top) break;
    if (a.json) {
      JsonWriter w(out);
      w.begin_object().field("type", type).field("value", c.observable.value).field("count", c.count).end_object();
      out += '\n';
    } else if (people) {
      out += fmt::format("{:>{}}  {}  {}\n", with_commas(c.count), width, dim(fmt::format("{:<6}", type), colour), printable(c.observable.value, 500));
    } else {
      out += fmt::format("{}\t{}\t{}\n", c.count, type, c.observable.value);
    }
    if (out.size() > 1 << 20) {
      MOZU_TRY(write_stdout(out));
      out.clear();
    }
  }
  return write_stdout(out);
}

}  // namespace

int observables_verb(const ObservablesArguments& a) {
  Diagnostics missing;
  const auto inputs = live::expand_inputs(a.paths.empty() ? std::vector<std::string>{"-"} : a.paths, missing);
  say(missing);
  if (a.paths.empty() && ::isatty(STDIN_FILENO) == 1) write_stderr("reading lines from the terminal; end with Ctrl-D\n");
  live::ObservablesJob job;
  job.inputs = inputs.paths;
  job.threads = a.threads;
  job.defanged = a.defanged;
  job.read.line_bytes_max = a.line_bytes_max;
  job.read.lines_are_events = false;
  ProgressBar bar(!a.no_progress, inputs.bytes_known ? inputs.bytes : 0);
  const auto result = live::count_observables(job, [](Diagnostic d) { say(d); }, &bar.counts());
  bar.stop();
  bool failed = missing.errors() != 0 || result.run.inputs_failed != 0;
  if (result.run.stopped_by) {
    say(*result.run.stopped_by);
    failed = true;
  }
  if (result.not_kept != 0) {
    say(Diagnostic{Severity::warning,
                   "observables-limit",
                   fmt::format("{} occurrences of further values are not listed: only the first {} different ones are kept", with_commas(result.not_kept),
                               with_commas(job.distinct_max)),
                   {},
                   "run it on fewer inputs at a time"});
  }
  const Status written = write_counts(result.counts, a);
  if (!written && written.error().code != "output-closed") {
    say(written.error());
    failed = true;
  }
  return failed ? exit_failed : exit_done;
}

}  // namespace mozu::cli
