#include <fmt/core.h>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/feeds/diff.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using What = feeds::IndexChange::What;

std::string as_text(const feeds::IndexChange& c, bool colour) {
  const std::string subject = fmt::format("{} {}", intel::short_name(c.kind), printable(c.value, 500));
  switch (c.what) {
    case What::added: return fmt::format("{}  [{}]\n", green("+ " + subject, colour), printable_list(c.feeds_after));
    case What::removed: return fmt::format("{}  [{}]\n", red("- " + subject, colour), printable_list(c.feeds_before));
    case What::changed: break;
  }
  std::string feeds = printable_list(c.feeds_after);
  if (c.feeds_before != c.feeds_after) feeds = fmt::format("{} → {}", printable_list(c.feeds_before), feeds);
  return fmt::format("{}  [{}]  {}\n", yellow("~ " + subject, colour), feeds, printable_list(c.changed));
}

std::string as_text(const feeds::SuppressionChange& c, bool colour) {
  const std::string subject = fmt::format("suppression of {} {}", intel::short_name(c.kind), printable(c.value, 500));
  switch (c.what) {
    case What::added: return fmt::format("{}  [{}]\n", green("+ " + subject, colour), printable(c.reason_after));
    case What::removed: return fmt::format("{}  [{}]\n", red("- " + subject, colour), printable(c.reason_before));
    case What::changed: break;
  }
  return fmt::format("{}  [{} → {}]  reason\n", yellow("~ " + subject, colour), printable(c.reason_before), printable(c.reason_after));
}

constexpr std::string_view names[] = {"added", "removed", "changed"};

std::string as_json(const feeds::SuppressionChange& c) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("change", names[static_cast<std::size_t>(c.what)]).field("suppression", true);
  w.field("type", intel::short_name(c.kind)).field("value", c.value);
  if (!c.reason_before.empty()) w.field("reason_before", c.reason_before);
  if (!c.reason_after.empty()) w.field("reason_after", c.reason_after);
  w.end_object();
  return out + "\n";
}

std::string as_json(const feeds::IndexChange& c) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("change", names[static_cast<std::size_t>(c.what)]).field("type", intel::short_name(c.kind)).field("value", c.value);
  const auto list = [&](std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    w.key(key).begin_array();
    for (const auto& v : values) w.value(v);
    w.end_array();
  };
  list("feeds_before", c.feeds_before);
  list("feeds_after", c.feeds_after);
  list("what", c.changed);
  w.end_object();
  return out + "\n";
}

}  // namespace

int index_diff_verb(const IndexDiffArguments& a) {
  const auto before = match::Index::open(a.before), after = match::Index::open(a.after);
  for (const auto* index : {&before, &after})
    if (!*index) say(index->error());
  if (!before || !after) return exit_failed;
  const bool colour = stdout_colour();
  std::string out;
  Status status;
  const auto put = [&](const auto& c) {
    out += a.json ? as_json(c) : as_text(c, colour);
    if (out.size() > 1 << 20) {
      if (status) status = write_stdout(out);
      out.clear();
    }
  };
  const auto totals = feeds::diff_indexes(**before, **after, put);
  const auto suppressions = feeds::diff_suppressions(**before, **after, put);
  if (status) status = write_stdout(out);
  if (!status && status.error().code == "output-closed") return exit_done;
  if (!status) {
    say(status.error());
    return exit_failed;
  }
  write_stderr(fmt::format("{} added, {} removed, {} changed, {} the same\n", with_commas(totals.added), with_commas(totals.removed),
                           with_commas(totals.changed), with_commas(totals.same)));
  if (suppressions.added + suppressions.removed + suppressions.changed + suppressions.same != 0)
    write_stderr(fmt::format("suppressions: {} added, {} removed, {} changed, {} the same\n", with_commas(suppressions.added),
                             with_commas(suppressions.removed), with_commas(suppressions.changed), with_commas(suppressions.same)));
  return exit_done;
}

}  // namespace mozu::cli
