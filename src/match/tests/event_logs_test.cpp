// Real logs of many products: how many lines are told right. The data lies beside the repository and is not part of it; without it
// these tests say so and pass over.
#include <gtest/gtest.h>

#include <filesystem>

#include "mozu/base/stream.hpp"
#include "mozu/match/event.hpp"
#include "shared_data.hpp"

namespace mozu::match {
namespace {

namespace fs = std::filesystem;

struct Tally {
  std::uint64_t lines = 0, timed = 0, source = 0, destination = 0, user = 0;
  std::map<std::string, std::uint64_t> formats;
};

Tally tally(const fs::path& path) {
  Tally t;
  auto input = open_input(path.string());
  if (!input) return t;
  auto stream = (*input)->next();
  if (!stream || !*stream) return t;
  LineReader reader(**stream);
  EventParser parser({}, from_civil({2026, 11, 22, 12, 0, 0, 0}));
  HeaderState header;
  LineReader::Line line;
  while (reader.next(line).value_or(false)) {
    if (line.text.empty()) continue;
    if (line.text.starts_with('#')) {
      update_header(header, line.text);
      continue;
    }
    const intel::EventFields& e = parser.parse(line.text, header);
    ++t.lines;
    ++t.formats[e.format];
    t.timed += e.time.has_value();
    t.source += !e.source.empty();
    t.destination += !e.destination.empty();
    t.user += !e.user.empty();
    parser.field_at(line.text.size() / 2, 1);
  }
  return t;
}

/// Floors in percent of the lines.
struct Floor {
  const char *file, *format;
  unsigned timed, source, destination, user;
};

constexpr Floor floors[] = {
    {"auth-elastic/auth.log", "syslog", 100, 100, 39, 24},
    {"loghub-research-only/OpenSSH_2k.log", "syslog", 100, 100, 86, 51},
    {"loghub-research-only/Linux_2k.log", "syslog", 100, 100, 71, 18},
    {"loghub-research-only/Apache_2k.log", "plain", 100, 1, 0, 0},
    {"loghub-research-only/Windows_2k.log", "plain", 100, 0, 0, 0},
    {"suricata-eve/slips-test6-malicious.suricata.json.zst", "suricata-eve", 100, 100, 100, 0},
    {"web-elastic/apache_access.log.zst", "clf", 100, 100, 0, 0},
    {"windows-otrf/cmd_mshta_vbscript_execute_psh_2020-10-2202580804.json.zst", "windows-json", 100, 100, 0, 20},
    {"windows-otrf/empire_mimikatz_lsadump_inject_protected_mode_2020-08-07110411.json.zst", "windows-json", 100, 100, 17, 79},
    {"zeek-apt29-day1/combined_zeek.log.zst", "zeek-json", 100, 100, 60, 0},
    {"zeek-m57/http.log.zst", "zeek-tsv", 100, 100, 100, 0},
    {"zeek-m57/conn.log.zst", "zeek-tsv", 100, 100, 100, 0},
    {"zeek-zed/dns.json.zst", "zeek-json", 100, 100, 100, 0},
    {"zeek-zed/ntlm.log", "zeek-tsv", 100, 100, 100, 75},
    {"zeek-zed/x509.log.zst", "zeek-tsv", 100, 0, 0, 0},
    {"crowdsec-hub-tests/unifi-logs__unifi-logs.log", "syslog", 100, 100, 100, 0},
    {"crowdsec-hub-tests/windows-bf__windows-bf.log", "windows-xml", 100, 100, 100, 100},
    {"crowdsec-hub-tests/fortinet-vpn-bf__fortinet-vpn-bf.log", "key-value", 100, 100, 0, 55},
    {"crowdsec-hub-tests/auditd-base64-exec__auditd-base64-exec.log", "key-value", 100, 0, 0, 0},
    {"crowdsec-hub-tests/teleport-bf__teleport-bf.log", "json", 100, 0, 0, 100},
    {"crowdsec-hub-tests/gitlab-bf__gitlab-bf.log", "json", 100, 100, 0, 0},
};

TEST(EventLogs, StructuredLogsAreToldRight) {
  MOZU_SHARED_OR_SKIP(logs, "logs");
  for (const Floor& floor : floors) {
    const Tally t = tally(fs::path(logs) / floor.file);
    ASSERT_GT(t.lines, 0U) << floor.file;
    const auto share = [&](std::uint64_t n) { return n * 100 / t.lines; };
    EXPECT_EQ(t.formats.contains(floor.format) ? share(t.formats.at(floor.format)) : 0, 100U) << floor.file;
    EXPECT_GE(share(t.timed), floor.timed) << floor.file;
    EXPECT_GE(share(t.source), floor.source) << floor.file;
    EXPECT_GE(share(t.destination), floor.destination) << floor.file;
    EXPECT_GE(share(t.user), floor.user) << floor.file;
  }
}

TEST(EventLogs, NearlyEveryLineOfEveryLogHasItsTime) {
  MOZU_SHARED_OR_SKIP(logs, "logs");
  std::uint64_t lines = 0, timed = 0, files = 0, poor = 0;
  for (const auto& entry : fs::recursive_directory_iterator(logs)) {
    const std::string name = entry.path().filename().string();
    // pretty-printed arrays, binary event logs, Mac resource forks; dates without a year and in an order of their own
    if (!entry.is_regular_file() || name.find("alerts-only") != std::string::npos || name.find(".evtx") != std::string::npos || name.starts_with("._") ||
        name.starts_with("Proxifier"))
      continue;
    const Tally t = tally(entry.path());
    if (t.lines == 0) continue;
    ++files;
    lines += t.lines;
    timed += t.timed;
    if (t.timed * 100 < t.lines * 95) ++poor;
  }
  EXPECT_GT(files, 200U);
  EXPECT_GE(timed * 1000, lines * 995) << timed << " of " << lines;
  EXPECT_LE(poor, 4U) << "files with times in fewer than 95 % of the lines";
}

}  // namespace
}  // namespace mozu::match
