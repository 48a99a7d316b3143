// A worker for the tests: shut in as the real one is, it does what the document says behind "%PDF-".
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/text.hpp"
#include "prison.hpp"
#include "probes.hpp"
#include "wire.hpp"
#include "wire_objects.hpp"
#include "worker.hpp"

namespace {

using namespace mozu::files;

void say(std::string_view s) {
  while (!s.empty()) {
    const auto n = ::write(cell_answer_fd, s.data(), s.size());
    if (n <= 0) return;
    s.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string sample() {
  DocumentText d;
  d.kind = "pdf";
  d.text = "sound\n";
  return encode(d);
}

// Reads what the compiler cannot know, so that nothing is optimised away.
volatile char sink = 0;

int obey(std::string_view order) {
  if (order == "crash") std::abort();
  if (order.starts_with("objects")) {  // and what the options say, behind
    FileObject o;
    o.kind = "pdf";
    o.sha256 = std::string(64, 'a');
    say(encode_object(o));
    o.how = "member";
    say(encode_object(o).substr(0, 20));
    std::abort();
  }
  if (order == "spin")
    for (;;) sink = static_cast<char>(sink + 1);
  if (order == "memory") {
    std::vector<std::string> all;
    for (;;) all.emplace_back(std::size_t{16} << 20, sink);
  }
  if (order == "wait")
    for (;;) say({});
  if (order == "flood")
    for (const std::string block(std::size_t{1} << 20, 'x');;) say(block);
  if (order == "garbage") say("this is no answer");
  if (order == "cut") say(std::string_view(sample()).substr(0, 20));
  if (order == "sound") say(sample());
  return 0;
}

}  // namespace

int main(int, char** argv) {
  std::array<char, 64> document{};
  const auto n = ::pread(cell_input_fd, document.data(), document.size() - 1, 0);
  const std::string order(document.data() + 5, n > 5 ? static_cast<std::size_t>(n) - 5 : 0);
  // The same acts outside: what fails there as well would prove nothing of the cell.
  if (order.starts_with("control ")) {
    if (probe(std::string_view(order).substr(8), true)) say(sample());
    ::_exit(0);
  }
  if (!shut_in({mozu::to_uint(argv[5]).value_or(0), mozu::to_uint(argv[6]).value_or(0), cell_answer_fd})) ::_exit(cell_exit_start);
  int code = cell_exit_memory;
  try {
    code = order.starts_with("probe ") ? (probe(std::string_view(order).substr(6), false) ? 99 : 98) : obey(order);
  } catch (const std::bad_alloc&) {}
  ::_exit(code);
}
