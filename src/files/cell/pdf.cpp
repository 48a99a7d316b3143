// PDF by poppler: its text in reading order with the cells of a row parted by tabs, its pages, links and metadata.
#include <Annot.h>
#include <ErrorCodes.h>
#include <GlobalParams.h>
#include <Link.h>
#include <PDFDoc.h>
#include <Page.h>
#include <Stream.h>
#include <TextOutputDev.h>
#include <UTF.h>
#include <fmt/core.h>
#include <goo/gmem.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "character_maps.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

constexpr double dots_per_inch = 72;
constexpr double cell_gap = 2.5;    // in font sizes: what is further apart on a line stands in two cells
constexpr double row_pitch = 1.35;  // in font sizes: lines of one cell are closer to one another than rows
constexpr const char* poppler_data = "/usr/share/poppler";
constexpr std::uint32_t pages_of_time = 10;        // a page that takes this part of the document's processor time is cut there
constexpr std::size_t link_work_max = 20'000'000;  // words × links of a page

struct ReleaseText {
  void operator()(TextPage* page) const { page->decRefCnt(); }
};
struct Box {
  double x_min = 0, y_min = 0, x_max = 0, y_max = 0;
  bool holds(double x, double y) const { return x >= x_min && x <= x_max && y >= y_min && y <= y_max; }
};
struct PlacedWord {
  Box box;
  std::size_t begin = 0, end = 0;
};

constexpr std::array<std::string_view, 7> ligatures{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};  // from U+FB00

void append(TextOut& out, const Unicode* characters, int n) {
  for (int i = 0; i < n; ++i) {
    const Unicode c = characters[i];
    if (c >= 0xFB00 && c <= 0xFB06) out.append(ligatures[c - 0xFB00]);
    else if (c == 0xF0B7 || c == 0xF0A7) out.append("\u2022");  // bullets of Symbol and Wingdings
    else if (c == 0xA0) out.append(U' ');
    else if (c == 0xAD) out.append(U'-');  // a soft hyphen that is drawn is one
    else if (c >= 0x20 && c < 0x110000 && !(c >= 0xD800 && c < 0xE000)) out.append(static_cast<char32_t>(c));
  }
}

std::string text_string(const std::string& s) {
  CellLimits limits;
  TextOut out(limits);
  Unicode* characters = nullptr;
  const int n = TextStringToUCS4(s, &characters);
  append(out, characters, n);
  gfree(characters);
  return one_line(out.document.text);
}

/// "D:20201028120000-05'00'" → RFC 3339, or nothing.
std::string date(const std::string& s) {
  std::string digits;
  std::string_view rest = s;
  if (rest.starts_with("D:")) rest.remove_prefix(2);
  while (!rest.empty() && is_digit(static_cast<unsigned char>(rest.front())) && digits.size() < 14) {
    digits += rest.front();
    rest.remove_prefix(1);
  }
  if (digits.size() < 4) return {};
  static constexpr std::string_view defaults = "00000101000000";
  digits += defaults.substr(digits.size());
  const auto part = [&](std::size_t at, std::size_t n) { return static_cast<int>(to_uint(std::string_view(digits).substr(at, n)).value_or(0)); };
  const CivilTime t{part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2), 0};
  if (!is_valid(t)) return {};
  int offset = 0;
  if (rest.size() >= 3 && (rest[0] == '+' || rest[0] == '-')) {
    const auto hours = to_uint(rest.substr(1, 2)), minutes = rest.size() >= 6 ? to_uint(rest.substr(4, 2)) : 0;
    if (hours && *hours < 24 && minutes && *minutes < 60) offset = static_cast<int>(*hours * 60 + *minutes) * (rest[0] == '-' ? -1 : 1);
  }
  return format_time(from_civil(t, offset));
}

/// One page's words, in the order in which they are read.
class PageWriter {
 public:
  explicit PageWriter(TextOut& out) : out_(out) {}

  void write(const TextPage& page) {
    std::vector<Block> blocks;
    for (const auto* flow = page.getFlows(); flow != nullptr; flow = flow->getNext()) {
      for (const auto* block = flow->getBlocks(); block != nullptr; block = block->getNext()) blocks.push_back(measure(*block));
      if (!blocks.empty()) blocks.back().ends_flow = true;
    }
    for (std::size_t i = 0; i < blocks.size();) {
      const auto end = columns_from(blocks, i);
      for (std::size_t row = 0; row < blocks[i].lines.size(); ++row)
        for (auto b = i; b < end; ++b) write(*blocks[b].lines[row].line);
      flow_ended_ = blocks[end - 1].ends_flow;
      i = end;
    }
    out_.break_line(2);
  }
  const std::vector<PlacedWord>& words() const { return words_; }

