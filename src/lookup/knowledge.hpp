// Private to the room: what the knowledge base says about values.
#pragma once
#include <memory>
#include <vector>

#include "mozu/lookup/lookup.hpp"

namespace mozu::lookup {

class Knowledge {
 public:
  Knowledge(store::Store& store, std::shared_ptr<actors::ActorBooks> actors, const AskOptions& options);
  ~Knowledge();
  Knowledge(Knowledge&&) noexcept;
  /// Answer::known of every question that is read: the keys of all are asked at once.
  Status find(std::vector<Answer>& answers);
  /// What the objects found say, and what they are related to.
  Status describe(Answer& answer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::lookup
