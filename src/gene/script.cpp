#include "mozu/gene/script.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "each_once.hpp"
#include "hash.hpp"
#include "script_tokens.hpp"
#include "token.hpp"

namespace mozu::gene {
namespace {

using Kind = ScriptToken::Kind;

constexpr std::size_t bytes_max = std::size_t{16} << 20, script_window = 8, function_tokens_least = 20;

struct Word {
  Language language;
  std::string_view text;
};
using enum Language;
/// Words behind which a name is made. Those in front of functions have names of arguments behind them.
constexpr std::array name_makers{Word{visual_basic, "dim"},
                                 Word{visual_basic, "redim"},
                                 Word{visual_basic, "preserve"},
                                 Word{visual_basic, "const"},
                                 Word{visual_basic, "set"},
                                 Word{visual_basic, "for"},
                                 Word{visual_basic, "each"},
                                 Word{visual_basic, "private"},
                                 Word{visual_basic, "public"},
                                 Word{visual_basic, "global"},
                                 Word{visual_basic, "static"},
                                 Word{visual_basic, "byval"},
                                 Word{visual_basic, "byref"},
                                 Word{visual_basic, "enum"},
                                 Word{visual_basic, "optional"},
                                 Word{visual_basic, "type"},
                                 Word{visual_basic, "class"},
                                 Word{javascript, "var"},
                                 Word{javascript, "let"},
                                 Word{javascript, "const"},
                                 Word{javascript, "class"},
                                 Word{javascript, "import"},
                                 Word{javascript, "as"},
                                 Word{powershell, "class"},
                                 Word{powershell, "enum"},
                                 Word{batch, "set"},
                                 Word{shell, "local"},
                                 Word{shell, "for"},
                                 Word{shell, "declare"},
                                 Word{shell, "readonly"},
                                 Word{shell, "export"},
                                 Word{shell, "read"},
                                 Word{python, "class"},
                                 Word{python, "for"},
                                 Word{python, "as"},
                                 Word{python, "lambda"},
                                 Word{python, "global"},
                                 Word{python, "nonlocal"},
                                 Word{perl, "package"},
                                 Word{php, "class"},
                                 Word{visual_basic, "paramarray"}};
constexpr std::array function_makers{Word{visual_basic, "sub"},  Word{visual_basic, "function"}, Word{visual_basic, "property"}, Word{visual_basic, "get"},
                                     Word{visual_basic, "let"},  Word{javascript, "function"},   Word{javascript, "catch"},      Word{powershell, "function"},
                                     Word{powershell, "filter"}, Word{powershell, "workflow"},   Word{shell, "function"},        Word{python, "def"},
                                     Word{perl, "sub"},          Word{php, "function"}};
/// Words with brackets behind them that are no functions.
constexpr std::array<std::string_view, 6> control{"if", "for", "while", "switch", "with", "return"};

template <typename Words>
std::unordered_set<std::uint64_t> hashes(const Words& words, Language language) {
  std::unordered_set<std::uint64_t> out;
  for (const Word& w : words)
    if (w.language == language) out.insert(word_hash(w.text));
  return out;
}

/// The names that a script makes: whoever changes them changes nothing.
class Names {
 public:
  Names(Language language, std::string_view text, const std::vector<ScriptToken>& tokens)
      : language_(language),
        text_(text),
        tokens_(tokens),
        makers_(hashes(name_makers, language)),
        functions_(hashes(function_makers, language)) {
    for (const std::string_view w : control) control_.insert(word_hash(w));
    for (std::size_t i = 0; i < tokens.size(); ++i) look(i);
  }
  bool has(std::uint64_t name) const { return names_.contains(name); }
  bool begins_function(const ScriptToken& t) const { return t.kind == Kind::word && functions_.contains(t.hash); }

 private:
  Language language_;
  std::string_view text_;
  const std::vector<ScriptToken>& tokens_;
  std::unordered_set<std::uint64_t> makers_, functions_, control_, names_;

  bool is_sign(std::size_t i, std::string_view s) const {
    return i < tokens_.size() && tokens_[i].kind == Kind::sign && text_.substr(tokens_[i].offset, tokens_[i].length) == s;
  }
  bool is_word(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == Kind::word; }
  bool is_maker(std::size_t i) const { return is_word(i) && (makers_.contains(tokens_[i].hash) || functions_.contains(tokens_[i].hash)); }
  bool begins_statement(std::size_t i) const {
    return i == 0 || tokens_[i - 1].kind == Kind::line || is_sign(i - 1, ":") || is_sign(i - 1, ";") || is_sign(i - 1, "{");
  }

