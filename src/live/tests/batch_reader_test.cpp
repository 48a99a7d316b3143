#include "batch_reader.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <zlib.h>

#include "temp_folder.hpp"

namespace mozu::live {
namespace {

using namespace std::literals;

struct Read {
  std::string source, text;
  std::uint64_t first_line, first_offset, lines;
  match::HeaderState header;
};
struct Run {
  std::vector<Read> batches;
  std::vector<Diagnostic> diagnostics;
  std::uint64_t failed = 0;
};

Run read_all(std::vector<std::string> inputs, ReadOptions options) {
  Run run;
  BatchReader reader(std::move(inputs), options, [&](Diagnostic d) { run.diagnostics.push_back(std::move(d)); }, nullptr);
  LineBatch batch;
  while (reader.next(batch)) {
    EXPECT_EQ(batch.sequence, run.batches.size());
    run.batches.push_back({batch.source, std::string(batch.bytes), batch.first_line, batch.first_offset, batch.lines, batch.header});
  }
  EXPECT_FALSE(reader.next(batch));
  run.failed = reader.inputs_failed();
  return run;
}
ReadOptions small(std::size_t batch_bytes, std::size_t line_bytes_max = 1 << 20) {
  return {.batch_bytes = batch_bytes, .line_bytes_max = line_bytes_max, .limits = {}};
}

std::string gz(const std::string& text) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

TEST(JsonLayout, IsJudgedByTheFirstLine) {
  using enum JsonLayout;
  for (const auto& [head, layout] : std::vector<std::pair<std::string, JsonLayout>>{{"[\n  {\n    \"a\": 1\n  }\n]\n", spread},
                                                                                    {"\r\n[{\r\n\"a\": 1}]", spread},
                                                                                    {"{\n  \"a\": 1\n}\n", spread},
                                                                                    {"[{\"a\":[{},{}]},\n{\"a\":2}]\n", spread},
                                                                                    {"[{\"a\":1},{\"a\":2}]\n", several},
                                                                                    {"[ {\"a\":\"},{\\\"\"} , {\"a\":2}", several},
                                                                                    {"[{\"a\":\"},{\"}]\n[{\"a\":2}]\n", line_by_line},
                                                                                    {"[{\"a\":[{},{}]}]\n", line_by_line},
                                                                                    {"{\"a\":1}\n{\"a\":2}\n", line_by_line},
                                                                                    {"{\"a\":1,\n", line_by_line},
                                                                                    {"[2026-01-01 00:00:00] {\"a\":1}\n", line_by_line},
                                                                                    {"[{\"a\":1", line_by_line},
                                                                                    {"[section]\n{\n", line_by_line},
                                                                                    {"[", line_by_line},
                                                                                    {"]}", line_by_line},
                                                                                    {"", line_by_line}})
    EXPECT_EQ(json_layout(head), layout) << head;
}

TEST(BatchReader, JsonThatIsNotOneEventALineIsNotedOnce) {
  const TempFolder folder;
  const auto spread = folder.write("a", "[\n{\"a\":1}\n]\n"), several = folder.write("b", "[{\"a\":1},{\"a\":2}]\n");
  auto options = small(4096);
  const auto run = read_all({spread, several}, options);
  ASSERT_EQ(run.diagnostics.size(), 1U);
  EXPECT_EQ(run.diagnostics[0].code, "input-json-layout");
  EXPECT_EQ(run.diagnostics[0].where.file, spread);
  EXPECT_EQ(run.failed, 0U);
  options.lines_are_events = false;
  EXPECT_TRUE(read_all({spread, several}, options).diagnostics.empty());
}

TEST(CountLines, AgreesWithTheObviousCount) {
  std::uint32_t x = 1;
  for (std::size_t size = 0; size < 300; ++size) {
    std::string s(size * 7 % 5000, 'a');
    for (char& c : s) {
      x = x * 1664525 + 1013904223;
      c = "\n#a b"[(x >> 16) % 5];
    }
    const auto got = count_lines(s);
    EXPECT_EQ(got.newlines, static_cast<std::uint64_t>(std::count(s.begin(), s.end(), '\n')));
    EXPECT_EQ(got.header_lines, s.find("\n#") != std::string::npos);
  }
  for (std::size_t at = 0; at + 1 < 100; ++at) {
    std::string s(100, 'x');
    s[at] = '\n';
    s[at + 1] = '#';
    EXPECT_TRUE(count_lines(s).header_lines) << at;
    s[at] = '#';
    EXPECT_FALSE(count_lines(s).header_lines) << at;
  }
  EXPECT_EQ(count_lines(std::string(100'000, '\n')).newlines, 100'000U);
}

TEST(BatchReader, BatchesAreWholeLinesAndTogetherTheInput) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 500; ++i) text += "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 37), '.') + "\n";
  text += "the last without an end";
  const auto path = folder.write("a.log", text);
  for (const std::size_t bytes : {std::size_t{64}, std::size_t{100}, std::size_t{1000}, std::size_t{1 << 20}}) {
    const auto run = read_all({path, path}, small(bytes));
    std::string together;
    std::uint64_t line = 1;
    for (const auto& b : run.batches) {
      if (together.size() == text.size()) line = 1;
      EXPECT_EQ(b.first_line, line);
      EXPECT_EQ(b.first_offset, 0U);
      EXPECT_EQ(b.source, path);
      together += b.text;
      line += b.lines;
      if (together.size() % text.size() != 0) {
        EXPECT_TRUE(b.text.ends_with('\n'));
      }
    }
    EXPECT_EQ(together, text + text);
    EXPECT_EQ(line, 502U);
    EXPECT_TRUE(run.diagnostics.empty());
  }
}

TEST(BatchReader, LongLinesComeInPiecesWithTheirOffsets) {
  const TempFolder folder;
  std::string line;
  while (line.size() < 1000) line += "word" + std::to_string(line.size()) + " ";
  const auto path = folder.write("a.log", "first\n" + line + "\nlast\n");
  const auto run = read_all({path}, small(64, 128));
  std::string together;
  std::uint64_t pieces = 0;
  for (const auto& b : run.batches) {
    if (b.first_line == 2) {
      EXPECT_EQ(b.first_offset, together.size() - 6);
      EXPECT_LE(b.text.size(), 128U);
      if (!b.text.ends_with('\n')) {
        EXPECT_TRUE(b.text.ends_with(' ')) << b.text;
      }
      ++pieces;
    } else {
      EXPECT_EQ(b.first_offset, 0U);
    }
    together += b.text;
  }
  EXPECT_EQ(together, "first\n" + line + "\nlast\n");
  EXPECT_GE(pieces, 8U);
  EXPECT_TRUE(run.batches.back().text.ends_with("\nlast\n"));  // the end of the long line and what follows are one batch
  ASSERT_EQ(run.diagnostics.size(), 1U);
  EXPECT_EQ(run.diagnostics[0].code, "line-too-long");
  EXPECT_EQ(run.diagnostics[0].where.line, 2U);
  EXPECT_EQ(run.failed, 0U);
  std::uint64_t lines = 0;
  for (const auto& b : run.batches) lines += b.lines;
  EXPECT_EQ(lines, 3U);
}

TEST(BatchReader, PiecesAreCutOutsideTokens) {
  EXPECT_EQ(piece_end("ab cd-ef"), 3U);
  EXPECT_EQ(piece_end("http://evil.example/a=b.c"), 22U);
  EXPECT_EQ(piece_end("a@b.example"), 8U - 4U);
  EXPECT_EQ(piece_end("aaaaaaaa"), 8U);
}

TEST(BatchReader, HeaderStateIsCarriedFromBatchToBatch) {
  const TempFolder folder;
  std::string text = "#separator \\x09\n#fields\tts\tid.orig_h\tquery\n";
  for (int i = 0; i < 40; ++i) text += "1700000000\t192.0.2.1\tevil.example\n";
  const auto zeek = folder.write("dns.log", text);
  const auto plain = folder.write("plain.log", std::string(300, 'x') + "\n");
  const auto run = read_all({zeek, plain}, small(64));
  ASSERT_GT(run.batches.size(), 10U);
  EXPECT_TRUE(run.batches[0].header.fields.empty());
  for (const auto& b : run.batches) {
    if (b.source == zeek && b.first_line > 2) {
      EXPECT_EQ(b.header.format, "zeek-tsv");
      EXPECT_EQ(b.header.fields, (std::vector<std::string>{"ts", "id.orig_h", "query"}));
    }
    if (b.source == plain) {
      EXPECT_EQ(b.header, match::HeaderState{});
    }
  }
}

TEST(BatchReader, APieceOfALongLineIsNoHeader) {
  const TempFolder folder;
  std::string text = std::string(127, 'x') + " #fields\tts\tid.orig_h\tquery\n";
  for (int i = 0; i < 40; ++i) text += "1700000000\t192.0.2.1\tevil.example\n";
  const auto run = read_all({folder.write("a.log", text)}, small(64, 128));
  ASSERT_GT(run.batches.size(), 10U);
  ASSERT_TRUE(run.batches[1].text.starts_with("#fields"));
  EXPECT_EQ(run.batches[1].first_offset, 128U);
  for (const auto& b : run.batches) EXPECT_EQ(b.header, match::HeaderState{});
}

TEST(BatchReader, ReadsUtf16AndDropsMarks) {
  const TempFolder folder;
  const auto utf16 = folder.write("a",
                                  "\xFF\xFE"
                                  "e\0v\0\n\0i\0l\0"s);
  const auto utf8 = folder.write("b",
                                 "\xEF\xBB\xBF"
                                 "evil\n");
  const auto run = read_all({utf16, utf8}, small(1000));
  ASSERT_EQ(run.batches.size(), 2U);
  EXPECT_EQ(run.batches[0].text, "ev\nil");
  EXPECT_EQ(run.batches[1].text, "evil\n");
}

TEST(BatchReader, BadInputsAreNamedAndTheOthersRead) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "line " + std::to_string(i * 7919 % 10'007) + "\n";
  const auto packed = gz(text);
  const auto good = folder.write("good.log", "good\n");
  const auto cut = folder.write("cut.gz", packed.substr(0, packed.size() / 2));
  const auto run = read_all({folder.file("missing"), cut, good}, small(4096));
  EXPECT_EQ(run.failed, 2U);
  ASSERT_EQ(run.diagnostics.size(), 2U);
  EXPECT_EQ(run.diagnostics[0].code, "file-open");
  EXPECT_EQ(run.diagnostics[1].code, "stream-corrupt");
  EXPECT_EQ(run.diagnostics[1].where.file, cut);
  std::string of_cut;
  for (const auto& b : run.batches)
    if (b.source == cut) of_cut += b.text;
  EXPECT_GT(of_cut.size(), text.size() / 4);
  EXPECT_EQ(of_cut, text.substr(0, of_cut.size()));
  EXPECT_EQ(run.batches.back().text, "good\n");
}

TEST(BatchReader, WhatIsNoTextIsNamed) {
  const TempFolder folder;
  const auto evtx = folder.write("a.evtx", "ElfFile\0"s + std::string(5000, '\0'));
  const auto twice = folder.write("b.gz", gz(gz("evil\n")));
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "e\0"s;
  const auto run = read_all({evtx, twice, folder.write("c", wide), folder.write("d", "good\n")}, small(8192));
  EXPECT_EQ(run.failed, 2U);
  ASSERT_EQ(run.diagnostics.size(), 3U);
  EXPECT_EQ(run.diagnostics[0].code, "input-unsupported");
  EXPECT_EQ(run.diagnostics[1].code, "input-unsupported");
  EXPECT_EQ(run.diagnostics[2].code, "input-encoding");
  ASSERT_FALSE(run.batches.empty());
  EXPECT_EQ(run.batches.back().text, "good\n");
}

TEST(Inputs, APatternPassesOverWhatIsNoFile) {
  const TempFolder folder;
  const auto file = folder.write("a.log", "x\n"), pipe = file.substr(0, file.size() - 5) + "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  Diagnostics diagnostics;
  EXPECT_EQ(expand_inputs({file.substr(0, file.size() - 5) + "*"}, diagnostics).paths, std::vector<std::string>{file});
  EXPECT_EQ(diagnostics.errors(), 0U);
  EXPECT_EQ(diagnostics.counts().at("input-no-file"), 1U);
  EXPECT_EQ(expand_inputs({pipe}, diagnostics).paths, std::vector<std::string>{pipe});
}

TEST(BatchReader, AContainerThatIsNotUnpackedIsNamed) {
  const TempFolder folder;
  for (const std::string_view magic :
       {"PK\x03\x04"sv, "7z\xBC\xAF\x27\x1C"sv, "Rar!\x1A\x07\x01\0"sv, "MSCF\0\0\0\0"sv, "\x04\x22\x4D\x18"sv, "\x1F\x9D\x90"sv, "BZh91AY&SY"sv}) {
    // Packed once, so that a zip or bzip2 file is one inside of another.
    const auto run = read_all({folder.write("a.gz", gz(std::string(magic) + std::string(100, 'e') + "\n")), folder.write("d", "good\n")}, small(8192));
    EXPECT_EQ(run.failed, 1U);
    ASSERT_EQ(run.diagnostics.size(), 1U) << magic;
    EXPECT_EQ(run.diagnostics[0].code, "input-unsupported");
    ASSERT_EQ(run.batches.size(), 1U);
    EXPECT_EQ(run.batches[0].text, "good\n");
  }
}

/// A header of ustar with its sum, and the content behind it.
std::string tar_member(std::string name, std::string content) {
  std::string h(512, '\0');
  h.replace(0, name.size(), name);
  h.replace(100, 7, "0000644");
  h.replace(124, 11, fmt::format("{:011o}", content.size()));
  h.replace(148, 8, std::string(8, ' '));
  h[156] = '0';
  h.replace(257, 8, "ustar\00000"s);
  unsigned sum = 0;
  for (const char c : h) sum += static_cast<unsigned char>(c);
  h.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
  content.resize((content.size() + 511) / 512 * 512);
  return h + content;
}

TEST(BatchReader, MembersOfATarAreNamedAndAnIndexIsPassedOver) {
  const TempFolder folder;
  const auto packed = folder.write("a.tar.gz", gz(tar_member("a.log", "one\nevil\n") + tar_member("b.log", "two\n") + std::string(1024, '\0')));
  const auto index = folder.write("x.mzi", "MOZUIDX\0"s + std::string(100, 'e'));
  const auto run = read_all({packed, index, folder.write("d", "good\n")}, small(8192));
  EXPECT_EQ(run.failed, 0U);
  ASSERT_EQ(run.diagnostics.size(), 1U);
  EXPECT_EQ(run.diagnostics[0].code, "input-index");
  ASSERT_EQ(run.batches.size(), 3U);
  EXPECT_EQ(run.batches[0].source, packed + "!a.log");
  EXPECT_EQ(run.batches[0].text, "one\nevil\n");
  EXPECT_EQ(run.batches[1].source, packed + "!b.log");
  EXPECT_EQ(run.batches[1].first_line, 1U);
  EXPECT_EQ(run.batches[2].text, "good\n");
}

TEST(BatchReader, EmptyInputsGiveNoBatch) {
  const TempFolder folder;
  EXPECT_TRUE(read_all({folder.write("a", ""), folder.write("b", gz(""))}, small(100)).batches.empty());
  EXPECT_EQ(read_all({folder.write("c", "\n")}, small(100)).batches.size(), 1U);
}

TEST(ExpandInputs, FilesFoldersAndGlobs) {
  const TempFolder folder;
  std::filesystem::create_directories(folder.file("d/e"));
  folder.write("d/z.log", "1");
  folder.write("d/e/a.log", "22");
  folder.write("b.log", "333");
  std::filesystem::create_directory_symlink(folder.file("d"), folder.file("d/e/loop"));
  Diagnostics diagnostics;
  const auto list = expand_inputs({folder.file("b.log"), folder.file("d"), folder.file("*.log"), folder.file("none"), folder.file("x*")}, diagnostics);
  EXPECT_EQ(list.paths, (std::vector<std::string>{folder.file("b.log"), folder.file("d/e/a.log"), folder.file("d/z.log"), folder.file("b.log")}));
  EXPECT_EQ(list.bytes, 9U);
  EXPECT_TRUE(list.bytes_known);
  EXPECT_EQ(diagnostics.counts().at("input-path"), 2U);
  EXPECT_FALSE(diagnostics.counts().contains("input-empty-folder"));
  std::filesystem::create_directories(folder.file("none/at/all"));
  EXPECT_TRUE(expand_inputs({folder.file("none")}, diagnostics).paths.empty());
  EXPECT_EQ(diagnostics.counts().at("input-empty-folder"), 1U);
  EXPECT_FALSE(expand_inputs({"-"}, diagnostics).bytes_known);
}

}  // namespace
}  // namespace mozu::live
