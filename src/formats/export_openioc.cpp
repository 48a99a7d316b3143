// OpenIOC 1.0: one document, its values as alternatives.
#include <fmt/core.h>

#include <array>
#include <unordered_set>
#include <utility>

#include "export_values.hpp"
#include "mozu/base/hash.hpp"

namespace mozu::formats {
namespace {

struct Term {
  std::string_view property, document, search, content;
};
constexpr std::array terms = {Term{"file:hashes.MD5", "FileItem", "FileItem/Md5sum", "md5"},
                              Term{"file:hashes.SHA-1", "FileItem", "FileItem/Sha1sum", "sha1"},
                              Term{"file:hashes.SHA-256", "FileItem", "FileItem/Sha256sum", "sha256"},
                              Term{"file:hashes.SHA-512", "FileItem", "FileItem/Sha512sum", "sha512"},
                              Term{"file:name", "FileItem", "FileItem/FileName", "string"},
                              Term{"ipv4-addr:value", "PortItem", "PortItem/remoteIP", "IP"},
                              Term{"ipv6-addr:value", "PortItem", "PortItem/remoteIP", "IP"},
                              Term{"domain-name:value", "Network", "Network/DNS", "string"},
                              Term{"url:value", "UrlHistoryItem", "UrlHistoryItem/URL", "string"},
                              Term{"email-addr:value", "Email", "Email/From", "string"},
                              Term{"mutex:name", "ProcessItem", "ProcessItem/HandleList/Handle/Name", "string"},
                              Term{"windows-registry-key:key", "RegistryItem", "RegistryItem/KeyPath", "string"}};

class OpeniocDocument final : public KnowledgeWriter {
 public:
  OpeniocDocument(const ExportSettings& settings, ExportSink sink) : settings_(settings), out_(std::move(sink)) {}

  Status put(const ExportObject& o) override {
    MOZU_TRY(begin());
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    bool any = false;
    if (element.get(object) == simdjson::SUCCESS)
      for (const auto& v : export_values(object))
        for (const auto& t : terms) {
          if (t.property != v.property) continue;
          any = true;
          if (!seen_.insert(xxh3_64(v.property + v.value)).second) break;
          MOZU_TRY(
              out_.write(fmt::format("      <IndicatorItem id=\"{}\" condition=\"is\">\n        <Context document=\"{}\" search=\"{}\" type=\"mir\"/>\n"
                                     "        <Content type=\"{}\">{}</Content>\n      </IndicatorItem>\n",
                                     made({v.property, v.value}), t.document, t.search, t.content, escape_xml(v.value))));
        }
    ++(any ? written_ : left_out_);
    return {};
  }

  Status end() override {
    MOZU_TRY(begin());
    MOZU_TRY(out_.write("    </Indicator>\n  </definition>\n</ioc>\n"));
    return out_.flush();
  }

 private:
  static std::string made(std::initializer_list<std::string_view> parts) {
    std::string name = "openioc";
    for (const auto p : parts) (name += ' ') += p;
    return uuid_v5("6f1b4c1e-0a5d-5b0e-9a53-6d6f7a750001", name);
  }
  Status begin() {
    if (std::exchange(begun_, true)) return {};
    const auto now = format_time(settings_.now).substr(0, 19);
    return out_.write(
        fmt::format("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<ioc xmlns=\"http://schemas.mandiant.com/2010/ioc\" id=\"{0}\" last-modified=\"{1}\">\n"
                    "  <short_description>{2}</short_description>\n  <description>{3}</description>\n  <authored_by>Mozu</authored_by>\n"
                    "  <authored_date>{1}</authored_date>\n  <links>\n    <link rel=\"tlp\">{3}</link>\n  </links>\n  <definition>\n    <Indicator "
                    "operator=\"OR\" id=\"{4}\">\n",
                    made({settings_.title, now}), now, escape_xml(settings_.title), tlp_line(settings_.tlp), made({"or", settings_.title, now})));
  }
  ExportSettings settings_;
  ExportOutput out_;
  JsonParser parser_;
  std::unordered_set<std::uint64_t> seen_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<KnowledgeWriter> make_openioc_document(const ExportSettings& s, ExportSink sink) {
  return std::make_unique<OpeniocDocument>(s, std::move(sink));
}

}  // namespace mozu::formats