 private:
  struct Line {
    const TextLine* line = nullptr;
    Box first_word;
    double font_size = 0;
    bool upright = false;
    double middle() const { return (first_word.y_min + first_word.y_max) / 2; }
  };
  struct Block {
    std::vector<Line> lines;
    double x_min = 0, x_max = 0;
    std::size_t words = 0;
    bool ends_flow = false;
  };

  static Block measure(const TextBlock& block) {
    Block b;
    double y = 0;
    block.getBBox(&b.x_min, &y, &b.x_max, &y);
    for (const auto* line = block.getLines(); line != nullptr; line = line->getNext()) {
      const auto* word = line->getWords();
      if (word == nullptr) continue;
      Line l{line, {}, word->getFontSize(), word->getRotation() == 0};
      word->getBBox(&l.first_word.x_min, &l.first_word.y_min, &l.first_word.x_max, &l.first_word.y_max);
      b.lines.push_back(l);
      for (; word != nullptr; word = word->getNext()) ++b.words;
    }
    return b;
  }

  /// Blocks side by side whose lines stand on the same heights are columns of a table, if they are short, and further apart than the lines of one cell.
  static std::size_t columns_from(const std::vector<Block>& blocks, std::size_t first) {
    const auto& a = blocks[first];
    std::size_t end = first + 1, wordy = is_wordy(a) ? 1 : 0;
    if (a.lines.size() < 2 || !is_spaced(a)) return end;
    for (; end < blocks.size() && blocks[end].x_min > blocks[end - 1].x_max && on_same_heights(a, blocks[end]); ++end) wordy += is_wordy(blocks[end]) ? 1 : 0;
    return wordy > 1 ? first + 1 : end;
  }
  static bool is_wordy(const Block& b) { return b.words > 4 * b.lines.size(); }
  static bool is_spaced(const Block& b) {
    for (std::size_t i = 1; i < b.lines.size(); ++i)
      if (!b.lines[i].upright || b.lines[i].middle() - b.lines[i - 1].middle() < row_pitch * b.lines[i].font_size) return false;
    return true;
  }
  static bool on_same_heights(const Block& a, const Block& b) {
    return std::ranges::equal(a.lines, b.lines,
                              [](const Line& l, const Line& r) { return r.upright && r.middle() > l.first_word.y_min && r.middle() < l.first_word.y_max; });
  }

  void write(const TextLine& line) {
    bool first = true;
    for (const auto* word = line.getWords(); word != nullptr && !out_.full(); word = word->getNext()) {
      Box box;
      word->getBBox(&box.x_min, &box.y_min, &box.x_max, &box.y_max);
      if (first) begin_line(box, *word);
      else if (box.x_min - last_.x_max > cell_gap * word->getFontSize()) out_.append(U'\t');
      first = false;
      const auto begin = out_.size();
      append(out_, word->getChar(0), word->getLength());
      words_.push_back({box, begin, out_.size()});
      if (word->hasSpaceAfter()) out_.append(U' ');
      last_ = box;
    }
  }

  /// What stands on the height of the line before and to the right of it is the next cell of its row.
  void begin_line(const Box& box, const TextWord& word) {
    const double middle = (box.y_min + box.y_max) / 2;
    const bool same_row = !words_.empty() && word.getRotation() == 0 && middle > last_.y_min && middle < last_.y_max && box.x_min > last_.x_max;
    if (same_row) {
      while (!out_.document.text.empty() && out_.document.text.back() == ' ') out_.document.text.pop_back();
      out_.append(U'\t');
    } else if (!words_.empty()) {
      out_.break_line(flow_ended_ ? 2 : 1);
    }
    flow_ended_ = false;
  }

  TextOut& out_;
  std::vector<PlacedWord> words_;
  Box last_;
  bool flow_ended_ = false;
};

/// The runs of words under the link's rectangle; a link that covers no word is kept without text.
void place_link(const Box& box, const std::string& target, const std::vector<PlacedWord>& words, std::size_t page_begin, TextOut& out) {
  bool placed = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto under = [&](const PlacedWord& w) { return box.holds((w.box.x_min + w.box.x_max) / 2, (w.box.y_min + w.box.y_max) / 2); };
    if (!under(words[i])) continue;
    const auto begin = words[i].begin;
    while (i + 1 < words.size() && under(words[i + 1])) ++i;
    out.add_link(begin, words[i].end, target);
    placed = true;
  }
  if (!placed) out.add_link(page_begin, page_begin, target);
}

