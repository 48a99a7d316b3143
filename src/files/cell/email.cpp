// E-mails: what their heads say, the body (the HTML one where there are two: it has the links), and the text of what is attached.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "charset.hpp"
#include "mime.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "plain_text.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

constexpr int email_depth_max = 8;              // multiparts and messages inside one another
constexpr std::size_t email_parts_max = 5'000;  // of the whole file

class MailReader {
 public:
  explicit MailReader(TextOut& out) : out_(out) {}

  void message(std::string_view s, int depth) {
    const auto mail = parse_part(s);
    auto& d = out_.document;
    const auto subject = decode_words(mail.header("subject"));
    if (d.title.empty()) d.title = subject;
    if (d.author.empty()) d.author = decode_words(mail.header("from"));
    if (d.created.empty()) d.created = mail_date(mail.header("date"));
    out_.break_line(2);
    for (const auto& [name, title] : std::array<std::pair<std::string_view, std::string_view>, 7>{{{"from", "From"},
                                                                                                   {"reply-to", "Reply-To"},
                                                                                                   {"to", "To"},
                                                                                                   {"cc", "Cc"},
                                                                                                   {"date", "Date"},
                                                                                                   {"subject", "Subject"},
                                                                                                   {"x-originating-ip", "X-Originating-IP"}}})
      if (const auto value = mail.header(name); !value.empty()) out_.append(fmt::format("{}: {}\n", title, decode_words(value)));
    out_.break_line(2);
    part(mail, depth);
  }

 private:
  void part(const MimePart& p, int depth) {
    if (depth > email_depth_max || ++parts_ > email_parts_max) {
      if (!std::exchange(cut_, true))
        out_.note("part-unread",
                  fmt::format("it has parts nested deeper than {}, or more than {}; they are left out", email_depth_max, with_commas(email_parts_max)));
      return;
    }
    const auto content_type = p.header("content-type");
    const auto type = content_type.empty() ? std::string("text/plain") : media_type(content_type);
    if (type.starts_with("multipart/")) return multipart(p, type, depth);
    const auto body = decode_body(p.body, p.header("content-transfer-encoding"));
    const auto name = file_name(p);
    const bool attached = istarts_with(p.header("content-disposition"), "attachment") || !name.empty();
    if (type == "message/rfc822") return attachment(name, "email", body, depth);
    if (attached || !type.starts_with("text/")) return attachment(name, identify(body, name), body, depth);
    text(type, body, parameter(content_type, "charset"));
  }

  static std::string file_name(const MimePart& p) {
    auto name = parameter(p.header("content-disposition"), "filename");
    return name.empty() ? parameter(p.header("content-type"), "name") : name;
  }

  void multipart(const MimePart& p, std::string_view type, int depth) {
    const auto boundary = parameter(p.header("content-type"), "boundary");
    if (boundary.empty()) return out_.note("part-unread", "a multipart has no boundary; it is left out");
    const auto pieces = split_multipart(p.body, boundary);
    if (type != "multipart/alternative") {
      for (const auto piece : pieces) part(parse_part(piece), depth + 1);
      return;
    }
    // The last of them is the richest.
    for (auto i = pieces.size(); i-- > 0;) {
      const auto before = out_.size();
      part(parse_part(pieces[i]), depth + 1);
      if (!trim(std::string_view(out_.document.text).substr(before)).empty()) return;
    }
  }

  void text(std::string_view type, std::string_view body, const std::string& charset) {
    out_.break_line(2);
    if (type == "text/html") {
      if (const auto read = read_html(body, charset, out_); !read) out_.note("part-unread", read.error().message);
    } else {
      out_.append(to_utf8(body, charset));
    }
    out_.break_line();
  }

  void attachment(std::string name, std::string_view kind, std::string_view body, int depth) {
    Attachment a{one_line(name), std::string(kind), body.size(), to_hex(sha256(std::as_bytes(std::span(body.data(), body.size())))), 0, 0};
    out_.break_line(2);
    out_.append(fmt::format("Attachment: {}\n\n", a.name.empty() ? a.kind : a.name));
    a.begin = out_.size();
    if (kind == "email") message(body, depth + 1);
    else if (is_readable_kind(kind) && kind != "mbox") inner_document(kind, body, a.name);
    a.end = out_.size();
    out_.document.attachments.push_back(std::move(a));
  }

  /// Its text and links; its pages are not the message's.
  void inner_document(std::string_view kind, std::string_view body, const std::string& name) {
    if (out_.full()) return;
    CellLimits limits = out_.limits();
    limits.text_bytes_max -= std::min<std::uint64_t>(limits.text_bytes_max, out_.size());
    TextOut inner(limits);
    Status read;
    DocumentText d;
    if (kind == "pdf") read = read_pdf(body, inner);
    else if (kind == "docx") read = read_docx(body, inner);
    else if (kind == "html") read = read_html(body, {}, inner);
    else d = read_plain_text(body, kind, limits);
    if (!read) return out_.note("part-unread", read.error().message, name);
    if (d.kind.empty()) d = inner.finish();
    const auto shift = out_.size();
    out_.append(d.text);
    for (auto& l : d.links) out_.add_link(l.begin + shift, l.end + shift, std::move(l.target));
    for (const auto& n : d.notes.kept()) out_.note(n.code, n.message, name);
    out_.break_line();
  }

  TextOut& out_;
  std::size_t parts_ = 0;
  bool cut_ = false;
};

}  // namespace

Status read_email(std::string_view bytes, TextOut& out) {
  MailReader(out).message(bytes, 0);
  return {};
}

Status read_mbox(std::string_view bytes, TextOut& out) {
  MailReader reader(out);
  for (std::size_t begin = 0; begin < bytes.size() && !out.full();) {
    const auto next = bytes.find("\nFrom ", begin);
    const auto end = std::min(next, bytes.size());
    const auto message = bytes.substr(begin, end - begin);
    const auto head = std::min(message.find('\n'), message.size() - 1) + 1;
    reader.message(message.substr(head), 0);
    begin = next == bytes.npos ? bytes.size() : next + 1;
  }
  return {};
}

}  // namespace mozu::files