  void look(std::size_t i) {
    if (is_maker(i)) return made_behind(i);
    if (is_word(i) && is_sign(i + 1, "=") && !is_maker(i) && (language_ != visual_basic || begins_statement(i))) names_.insert(tokens_[i].hash);
    if (language_ == javascript && is_sign(i, "=>")) arguments_before(i);
    if (language_ == javascript && is_sign(i, "{") && i > 0 && is_sign(i - 1, ")")) arguments_before(i);
    if (language_ == batch && is_sign(i, ":") && begins_statement(i) && is_word(i + 1)) names_.insert(tokens_[i + 1].hash);
    if (language_ == shell && is_word(i) && is_sign(i + 1, "(") && is_sign(i + 2, ")")) names_.insert(tokens_[i].hash);
  }

  /// "dim a, b as string", "function f(a, b)", "const {a, b: c} = d": up to the end of the statement, at most 4,096 tokens.
  void made_behind(std::size_t maker) {
    bool is_function = functions_.contains(tokens_[maker].hash), expects = true;
    int depth = 0;
    const std::size_t end = std::min(tokens_.size(), maker + 4096);
    for (std::size_t i = maker + 1; i < end; ++i) {
      const ScriptToken& t = tokens_[i];
      if (t.kind == Kind::line && depth <= 0) return;
      if (t.kind == Kind::word) {
        if (is_maker(i)) {
          is_function |= functions_.contains(t.hash), expects = true;
          continue;
        }
        if (expects) names_.insert(t.hash);
        expects = false;
      } else if (t.kind == Kind::sign) {
        const char c = text_[t.offset];
        if (c == ';' || (c == ':' && language_ == python)) return;
        if ((c == '{' || c == '[') && expects) continue;
        if (c == '(' && is_function && depth == 0) {
          expects = true, depth = 1, is_function = false;
          continue;
        }
        if (c == '(' || c == '[' || c == '{') ++depth;
        if (c == ')' || c == ']' || c == '}') --depth;
        if (depth < 0 || (c == '{' && depth == 1)) return;
        expects = c == ',' && depth <= (argument_depth(maker) ? 1 : 0);
      }
    }
  }
  bool argument_depth(std::size_t maker) const { return functions_.contains(tokens_[maker].hash) || language_ == visual_basic; }

  /// "(a, b) =>", "f(a, b) {"
  void arguments_before(std::size_t i) {
    if (i == 0) return;
    if (is_word(i - 1)) {
      names_.insert(tokens_[i - 1].hash);
      return;
    }
    if (!is_sign(i - 1, ")")) return;
    int depth = 0;
    std::size_t open = i - 1;
    for (std::size_t looked = 0; looked < 1024; ++looked, --open) {
      depth += is_sign(open, ")") - is_sign(open, "(");
      if (depth == 0 || open == 0) break;
    }
    if (depth != 0 || (open > 0 && is_word(open - 1) && control_.contains(tokens_[open - 1].hash))) return;
    for (std::size_t k = open; k < i; ++k)
      if ((is_sign(k, "(") || is_sign(k, ",")) && is_word(k + 1)) names_.insert(tokens_[k + 1].hash);
  }
};

/// A token as genes see it.
struct TokenStep {
  std::uint32_t token, offset, end;
  bool function_begin;
};

constexpr std::uint32_t any_name = token_of(1), any_number = token_of(2), any_text = token_of(3);

/// Names of one's own, literals and layout are left out.
std::vector<TokenStep> steps_of(Language language, std::string_view text, const std::vector<ScriptToken>& tokens) {
  const Names names(language, text, tokens);
  std::vector<TokenStep> out;
  bool begins = false;
  const auto is_literal = [](const TokenStep& s) { return s.token == any_text || s.token == any_number; };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const ScriptToken& t = tokens[i];
    begins |= names.begins_function(t);
    std::uint32_t token = 0;
    switch (t.kind) {
      case Kind::word: token = names.has(t.hash) ? any_name : token_of(4, t.hash); break;
      case Kind::member: token = token_of(5, t.hash); break;
      case Kind::variable: token = any_name; break;
      case Kind::number: token = any_number; break;
      case Kind::text: token = any_text; break;
      case Kind::sign: {
        const char c = text[t.offset];
        // Brackets around values and the ends of statements are matters of taste; a bracket behind a name is a call.
        const bool is_layout = c == ';' || c == '{' || c == '}' || c == ')' || ((c == '_' || c == ':') && language == visual_basic);
        const bool is_call = i > 0 && (tokens[i - 1].kind == Kind::word || tokens[i - 1].kind == Kind::member);
        if (is_layout || (c == '(' && !is_call)) continue;
        token = token_of(6, t.hash);
        break;
      }
      default: continue;
    }
    const TokenStep step{token, t.offset, t.offset + t.length, std::exchange(begins, false)};
    // "a" & "b" and 1, 2, 3 are one: pieces are cut anew each time.
    if (out.size() >= 2 && is_literal(step) && is_literal(out[out.size() - 2])) {
      const TokenStep& between = out.back();
      const char c = text[between.offset];
      if (between.end - between.offset == 1 && (c == '&' || c == '+' || c == ',' || c == '.')) {
        out.pop_back();
        out.back().end = step.end;
        if (step.token == any_text) out.back().token = any_text;
        continue;
      }
    }
    out.push_back(step);
  }
  return out;
}

/// The bytes of a file as characters of one byte: UTF-16 with its mark loses what is not ASCII.
struct Narrow {
  std::string kept;
  std::string_view text;
  std::uint32_t base = 0, unit = 1;  // in the file, of the first character; bytes a character

