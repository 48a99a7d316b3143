// The only file of the room that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/notify/settings.hpp"

namespace mozu::notify {
namespace {

constexpr std::uint64_t password_bytes_max = 4096;
constexpr std::int64_t connections_most = 64, seconds_most = std::int64_t{30} * 24 * 3600;

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  Result<Settings> read() {
    MOZU_LET(const std::string text, read_file(path_, settings_bytes_max));
    if (const auto line = toml_line_too_deep(text); line != 0) return bad(line, "too many dots in one key");
    const auto parsed = toml::parse(text, path_);
    if (!parsed) return bad(parsed.error().source().begin.line, std::string(parsed.error().description()));
    MOZU_TRY(table(parsed.table(),
                   {{"tlp_max", [this](const auto& n) { return tlp(n); }},
                    {"retry_seconds", [this](const auto& n) { return seconds(n, out_.retry_first_ms); }},
                    {"give_up_hours", [this](const auto& n) { return number(n, 1, 24 * 30, [this](auto h) { out_.retry_until_ms = h * 3'600'000; }); }},
                    {"mail", [this](const auto& n) { return sub(n, "mail", [this](const auto& t) { return mail(t); }); }},
                    {"webhook", [this](const auto& n) { return sub(n, "webhook", [this](const auto& t) { return webhook(t); }); }}}));
    if (out_.mail.host.empty() && !out_.webhooks) return bad(0, "neither [mail] nor [webhook] is there", "without either there is nothing to send with");
    return std::move(out_);
  }

 private:
  using Node = toml::node;
  using Read = std::function<Status(const Node&)>;
  std::string path_;
  Settings out_;

  std::unexpected<Diagnostic> bad(std::uint64_t line, std::string what, std::string hint = {}) const {
    return fail(Diagnostic{Severity::error, "notify-settings", std::move(what), {path_, line, {}}, std::move(hint)});
  }
  static std::uint64_t line_of(const Node& n) { return n.source().begin.line; }
  std::string beside(const std::string& name) const { return (std::filesystem::path(path_).parent_path() / name).string(); }

