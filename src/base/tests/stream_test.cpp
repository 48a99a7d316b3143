#include "mozu/base/stream.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>

#include "temp_folder.hpp"

namespace mozu {
namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

std::string sample(std::size_t bytes) {
  std::string s;
  std::uint32_t x = 12345;
  for (int i = 0; s.size() < bytes; ++i) {
    x = x * 1664525 + 1013904223;
    s += "line " + std::to_string(i) + " value " + std::to_string(x) + "\n";
  }
  s.resize(bytes);
  return s;
}

la_ssize_t append(struct archive*, void* out, const void* data, std::size_t n) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(data), n);
  return static_cast<la_ssize_t>(n);
}

/// filter: "gzip", "bzip2", "xz", "zstd"
std::string pack(const char* filter, std::string_view text) {
  std::string out;
  auto* a = archive_write_new();
  archive_write_set_format_raw(a);
  EXPECT_EQ(archive_write_add_filter_by_name(a, filter), ARCHIVE_OK) << filter;
  archive_write_set_bytes_per_block(a, 0);
  archive_write_open(a, &out, nullptr, append, nullptr);
  auto* e = archive_entry_new();
  archive_entry_set_filetype(e, AE_IFREG);
  archive_write_header(a, e);
  archive_write_data(a, text.data(), text.size());
  archive_entry_free(e);
  archive_write_free(a);
  return out;
}

struct Member {
  std::string name, text;
};
std::string archive(int (*format)(struct archive*), const std::vector<Member>& members, const char* options) {
  std::string out;
  auto* a = archive_write_new();
  format(a);
  archive_write_set_options(a, options);
  archive_write_set_bytes_per_block(a, 0);
  archive_write_open(a, &out, nullptr, append, nullptr);
  for (const auto& m : members) {
    auto* e = archive_entry_new();
    archive_entry_set_pathname(e, m.name.c_str());
    archive_entry_set_filetype(e, m.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(e, 0644);
    archive_entry_set_size(e, static_cast<la_int64_t>(m.text.size()));
    archive_write_header(a, e);
    archive_write_data(a, m.text.data(), m.text.size());
    archive_entry_free(e);
  }
  archive_write_free(a);
  return out;
}
std::string zip(const std::vector<Member>& members, const char* options = "") { return archive(archive_write_set_format_zip, members, options); }
std::string tar(const std::vector<Member>& members) { return archive(archive_write_set_format_pax_restricted, members, ""); }

/// Everything that comes before the error or the end, and the error's code.
struct Outcome {
  std::string text, code, message, hint;
};
Outcome drain(ByteStream& in, std::size_t step = 7777) {
  Outcome o;
  std::string buffer(step, '\0');
  for (;;) {
    auto n = in.read(buffer);
    if (!n) {
      o.code = n.error().code;
      o.message = n.error().message;
      o.hint = n.error().hint;
      EXPECT_EQ(in.read(buffer).error().code, o.code);  // stays
      return o;
    }
    if (*n == 0) {
      EXPECT_EQ(*in.read(buffer), 0U);
      return o;
    }
    o.text.append(buffer.data(), *n);
  }
}
Outcome drain(std::string_view bytes, const StreamLimits& limits = {}) {
  auto file = open_input_memory("in", bytes, limits);
  auto member = file->next();
  if (!member) return {{}, member.error().code, member.error().message, {}};
  if (!*member) return {{}, "no member", {}, {}};
  auto o = drain(**member);
  EXPECT_EQ(file->next()->get(), nullptr);
  return o;
}

TEST(Stream, PlainBytesPassThrough) {
  for (const auto text : {""sv, "a"sv, "BZh9 is the beginning of a text"sv, "PK"sv, "\x1f\x8b"sv, "(µ/ý"sv}) {
    const auto o = drain(text);
    EXPECT_EQ(o.text, text);
    EXPECT_EQ(o.code, "");
  }
}

class Packed : public testing::TestWithParam<const char*> {};

TEST_P(Packed, IsUnpackedWhole) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1'000'000}}) {
    const auto text = sample(size);
    const auto o = drain(pack(GetParam(), text));
    EXPECT_EQ(o.text, text) << size;
    EXPECT_EQ(o.code, "") << o.message;
  }
}