void write_links(PDFDoc& document, int number, TextOutputDev& device, const std::vector<PlacedWord>& words, std::size_t page_begin, TextOut& out) {
  const auto links = document.getLinks(number);
  if (!links) return;
  std::size_t work = 0;
  for (auto* link : links->getLinks()) {
    if (link == nullptr || link->getAction() == nullptr || link->getAction()->getKind() != actionURI) continue;
    double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    link->getRect(&x1, &y1, &x2, &y2);
    int a = 0, b = 0, c = 0, d = 0;
    device.cvtUserToDev(x1, y1, &a, &b);
    device.cvtUserToDev(x2, y2, &c, &d);
    const Box box{std::min(a, c) - 1.0, std::min(b, d) - 1.0, std::max(a, c) + 1.0, std::max(b, d) + 1.0};
    const auto& uri = static_cast<LinkURI*>(link->getAction())->getURI();
    if ((work += words.size()) <= link_work_max) place_link(box, uri, words, page_begin, out);
    else out.add_link(page_begin, page_begin, uri);
  }
}

/// Poppler asks before each operator of a page's content; forms that draw one another in their thousands end so.
struct PageClock {
  std::time_t deadline = 0;
  unsigned asked = 0;
  bool late = false;

  static std::time_t processor_s() {
    timespec t{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec;
  }
  static bool is_late(void* data) {
    auto& c = *static_cast<PageClock*>(data);
    if (!c.late && ++c.asked % 256 == 0) c.late = processor_s() > c.deadline;
    return c.late;
  }
};

void write_page(PDFDoc& document, int number, TextOut& out) {
  out.begin_page(static_cast<std::uint32_t>(number));
  const auto begin = out.document.pages.back().offset;
  // One for each page: after takeText() it goes on writing to the page that was taken.
  TextOutputDev device(nullptr, nullptr, false, 0, false, true);
  const std::uint32_t page_s = std::max(1U, out.limits().cpu_s_max / pages_of_time);
  PageClock page_clock{PageClock::processor_s() + static_cast<std::time_t>(page_s)};
  document.displayPage(&device, number, dots_per_inch, dots_per_inch, 0, false, true, false, &PageClock::is_late, &page_clock);
  if (page_clock.late) out.note("pdf-page", fmt::format("the page took more than {} s; it is read as far as that", page_s), fmt::format("page {}", number));
  const std::unique_ptr<TextPage, ReleaseText> page(device.takeText());
  PageWriter writer(out);
  writer.write(*page);
  write_links(document, number, device, writer.words(), begin, out);
}

void write_metadata(PDFDoc& document, DocumentText& d) {
  const auto entry = [&](const char* key) {
    const auto s = document.getDocInfoStringEntry(key);
    return s ? s->toStr() : std::string{};
  };
  d.title = text_string(entry("Title"));
  d.author = text_string(entry("Author"));
  d.created = date(entry("CreationDate"));
  d.modified = date(entry("ModDate"));
}

bool maps_missed = false;

/// Poppler says this nowhere else. The rest of what it has to say is for its developers.
void listen(ErrorCategory, Goffset, const char* message) {
  const std::string_view m(message);
  maps_missed = maps_missed || (m.find("Couldn't find") != m.npos && m.find("CMap file") != m.npos) || m.starts_with("Unknown character collection");
}

}  // namespace

void prepare_pdf() {
  load_character_maps(poppler_data);
  globalParams = std::make_unique<GlobalParams>(poppler_data);
  setErrorCallback(listen);
}

Status read_pdf(std::string_view bytes, TextOut& out) {
  PDFDoc document(new MemStream(bytes.data(), 0, static_cast<Goffset>(bytes.size()), Object(objNull)));
  if (!document.isOk()) {
    if (document.getErrorCode() == errEncrypted) return fail("document-encrypted", "the PDF is encrypted with a password", "save it without one");
    return fail("document-damaged", "the PDF cannot be opened: it is damaged or cut off", "open it in a viewer, and print it to PDF again");
  }
  write_metadata(document, out.document);
  const int pages = document.getNumPages();
  const int read = std::min(pages, static_cast<int>(out.limits().pages_max));
  for (int i = 1; i <= read && !out.full(); ++i) {
    if (document.getPage(i) == nullptr || !document.getPage(i)->isOk()) {
      out.note("pdf-page", "the page is damaged", fmt::format("page {}", i));
      continue;
    }
    write_page(document, i, out);
  }
  if (maps_missed) out.note("pdf-fonts", "text of some East Asian fonts cannot be read: the character maps of poppler-data are missing, or have no map for it");
  if (pages > read)
    out.note("pages-cut", fmt::format("it has {} pages; those after {} are left out", with_commas(static_cast<std::uint64_t>(pages)),
                                      with_commas(static_cast<std::uint64_t>(read))));
  return {};
}

}  // namespace mozu::files
