#include <fmt/core.h>

#include <cstdlib>
#include <string>

#include "mozu/base/jail.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/attachments.hpp"

namespace mozu::publications {
namespace {

constexpr std::uint32_t wall_s_max = 120;
constexpr std::size_t mistakes_told_max = 50;

/// What rules refer to, and nothing of the site: the same rules get the same answer on every machine.
constexpr std::string_view settings = R"(%YAML 1.1
---
vars:
  address-groups:
    HOME_NET: "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]"
    EXTERNAL_NET: "any"
    HTTP_SERVERS: "$HOME_NET"
    SMTP_SERVERS: "$HOME_NET"
    SQL_SERVERS: "$HOME_NET"
    DNS_SERVERS: "$HOME_NET"
    TELNET_SERVERS: "$HOME_NET"
    AIM_SERVERS: "$EXTERNAL_NET"
    DC_SERVERS: "$HOME_NET"
    DNP3_SERVER: "$HOME_NET"
    DNP3_CLIENT: "$HOME_NET"
    MODBUS_CLIENT: "$HOME_NET"
    MODBUS_SERVER: "$HOME_NET"
    ENIP_CLIENT: "$HOME_NET"
    ENIP_SERVER: "$HOME_NET"
  port-groups:
    HTTP_PORTS: "80"
    SHELLCODE_PORTS: "!80"
    ORACLE_PORTS: 1521
    SSH_PORTS: 22
    DNP3_PORTS: 20000
    MODBUS_PORTS: 502
    FILE_DATA_PORTS: "[$HTTP_PORTS,110,143]"
    FTP_PORTS: 21
    GENEVE_PORTS: 6081
    VXLAN_PORTS: 4789
    TEREDO_PORTS: 3544
app-layer:
  protocols:
    modbus:
      enabled: yes
    dnp3:
      enabled: yes
    enip:
      enabled: yes
classification-file: /etc/suricata/classification.config
reference-config-file: /etc/suricata/reference.config
outputs: []
logging:
  default-log-level: notice
  outputs:
    - console:
        enabled: yes
)";

std::string_view after(std::string_view line, std::string_view mark) {
  const auto at = line.find(mark);
  return at == line.npos ? std::string_view() : line.substr(at + mark.size());
}

/// Suricata 6 and 7: reasons, each a line, then 'error parsing signature "…" from file …/rules at line 3'.
void hear(const std::string& name, std::string_view output, int exit, Diagnostics& diagnostics) {
  std::string reason;
  std::size_t told = 0;
  for (const std::string_view line : split(output, '\n')) {
    std::string_view text = line;
    for (const std::string_view mark : {"] - ", "<Error> - ", "E: ", "<Error> -- "})
      if (const auto rest = after(line, mark); !rest.empty()) text = rest;
    if (text.size() == line.size()) continue;  // no error
    const auto place = text.rfind(" at line ");
    if (text.find("error parsing signature") == text.npos || place == text.npos) {
      if (reason.empty()) reason = text;
      continue;
    }
    std::string_view number = text.substr(place + 9);
    number = number.substr(0, number.find_first_not_of("0123456789"));
    if (told++ < mistakes_told_max)
      diagnostics.add({Severity::error,
                       "suricata",
                       fmt::format("suricata refuses the rule: {}", printable(reason.empty() ? "it does not parse" : reason, 300)),
                       {name, to_uint(number).value_or(0), {}},
                       "correct the rule"});
    reason.clear();
  }
  if (told == 0)
    diagnostics.add(
        {Severity::error,
         "suricata",
         fmt::format("suricata refuses the rules: {}", reason.empty() ? fmt::format("it ended with {} and does not say why", exit) : printable(reason, 300)),
         {name, 0, {}},
         "correct the rules"});
}

/// Empty: there is none.
std::string find_suricata(const std::string& program) {
  if (!program.empty()) return first_program({program.c_str()});
  if (const char* given = std::getenv("MOZU_SURICATA"); given != nullptr && *given != '\0') return first_program({given});
  return first_program({"/usr/bin/suricata", "/usr/local/bin/suricata", "/opt/suricata/bin/suricata"});
}

}  // namespace

bool can_test_suricata(const std::string& program) { return !find_suricata(program).empty(); }

void check_suricata(const std::string& name, std::string_view rules, Diagnostics& diagnostics, const std::string& program) {
  const std::string found = find_suricata(program);
  if (found.empty())
    return diagnostics.add({Severity::note, "suricata-absent", "suricata is not installed here: its rules are parsed, and not tested", {name, 0, {}}, {}});
  const auto refuse = [&](const Diagnostic& d) { diagnostics.add(Diagnostic(d).at(name)); };
  const auto folder = PrivateFolder::make();
  if (!folder) return refuse(folder.error());
  for (const auto& [file, bytes] : {std::pair<std::string_view, std::string_view>{"suricata.yaml", settings}, {"rules", rules}})
    if (const auto written = folder->write(file, bytes); !written) return refuse(written.error());
  JailOptions options;
  options.program = found;
  options.arguments = {"-T", "-c", folder->path() + "/suricata.yaml", "-S", folder->path() + "/rules", "-l", folder->path()};
  options.environment = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", "HOME=" + folder->path()};
  options.wall_s_max = wall_s_max;
  const auto end = run_in_jail(*folder, options);
  if (!end) return refuse(end.error());
  if (end->done()) return;
  if (end->late || end->signal != 0)
    return diagnostics.add(
        {Severity::error,
         "suricata",
         end->late ? fmt::format("suricata did not end within {} s", wall_s_max) : fmt::format("the rules crashed suricata (signal {})", end->signal),
         {name, 0, {}},
         "find the rule by taking others out"});
  hear(name, end->output, end->exit, diagnostics);
}

}  // namespace mozu::publications
