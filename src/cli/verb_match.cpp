#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <optional>
#include <thread>

#include "explain.hpp"
#include "feed_report.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/feeds/load.hpp"
#include "mozu/live/scan.hpp"
#include "progress.hpp"
#include "summary.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

int usage(std::string message, std::string hint) {
  say(Diagnostic{Severity::error, "usage", std::move(message), {}, std::move(hint)});
  return exit_usage;
}

match::Kernel kernel_of(const std::string& name) {
  if (name == "scalar") return match::Kernel::scalar;
  if (name == "avx2") return match::Kernel::avx2;
  if (name == "avx512") return match::Kernel::avx512;
  return match::Kernel::automatic;
}

/// The index given, or one made of the feeds given. Feeds that cannot be read are said; `incomplete` is set.
Result<std::shared_ptr<const match::Index>> get_index(const MatchArguments& a, bool& incomplete) {
  if (!a.index.empty()) return match::Index::open(a.index, a.explain ? match::Index::Verify::all : match::Index::Verify::later);
  feeds::LoadRequest request;
  request.feeds = a.feeds;
  request.suppress = a.suppress;
  request.allow_broad = a.allow_broad;
  request.format = a.feed_format;
  request.read_time = now();
  match::Builder builder;
  Diagnostics problems;
  const auto reports = feeds::load_feeds(request, builder, problems);
  incomplete = problems.errors() != 0;
  for (const auto& r : reports) {
    incomplete |= r.files_failed != 0;
    // The reasons of refused rows belong to `feed check`; here one line says that there are some.
    for (const auto& d : r.diagnostics.kept())
      if (is_about_file(d)) say(d);
    if (r.statistics.refused != 0) {
      say(Diagnostic{Severity::note,
                     "feed-refused",
                     fmt::format("feed {}: {} of {} values were refused", r.name, with_commas(r.statistics.refused),
                                 with_commas(r.statistics.refused + r.statistics.indicators)),
                     {},
                     "`mozu feed check` tells which, and why"});
    }
  }
  say(problems);
  MOZU_LET(auto bytes, builder.build(now()));
  return match::Index::from_bytes(std::move(bytes));
}

/// The index's checksums, taken beside the first scanning; nothing is put out before they are known to be right.
class IndexCheck {
 public:
  IndexCheck(std::shared_ptr<const match::Index> index, std::string path)
      : path_(path),
        was_(file_identity(path)),
        pending_(std::async(std::launch::async, [index = std::move(index), path = std::move(path)]() -> Status {
          auto verified = index->verify(match::Index::Verify::all);
          if (!verified) return std::unexpected(std::move(verified).error().at(path));
          return {};
        })) {}
  const Status& result() {
    if (pending_.valid()) result_ = pending_.get();
    return result_;
  }
  /// Nobody wrote into the file since it was mapped. (One that was renamed over it is another file, and does no harm.)
  Status untouched() const {
    const auto is = file_identity(path_);
    if (!was_ || !is || !was_->same_file(*is) || *was_ == *is) return {};
    return fail(Diagnostic{Severity::error,
                           "index-changed",
                           "the index was written over while it was in use: what was found is not to be trusted",
                           {path_, 0, {}},
                           "scan again; replace an index by renaming a new one over it, as `mozu index build` does"});
  }

 private:
  std::string path_;
  std::optional<FileIdentity> was_;
  std::future<Status> pending_;
  Status result_;
};

bool prepare(const MatchArguments& a, live::ScanJob& job) {
  const std::string format = !a.output.empty() ? a.output : stdout_is_terminal() ? "text" : "json";
  job.format = formats::parse_detection_format(format).value_or(formats::DetectionFormat::json);
  job.writer.colour = stdout_colour();
  job.options.kernel = kernel_of(a.kernel);
  job.options.now = now();
  job.options.show_suppressed = a.show_suppressed;
  job.threads = a.threads != 0 ? a.threads : std::max(1U, std::thread::hardware_concurrency());
  job.defanged = a.defanged;
  job.read.line_bytes_max = a.line_bytes_max;
  if (!read_time_argument(a.as_of, "--as-of", job.options.as_of)) return false;
  if (job.options.kernel != match::Kernel::automatic) {
    const auto can = match::supported_kernels();
    if (std::find(can.begin(), can.end(), job.options.kernel) == can.end()) {
      usage(fmt::format("--kernel: this processor cannot run {}", a.kernel), "leave --kernel away: the fastest one is chosen");
      return false;
    }
  }
  if (!a.profile.empty()) {
    auto profile = match::read_source_profile(a.profile);
    if (!profile) {
      say(std::move(profile).error());
      return false;
    }
    job.options.profile = std::move(*profile);
  }
  return true;
}

