#include "programs.hpp"

#include <string>
#include <string_view>

#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

// The name, then others, parted by '|'. No everyday words, and nothing that is on every computer and in every report.
constexpr std::string_view programs[] = {
    // transfer and relays
    "curl", "Wget", "socat", "Netcat|ncat", "Plink|PuTTY Link", "MEGAsync", "Ligolo|ligolo-ng", "revsocks",
    // remote control
    "AnyDesk", "TeamViewer", "RustDesk", "ScreenConnect|ConnectWise ScreenConnect", "Splashtop", "Atera", "RealVNC", "TightVNC", "UltraVNC", "DameWare",
    "NetSupport Manager", "Ammyy Admin", "Remote Utilities", "SimpleHelp",
    // looking around
    "WMIC", "Nmap", "ZMap", "masscan", "Advanced IP Scanner", "Advanced Port Scanner", "SoftPerfect Network Scanner", "SharpHound", "PowerView", "ADRecon",
    "WinPEAS", "LinPEAS", "ADExplorer",
    // breaking in and getting on
    "Metasploit|Metasploit Framework", "Meterpreter", "Kerbrute", "Certipy", "NetExec", "Hashcat", "John the Ripper", "SharPersist", "GodPotato", "JuicyPotato",
    "PrintSpoofer",
    // out of the way of defenders
    "Process Hacker", "PCHunter", "GMER", "IObit Unlocker",
    // mining
    "XMRig"};

}  // namespace

void append_programs(std::vector<Entity>& out) {
  for (const auto p : programs) {
    const auto names = split(p, '|');
    Entity e{EntityKind::tool, {}, std::string(names.front()), {}};
    for (std::size_t i = 1; i < names.size(); ++i) e.aliases.emplace_back(names[i]);
    out.push_back(std::move(e));
  }
}

}  // namespace mozu::reports
