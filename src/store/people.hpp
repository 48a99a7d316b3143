// The base of what people say (accounts.hpp): connections, and writing in one transaction at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "connection.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

inline constexpr std::string_view people_file = "people.db";

/// What doctor compares a document with. Also of its name: a text that came to another document is not its own.
std::int64_t document_digest(std::string_view collection, std::string_view id, std::string_view json);
/// Of documents of before there were digests.
Status write_document_digests(Db& db);

/// What is common and what the own organisation says; the owner of the machine hears all. A condition on the column `organisation`.
std::string heard(const intel::Viewer& viewer);

class People {
 public:
  static Result<std::unique_ptr<People>> open(const StoreOptions& options);
  People(Place place, unsigned readers_max) : place_(std::move(place)), readers_(place_, readers_max) {}
  Result<Pool::Lease> reader() { return readers_.borrow(); }
  /// `work` within one writing transaction, which is committed if it returns a value.
  template <class Work>
  auto write(const Work& work) -> decltype(work(std::declval<Db&>())) {
    if (!writer_) return fail("store-read-only", "the knowledge base was opened for reading only");
    const auto pass = writing_.enter();
    Transaction t(*writer_);
    MOZU_TRY(t.begin(true));
    auto done = work(*writer_);
    if (done) MOZU_TRY(t.commit());
    return done;
  }

 private:
  Place place_;
  Pool readers_;
  Turnstile writing_;
  std::unique_ptr<Db> writer_;
};

}  // namespace mozu::store