  Status table(const toml::table& t, const std::vector<std::pair<std::string_view, Read>>& known) const {
    for (const auto& [key, node] : t) {
      const auto found = std::ranges::find(known, key.str(), &std::pair<std::string_view, Read>::first);
      if (found == known.end()) {
        std::string list;
        for (const auto& k : known) list += (list.empty() ? "" : ", ") + std::string(k.first);
        return bad(line_of(node), fmt::format("\"{}\" is not known", printable(key.str(), 60)), "known are " + list);
      }
      MOZU_TRY(found->second(node));
    }
    return {};
  }
  Status sub(const Node& n, std::string_view name, const std::function<Status(const toml::table&)>& read) const {
    const auto* t = n.as_table();
    if (t == nullptr) return bad(line_of(n), fmt::format("\"{}\" must be a table", name), fmt::format("write [{}]", name));
    return read(*t);
  }
  Status text(const Node& n, std::string& out) const {
    const auto value = n.value_exact<std::string>();
    if (!value || !is_utf8(*value) || std::ranges::any_of(*value, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      return bad(line_of(n), "this must be a text of one line");
    out = *value;
    return {};
  }
  Status number(const Node& n, std::int64_t least, std::int64_t most, const std::function<void(std::int64_t)>& take) const {
    const auto value = n.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) return bad(line_of(n), fmt::format("this must be a number from {} to {}", least, most));
    take(*value);
    return {};
  }
  Status seconds(const Node& n, std::int64_t& out) const {
    return number(n, 1, seconds_most, [&](auto s) { out = s * 1000; });
  }
  Status file(const Node& n, std::string& out) const {
    MOZU_TRY(text(n, out));
    out = beside(out);
    if (std::error_code ec; !std::filesystem::is_regular_file(out, ec)) return bad(line_of(n), fmt::format("there is no file {}", printable(out)));
    return {};
  }
  Status tlp(const Node& n) {
    std::string word;
    MOZU_TRY(text(n, word));
    const auto tlp = intel::parse_tlp(word);
    if (!tlp || *tlp > intel::Tlp::amber_strict)
      return bad(line_of(n), fmt::format("'{}' is no marking that may leave", printable(word, 40)),
                 "write clear, green, amber or amber+strict; the words of TLP:RED never leave");
    out_.tlp_max = *tlp;
    return {};
  }

  Status mail(const toml::table& t) {
    MailServer& m = out_.mail;
    std::string security = "starttls";
    std::optional<std::int64_t> port;
    MOZU_TRY(table(
        t, {{"server", [&](const auto& n) { return text(n, m.host); }},
            {"port", [&](const auto& n) { return number(n, 1, 65535, [&](auto p) { port = p; }); }},
            {"security", [&](const auto& n) { return text(n, security); }},
            {"user", [&](const auto& n) { return text(n, m.user); }},
            {"password_file", [&](const auto& n) { return password(n); }},
            {"authority", [&](const auto& n) { return file(n, m.authority); }},
            {"from", [&](const auto& n) { return from(n); }},
            {"hello", [&](const auto& n) { return text(n, m.hello); }},
            {"connections", [&](const auto& n) { return number(n, 1, connections_most, [&](auto c) { out_.mail_connections = static_cast<unsigned>(c); }); }},
            {"timeout_seconds", [&](const auto& n) { return seconds(n, out_.patience.mail_ms); }}}));
    const auto line = t.source().begin.line;
    if (m.host.empty() || !std::ranges::all_of(m.host, [](char c) {
          return is_alnum(static_cast<unsigned char>(c)) || std::string_view(".-:_").find(c) != std::string_view::npos;
        }))
      return bad(line, "[mail] names no server", "write server = \"smtp.example.com\"");
    if (out_.from.address.empty()) return bad(line, "[mail] does not say who the mail is from", "write from = \"Mozu <mozu@example.com>\"");
    if (security == "tls") m.security = Security::tls;
    else if (security == "starttls") m.security = Security::starttls;
    else if (security == "none") m.security = Security::none;
    else return bad(line, fmt::format("'{}' is no security of mail", printable(security, 40)), "write starttls, tls or none");
    if (m.security == Security::none && m.host != "localhost" && !m.host.starts_with("127.") && m.host != "::1")
      return bad(line, "without TLS, mail would cross the network in the clear", "security = \"none\" is for a server on the loopback only");
    m.port = static_cast<std::uint16_t>(port.value_or(m.security == Security::tls ? 465 : m.security == Security::starttls ? 587 : 25));
    if (m.hello.empty()) m.hello = out_.from.address.substr(out_.from.address.rfind('@') + 1);
    if (!is_mail_address("x@" + m.hello)) return bad(line, "hello is no host name");
    return {};
  }
  Status password(const Node& n) {
    std::string path;
    MOZU_TRY(file(n, path));
    MOZU_LET(const std::string text, read_file(path, password_bytes_max));
    out_.mail.password = trim(text);
    return {};
  }
  Status from(const Node& n) {
    std::string word;
    MOZU_TRY(text(n, word));
    const auto box = parse_mailbox(word);
    if (!box) return bad(line_of(n), "from is no address", "write from = \"Mozu <mozu@example.com>\"");
    out_.from = *box;
    return {};
  }

  Status webhook(const toml::table& t) {
    out_.webhooks = true;
    return table(t, {{"allow", [&](const auto& n) { return allow(n); }},
                     {"authority", [&](const auto& n) { return file(n, out_.webhook_authority); }},
                     {"connections",
                      [&](const auto& n) { return number(n, 1, connections_most, [&](auto c) { out_.webhook_connections = static_cast<unsigned>(c); }); }},
                     {"timeout_seconds", [&](const auto& n) { return seconds(n, out_.patience.webhook_ms); }}});
  }
  Status allow(const Node& n) {
    const auto* list = n.as_array();
    if (list == nullptr) return bad(line_of(n), "allow must be a list of networks", "write allow = [\"10.20.0.0/16\"]");
    for (const auto& item : *list) {
      std::string word;
      MOZU_TRY(text(item, word));
      if (!out_.webhook_allowed.add(word))
        return bad(line_of(item), fmt::format("'{}' is no network", printable(word, 60)), "write it like 10.20.0.0/16 or 2001:db8::/32");
    }
    return {};
  }
};

}  // namespace

Result<Settings> read_settings(const std::string& path) { return Reader(path).read(); }

}  // namespace mozu::notify
