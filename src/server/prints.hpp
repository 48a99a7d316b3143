// Private to the room: publications as pages and PDF. One thread prints, what waits for it is bounded; what is printed is kept with the publication, so that
// each edition is printed once. Publishing neither waits for it nor fails with it.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "mozu/base/result.hpp"
#include "mozu/publications/page.hpp"
#include "mozu/publications/print.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::server {

class Prints {
 public:
  static constexpr std::size_t waiting_max = 64;
  explicit Prints(Services& services);
  ~Prints();
  Prints(const Prints&) = delete;
  Prints& operator=(const Prints&) = delete;

  /// There is one, or can be.
  bool offered() const { return publications::can_print(); }
  /// In a while: all parts in all languages of what was published. What finds no room waits until somebody asks for it.
  void order(const publications::Published& p);
  /// The PDF that is kept, else printed now. `language` as page_html() has it. Errors: "print-busy" (too much waits, or it takes longer than a client waits),
  /// "absent" (no text), those of print_pdf(), which stay for a while.
  Result<std::string> pdf(const publications::Published& p, publications::Part part, std::string_view language);

 private:
  struct Job {
    std::shared_ptr<const publications::Published> of;  // it may refer to hundreds of thousands of objects
    publications::Part part;
    std::string language, key;
  };
  struct Failure {
    Diagnostic why;
    std::int64_t at_ms = 0;
  };
  Services& services_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<const Job>> waiting_;
  std::shared_ptr<const Job> running_;
  std::map<std::string, Failure, std::less<>> failures_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;  // last: it uses all of the others

  bool add(Job job, bool at_once);  ///< false: no room; under the lock
  bool known(std::string_view key) const;
  void serve();
  Status print(const Job& job);
};

}  // namespace mozu::server
