// XML whose shape a mapping describes: value = "feed/item/ip", roles as paths beside it.
#include <fmt/core.h>

#include "mapped_record.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "xml_document.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t steps_max = 32;

/// "feed/item/@ip": local names from the root down, * for any; an attribute as the last step.
Result<std::vector<std::string>> parse_path(std::string_view text) {
  std::vector<std::string> steps;
  const auto bad = [&](std::string_view why) {
    return fail("xml-mapping", fmt::format("bad XML path \"{}\": {}", printable(text, 80), why), "a path looks like feed/item/ip or feed/item/@ip");
  };
  auto rest = text;
  if (rest.starts_with('/')) rest.remove_prefix(1);
  for (const auto part : split(rest, '/')) {
    if (part.empty()) return bad("a name is missing");
    if (!steps.empty() && steps.back().front() == '@') return bad("an attribute must be the last step");
    if (part.front() == '@' && (part.size() == 1 || steps.empty())) return bad("an attribute needs an element and a name");
    steps.emplace_back(part);
    if (steps.size() > steps_max) return bad(fmt::format("it is longer than {} steps", steps_max));
  }
  return steps;
}

bool fits(pugi::xml_node n, const std::string& step) { return n.type() == pugi::node_element && (step == "*" || local_name(n) == step); }

class XmlMapping {
 public:
  XmlMapping(const XmlDocument& document, Emitter& out) : document_(document), record_(out) {}

  Status run(const FeedSettings& settings) {
    const auto value = settings.mapping.find("value");
    if (value == settings.mapping.end()) return fail("xml-mapping", "the mapping names no value", "add value = \"feed/item/ip\" to the feed's mapping");
    MOZU_LET(value_, parse_path(value->second));
    for (const auto& [name, path] : settings.mapping) {
      if (name == "value") continue;
      Role role{name, {}, 0};
      MOZU_LET(role.steps, parse_path(path));
      while (role.common < std::min(role.steps.size(), value_.size()) && role.steps[role.common] == value_[role.common]) ++role.common;
      roles_.push_back(std::move(role));
    }
    const auto root = document_.root();
    chain_.push_back(root);
    if (fits(root, value_.front())) walk(root, 1);
    if (values_ == 0)
      return fail("xml-mapping", fmt::format("the mapped path leads to no value in this input, whose root is <{}>", printable(root.name(), 60)),
                  "paths name elements from the root down: root/item/value");
    return {};
  }

 private:
  struct Role {
    std::string name;
    std::vector<std::string> steps;
    std::size_t common = 0;  ///< leading steps that are the value's
  };

  /// chain_[k] is the element that the first k + 1 steps lead to. At most steps_max deep.
  void walk(pugi::xml_node n, std::size_t step) {
    if (step == value_.size()) return found(n, text_of(n));
    if (value_[step].front() == '@') return found(n, std::string(attribute_of(n, std::string_view(value_[step]).substr(1))));
    for (auto c = n.first_child(); c; c = c.next_sibling()) {
      if (!fits(c, value_[step])) continue;
      chain_.push_back(c);
      walk(c, step + 1);
      chain_.pop_back();
    }
  }

  template <class F>
  static void each_text(pugi::xml_node n, const std::vector<std::string>& steps, std::size_t step, int& budget, F f) {
    if (step == steps.size()) return f(text_of(n));
    if (steps[step].front() == '@') return f(std::string(attribute_of(n, std::string_view(steps[step]).substr(1))));
    for (auto c = n.first_child(); c && budget > 0; c = c.next_sibling())
      if (fits(c, steps[step])) --budget, each_text(c, steps, step + 1, budget, f);
  }

  void found(pugi::xml_node n, const std::string& value) {
    if (value.empty()) return;
    ++values_;
    record_.begin(document_.line_of(n), xml_path(n));
    for (const Role& r : roles_) {
      if (r.common == 0) continue;
      int budget = 64;
      const std::size_t at = std::min(r.common, chain_.size());
      each_text(chain_[at - 1], r.steps, at, budget, [&](const std::string& s) { record_.set(r.name, s); });
    }
    record_.emit(value);
  }

  const XmlDocument& document_;
  MappedRecord record_;
  std::vector<std::string> value_;
  std::vector<Role> roles_;
  std::vector<pugi::xml_node> chain_;
  std::uint64_t values_ = 0;
};

class XmlReader final : public FeedReader {
 public:
  std::string_view name() const override { return "xml"; }
  std::string_view description() const override { return "any XML, by a mapping"; }

  int sniff(std::string_view text, std::string_view) const override {
    const XmlHead head = xml_head(text);
    if (head.name.empty() || iequals(head.name, "html")) return 0;
    return trim(text.substr(0, 64)).starts_with("<?xml") ? 90 : 50;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    if (in.settings.mapping.empty()) {
      auto d = not_a_feed_diagnostic("XML of a kind that Mozu does not know");
      d.hint = "if it is a feed, say where its values stand: [feed.mapping] value = \"root/item/ip\"";
      return fail(std::move(d));
    }
    XmlDocument document;
    MOZU_TRY(document.load(in, out));
    return XmlMapping(document, out).run(in.settings);
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_xml_reader() { return std::make_unique<XmlReader>(); }

}  // namespace mozu::formats
