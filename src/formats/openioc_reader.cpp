// OpenIOC 1.0 and 1.1: items that name network and file observables, whatever logic stands around them.
#include <fmt/core.h>

#include <unordered_map>

#include "mapped_record.hpp"
#include "mozu/base/text.hpp"
#include "shape.hpp"
#include "type_words.hpp"
#include "xml_document.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

bool ends_with_any(std::string_view s, std::initializer_list<std::string_view> ends) {
  for (const auto e : ends)
    if (s.size() >= e.size() && iequals(s.substr(s.size() - e.size()), e)) return true;
  return false;
}

/// What a search term is about; nullopt: nothing that Mozu matches on. Terms are those of the published OpenIOC term lists;
/// the same item occurs below others ("ProcessItem/PortList/PortItem/remoteIP"), so the ends of terms are compared.
std::optional<TypeHint> hint_of_term(std::string_view term) {
  if (ends_with_any(term, {"md5sum", "sha1sum", "sha256sum", "sha512sum", "/md5", "/sha1", "/sha256", "/sha512"})) return TypeHint::hash;
  if (ends_with_any(term, {"PortItem/remoteIP", "RouteEntryItem/Destination", "RouteEntryItem/Gateway", "ArpEntryItem/IPv4Address", "ArpEntryItem/IPv6Address",
                           "RecordData/IPv4Address", "RecordData/IPv6Address", "Email/ReceivedFromIP", "Network/IP", "Network/RemoteIP"}))
    return TypeHint::ip;
  if (ends_with_any(term, {"DnsEntryItem/Host", "DnsEntryItem/RecordName", "RecordData/Host", "Network/DNS", "HistoryItem/HostName", "Email/ReceivedFromHost",
                           "Network/HTTP_Host"}))
    return TypeHint::domain;
  if (ends_with_any(term, {"UrlHistoryItem/URL", "FileDownloadHistoryItem/SourceURL", "Network/URI", "Network/URL", "Email/Body/URL"})) return TypeHint::url;
  if (ends_with_any(term, {"Email/From", "Email/ReplyTo", "Email/Reply-To", "Email/Sender"})) return TypeHint::email;
  return std::nullopt;
}

/// "Name <a@evil.example>" → the address.
std::string_view bare_address(std::string_view s) {
  const auto open = s.rfind('<'), close = s.rfind('>');
  return open != std::string_view::npos && close != std::string_view::npos && open < close ? s.substr(open + 1, close - open - 1) : s;
}

class OpeniocInput {
 public:
  OpeniocInput(const XmlDocument& document, Emitter& out) : document_(document), out_(out) {}

  void run() {
    for (auto n = document_.root(); n; n = next_element(n, document_.root())) {
      const auto name = local_name(n);
      if (name == "ioc" || name == "OpenIOC") describe(n);
      else if (name == "IndicatorItem") item(n);
    }
  }

 private:
  void describe(pugi::xml_node ioc) {
    context_.clear();
    const auto metadata = child_named(ioc, "metadata");
    const auto field = [&](std::string_view name) {
      const auto n = child_named(ioc, name);
      return text_of(n ? n : child_named(metadata, name));
    };
    add_context(context_, "name", field("short_description"));
    add_context(context_, "description", field("description"));
    add_context(context_, "created_by", field("authored_by"));
    add_context(context_, "created", field("authored_date"));
    auto links = child_named(ioc, "links");
    if (!links) links = child_named(metadata, "links");
    for (auto l = links.first_child(); l; l = l.next_sibling()) {
      if (l.type() != pugi::node_element || context_.size() > 40) continue;
      const auto rel = fold(attribute_of(l, "rel"));
      const auto href = attribute_of(l, "href");
      const std::string text = text_of(l);
      add_context(context_, "reference", href);
      if (rel == "threatgroup") add_context(context_, "actor", text);
      else if (rel == "threatcategory" || rel == "category") add_context(context_, "category", text);
      else if (rel == "family" || rel == "malware") add_context(context_, "malware", text);
      else if (text.find("://") != std::string::npos) add_context(context_, "reference", text);
      else if (rel != "license") add_context(context_, rel.empty() ? "link" : rel, text);
    }
    add_context(context_, "id", attribute_of(ioc, "id"));
  }

