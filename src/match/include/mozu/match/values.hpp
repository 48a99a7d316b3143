// What an index says about one value that somebody asks for: the same rules as a scan, but every word counts, valid today or not.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/detection.hpp"
#include "mozu/match/index.hpp"

namespace mozu::match {

/// An indicator that covers the value, and what each feed says of it.
struct ValueHit {
  intel::Relation relation = intel::Relation::exact;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string indicator;       ///< canonical
  std::vector<Posting> words;  ///< not empty; exact-only words that do not reach the value are left out
  std::string suppressed;      ///< reason, if the value is on a suppression list of the index
};

/// Not thread-safe: one a thread. About a microsecond a value that nobody lists.
class ValueLookup {
 public:
  explicit ValueLookup(std::shared_ptr<const Index> index);
  ~ValueLookup();
  ValueLookup(ValueLookup&&) noexcept;
  /// `value`: an observable as a log holds it ("evil.example", "http://evil.example/a", "192.0.2.1", a hash, "who@evil.example"). The value itself
  /// and the host of a URL or e-mail address are looked up; whatever else stands in it is not. Replaces `out`.
  void find(std::string_view value, std::vector<ValueHit>& out);
  const Index& index() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::match
