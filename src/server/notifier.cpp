// Notifications, wired: who may be told, what is sealed for them, where the portal is.
#include <fmt/core.h>

#include "fetch.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/base/text.hpp"
#include "notifier.hpp"
#include "publication_news.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view unsubscribe_purpose = "notification-unsubscribe";

std::string secret_purpose(const notify::Rule& rule) { return "notification-secret " + rule.id; }

Result<std::optional<notify::Recipient>> recipient(Identities& identities, store::UserId id) {
  MOZU_LET(const auto who, identities.known(id));
  if (!who || !(*who)->may(Permission::read)) return std::nullopt;
  MOZU_LET(const auto user, identities.accounts().user(id));
  if (!user) return std::nullopt;
  return notify::Recipient{id, user->name, user->email, (*who)->viewer};
}

/// The source lives as long as what reads it.
class Notifier final : public notify::Service {
 public:
  static Result<std::unique_ptr<notify::Service>> start(Services& services) {
    auto out = std::make_unique<Notifier>(services);
    Identities& identities = services.identities;
    notify::House house{identities.accounts(), out->source_, {}, {}, {}, {}, portal_url(services)};
    house.recipient = [&identities](store::UserId id) { return recipient(identities, id); };
    house.secret = [&identities](const notify::Rule& rule) { return webhook_secret(identities, rule); };
    house.unsubscribe = [&services](const notify::Rule& rule) { return unsubscribe_url(services, rule); };
    house.log = [&services](const Diagnostic& d) {
      std::string line;
      JsonWriter(line)
          .begin_object()
          .field("at", format_time(Timestamp::now()))
          .field("level", d.severity == Severity::error ? "error" : "warning")
          .field("code", d.code)
          .field("message", d.message)
          .end_object();
      services.log(line);
    };
    MOZU_LET(out->service_, notify::Service::start(std::move(house), *services.notifications));
    return std::unique_ptr<notify::Service>(std::move(out));
  }
  explicit Notifier(Services& services) : source_(services.identities.accounts(), services.knowledge) {}
  void wake() override { service_->wake(); }

 private:
  PublicationNews source_;
  std::unique_ptr<notify::Service> service_;
};

}  // namespace

std::string portal_url(const Services& services) {
  std::string_view url = services.oidc.public_url;
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

Status check_portal_url(const std::string& url) {
  MOZU_TRY(parse_address(url));
  for (const char c : url)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f || c == '<' || c == '>' || c == '"')
      return fail("url-invalid", "the public URL holds what no URL holds");
  return {};
}

std::string sealed_webhook_secret(const Identities& identities, const notify::Rule& rule, std::string_view secret) {
  return identities.seal_for(secret_purpose(rule), secret);
}
std::optional<std::string> webhook_secret(const Identities& identities, const notify::Rule& rule) {
  return identities.open_for(secret_purpose(rule), rule.secret);
}

std::string unsubscribe_url(const Services& services, const notify::Rule& rule) {
  return fmt::format("{}{}?token={}", portal_url(services), unsubscribe_path, services.identities.seal_for(unsubscribe_purpose, rule.id));
}
std::optional<std::string> unsubscribed_rule(const Identities& identities, std::string_view token) { return identities.open_for(unsubscribe_purpose, token); }

Result<std::unique_ptr<notify::Service>> start_notifier(Services& services) {
  MOZU_TRY(check_portal_url(services.oidc.public_url));
  return Notifier::start(services);
}

}  // namespace mozu::server
