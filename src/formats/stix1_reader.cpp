// STIX 1.0–1.2 (XML) with CybOX observables. Elements are known by local names and xsi:type, so any prefixes will do.
#include <fmt/core.h>

#include <unordered_map>

#include "mapped_record.hpp"
#include "mozu/base/text.hpp"
#include "type_words.hpp"
#include "xml_document.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// "AddressObj:AddressObjectType" → "Address"; "FileObj:FileObjType" → "File".
std::string object_type(pugi::xml_node properties) {
  std::string_view t = attribute_of(properties, "type");
  if (const auto colon = t.rfind(':'); colon != std::string_view::npos) t.remove_prefix(colon + 1);
  for (const std::string_view end : {"ObjectType", "ObjType", "Type"})
    if (t.ends_with(end) && t.size() > end.size()) {
      t.remove_suffix(end.size());
      break;
    }
  return std::string(t.substr(0, 60));
}

/// Values of one property: condition and the list form "a##comma##b".
std::vector<std::string> values_of(pugi::xml_node n) {
  std::string_view delimiter = attribute_of(n, "delimiter");
  if (delimiter.empty()) delimiter = "##comma##";
  const std::string text = text_of(n);
  std::vector<std::string> out;
  for (std::size_t at = 0;;) {
    const auto end = text.find(delimiter, at);
    const auto part = trim(std::string_view(text).substr(at, end - at));
    if (!part.empty() && out.size() < 100'000) out.emplace_back(part);
    if (end == std::string::npos) return out;
    at = end + delimiter.size();
  }
}

class Stix1Input {
 public:
  Stix1Input(const XmlDocument& document, Emitter& out) : document_(document), out_(out) {}

  void run() {
    learn();
    // One pass in document order; what the elements around say is kept on a stack of those that matter.
    each_element(document_.root(), [this](pugi::xml_node n, int depth) {
      while (!around_.empty() && around_.back().depth >= depth) around_.pop_back();
      const auto name = local_name(n);
      const bool matters = name == "Indicator" || name == "Observable" || name == "Observable_Composition";
      if (matters && around_.size() < 64) around_.push_back({n, depth, name == "Indicator"});
      if (name == "Properties") properties(n);
    });
  }

 private:
  struct Around {
    pugi::xml_node node;
    int depth = 0;
    bool indicator = false;
  };

  /// Observables are often kept apart from the indicators that refer to them by idref.
  void learn() {
    const auto root = document_.root();
    const auto header = child_named(root, "STIX_Header");
    title_ = text_of(child_named(header, "Title"));
    Around indicator, observable;
    each_element(root, [&](pugi::xml_node n, int depth) {
      if (indicator.node && indicator.depth >= depth) indicator = {};
      if (observable.node && observable.depth >= depth) observable = {};
      const auto name = local_name(n);
      const auto idref = attribute_of(n, "idref"), id = attribute_of(n, "id");
      if (name == "Indicator" && !id.empty()) indicator = {n, depth, true};
      if (name == "Marking_Structure" && tlp_.empty())
        if (const auto t = intel::parse_tlp(attribute_of(n, "color")); t && *t != intel::Tlp::none) tlp_ = intel::name(*t);
      if (name != "Observable") return;
      if (!idref.empty()) {
        if (indicator.node) owner_.emplace(idref, indicator.node);
        if (observable.node) composed_.emplace(idref, attribute_of(observable.node, "id"));
      }
      if (!id.empty()) observable = {n, depth, false};
    });
  }

  /// The Indicator that an element belongs to: around it, or referring to an Observable around it (also by way of a composition).
  pugi::xml_node indicator_of() const {
    for (auto a = around_.rbegin(); a != around_.rend(); ++a)
      if (a->indicator) return a->node;
    for (auto a = around_.rbegin(); a != around_.rend(); ++a) {
      std::string id(attribute_of(a->node, "id"));
      for (int hops = 0; hops < 4 && !id.empty(); ++hops) {
        if (const auto it = owner_.find(id); it != owner_.end()) return it->second;
        const auto up = composed_.find(id);
        id = up == composed_.end() ? std::string() : std::string(up->second);
      }
    }
    return {};
  }

  bool negated() const {
    for (const auto& a : around_)
      if (attribute_of(a.node, "negate") == "true") return true;
    return false;
  }
  bool in_and() const {
    for (const auto& a : around_)
      if (local_name(a.node) == "Observable_Composition" && iequals(attribute_of(a.node, "operator"), "AND")) return true;
    return false;
  }

  void properties(pugi::xml_node n) {
    const std::string type = object_type(n);
    if (negated()) return out_.pass_over("negated");
    const auto uri_kind = [](pugi::xml_node p) {  // type="Domain Name" stands beside xsi:type
      return std::string_view(p.attribute("type").value()) == "Domain Name";
    };
    const bool name_object = icontains(type, "DomainName") || icontains(type, "URI") || icontains(type, "Link") || icontains(type, "Hostname");
    bool any = false;
    for (auto e = next_element(n, n); e; e = next_element(e, n)) {
      const auto name = local_name(e);
      if (name == "Properties") break;  // a nested object speaks for itself
      if (name == "Address_Value") any |= address(e, type);
      else if (name == "Hostname_Value") any |= property(e, TypeHint::domain);
      else if (name == "Simple_Hash_Value") any |= property(e, TypeHint::hash);
      else if (name == "Value" && name_object && e.parent() == n)
        any |= property(e, icontains(type, "DomainName") || uri_kind(n) ? TypeHint::domain : TypeHint::url);
    }
    if (!any) out_.pass_over(type.empty() ? "CybOX object" : type);
  }

  bool address(pugi::xml_node e, std::string_view type) {
    int levels = 0;
    for (auto p = e.parent(); p && local_name(p) != "Properties" && ++levels < 32; p = p.parent()) {
      const auto name = local_name(p);
      if (name == "To" || name == "CC" || name == "BCC" || name == "Source_Socket_Address") return false;  // the victim's side
    }
    const auto category = fold(attribute_of(e.parent(), "category"));
    if (category == "e-mail" || (category.empty() && icontains(type, "Email"))) return property(e, TypeHint::email);
    if (category.empty() || category.starts_with("ipv") || category == "cidr") return property(e, category.empty() ? TypeHint::any : TypeHint::ip);
    return false;  // mac, asn, …
  }

  bool property(pugi::xml_node e, TypeHint hint) {
    const std::string condition = fold(attribute_of(e, "condition"));
    auto values = values_of(e);
    if (values.empty()) return false;
    if (condition == "inclusivebetween" && values.size() == 2 && hint == TypeHint::ip) {
      values = {values[0] + "-" + values[1]};
    } else if (condition == "startswith" && hint == TypeHint::url) {
      for (auto& v : values) v += '*';
      hint = TypeHint::url_mask;
    } else if (!condition.empty() && condition != "equals" && condition != "contains") {
      out_.pass_over("condition " + condition);
      return true;
    }
    fill(e);
    const bool all = values.size() > 1 && iequals(attribute_of(e, "apply_condition"), "ALL");
    if (in_and() || all) add_context(record_.context, "note", "part of an AND pattern");
    for (const auto& v : values) {
      record_.value = v;
      record_.hint = reconcile(hint, v);
      out_.emit(record_);
    }
    return true;
  }

  void fill(pugi::xml_node e) {
    record_.clear();
    record_.where.line = document_.line_of(e);
    record_.where.path = xml_path(e);
    auto& c = record_.context;
    if (const auto indicator = indicator_of()) {
      add_context(c, "name", text_of(child_named(indicator, "Title")));
      add_context(c, "description", text_of(child_named(indicator, "Description")));
      add_context(c, "id", attribute_of(indicator, "id"));
      record_.confidence = intel::parse_confidence(text_of(child_named(child_named(indicator, "Confidence"), "Value"))).value_or(0);
      for (auto t = indicator.first_child(); t; t = t.next_sibling()) {
        if (t.type() != pugi::node_element) continue;
        if (local_name(t) == "Type" && record_.labels.size() < 16) record_.labels.push_back(text_of(t));
        if (local_name(t) != "Valid_Time_Position") continue;
        record_.valid_from = parse_time_iso(text_of(child_named(t, "Start_Time")));
        record_.valid_until = parse_time_iso(text_of(child_named(t, "End_Time")));
      }
    }
    for (const auto& a : around_)
      if (local_name(a.node) == "Observable") add_context(c, "observable", text_of(child_named(a.node, "Title")));
    add_context(c, "threat", title_);
    add_context(c, "tlp", tlp_);
  }

  const XmlDocument& document_;
  Emitter& out_;
  RawRecord record_;
  std::vector<Around> around_;
  std::string title_, tlp_;
  std::unordered_map<std::string, pugi::xml_node> owner_;  ///< observable id → the indicator that refers to it
  std::unordered_map<std::string, std::string> composed_;  ///< observable id → the composition it is part of
};

class Stix1Reader final : public FeedReader {
 public:
  std::string_view name() const override { return "stix1"; }
  std::string_view description() const override { return "STIX 1.0 to 1.2 (XML) with CybOX observables, alone or in a TAXII 1 answer"; }

  int sniff(std::string_view text, std::string_view) const override {
    const XmlHead head = xml_head(text);
    if (head.name == "STIX_Package") return 97;
    if (head.name == "Observables" && icontains(head.tag, "cybox")) return 96;
    if ((head.name == "Poll_Response" || head.name == "Content_Block" || head.name == "Inbox_Message") && text.find("STIX_Package") != std::string_view::npos)
      return 95;
    return 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    XmlDocument document;
    MOZU_TRY(document.load(in, out));
    Stix1Input(document, out).run();
    return {};
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_stix1_reader() { return std::make_unique<Stix1Reader>(); }

}  // namespace mozu::formats
