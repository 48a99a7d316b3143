// Private to the room: every sentence of a message, in both languages.
#pragma once
#include <string_view>

namespace mozu::notify {

struct Words {
  std::string_view published, revised, withdrawn;  ///< before a title
  std::string_view detected, detections;           ///< the same; {} = how many
  std::string_view listed_as, in_log, times;       ///< of one of them; {} = value, log, number
  std::string_view hidden;                         ///< in place of what may not leave
  std::string_view hidden_subject;
  std::string_view locked;
  std::string_view digest_subject;  ///< {} = how many publications
  std::string_view mixed_subject;   ///< {} = how many, if not all are publications
  std::string_view more;            ///< {} = how many further ones
  std::string_view read;            ///< before the link
  std::string_view sign_in;         ///< before the link of what is hidden
  std::string_view test_subject, test_body;
  std::string_view why;  ///< {} = name of the rule
  std::string_view manage, unsubscribe;
  std::string_view kind, actors, sectors, countries, tags, tlp;
};
/// "en" unless it is "ja".
const Words& words(std::string_view language);

}  // namespace mozu::notify
