#include "wire.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

#include "mozu/base/text.hpp"
#include "wire_records.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t links_bytes_max = 256 << 20;  // all that is not text
constexpr std::size_t attachments_max = 10'000, notes_max = 10'000;

void put_record(std::string& out, char tag, std::string_view payload) {
  out += tag;
  put_number(out, payload.size(), 4);
  out += payload;
}

Diagnostic odd_document() {
  return {Severity::error, "cell-answer", "the worker gave an answer that is none", {}, "the document may have taken the worker over; treat it as hostile"};
}

class Decoder {
 public:
  explicit Decoder(const CellLimits& limits) : limits_(limits) {}

  Result<DocumentText> run(std::string_view answer) {
    Cursor in(answer);
    for (;;) {
      const char tag = static_cast<char>(in.number(1));
      Cursor payload(in.piece(in.number(4)));
      if (!in.good()) return fail(odd_document());
      if (tag == 'Z') break;
      if (tag == 'E') {
        auto error = read_diagnostic(payload);
        error.severity = Severity::error;
        if (!payload.at_end() || error.code.empty()) return fail(odd_document());
        return fail(std::move(error));
      }
      if (!record(tag, payload) || !payload.at_end()) return fail(odd_document());
    }
    if (!in.at_end() || !sound()) return fail(odd_document());
    return std::move(d_);
  }

 private:
  bool record(char tag, Cursor& in) {
    switch (tag) {
      case 'M':
        for (auto* s : {&d_.kind, &d_.title, &d_.author, &d_.created, &d_.modified}) *s = in.field();
        return in.good();
      case 'A': d_.address = in.field(); return in.good();
      case 'X': d_.text = in.piece(in.number(4)); return in.good();
      case 'P': {
        PageStart p;
        p.offset = in.number(8);
        p.page = static_cast<std::uint32_t>(in.number(4));
        d_.pages.push_back(p);
        return d_.pages.size() <= limits_.pages_max;
      }
      case 'L': {
        Link l;
        l.begin = in.number(8);
        l.end = in.number(8);
        l.target = in.field();
        d_.links.push_back(std::move(l));
        return d_.links.size() <= limits_.links_max;
      }
      case 'F': {
        Attachment a;
        a.name = in.field();
        a.kind = in.field();
        a.sha256 = in.field();
        a.bytes = in.number(8);
        a.begin = in.number(8);
        a.end = in.number(8);
        d_.attachments.push_back(std::move(a));
        return d_.attachments.size() <= attachments_max;
      }
      case 'N': d_.notes.add(read_diagnostic(in)); return ++notes_ <= notes_max;
      default: return false;
    }
  }

  bool on_border(std::uint64_t offset) const {
    return offset <= d_.text.size() && (offset == d_.text.size() || (static_cast<unsigned char>(d_.text[offset]) & 0xC0) != 0x80);
  }
  bool is_range(std::uint64_t begin, std::uint64_t end) const { return begin <= end && on_border(begin) && on_border(end); }

  bool sound() const {
    if (d_.kind.empty() || d_.text.size() > limits_.text_bytes_max || !is_utf8(d_.text)) return false;
    if (d_.text.find('\0') != d_.text.npos || d_.text.find('\r') != d_.text.npos) return false;
    for (std::size_t i = 0; i < d_.pages.size(); ++i)
      if (!on_border(d_.pages[i].offset) ||
          (i == 0 ? d_.pages[i].offset != 0 : d_.pages[i].offset < d_.pages[i - 1].offset || d_.pages[i].page <= d_.pages[i - 1].page))
        return false;
    for (std::size_t i = 0; i < d_.links.size(); ++i)
      if (!is_range(d_.links[i].begin, d_.links[i].end) || (i > 0 && d_.links[i].begin < d_.links[i - 1].begin)) return false;
    return std::ranges::all_of(d_.attachments, [this](const Attachment& a) { return is_range(a.begin, a.end); });
  }

  const CellLimits& limits_;
  DocumentText d_;
  std::size_t notes_ = 0;
};

}  // namespace

std::string encode(const DocumentText& d) {
  std::string out;
  put_record(out, 'M', joined({d.kind, d.title, d.author, d.created, d.modified}));
  if (!d.address.empty()) put_record(out, 'A', joined({d.address}));
  std::string payload;
  put_number(payload, d.text.size(), 4);
  payload += d.text;
  put_record(out, 'X', payload);
  for (const auto& p : d.pages) {
    payload.clear();
    put_number(payload, p.offset, 8);
    put_number(payload, p.page, 4);
    put_record(out, 'P', payload);
  }
  std::uint64_t links_bytes = 0;
  for (const auto& l : d.links) {
    payload.clear();
    put_number(payload, l.begin, 8);
    put_number(payload, l.end, 8);
    payload += joined({l.target});
    if ((links_bytes += payload.size()) > links_bytes_max / 2) break;
    put_record(out, 'L', payload);
  }
  for (std::size_t i = 0; i < std::min(d.attachments.size(), attachments_max); ++i) {
    const auto& a = d.attachments[i];
    payload = joined({a.name, a.kind, a.sha256});
    for (const auto n : {a.bytes, std::uint64_t{a.begin}, std::uint64_t{a.end}}) put_number(payload, n, 8);
    put_record(out, 'F', payload);
  }
  for (std::size_t i = 0; i < std::min(d.notes.kept().size(), notes_max); ++i) put_record(out, 'N', diagnostic_payload(d.notes.kept()[i]));
  put_record(out, 'Z', {});
  return out;
}

std::string encode(const Diagnostic& error) {
  std::string out;
  put_record(out, 'E', diagnostic_payload(error));
  return out;
}

Result<DocumentText> decode(std::string_view answer, const CellLimits& limits) { return Decoder(limits).run(answer); }

std::uint64_t answer_bytes_max(const CellLimits& limits) { return limits.text_bytes_max + links_bytes_max; }

}  // namespace mozu::files
