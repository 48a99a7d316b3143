// Logs that hold defanged values ("hxxp://evil[.]example"), such as chat, tickets and mail: refanged before scanning, on demand.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::live {

/// Bytes with every defang mark replaced, and the way back to where each byte came from.
/// Marks, any case: hxxp → http; [.] (.) {.} [dot] (dot) {dot} → "."; [:] → ":"; [://] → "://"; [@] (@) [at] (at) → "@"; [/] → "/".
class Refanged {
 public:
  /// false if there is no mark: text() is then empty and the bytes are to be used as they are.
  bool refang(std::string_view bytes);
  /// Gives back what a huge text took.
  void clear();
  std::string_view text() const { return text_; }
  /// Start of the raw bytes for the byte at `place` of the text.
  std::uint64_t raw_begin(std::uint64_t place) const;
  /// End of the raw bytes for a range that ends at `place`.
  std::uint64_t raw_end(std::uint64_t place) const;

 private:
  struct Edit {
    std::uint64_t text_begin, text_length, raw_begin, raw_length;
  };
  const Edit* last_at_or_before(std::uint64_t place) const;
  std::string text_;
  std::vector<Edit> edits_;
};

}  // namespace mozu::live
