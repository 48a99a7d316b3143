// Both sides of a verdict: the bytes of the file, and those of the sample where it is kept.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cell.hpp"
#include "mozu/attribution/answer.hpp"
#include "mozu/attribution/kept_samples.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "temp_folder.hpp"

namespace mozu::attribution {
namespace {

/// A program of this machine as the sample of an actor, and another version of it: something behind its end.
struct Known {
  TempFolder folder;
  std::string bytes = *read_file("/usr/bin/env", std::uint64_t{1} << 30), sha256 = to_hex(mozu::sha256(std::as_bytes(std::span(bytes))));
  std::string asked = folder.write("asked.bin", bytes + "one more line of text at its end\n");
  gene::Index index = *gene::Index::open(folder.file("genes"));
  std::unique_ptr<KeptSamples> kept;

  Known() {
    std::array<std::uint8_t, 32> key{};
    key.fill(5);
    kept = *KeptSamples::open(folder.file("kept"), key);
    auto opened = *files::open_objects(bytes);
    const gene::Sample sample{sha256, "env", "elf", bytes.size(), 0, {{gene::EntityType::actor, "Amber Lynx"}}};
    EXPECT_TRUE(index.add({{sample, std::move(opened.objects.front().genome)}}));
  }
  Answer answered(bool with_samples) {
    Answer x = *answer("asked.bin", *files::open_objects_of_file(asked), index, {{.weak = true}, {}});
    show_places(x, asked, {}, index, with_samples ? kept.get() : nullptr);
    return x;
  }
};

TEST(Places, BothSidesOfWhatIsShared) {
  Known k;
  ASSERT_TRUE(k.kept->keep(k.sha256, "/usr/bin/env"));
  const Answer x = k.answered(true);
  ASSERT_EQ(x.joined.verdicts.size(), 1U);
  const auto& evidence = x.joined.verdicts[0].verdict.evidence;
  ASSERT_EQ(evidence.size(), 20U);
  for (const gene::Evidence& e : evidence) {
    const auto here = x.here.find({0, e.key});
    const auto there = x.there.find({k.sha256, e.key});
    ASSERT_TRUE(here != x.here.end() && there != x.there.end());
    EXPECT_EQ(here->second.lines, there->second.lines);
    EXPECT_EQ(here->second.offset, e.offset);
    EXPECT_EQ(there->second.offset, e.offset) << "not only to 16 bytes";
    EXPECT_TRUE(here->second.address);
    EXPECT_GE(here->second.lines.size(), 4U);
  }
  const std::string json = json_of(x);
  EXPECT_NE(json.find("\"address\":\"0x"), json.npos);
  EXPECT_NE(json.find("\"disassembly\":[\""), json.npos);
  EXPECT_NE(json.find("\"sample_disassembly\":[\""), json.npos);
  EXPECT_NE(html_of(x).find("<pre>"), std::string::npos);
}

TEST(Places, WithoutTheSampleTheFileIsShownAllTheSame) {
  Known k;
  for (const bool with_samples : {false, true}) {
    const Answer x = k.answered(with_samples);
    EXPECT_EQ(x.here.size(), 20U);
    EXPECT_TRUE(x.there.empty());
    EXPECT_TRUE(x.notes.empty() || x.notes[0].find("calibrated") != std::string::npos);
  }
}

TEST(Places, ADamagedSampleCostsItsSideAlone) {
  Known k;
  ASSERT_TRUE(k.kept->keep(k.sha256, "/usr/bin/env"));
  const std::string path = k.folder.file("kept") + "/" + k.sha256;
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 10);
  const Answer x = k.answered(true);
  EXPECT_EQ(x.here.size(), 20U);
  EXPECT_TRUE(x.there.empty());
}

TEST(Places, AFileThatWentAwayIsTold) {
  Known k;
  Answer x = *answer("asked.bin", *files::open_objects_of_file(k.asked), k.index, {{.weak = true}, {}});
  std::filesystem::remove(k.asked);
  show_places(x, k.asked, {}, k.index, nullptr);
  EXPECT_TRUE(x.here.empty());
  EXPECT_NE(x.notes.back().find("cannot be shown"), std::string::npos);
}

TEST(KeptSamples, ADamagedOneIsKeptAnew) {
  Known k;
  const std::string path = k.folder.write("s.txt", "a line of text"), kept = k.folder.file("kept") + "/0123abcd";
  ASSERT_TRUE(k.kept->keep("0123abcd", path));
  const auto first = *file_identity(kept);
  ASSERT_TRUE(k.kept->keep("0123abcd", path));
  EXPECT_EQ(*file_identity(kept), first) << "a whole one stays as it is";
  std::filesystem::resize_file(kept, first.size - 1);
  EXPECT_FALSE(k.kept->file("0123abcd"));
  ASSERT_TRUE(k.kept->keep("0123abcd", path));
  const auto file = k.kept->file("0123abcd");
  ASSERT_TRUE(file && *file);
  EXPECT_EQ(*read_file(path_of(**file), 1000), "a line of text");
}

TEST(KeptSamples, KeptOnceAndUnreadableOnTheDisk) {
  Known k;
  const std::string secret = "a line of text that is in the sample\n", path = k.folder.write("s.txt", secret);
  ASSERT_TRUE(k.kept->keep("0123abcd", path));
  std::filesystem::remove(path);
  EXPECT_TRUE(k.kept->keep("0123abcd", path)) << "it is there already";
  const auto file = k.kept->file("0123abcd");
  ASSERT_TRUE(file && *file);
  EXPECT_EQ(*read_file(path_of(**file), 1000), secret);
  EXPECT_EQ(read_file(k.folder.file("kept") + "/0123abcd", 1000)->find("a line of text"), std::string::npos);
  const auto absent = k.kept->file("absent");
  EXPECT_TRUE(absent && !absent->has_value());
}

}  // namespace
}  // namespace mozu::attribution
