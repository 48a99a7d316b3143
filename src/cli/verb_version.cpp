#include <fmt/core.h>

#include "mozu/base/json_write.hpp"
#include "mozu/base/version.hpp"
#include "mozu/formats/feed.hpp"
#include "mozu/match/scanner.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {

int version_verb() {
  std::string kernels;
  for (const auto k : match::supported_kernels()) kernels += fmt::format("{}{}", kernels.empty() ? "" : ", ", match::name(k));
  return finish_stdout(fmt::format("mozu {}\nkernels of this processor: {}\n", version(), kernels), exit_done);
}

int overview_verb() {
  const bool colour = stdout_colour();
  std::string out = bold("Mozu finds threat indicators in logs: exactly, and fast.", colour);
  out += "\n\n";
  out += bold("First steps", colour);
  out += R"(
  mozu match --feed feed.csv /var/log          scan logs for the indicators of a feed
  mozu index build -o my.mzi feeds/*           compile feeds once …
  mozu match --index my.mzi proxy.log.gz       … and scan with them at full speed
  mozu feed check feed.csv                     what is in a feed, what is refused, and why

)";
  out += bold("All verbs", colour);
  out += R"(
  match           which indicators stand in which lines
  observables     every address, name, URL, e-mail address and hash of logs, counted
  feed check      read feeds and report
  index build     compile feeds into one index file
  index info      what an index holds; index merge, index diff
  lookup          what is known about one value
  extract         what reports tell: indicators, techniques, actors, rules
  report          write, list, publish and withdraw publications
  import          files into the knowledge base; export writes selections of it
  doctor          check the base; backup, restore
  serve           the server: REST API and TAXII; user add, token add: who may use it
  formats         the feed formats that are read
  version         version and processor kernels

`mozu VERB --help` shows every option.
)";
  return finish_stdout(out, exit_done);
}

int formats_verb(bool json) {
  std::string out;
  if (json) {
    JsonWriter w(out);
    w.begin_array();
    for (const auto& [name, about] : formats::feed_formats()) w.begin_object().field("name", name).field("about", about).end_object();
    w.end_array();
    out += '\n';
    return finish_stdout(out, exit_done);
  }
  Table table("ll");
  for (const auto& [name, about] : formats::feed_formats()) table.row({std::string(name), std::string(about)});
  out = table.text(stdout_colour());
  out += "\nA feed's format is found by its content; --format NAME or the feed's settings overrule that.\n";
  return finish_stdout(out, exit_done);
}

}  // namespace mozu::cli
