// Parts of mails, each decoded: bodies and what is attached.
#include <fmt/core.h>

#include "mime.hpp"
#include "mozu/base/text.hpp"
#include "objects.hpp"

namespace mozu::files {
namespace {

constexpr int mail_depth_max = 16;            // multiparts in each other
constexpr std::size_t mail_parts_max = 2000;  // of a file

class MailOpener {
 public:
  explicit MailOpener(Nest& nest) : nest_(nest) {}

  bool part(const MimePart& p, int depth) {
    if (depth > mail_depth_max || ++parts_ > mail_parts_max) {
      nest_.note("objects-left", "it has too many parts: the rest is left out");
      return false;
    }
    const auto content_type = p.header("content-type");
    if (media_type(content_type).starts_with("multipart/")) {
      const auto boundary = parameter(content_type, "boundary");
      for (const auto piece : split_multipart(p.body, boundary))
        if (!part(parse_part(piece), depth + 1)) return false;
      return true;
    }
    const auto disposition = p.header("content-disposition");
    auto name = parameter(disposition, "filename");
    if (name.empty()) name = parameter(content_type, "name");
    const auto body = decode_body(p.body, p.header("content-transfer-encoding"));
    if (body.empty()) return true;
    ++bodies_;
    return nest_.found(name.empty() ? fmt::format("part {}", bodies_) : name, name.empty() ? "part" : "attachment", body);
  }

 private:
  Nest& nest_;
  std::size_t parts_ = 0, bodies_ = 0;
};

}  // namespace

void open_mail(std::string_view kind, std::string_view bytes, Nest& nest) {
  if (kind == "email") {
    MailOpener(nest).part(parse_part(bytes), 0);
    return;
  }
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < bytes.size();) {
    const auto next = bytes.find("\nFrom ", begin);
    const auto message = bytes.substr(begin, std::min(next, bytes.size()) - begin);
    if (!nest.found(fmt::format("message {}", ++number), "message", message.substr(std::min(message.find('\n'), message.size() - 1) + 1))) return;
    begin = next == bytes.npos ? bytes.size() : next + 1;
  }
}

}  // namespace mozu::files
