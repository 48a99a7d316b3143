// What is told, in words: a mail (RFC 5322, MIME; text and HTML) or the JSON of a webhook. What may leave is decided here: of an event that is marked stricter than
// the operator lets out, only that there is something new.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/notify/event.hpp"
#include "mozu/notify/rule.hpp"

namespace mozu::notify {

inline constexpr std::size_t told_max = 100;            ///< events in one message; of further ones only the number
inline constexpr std::size_t summary_bytes_max = 4000;  ///< of one event

struct Letterhead {
  std::string from_name, from_address;
  std::string portal;                      ///< "https://mozu.example.com", without a '/' at the end
  intel::Tlp tlp_max = intel::Tlp::green;  ///< strictest marking whose words may leave; TLP:RED never does
};
struct Letter {
  std::string to_name, to_address;
  std::string unsubscribe;  ///< URL; empty: none
  std::string id;           ///< letters and digits: the same for every try
  Timestamp at;
  bool test = false;  ///< asked for by the person, about nothing
};

/// Local part and host, ASCII, without comments, quotes or blanks: nothing in it can become a header or a command.
bool is_mail_address(std::string_view s);
struct Mailbox {
  std::string name, address;
};
/// "Mozu <mozu@example.com>" or the address alone.
std::optional<Mailbox> parse_mailbox(std::string_view s);

/// Whole message with CRLF at the ends of lines.
std::string write_mail(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> events);
/// One JSON object.
std::string write_webhook(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> events);
/// "t=1764250000,v1=…": HMAC-SHA-256 with the secret over the time, a point and the body.
std::string webhook_signature(std::string_view secret, Timestamp at, std::string_view body);

/// RFC 2047: as it is if it is plain ASCII, else encoded words; line breaks and other controls become blanks, so that no header can begin in it.
std::string header_text(std::string_view utf8, std::size_t at_column = 0);
std::string mail_date(Timestamp t);  ///< RFC 5322 §3.3, UTC

}  // namespace mozu::notify
