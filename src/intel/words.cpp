#include "mozu/intel/words.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

/// ICU counts in int32; a longer text is cut.
constexpr std::size_t text_bytes_max = std::size_t{64} << 20;

bool unspaced(UChar32 c) {
  if (c < 0x1100) return false;
  if (c == 0x30FC) return true;  // the long vowel mark belongs to both kanas
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL: return true;
    default: return false;
  }
}

/// Marks go with their letter ("й" in two code points is one after NFKC, but not every pair has one).
bool in_word(UChar32 c) { return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

std::u16string folded(std::string_view text) {
  std::u16string in(text.size(), u'\0');
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8WithSub(in.data(), static_cast<std::int32_t>(in.size()), &length, text.data(), static_cast<std::int32_t>(text.size()), 0xFFFD, nullptr, &error);
  in.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(length));
  error = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCCasefoldInstance(&error);
  std::u16string out(in.size() + in.size() / 4 + 32, u'\0');
  length = unorm2_normalize(normalizer, in.data(), static_cast<std::int32_t>(in.size()), out.data(), static_cast<std::int32_t>(out.size()), &error);
  if (error == U_BUFFER_OVERFLOW_ERROR) {
    error = U_ZERO_ERROR;
    out.resize(static_cast<std::size_t>(length));
    length = unorm2_normalize(normalizer, in.data(), static_cast<std::int32_t>(in.size()), out.data(), length, &error);
  }
  out.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(length));
  return out;
}

class Cutter {
 public:
  explicit Cutter(std::size_t words_max) : words_max_(words_max) {}
  std::vector<std::string> out;

  void ascii(std::string_view text) {
    for (const char c : text) {
      if (!is_alnum(static_cast<unsigned char>(c))) finish();
      else if (word_.size() < word_bytes_max) word_ += fold(c);
      if (out.size() >= words_max_) return;
    }
    finish();
  }
  void unicode(std::u16string_view text) {
    const auto n = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < n && out.size() < words_max_;) {
      UChar32 c = 0;
      U16_NEXT(text.data(), i, n, c);
      if (unspaced(c)) pair(c);
      else if (in_word(c)) append(c);
      else finish();
    }
    finish();
  }

 private:
  static std::string utf8(UChar32 c) {
    char buffer[U8_MAX_LENGTH];
    std::int32_t n = 0;
    U8_APPEND_UNSAFE(buffer, n, c);
    return {buffer, static_cast<std::size_t>(n)};
  }
  void append(UChar32 c) {
    end_run();
    if (const auto text = utf8(c); word_.size() + text.size() <= word_bytes_max) word_ += text;
  }
  void pair(UChar32 c) {
    end_word();
    auto text = utf8(c);
    if (!before_.empty()) give(before_ + text);
    before_ = std::move(text);
  }
  void end_word() {
    if (!word_.empty()) give(std::move(word_)), word_.clear();
  }
  void end_run() {
    if (!before_.empty()) give(std::move(before_)), before_.clear();
  }
  void finish() { end_word(), end_run(); }
  void give(std::string word) {
    if (out.size() < words_max_) out.push_back(std::move(word));
  }

  std::size_t words_max_;
  std::string word_;    // letters and digits so far
  std::string before_;  // the last character of an unspaced run
};

}  // namespace

std::vector<std::string> words_of(std::string_view text, std::size_t words_max) {
  text = text.substr(0, text_bytes_max);
  Cutter cutter(words_max);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  plain ? cutter.ascii(text) : cutter.unicode(folded(text));
  return std::move(cutter.out);
}

bool is_unspaced(std::string_view word) {
  const auto text = folded(word.substr(0, word_bytes_max));
  if (text.empty()) return false;
  std::int32_t i = 0;
  UChar32 c = 0;
  U16_NEXT(text.data(), i, static_cast<std::int32_t>(text.size()), c);
  return unspaced(c);
}

WordRow word_row(std::string_view text, bool open, std::size_t words_max) {
  WordRow row{words_of(text, words_max), open};
  if (row.words.empty() || !is_unspaced(row.words.back())) return row;
  // A run ends with its last character alone; within a text more may follow it. Alone it is the begin of any pair.
  if (row.words.size() > 1 && is_unspaced(row.words[row.words.size() - 2])) row.words.pop_back(), row.prefix = false;
  else row.prefix = true;
  return row;
}

}  // namespace mozu::intel
