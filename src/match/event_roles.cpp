// Which fields tell time, the two ends and the user. Names are compared without case, '_', '-', '.', '@' and blanks, so that
// "SourceIp", "source_ip" and "source.ip" are one. The list is what the documentation of the formats and real logs call them.
#include <array>

#include "event_fields.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

struct Entry {
  std::string_view name;
  Role role;
  std::uint8_t rank;
  bool only_address = false;
  std::uint16_t markers = 0;
  bool url_host = false;
};

constexpr auto T = Role::time;
constexpr auto S = Role::source;
constexpr auto D = Role::destination;
constexpr auto U = Role::user;
constexpr auto H = Role::host;
constexpr auto N = Role::none;

// Ranks of times: when it happened before when it was noticed, received, sent on.
constexpr std::array entries{Entry{"utctime", T, 4},
                             Entry{"rt", T, 6},
                             Entry{"timecreated", T, 6, false, 0},
                             Entry{"timecreatedsystemtime", T, 6},
                             Entry{"eventtime", T, 8},
                             Entry{"eventcreated", T, 9},
                             Entry{"timestamp", T, 10, false, eve_time},
                             Entry{"ts", T, 10, false, zeek_time},
                             Entry{"time", T, 11},
                             Entry{"datetime", T, 11},
                             Entry{"devtime", T, 9},
                             Entry{"devicetime", T, 9},
                             Entry{"creationtime", T, 12},
                             Entry{"eventtv", T, 10},
                             Entry{"requestreceivedtimestamp", T, 12},
                             Entry{"stagetimestamp", T, 13},
                             Entry{"tdate", T, 10},
                             Entry{"startutc", T, 12},
                             Entry{"startlocal", T, 13},
                             Entry{"starttime", T, 14},
                             Entry{"start", T, 15},
                             Entry{"published", T, 15},
                             Entry{"asctime", T, 12},
                             Entry{"logtime", T, 12},
                             Entry{"unifiutctime", T, 9},
                             Entry{"t", T, 18},
                             Entry{"receivetime", T, 18},
                             Entry{"generatedtime", T, 12},
                             Entry{"end", T, 19},
                             Entry{"timestampns", T, 20},
                             Entry{"createdat", T, 21},
                             Entry{"eventreceivedtime", T, 24},
                             Entry{"date", T, 22},
                             Entry{"id", T, 26},

                             Entry{"srcip", S, 1},
                             Entry{"sourceip", S, 1},
                             Entry{"idorigh", S, 1, false, zeek_ends},
                             Entry{"sourceaddress", S, 2},
                             Entry{"sourceipaddress", S, 2},
                             Entry{"src", S, 3},
                             Entry{"saddr", S, 3},
                             Entry{"srcaddr", S, 3},
                             Entry{"srcaddress", S, 3},
                             Entry{"origh", S, 4},
                             Entry{"cip", S, 3},
                             Entry{"clientip", S, 5},
                             Entry{"clientaddr", S, 6},
                             Entry{"clientaddress", S, 5},
                             Entry{"clienthost", S, 5},
                             Entry{"callerip", S, 5},
                             Entry{"calleripaddress", S, 5},
                             Entry{"remip", S, 5},
                             Entry{"rip", S, 5},
                             Entry{"oip", S, 5},
                             Entry{"ipaddress", S, 6},
                             Entry{"shost", S, 6},
                             Entry{"srchost", S, 6},
                             Entry{"sourcehost", S, 6},
                             Entry{"sourcehostname", S, 7},
                             Entry{"srcname", S, 7},
                             Entry{"remoteip", S, 6},
                             Entry{"requestip", S, 6},
                             Entry{"addrremote", S, 6},
                             Entry{"remoteaddr", S, 7},
                             Entry{"remoteaddress", S, 7},
                             Entry{"downstreamremoteaddress", S, 7},
                             Entry{"rhost", S, 7},
                             Entry{"remotehost", S, 8},
                             Entry{"identsrc", S, 9},
                             Entry{"sourceips", S, 9},
                             Entry{"client", S, 10},
                             Entry{"remote", S, 12, true},
                             Entry{"peer", S, 14, true},
                             Entry{"source", S, 16, true},
                             Entry{"ip", S, 20, true},
                             Entry{"addr", S, 20, true},
                             Entry{"workstationname", S, 18},
                             Entry{"workstation", S, 19},

                             Entry{"dstip", D, 1},
                             Entry{"destip", D, 1},
                             Entry{"destinationip", D, 1},
                             Entry{"idresph", D, 1, false, zeek_ends},
                             Entry{"destinationaddress", D, 2},
                             Entry{"destaddress", D, 2},
                             Entry{"destinationipaddress", D, 2},
                             Entry{"dst", D, 3},
                             Entry{"daddr", D, 3},
                             Entry{"dstaddr", D, 3},
                             Entry{"dstaddress", D, 3},
                             Entry{"resph", D, 4},
                             Entry{"dest", D, 5},
                             Entry{"dhost", D, 6},
                             Entry{"dsthost", D, 6},
                             Entry{"desthost", D, 6},
                             Entry{"destinationhost", D, 6},
                             Entry{"destinationhostname", D, 7},
                             Entry{"dstname", D, 7},
                             Entry{"serverip", D, 8},
                             Entry{"serveraddr", D, 8},
                             Entry{"serveraddress", D, 8},
                             Entry{"targetip", D, 9},
                             Entry{"lip", D, 9},
                             Entry{"localip", D, 11},
                             Entry{"localaddr", D, 11},
                             Entry{"localaddress", D, 11},
                             Entry{"downstreamlocaladdress", D, 11},
                             Entry{"requesthost", D, 13},
                             Entry{"httphostname", D, 13},
                             Entry{"destination", D, 16, true},
                             Entry{"destinationdomain", D, 9},
                             Entry{"url", D, 30, false, 0, true},
                             Entry{"request", D, 31, false, 0, true},
                             Entry{"requesturl", D, 30, false, 0, true},

                             Entry{"suser", U, 3},
                             Entry{"username", U, 3},
                             Entry{"usrname", U, 3},
                             Entry{"csusername", U, 3},
                             Entry{"srcuser", U, 4},
                             Entry{"sourceuser", U, 4},
                             Entry{"sourceusername", U, 4},
                             Entry{"user", U, 5},
                             Entry{"usr", U, 5},
                             Entry{"duser", U, 5},
                             Entry{"clientusername", U, 5},
                             Entry{"userprincipalname", U, 5},
                             Entry{"targetusername", U, 6},
                             Entry{"remoteuser", U, 6},
                             Entry{"dstuser", U, 7},
                             Entry{"subjectusername", U, 8},
                             Entry{"acct", U, 9},
                             Entry{"principalname", U, 9},
                             Entry{"uname", U, 9},
                             Entry{"account", U, 12},
                             Entry{"login", U, 14},
                             Entry{"accountname", U, 15},
                             Entry{"email", U, 20},

                             Entry{"hostname", H, 1},
                             Entry{"computer", H, 1},
                             Entry{"computername", H, 1},
                             Entry{"dvchost", H, 2},
                             Entry{"devicehostname", H, 2},
                             Entry{"devname", H, 2},
                             Entry{"systemcomputer", H, 1},
                             Entry{"winlogcomputername", H, 1},
                             Entry{"agenthostname", H, 4},
                             Entry{"host", H, 3},
                             Entry{"dvc", H, 3},
                             Entry{"system", H, 5},
                             Entry{"unifihost", H, 6},

                             Entry{"uid", N, 0, false, zeek_uid},
                             Entry{"eventtype", N, 0, false, eve_type},
                             Entry{"flowid", N, 0, false, eve_flow},
                             Entry{"eventid", N, 0, false, windows_id},
                             Entry{"channel", N, 0, false, windows_channel},
                             Entry{"providerguid", N, 0, false, windows_channel},
                             Entry{"sourcename", N, 0, false, windows_channel}};

