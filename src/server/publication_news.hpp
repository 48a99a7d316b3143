// Private to the room: publications, and what was seen in logs, as what people may be told of.
#pragma once
#include <string>

#include "mozu/actors/book.hpp"
#include "mozu/notify/event.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

class PublicationNews final : public notify::Source {
 public:
  PublicationNews(store::Accounts& people, store::Store& knowledge) : people_(people), knowledge_(knowledge), actors_(knowledge) {}
  Result<std::int64_t> last_sequence() override { return knowledge_.last_sequence(); }
  Result<notify::News> after(std::int64_t sequence) override;
  Result<std::optional<notify::Event>> seen_by(const intel::Viewer& viewer, const std::string& key) override;
  Result<std::vector<std::string>> names_of(const intel::Viewer& viewer, const std::vector<std::string>& actors) override;

 private:
  store::Accounts& people_;
  store::Store& knowledge_;
  actors::ActorBooks actors_;  // read when a rule asks for an actor
};

}  // namespace mozu::server
