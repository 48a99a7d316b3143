// rooms: base intel lookup
// Any text as a question: bounded, with keys unless it is unreadable, and an answer that can be written whatever it holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mozu/base/text.hpp"
#include "mozu/lookup/question.hpp"
#include "mozu/lookup/render.hpp"
#include "mozu/lookup/verdict.hpp"

namespace {
void require(bool ok) {
  if (!ok) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::lookup;
  Answer a;
  a.question = read_question({reinterpret_cast<const char*>(data), size});
  const auto& q = a.question;
  require(q.keys.empty() == (q.type == "unreadable") && q.keys.size() <= 160);
  if (q.pattern) require(q.pattern->value == q.value);
  for (const auto& k : q.keys) require(!k.key.value.empty());
  a.verdict = judge(a);
  require(!a.verdict.reasons.empty());
  std::string json;
  append_json(json, a);
  require(mozu::is_utf8(json) && json.find('\n') == std::string::npos);
  require(mozu::is_utf8(render_text(a, false)));
  return 0;
}
