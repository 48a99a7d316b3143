// Private to the room: publications in lists of objects, called as their reader calls them. The store knows of a report one name, that of the original; its titles stand in the
// report, which may be of megabytes: each version is read once.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/server/http.hpp"
#include "mozu/store/store.hpp"

namespace mozu::lookup {
struct Answer;
}

namespace mozu::server {

/// Languages that the reader asks for (Accept-Language), the dearest first, "ja" behind "ja-JP"; none: names stay as they are.
std::vector<std::string> reader_languages(const Request& request);

/// Thread-safe.
class Titles {
 public:
  explicit Titles(store::Store& knowledge) : knowledge_(knowledge) {}
  Titles(const Titles&) = delete;
  Titles& operator=(const Titles&) = delete;

  /// Each head that is a publication gets its title in the first of the languages in which there is one as its name; what has none stays as it is.
  Status give(const Request& request, std::span<store::Head* const> heads);
  template <class List>
  Status give(const Request& request, List& heads) {
    std::vector<store::Head*> all;
    for (auto& head : heads) all.push_back(&head);
    return give(request, std::span<store::Head* const>(all));
  }
  /// Those of versions and of whole objects stand in what is there already.
  static void give_stored(const Request& request, std::vector<store::StoredObject>& objects);
  /// Objects of a lookup's answer. The request outlives the asker.
  Status give(const intel::Viewer& viewer, std::span<const std::string> languages, lookup::Answer& answer);

 private:
  struct Called;                                         ///< something with a name
  using Version = std::pair<std::string, std::int64_t>;  ///< id and sequence: whoever has them may see the version
  store::Store& knowledge_;
  std::mutex mutex_;
  std::map<Version, publications::TitleList> known_;
  Status give(const intel::Viewer& viewer, std::span<const std::string> languages, std::vector<Called> all);
  Status learn(const intel::Viewer& viewer, std::span<const std::string> ids);
};

}  // namespace mozu::server