  void refuse(pugi::xml_node n, std::string message) {
    Diagnostic d{Severity::warning, "openioc-item", std::move(message), {}, {}};
    d.where.line = document_.line_of(n);
    d.where.path = xml_path(n);
    out_.refuse(std::move(d));
  }

  void item(pugi::xml_node n) {
    const auto term = attribute_of(child_named(n, "Context"), "search");
    const auto content = child_named(n, "Content");
    if (term.empty() || !content) return refuse(n, "an IndicatorItem has no search term or no content");
    const auto hint = hint_of_term(term);
    if (!hint) return out_.pass_over(term);
    const std::string condition = fold(attribute_of(n, "condition"));
    if (attribute_of(n, "negate") == "true" || condition == "isnot" || condition == "containsnot") return out_.pass_over("negated");
    if (condition != "is" && condition != "contains" && !condition.empty()) return out_.pass_over("condition " + condition);
    std::string value = text_of(content);
    if (value.empty()) return refuse(n, fmt::format("{} has no content", printable(term, 60)));
    if (*hint == TypeHint::email) value = bare_address(value);
    // "contains" often holds a piece of a URL or a name, which is no indicator of its own.
    if (*hint != TypeHint::hash && condition == "contains" && shape_of(value) == Shape::none) return out_.pass_over(fmt::format("part of a value ({})", term));
    record_.clear();
    record_.value = value;
    record_.hint = reconcile(*hint, value);
    record_.where.line = document_.line_of(n);
    record_.where.path = xml_path(n);
    record_.context = context_;
    if (in_and(n, *hint == TypeHint::hash)) add_context(record_.context, "note", "part of an AND pattern");
    out_.emit(record_);
  }

  /// Does an AND with more than this stand around the item? A hash that is joined only with properties of the same file
  /// loses nothing by standing alone.
  bool in_and(pugi::xml_node n, bool hash) {
    int levels = 0;
    for (auto p = n.parent(); p && local_name(p) == "Indicator" && ++levels <= 64; p = p.parent()) {
      if (!iequals(attribute_of(p, "operator"), "AND")) continue;
      if (p.first_child() == n && !n.next_sibling()) continue;
      if (!hash || !only_file_items(p)) return true;
    }
    return false;
  }

  bool only_file_items(pugi::xml_node indicator) {
    const auto [it, fresh] = only_file_.try_emplace(indicator.hash_value(), true);
    if (!fresh) return it->second;
    int elements = 0;
    for (auto e = next_element(indicator, indicator); e && it->second; e = next_element(e, indicator))
      if (++elements > 1000) it->second = false;
      else if (local_name(e) == "Context" && !attribute_of(e, "search").starts_with("FileItem/")) it->second = false;
    return it->second;
  }

  const XmlDocument& document_;
  Emitter& out_;
  intel::ContextFields context_;
  RawRecord record_;
  std::unordered_map<std::size_t, bool> only_file_;
};

class OpeniocReader final : public FeedReader {
 public:
  std::string_view name() const override { return "openioc"; }
  std::string_view description() const override { return "OpenIOC 1.0 and 1.1 (XML)"; }

  int sniff(std::string_view text, std::string_view) const override {
    const XmlHead head = xml_head(text);
    if (head.name == "OpenIOC") return 96;
    if (head.name != "ioc" && head.name != "iocs") return 0;
    return icontains(head.tag, "openioc") || icontains(head.tag, "mandiant") || text.find("IndicatorItem") != std::string_view::npos ? 96 : 70;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    XmlDocument document;
    MOZU_TRY(document.load(in, out));
    OpeniocInput(document, out).run();
    return {};
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_openioc_reader() { return std::make_unique<OpeniocReader>(); }

}  // namespace mozu::formats