// W3C names begin with who speaks to whom (c client, s server, r remote, cs client to server); there the prefix is the meaning,
// so they are compared as they are: "s-ip" is a server, "rhost=" of a login record is not "r-host".
constexpr std::array w3c_entries{Entry{"c-ip", S, 1},          Entry{"cs-username", U, 1},    Entry{"cs-host", D, 2},         Entry{"cs(Host)", D, 3},
                                 Entry{"r-dns", D, 4},         Entry{"r-host", D, 4},         Entry{"cs-uri-host", D, 3},     Entry{"r-ip", D, 5},
                                 Entry{"s-ip", D, 7},          Entry{"s-computername", D, 9}, Entry{"s-supplier-name", D, 8}, Entry{"c-dns", S, 3},
                                 Entry{"cs-auth-group", N, 0}, Entry{"x-timestamp", T, 8},    Entry{"c-username", U, 2},      Entry{"s-dns", D, 8},
                                 Entry{"date-time", T, 5},     Entry{"client-ip", S, 2},      Entry{"server-ip", D, 6},       Entry{"remote-endpoint", S, 6},
                                 Entry{"local-endpoint", D, 8}};

constexpr std::size_t role_name_bytes_max = 40;
constexpr std::size_t slots = 1024;

/// 0 for bytes that do not count.
constexpr char folded(char c) {
  if (c == '_' || c == '-' || c == '.' || c == '@' || c == ' ' || c == '$' || c == '#') return 0;
  return fold(c);
}
constexpr auto folded_table = [] {
  std::array<char, 256> t{};
  for (std::size_t i = 0; i < 256; ++i) t[i] = folded(static_cast<char>(i));
  return t;
}();

