// What a job does when its turn comes.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "mozu/attribution/answer.hpp"
#include "mozu/attribution/jobs.hpp"
#include "mozu/attribution/kept_samples.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "report_files.hpp"

namespace mozu::attribution {
namespace {

constexpr std::size_t named_max = 3;

}  // namespace

Status Jobs::run(Open& one) {
  MOZU_LET(const Fd plain, memory_file([&](const Vault::Take& take) { return sample(one.job, take); }));
  return compare(one, path_of(plain));
}

Status Jobs::compare(Open& one, const std::string& path) {
  MOZU_LET(const auto known, index());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options_.time_s_max);
  files::OpenOptions open;
  open.name = one.job.file;
  if (options_.rules) {
    MOZU_LET(open.yara, options_.rules(one.job));
  }
  files::CellLimits limits;
  limits.program = options_.cell, limits.stop = &one.stop;
  limits.wall_s_max = options_.time_s_max, limits.cpu_s_max = std::min(limits.cpu_s_max, options_.time_s_max);
  MOZU_LET(auto opened, files::open_objects_of_file(path, open, limits));
  AnswerOptions options;
  options.compare.weak = true;
  options.watch = [&](std::size_t done, std::size_t objects) -> Status {
    if (one.stop) return fail("cell-stopped", "nobody wanted the answer any more");
    if (std::chrono::steady_clock::now() > until)
      return fail("attribution-time", fmt::format("it took more than {} s: {} of {} objects were compared", options_.time_s_max, done, objects),
                  "send what is in it file by file");
    const std::scoped_lock lock(mutex_);
    one.job.compared = done, one.job.objects = objects;
    return {};
  };
  MOZU_LET(Answer x, answer(one.job.file, std::move(opened), *known, options));
  const auto left = std::chrono::ceil<std::chrono::seconds>(until - std::chrono::steady_clock::now()).count();
  limits.wall_s_max = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 1)), limits.cpu_s_max = std::min(limits.cpu_s_max, limits.wall_s_max);
  show_places(x, path, open, *known, samples_.get(), limits);
  draw(x, *known, options.compare);
  const auto keep = [&](Report form, const std::string& text) { return vault_->put(report_of(one.job.id, form), text); };
  MOZU_TRY(keep(Report::weak, json_of(x)));
  const std::size_t with_weak = x.joined.verdicts.size();
  leave_out_weak(x);
  if (x.joined.verdicts.size() != with_weak) draw(x, *known, options.compare);
  MOZU_TRY(keep(Report::json, json_of(x)));
  MOZU_TRY(keep(Report::html, html_of(x)));
  MOZU_TRY(keep(Report::stix, stix_of(x, one.job.began)));
  MOZU_TRY(keep(Report::ida, label_script(x, LabelTool::ida)));
  MOZU_TRY(keep(Report::ghidra, label_script(x, LabelTool::ghidra)));
  MOZU_TRY(keep(Report::x64dbg, label_script(x, LabelTool::x64dbg)));
  const std::scoped_lock lock(mutex_);
  Job& job = one.job;
  job.kind = x.opened.objects.front().kind;
  job.objects = x.opened.objects.size(), job.verdicts = x.joined.verdicts.size(), job.weak = x.joined.weak;
  job.named.clear();
  for (std::size_t i = 0; i < std::min(named_max, x.joined.verdicts.size()); ++i) {
    const gene::Verdict& v = x.joined.verdicts[i].verdict;
    job.named.push_back({std::string(name(v.entity.type)), v.entity.name, v.confidence});
  }
  return {};
}

}  // namespace mozu::attribution