/// The summary is written at the end of a scan that may take hours: a folder that is not there is told before it.
bool stats_can_be_written(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return true;
  const std::string folder = path.substr(0, slash + 1);
  struct stat info{};
  if (::stat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return true;
  usage(fmt::format("--stats-json: there is no folder {}", printable(folder)), "make it first, or give another path");
  return false;
}

Status write_stats(const std::string& path, const live::ScanResult& result) {
  MOZU_LET(auto file, AtomicFile::create(path));
  MOZU_TRY(file.write(summary_json(result) + "\n"));
  return file.commit();
}

/// The exit code of a run; says why it ended early.
int close_run(const MatchArguments& a, const live::ScanResult& result, bool incomplete) {
  bool failed = incomplete || result.run.inputs_failed != 0;
  // Who closes the pipe has seen enough: no failure, but what was found counts all the same.
  if (const auto& why = result.run.stopped_by; why && why->code != "output-closed") {
    say(*why);
    failed = true;
  }
  if (!a.stats_json.empty()) {
    if (auto written = write_stats(a.stats_json, result); !written) {
      say(std::move(written).error());
      failed = true;
    }
  }
  if (failed) return exit_failed;
  return a.fail_on_match && result.summary.statistics.detections != 0 ? exit_matched : exit_done;
}

}  // namespace

int match_verb(const MatchArguments& a) {
  if (!a.index.empty() && !a.feeds.empty())
    return usage("--index and --feed do not go together", "add the feed to an index: `mozu index build -o NEW FEED…`, `mozu index merge`");
  if (!a.index.empty() && !a.suppress.empty())
    return usage("--suppress needs --feed", "an index holds its own suppression lists: give them to `mozu index build`");
  const auto from_stdin = [](const std::vector<std::string>& paths) { return std::ranges::find(paths, "-") != paths.end(); };
  if (from_stdin(a.feeds) && !a.explain && (a.paths.empty() || from_stdin(a.paths)))
    return usage("the feed and the logs cannot both come from standard input", "put one of them into a file");
  if (a.index.empty() && a.feeds.empty() && !a.explain) return usage("no indicators given", "give --feed FILE or --index FILE; `mozu match --help` shows more");
  live::ScanJob job;
  if (!prepare(a, job) || !stats_can_be_written(a.stats_json)) return exit_usage;

  bool incomplete = false;
  if (!a.index.empty() || !a.feeds.empty()) {
    auto index = get_index(a, incomplete);
    if (!index) {
      say(std::move(index).error());
      return exit_failed;
    }
    job.index = std::move(*index);
    if (job.index->size() == 0 && incomplete) return exit_failed;
  }
  if (a.explain) return explain_line(job.index, *a.explain, job.options, a.defanged, a.output == "json");

  Diagnostics missing;
  const auto inputs = live::expand_inputs(a.paths.empty() ? std::vector<std::string>{"-"} : a.paths, missing);
  say(missing);
  incomplete |= missing.errors() != 0;
  job.inputs = inputs.paths;
  if (a.paths.empty() && ::isatty(STDIN_FILENO) == 1) write_stderr("reading lines from the terminal; end with Ctrl-D\n");

  ProgressBar bar(!a.no_progress && !stdout_is_terminal(), inputs.bytes_known ? inputs.bytes : 0);
  IndexCheck check(job.index, a.index);
  const auto checked_stdout = [&check](std::string_view bytes) -> Status {
    if (const Status& ok = check.result(); !ok) return ok;
    return write_stdout(bytes);
  };
  auto result = live::run_scan(job, checked_stdout, [](Diagnostic d) { say(d); }, &bar.counts());
  bar.stop();
  if (const Status& ok = check.result(); !ok && !result.run.stopped_by) result.run.stopped_by = ok.error();
  if (const Status ok = check.untouched(); !ok && !result.run.stopped_by) result.run.stopped_by = ok.error();
  const bool closed = result.run.stopped_by && result.run.stopped_by->code == "output-closed";
  if (!closed && (a.stats || (job.format == formats::DetectionFormat::text && stdout_is_terminal())))
    write_stderr(summary_text(result, inputs.paths.size(), job.threads, stderr_colour(), stderr_columns()));
  return close_run(a, result, incomplete);
}

}  // namespace mozu::cli