struct Key {
  std::array<char, role_name_bytes_max> text{};
  std::size_t size = 0;
  std::uint32_t hash = 2166136261U;
  bool fits = true;

  constexpr void add(std::string_view s) {
    for (const char c : s) {
      const char f = folded_table[static_cast<unsigned char>(c)];
      if (f == 0) continue;
      if (size == text.size()) {
        fits = false;
        return;
      }
      text[size++] = f;
      hash = (hash ^ static_cast<unsigned char>(f)) * 16777619U;
    }
  }
  constexpr std::size_t slot() const { return (hash ^ (hash >> 15)) % slots; }
};

/// Open addressing; 0 = empty, else index + 1.
constexpr auto role_table = [] {
  std::array<std::uint8_t, slots> table{};
  static_assert(entries.size() < 255);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Key key;
    key.add(entries[i].name);
    std::size_t s = key.slot();
    while (table[s] != 0) s = (s + 1) % slots;
    table[s] = static_cast<std::uint8_t>(i + 1);
  }
  return table;
}();

RoleGuess look_up(const Key& key) {
  if (!key.fits || key.size == 0) return {};
  const std::string_view name(key.text.data(), key.size);
  for (std::size_t s = key.slot(); role_table[s] != 0; s = (s + 1) % slots) {
    const Entry& e = entries[role_table[s] - 1U];
    if (e.name == name) return {e.role, e.rank, e.only_address, e.markers, e.url_host};
  }
  return {};
}

bool is_w3c_shape(std::string_view name) {
  return name.size() > 3 && (name[1] == '-' || name[2] == '-' || name[2] == '(' || name.find('-') != std::string_view::npos);
}

}  // namespace

RoleGuess guess_role(std::string_view name) {
  if (name.size() > role_name_bytes_max + 8) return {};
  if (is_w3c_shape(name))
    for (const Entry& e : w3c_entries)
      if (e.name == name) return {e.role, e.rank, e.only_address, e.markers, e.url_host};
  Key key;
  key.add(name);
  return look_up(key);
}

RoleGuess guess_role(std::string_view parent, std::string_view name) {
  if (parent.size() + name.size() > role_name_bytes_max + 8) return {};
  Key key;
  key.add(parent);
  key.add(name);
  return look_up(key);
}

bool is_placeholder(std::string_view t) {
  if (t.empty() || t == "-" || t == "--" || t == "\"-\"" || t == "*" || t == "?" || t == "_") return true;
  return t.size() <= 9 && (iequals(t, "n/a") || iequals(t, "null") || iequals(t, "(null)") || iequals(t, "none") || iequals(t, "(empty)") ||
                           iequals(t, "undefined") || iequals(t, "unknown") || iequals(t, "(none)"));
}

}  // namespace mozu::match::detail