TEST_P(Packed, ConcatenatedMembersAreReadToTheEnd) {
  const auto text = sample(300'000);
  const auto o = drain(pack(GetParam(), text) + pack(GetParam(), "second\n") + pack(GetParam(), ""));
  EXPECT_EQ(o.text, text + "second\n");
  EXPECT_EQ(o.code, "") << o.message;
}

TEST_P(Packed, TruncatedGivesItsPartThenAnError) {
  const auto text = sample(3'000'000);
  const auto packed = pack(GetParam(), text);
  for (const auto size : {packed.size() - 1, packed.size() - packed.size() / 8, packed.size() / 2, std::size_t{12}}) {
    const auto o = drain(std::string_view(packed).substr(0, size));
    EXPECT_EQ(o.code, "stream-corrupt") << size;
    EXPECT_EQ(o.text, text.substr(0, o.text.size()));
    if (size >= packed.size() / 2) {
      EXPECT_GT(o.text.size(), text.size() / 8) << size;
    }
  }
}

TEST_P(Packed, CutAtItsEndLosesNoMoreThanTheLastBlock) {
  const auto text = sample(400'000);
  const auto packed = pack(GetParam(), text);
  const std::size_t block_bytes_max = GetParam() == "zstd"sv ? std::size_t{128} << 10 : 0;  // the others end with a trailer
  for (const std::size_t step : {std::size_t{1}, std::size_t{7777}}) {
    auto file = open_input_memory("in", std::string_view(packed).substr(0, packed.size() - 1));
    const auto o = drain(**file->next(), step);
    EXPECT_EQ(o.code, "stream-corrupt");
    EXPECT_EQ(o.text, text.substr(0, o.text.size()));
    EXPECT_GE(o.text.size() + block_bytes_max, text.size());
  }
}

TEST_P(Packed, PaddingIsFineAndGarbageCostsNothing) {
  for (const std::size_t size : {std::size_t{4}, std::size_t{300'000}}) {
    const auto text = sample(size);
    const auto packed = pack(GetParam(), text);
    EXPECT_EQ(drain(packed + std::string(300'000, '\0')).code, "");
    const std::string its_own_first_byte = packed.substr(0, 1) + "h9 and some words";
    for (const std::string& garbage : {"garbage"s, "x"s, std::string(300'000, '\0') + "x", std::string(300'000, 'x'), its_own_first_byte}) {
      const auto o = drain(packed + garbage);
      EXPECT_EQ(o.text, text);
      EXPECT_EQ(o.code, "stream-corrupt") << garbage.substr(0, 30);
    }
  }
}

TEST_P(Packed, DamageIsFound) {
  const auto text = sample(2'000'000);
  auto packed = pack(GetParam(), text);
  packed[packed.size() * 3 / 4] = static_cast<char>(packed[packed.size() * 3 / 4] ^ 0x55);
  const auto o = drain(packed);
  EXPECT_EQ(o.code, "stream-corrupt");
}

TEST_P(Packed, BombIsStopped) {
  const auto packed = pack(GetParam(), std::string(100 << 20, '\0'));
  const auto o = drain(packed, {.ratio_max = 20});
  EXPECT_EQ(o.code, "stream-bomb");
  EXPECT_LT(o.text.size(), std::size_t{66 << 20});
  EXPECT_EQ(drain(packed, {.unpacked_bytes_max = 1000}).code, "stream-too-large");
  EXPECT_EQ(drain(packed, {.ratio_max = std::numeric_limits<double>::infinity()}).code, "");
}

TEST_P(Packed, ReadFromAFileWithProgress) {
  const TempFolder folder;
  const auto text = sample(500'000);
  const auto packed = pack(GetParam(), text);
  std::uint64_t consumed = 0;
  auto file = open_input(folder.write("x", packed), {}, &consumed);
  ASSERT_TRUE(file);
  auto member = (*file)->next();
  ASSERT_TRUE(member && *member);
  EXPECT_EQ(drain(**member).text, text);
  EXPECT_EQ(consumed, packed.size());
}

INSTANTIATE_TEST_SUITE_P(All, Packed, testing::Values("gzip", "bzip2", "xz", "zstd"), [](const auto& p) { return std::string(p.param); });

TEST(Stream, GzipOfAFewBytesGivesThemWhenCut) {
  const auto packed = pack("gzip", "evil.example\n");
  const auto o = drain(std::string_view(packed).substr(0, packed.size() - 4));
  EXPECT_EQ(o.text, "evil.example\n");
  EXPECT_EQ(o.code, "stream-corrupt");
  EXPECT_EQ(o.hint, "the 13 B before it were read; fetch the file again for the rest");
}

TEST(Stream, Bzip2CutInsideItsHeaderIsNoText) {
  const auto packed = pack("bzip2", "one\n");
  for (std::size_t n = 5; n < 14; ++n) EXPECT_EQ(drain(packed.substr(0, n)).code, "stream-corrupt") << n;
}

TEST(Stream, ZstdWithALongWindowSaysWhatToDo) {
  // magic, no single segment, window descriptor of 2 GiB, one last empty raw block
  const auto o = drain("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"s);
  EXPECT_EQ(o.code, "stream-window") << o.message;
  EXPECT_NE(o.hint.find("--long"), std::string::npos);
}

TEST(Stream, XzWithALargeDictionarySaysWhatToDo) {
  // stream header without check; block header: LZMA2 with a dictionary of 1.5 GiB (39)
  const auto o = drain(
      "\xfd"
      "7zXZ\0"
      "\x00\x00\xff\x12\xd9\x41"
      "\x02\x00\x21\x01\x27\x00\x00\x00\xb0\xb0\x72\xeb"s);
  EXPECT_EQ(o.code, "stream-window") << o.message;
}

TEST(Stream, ZstdBehindASkippableFrame) {
  const auto o = drain("\x50\x2a\x4d\x18\x04\x00\x00\x00skip"s + pack("zstd", "one\n"));
  EXPECT_EQ(o.text, "one\n") << o.message;
  EXPECT_EQ(o.code, "");
}

TEST(Zip, MembersAreGivenOneByOne) {
  const auto big = sample(400'000);
  const auto bytes = zip({{"dir/", ""}, {"dir/a.log", big}, {"b\x1b.log", "two"}, {"c.log.gz", pack("gzip", "inner\n")}, {"empty", ""}});
  const auto check = [&](InputFile& file) {
    auto a = file.next();
    ASSERT_TRUE(a && *a);
    EXPECT_EQ(file.name(), "in.zip!dir/a.log");
    EXPECT_EQ(drain(**a).text, big);
    auto b = file.next();
    ASSERT_TRUE(b && *b);
    EXPECT_EQ(file.name(), "in.zip!b\\x1B.log");  // left unread
    auto c = file.next();
    ASSERT_TRUE(c && *c);
    EXPECT_EQ(drain(**c).text, "inner\n");
    auto d = file.next();
    ASSERT_TRUE(d && *d);
    EXPECT_EQ(drain(**d).text, "");
    EXPECT_FALSE(*file.next());
    EXPECT_FALSE(*file.next());
  };
  check(*open_input_memory("in.zip", bytes));
}

TEST(Zip, FromAPipe) {
  const auto text = sample(30'000);
  const auto bytes = zip({{"a", text}, {"b", "two"}});
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_LT(bytes.size(), 60'000U);
  ASSERT_EQ(write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  close(ends[1]);
  const int saved = dup(0);
  dup2(ends[0], 0);
  {
    auto file = open_input("-");
    ASSERT_TRUE(file);
    auto a = (*file)->next();
    ASSERT_TRUE(a && *a) << a.error().message;
    EXPECT_EQ((*file)->name(), "(stdin)!a");
    EXPECT_EQ(drain(**a).text, text);
    auto b = (*file)->next();
    ASSERT_TRUE(b && *b);
    EXPECT_EQ(drain(**b).text, "two");
    EXPECT_FALSE(*(*file)->next());
  }
  dup2(saved, 0);
  close(saved);
  close(ends[0]);
}

TEST(Zip, EncryptedMembersAreNamedAndPassedOver) {
  auto bytes = zip({{"secret.log", "hidden"}, {"open.log", "seen"}});
  const auto local = bytes.find("PK\x03\x04"), central = bytes.find("PK\x01\x02");
  bytes[local + 6] = static_cast<char>(bytes[local + 6] | 1);  // the flag "encrypted" of both headers
  bytes[central + 8] = static_cast<char>(bytes[central + 8] | 1);
  auto file = open_input_memory("in.zip", bytes);
  auto member = file->next();
  ASSERT_FALSE(member);
  EXPECT_EQ(member.error().code, "archive-encrypted") << member.error().message;
  EXPECT_EQ(member.error().where.file, "in.zip!secret.log");
  EXPECT_FALSE(member.error().hint.empty());
  auto open = file->next();
  ASSERT_TRUE(open && *open);
  EXPECT_EQ(drain(**open).text, "seen");
  EXPECT_EQ(file->next()->get(), nullptr);
}

TEST(Zip, ADamagedMemberDoesNotHideTheNext) {
  const auto first = sample(200'000);
  auto bytes = zip({{"a", first}, {"b", "two"}}, "zip:compression=store");
  const auto at = bytes.find(first.substr(100'000, 50));
  bytes[at] = '!';
  auto file = open_input_memory("in.zip", bytes);
  auto a = file->next();
  ASSERT_TRUE(a && *a);
  EXPECT_EQ(drain(**a).code, "stream-corrupt");
  auto b = file->next();
  ASSERT_TRUE(b && *b);
  EXPECT_EQ(drain(**b).text, "two");
}

TEST(Zip, TruncatedOrForeignBytesAreAnError) {
  const auto bytes = zip({{"a", sample(200'000)}, {"b", "two"}});
  for (std::size_t size : {std::size_t{10}, std::size_t{40}, bytes.size() / 2, bytes.size() - 30}) {
    auto file = open_input_memory("in.zip", std::string_view(bytes).substr(0, size));
    bool failed = false;
    for (int i = 0; i < 10; ++i) {
      auto member = file->next();
      if (!member) {
        failed = true;
        continue;
      }
      if (!*member) break;
      failed |= !drain(**member).code.empty();
    }
    EXPECT_TRUE(failed || size == bytes.size() - 30) << size;
    EXPECT_FALSE(*file->next());
  }
}

/// Members with their content and the codes of all errors, at most 20 of them.
std::vector<std::pair<std::string, std::string>> members_of(InputFile& file, std::vector<std::string>& errors) {
  std::vector<std::pair<std::string, std::string>> out;
  for (int i = 0; i < 20; ++i) {
    auto member = file.next();
    if (!member) {
      errors.push_back(member.error().code);
      continue;
    }
    if (!*member) break;
    const auto o = drain(**member);
    if (!o.code.empty()) errors.push_back(o.code);
    out.emplace_back(file.name(), o.text);
  }
  return out;
}
using Members = std::vector<std::pair<std::string, std::string>>;

TEST(Tar, MembersAreGivenOneByOnePackedOrNot) {
  const std::string deep = std::string(120, 'd') + "/" + std::string(120, 'e') + ".json", big = sample(300'000);
  const auto bytes = tar({{"dir/", ""}, {"dir/a.log", big}, {deep, "two"}, {"c.log.gz", pack("gzip", "inner\n")}, {"e", ""}});
  for (const std::string& packed : {bytes, pack("gzip", bytes), pack("zstd", bytes), pack("xz", bytes), pack("bzip2", bytes)}) {
    std::vector<std::string> errors;
    EXPECT_EQ(members_of(*open_input_memory("in", packed), errors),
              (Members{{"in!dir/a.log", big}, {"in!" + deep, "two"}, {"in!c.log.gz", "inner\n"}, {"in!e", ""}}));
    EXPECT_TRUE(errors.empty());
  }
}

TEST(Tar, MembersLeftUnreadAreSkipped) {
  const auto bytes = pack("gzip", tar({{"a", sample(300'000)}, {"b", "two"}}));
  auto file = open_input_memory("in", bytes);
  ASSERT_TRUE(file->next());
  auto b = file->next();
  ASSERT_TRUE(b && *b);
  EXPECT_EQ(drain(**b).text, "two");
}

TEST(Tar, WhatIsNoTarIsGivenAsItIs) {
  std::string text = sample(1000);
  text.replace(257, 5, "ustar");
  for (const std::string& packed : {text, pack("gzip", text)}) {
    std::vector<std::string> errors;
    EXPECT_EQ(members_of(*open_input_memory("in", packed), errors), (Members{{"in", text}}));
  }
  const auto inner = tar({{"a", "one"}}), outer = tar({{"b.tar", inner}});
  std::vector<std::string> errors;
  EXPECT_EQ(members_of(*open_input_memory("in", outer), errors), (Members{{"in!b.tar", inner}})) << "an archive inside an archive";
}

TEST(Tar, WhatStandsBeforeABreakIsGiven) {
  const auto bytes = tar({{"a", "one"}, {"b", sample(200'000)}, {"c", "three"}});
  std::vector<std::string> errors;
  const auto cut = members_of(*open_input_memory("in", std::string_view(bytes).substr(0, 100'000)), errors);
  ASSERT_EQ(cut.size(), 2U);
  EXPECT_EQ(cut[0].second, "one");
  EXPECT_EQ(cut[1].second, sample(200'000).substr(0, cut[1].second.size()));
  EXPECT_GT(cut[1].second.size(), 90'000U);
  EXPECT_EQ(errors, std::vector<std::string>{"stream-corrupt"});
  for (std::size_t at = 0; at < 3000; at += 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    std::vector<std::string> ignored;
    members_of(*open_input_memory("in", damaged), ignored);
  }
}

TEST(Tar, LimitsCoverAllMembersOnce) {
  const std::vector<Member> members = {{"a", sample(200'000)}, {"b", sample(200'000)}, {"c", ""}};
  const auto packed = pack("gzip", tar(members));
  std::vector<std::string> errors;
  EXPECT_EQ(members_of(*open_input_memory("in", packed, {.unpacked_bytes_max = 450'000}), errors).size(), 3U);
  EXPECT_TRUE(errors.empty());
  members_of(*open_input_memory("in", packed, {.unpacked_bytes_max = 150'000}), errors);
  EXPECT_EQ(errors, std::vector<std::string>{"stream-too-large"});
  errors.clear();
  members_of(*open_input_memory("in", tar(members), {.unpacked_bytes_max = 100, .members_max = 2}), errors);
  EXPECT_EQ(errors, std::vector<std::string>{"archive-members"}) << "a plain tar costs what its file costs";
}

TEST(Zip, LimitsCoverAllMembers) {
  const auto bytes = zip({{"a", std::string(600, 'x')}, {"b", std::string(600, 'x')}, {"c", ""}});
  auto file = open_input_memory("in.zip", bytes, {.unpacked_bytes_max = 1000, .members_max = 2});
  auto a = file->next();
  EXPECT_EQ(drain(**a).code, "");
  auto b = file->next();
  EXPECT_EQ(drain(**b).code, "stream-too-large");
  EXPECT_EQ(file->next().error().code, "archive-members");
  EXPECT_FALSE(*file->next());
}

TEST(Input, SaysWhyItCannotBeOpened) {
  const TempFolder folder;
  EXPECT_EQ(open_input(folder.file("none")).error().code, "file-open");
  EXPECT_EQ(open_input(folder.file("")).error().code, "file-open");
}

TEST(ReadAll, StopsAtItsLimit) {
  auto file = open_input_memory("x", "12345");
  EXPECT_EQ(*read_all(**file->next(), 5), "12345");
  auto again = open_input_memory("x", "12345");
  EXPECT_EQ(read_all(**again->next(), 4).error().code, "input-too-large");
}

// ---- text

/// Gives its bytes in pieces of `step`, then an error if one is set.
class Pieces final : public ByteStream {
 public:
  Pieces(std::string bytes, std::size_t step, bool broken = false) : bytes_(std::move(bytes)), step_(step), broken_(broken) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t n = std::string_view(bytes_).substr(at_).copy(out.data(), std::min(out.size(), step_));
    at_ += n;
    if (n == 0 && broken_) return fail("stream-corrupt", "broken");
    return n;
  }

 private:
  std::string bytes_;
  std::size_t step_, at_ = 0;
  bool broken_;
};

std::vector<std::string> lines(std::string bytes, std::size_t max = 1 << 20, bool broken = false) {
  std::vector<std::string> first;
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{100'000}}) {
    Pieces in(bytes, step, broken);
    LineReader reader(in, max);
    LineReader::Line line;
    std::vector<std::string> out;
    for (;;) {
      auto more = reader.next(line);
      if (!more) out.push_back("error " + more.error().code);
      if (!more || !*more) break;
      out.push_back(std::to_string(line.number) + (line.cut ? "~" : ":") + std::string(line.text));
    }
    if (step == 1) first = out;
    EXPECT_EQ(out, first) << "pieces of " << step;
  }
  return first;
}
using Lines = std::vector<std::string>;

TEST(LineReader, EndsOfLines) {
  EXPECT_EQ(lines(""), Lines{});
  EXPECT_EQ(lines("a"), Lines{"1:a"});
  EXPECT_EQ(lines("a\nb\r\n\r\r\n\nc"), (Lines{"1:a", "2:b", "3:\r", "4:", "5:c"}));
  EXPECT_EQ(lines("a\0b\n"s), Lines{"1:a\0b"s});
}

TEST(LineReader, LongLinesAreCutAndTheRestSkipped) {
  EXPECT_EQ(lines("12345\n123456\r\n12345\r\n123456789\nz", 5), (Lines{"1:12345", "2~12345", "3:12345", "4~12345", "5:z"}));
  EXPECT_EQ(lines(std::string(300'000, 'x') + "\ny", 100), (Lines{"1~" + std::string(100, 'x'), "2:y"}));
  EXPECT_EQ(lines(std::string(300'000, 'x'), 100), (Lines{"1~" + std::string(100, 'x')}));
}

TEST(LineReader, GivesThePartBeforeAnError) { EXPECT_EQ(lines("a\nhalf", 100, true), (Lines{"1:a", "2:half", "error stream-corrupt"})); }

TEST(LineReader, ByteOrderMarks) {
  EXPECT_EQ(lines("\xEF\xBB\xBF"
                  "a\nb"),
            (Lines{"1:a", "2:b"}));
  EXPECT_EQ(lines("\xEF\xBB"), (Lines{"1:\xEF\xBB"}));
  EXPECT_EQ(lines("\xFF\xFE"
                  "a\0\r\0\n\0\xC4\0"s),
            (Lines{"1:a", "2:Ä"}));
  EXPECT_EQ(lines("\xFE\xFF"
                  "\0a\0\n\xD8\x00\xDF\x48"s),
            (Lines{"1:a", "2:𐍈"}));
  EXPECT_EQ(lines("\xFF\xFE\x00\xD8"
                  "a\0\x00\xDC"
                  "b"s),
            (Lines{"1:\uFFFDa\uFFFD\uFFFD"}));
  EXPECT_EQ(lines("\xFF\xFE\x00\xD8"s), (Lines{"1:\uFFFD"}));
  EXPECT_EQ(lines("\xFF\xFE"s), Lines{});
}

TEST(DecodeBom, OwnsItsStream) {
  auto in =
      decode_bom(std::make_unique<Pieces>("\xFF\xFE"
                                          "a\0b\0"s,
                                          3));
  EXPECT_EQ(*read_all(*in, 100), "ab");
}

}  // namespace
}  // namespace mozu
