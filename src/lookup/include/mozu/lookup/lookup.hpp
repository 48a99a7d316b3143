// Asking every memory about values: indicator indexes, warning lists, the knowledge base, geography. Memories are opened once and shared;
// each thread has a cheap Asker with its own scratch.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/actors/book.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/lookup/answer.hpp"
#include "mozu/lookup/geo.hpp"
#include "mozu/lookup/known_lists.hpp"
#include "mozu/lookup/own_false_positives.hpp"
#include "mozu/match/index.hpp"
#include "mozu/store/store.hpp"

namespace mozu::lookup {

/// What is there to be asked; every part may be absent.
struct Memories {
  std::vector<std::shared_ptr<const match::Index>> indexes;  ///< feeds say what is bad
  std::shared_ptr<const match::Index> warning_lists;         ///< feeds are lists of what is known
  std::shared_ptr<store::Store> knowledge;
  std::shared_ptr<actors::ActorBooks> actors;          ///< of `knowledge`, for all askers; without, each asker works them out for itself
  std::shared_ptr<KnownLists> known_lists;             ///< of `knowledge`, likewise; asked beside `warning_lists`
  std::shared_ptr<OwnFalsePositives> false_positives;  ///< of `knowledge`, likewise
  std::shared_ptr<const Geography> geography;          ///< where addresses are
};

/// All that says of a value that it is harmless, as lookups of this viewer hear it: warning lists of the data folder, those that were imported, false positives that count at `now`.
Result<std::vector<std::shared_ptr<const match::Index>>> harmless_lists(const Memories& memories, const intel::Viewer& viewer, Timestamp now);

struct AskOptions {
  intel::Viewer viewer;                ///< feeds of an index belong to nobody: their TLP counts
  Timestamp as_of = Timestamp::now();  ///< what is valid then is active
  std::size_t related_max = 100;       ///< neighbours an object; Answer::more tells of others
  bool history = true;                 ///< versions of what is found, and tags
  /// Calls objects of the answer as its reader does, before the verdict speaks of them; empty: they have their names.
  std::function<Status(Answer&)> rename = {};
};

/// Not thread-safe: one a thread.
class Asker {
 public:
  Asker(const Memories& memories, AskOptions options);
  ~Asker();
  Asker(Asker&&) noexcept;
  /// Gives one answer a value, in order, each as soon as it is whole. Many values at once (some thousands) are much cheaper than one by
  /// one. What one value brings is bounded. Errors are those of the store; answers given before one stand.
  using AnswerSink = std::function<void(Answer&&)>;
  Status ask(std::span<const std::string_view> values, const AnswerSink& each);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::lookup