  explicit Narrow(std::span<const std::uint8_t> file) {
    const auto* bytes = reinterpret_cast<const char*>(file.data());
    text = {bytes, file.size()};
    if (text.starts_with("\xEF\xBB\xBF")) base = 3, text.remove_prefix(3);
    if (!text.starts_with("\xFF\xFE")) return;
    base = unit = 2;
    for (std::size_t i = 2; i + 1 < file.size(); i += 2) kept += file[i + 1] == 0 ? bytes[i] : '?';
    text = kept;
  }
  std::uint32_t place(std::uint32_t offset) const { return base + offset * unit; }
};

class Genes {
 public:
  Genes(Genome& out, const Narrow& narrow, std::uint64_t most) : out_(out), narrow_(narrow), most_(most) {}

  void code(const std::vector<TokenStep>& steps) {
    for (std::size_t i = 0, begin = 0; i <= steps.size(); ++i) {
      if (i < steps.size() && !steps[i].function_begin) continue;
      function(std::span(steps).subspan(begin, i - begin));
      begin = i;
    }
  }
  void text(const std::vector<ScriptToken>& tokens) {
    std::vector<Gene> found;
    for (const ScriptToken& t : tokens) {
      if (t.kind != Kind::text && t.kind != Kind::comment) continue;
      const auto s = narrow_.text.substr(t.offset, t.length);
      found.clear();
      out_.cut |= !extract_text({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}, most_, found);
      for (const Gene& g : found) put({g.key, narrow_.place(t.offset + g.offset), g.length * narrow_.unit, 0});
    }
  }

 private:
  Genome& out_;
  const Narrow& narrow_;
  std::uint64_t most_;

  void put(const Gene& g) {
    if (out_.genes.size() < most_) out_.genes.push_back(g);
    else out_.cut = true;
  }
  void put(GeneClass c, std::uint64_t hash, std::uint32_t from, std::uint32_t to) {
    put({key_of(c, hash), narrow_.place(from), (to - from) * narrow_.unit, out_.functions});
  }
  void function(std::span<const TokenStep> steps) {
    if (steps.empty()) return;
    for (std::size_t i = 0; i + script_window <= steps.size(); ++i) {
      std::uint64_t h = 0;
      for (std::size_t k = i; k < i + script_window; ++k) h = fold(h, steps[k].token);
      put(GeneClass::code, h, steps[i].offset, steps[i + script_window - 1].end);
    }
    if (steps.size() >= function_tokens_least) {
      std::uint64_t h = 0;
      for (const TokenStep& s : steps) h = fold(h, s.token);
      put(GeneClass::function, h, steps.front().offset, steps.back().end);
    }
    ++out_.functions;
  }
};

}  // namespace

std::optional<Language> language(std::string_view kind) {
  constexpr std::array<std::pair<std::string_view, Language>, 9> kinds{{{"vba", visual_basic},
                                                                        {"vbscript", visual_basic},
                                                                        {"javascript", javascript},
                                                                        {"powershell", powershell},
                                                                        {"batch", batch},
                                                                        {"shell", shell},
                                                                        {"python", python},
                                                                        {"perl", perl},
                                                                        {"php", php}}};
  const auto it = std::ranges::find(kinds, kind, &std::pair<std::string_view, Language>::first);
  return it == kinds.end() ? std::nullopt : std::optional(it->second);
}

Genome extract_script(Language language, std::span<const std::uint8_t> file, const ExtractLimits& limits) {
  Genome out;
  out.cut = file.size() > bytes_max;
  const Narrow narrow(file.first(std::min(file.size(), bytes_max)));
  auto tokens = script_tokens(language, narrow.text);
  Genes genes(out, narrow, limits.genes_max);
  genes.text(tokens);
  std::erase_if(tokens, [](const ScriptToken& t) { return t.kind == Kind::comment; });
  const auto steps = steps_of(language, narrow.text, tokens);
  out.instructions = steps.size();
  out.code_bytes = narrow.text.size();
  genes.code(steps);
  each_once(out.genes);
  return out;
}

}  // namespace mozu::gene
