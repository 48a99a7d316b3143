#include "script.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mozu/base/base64.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t script_head_bytes = 64 << 10, run_least = 60, hidden_max = 100, page_scripts_max = 1000;

struct Language {
  std::string_view kind;
  std::array<std::string_view, 4> endings;
  std::array<std::string_view, 14> marks;  // lower case
};
constexpr std::array languages{
    Language{"vba",
             {".bas", ".cls", ".frm"},
             {"attribute vb_", "option explicit", "sub autoopen", "sub document_open", "sub workbook_open", "thisdocument", "activedocument", "end sub",
              "private declare", "declare ptrsafe"}},
    Language{
        "vbscript",
        {".vbs", ".vbe", ".wsf"},
        {"createobject(", "wscript.", "on error resume next", "end sub", "end function", "\ndim ", "\nset ", "executeglobal", "chr(", "msgbox ", " then\n"}},
    Language{"javascript",
             {".js", ".jse", ".mjs"},
             {"function(", "function (", "\nvar ", "\nlet ", "\nconst ", "new activexobject", "wscript.", "document.", "eval(", "=> {", "string.fromcharcode",
              "===", "typeof ", "this."}},
    Language{"powershell",
             {".ps1", ".psm1", ".psd1"},
             {"new-object", "write-host", "invoke-", "$env:", "[system.", "-executionpolicy", "get-", "frombase64string", "$null", "param(", "foreach-object",
              "iex ", "set-", "-join"}},
    Language{"batch",
             {".bat", ".cmd"},
             {"@echo off", "%~dp0", "\ngoto ", "\nset ", "\nif exist", "errorlevel", ">nul", "%systemroot%", "%temp%", "\necho ", "\nstart ", "setlocal"}},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> by_name_alone{{{".py", "python"}, {".pl", "perl"}, {".php", "php"}, {".sh", "shell"}}};

std::size_t count_marks(std::string_view text, const Language& language) {
  return static_cast<std::size_t>(std::ranges::count_if(language.marks, [&](std::string_view mark) { return !mark.empty() && text.find(mark) != text.npos; }));
}

/// "#!/usr/bin/env python3"
std::string_view by_first_line(std::string_view text) {
  if (text.starts_with("<?php")) return "php";
  if (!text.starts_with("#!")) return {};
  const auto line = text.substr(0, std::min(text.find('\n'), std::size_t{200}));
  for (const auto& [word, kind] : std::array<std::pair<std::string_view, std::string_view>, 8>{{{"python", "python"},
                                                                                                {"perl", "perl"},
                                                                                                {"php", "php"},
                                                                                                {"node", "javascript"},
                                                                                                {"pwsh", "powershell"},
                                                                                                {"bash", "shell"},
                                                                                                {"zsh", "shell"},
                                                                                                {"sh", "shell"}}})
    if (line.find(word) != line.npos) return kind;
  return {};
}

bool is_base64(char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '+' || c == '/'; }

/// UTF-16 of mostly ASCII, as `powershell -enc` takes it, as UTF-8; empty if it is not that.
std::string as_utf16_text(std::string_view s) {
  std::string out;
  std::size_t odd = 0;
  for (std::size_t i = 0; i + 1 < s.size(); i += 2) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (s[i + 1] == 0 && (c >= 0x20 || is_space(c)) && c < 0x7F) out += static_cast<char>(c);
    else ++odd;
  }
  return out.size() < 8 || odd * 20 > out.size() ? std::string{} : out;
}

}  // namespace

std::string_view script_kind(std::string_view text, std::string_view name) {
  const std::string head = fold(text.substr(0, script_head_bytes)), lower = fold(name.substr(name.size() - std::min<std::size_t>(name.size(), 12)));
  if (const auto kind = by_first_line(head); !kind.empty()) return kind;
  if (head.starts_with("attribute vb_")) return "vba";
  for (const auto& [end, kind] : by_name_alone)
    if (lower.ends_with(end)) return kind;
  std::string_view best;
  std::size_t most = 0;
  for (const Language& l : languages) {
    std::size_t marks = count_marks(head, l);
    const bool named = std::ranges::any_of(l.endings, [&](std::string_view end) { return !end.empty() && lower.ends_with(end); });
    if (named) marks += 4;  // a name is worth as much as a clear text, but not more
    if (marks > most) best = l.kind, most = marks;
  }
  return most >= 4 ? best : std::string_view{};
}

std::vector<std::string> hidden_in(std::string_view text, std::uint64_t bytes_max) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size() && out.size() < hidden_max;) {
    if (!is_base64(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_base64(text[end])) ++end;
    const std::size_t digits = (end - at) / 4 * 4;
    if (digits >= run_least && digits / 4 * 3 <= bytes_max) {
      std::string run(text.substr(at, end - at));
      while (run.size() % 4 != 0 && run.size() % 4 != 1) run += '=';
      if (run.size() % 4 == 1) run.resize(run.size() - 1);
      if (auto bytes = from_base64(run)) {
        const auto kind = identify(*bytes);
        if (auto wide = as_utf16_text(*bytes); !wide.empty()) out.push_back(std::move(wide));
        else if (kind != "binary" && kind != "empty" && kind != "text" && kind != "markdown" && kind != "asciidoc") out.push_back(std::move(*bytes));
        else if (kind != "binary" && kind != "empty" && !script_kind(*bytes, {}).empty()) out.push_back(std::move(*bytes));
      }
    }
    at = end;
  }
  return out;
}

std::vector<std::pair<std::string_view, std::string_view>> scripts_of_page(std::string_view html) {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  const std::string lower = fold(html);
  for (std::size_t at = lower.find("<script"); at != lower.npos && out.size() < page_scripts_max; at = lower.find("<script", at)) {
    const auto open = lower.find('>', at);
    if (open == lower.npos) break;
    const auto tag = std::string_view(lower).substr(at, open - at);
    const auto close = std::min(lower.find("</script", open), lower.size());
    const auto content = trim(html.substr(open + 1, close - open - 1));
    if (!content.empty()) out.emplace_back(tag.find("vbs") != tag.npos ? "vbscript" : "javascript", content);
    at = close;
  }
  return out;
}

}  // namespace mozu::files
