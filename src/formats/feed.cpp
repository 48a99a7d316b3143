// From a path to indicators: open, unpack, decode, find the format, read.
#include "mozu/formats/feed.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "certain_feed_format.hpp"
#include "emitter.hpp"
#include "members.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "reader.hpp"
#include "replay_stream.hpp"

namespace mozu::formats {
namespace {

std::string known_formats() {
  std::string names;
  for (const auto& reader : readers()) names += fmt::format("{}{}", names.empty() ? "" : ", ", reader->name());
  return names;
}

Result<const FeedReader*> choose_reader(std::string_view head, const std::string& name, const FeedSettings& settings) {
  if (!settings.format.empty()) {
    for (const auto& reader : readers()) {
      if (reader->name() == settings.format) return reader.get();
    }
    return fail("feed-format", fmt::format("there is no feed format \"{}\"", printable(settings.format, 60)), "known formats: " + known_formats());
  }
  if (auto what = not_a_feed(head)) {
    auto d = not_a_feed_diagnostic(*what);
    if (what->starts_with("an index")) d.hint = "`mozu match` takes it by --index; `mozu index merge` joins indexes";
    return fail(std::move(d));
  }
  const FeedReader* best = nullptr;
  int best_score = 0;
  for (const auto& reader : readers()) {
    if (settings.whole && reader->name() == "text") continue;  // which takes what it is sure of and leaves the rest
    if (settings.whole && best == nullptr && reader->name() == "plain") best = reader.get();
    if (const int score = reader->sniff(head, name); score > best_score) {
      best = reader.get();
      best_score = score;
    }
  }
  if (best == nullptr) return fail(not_a_feed_diagnostic("text in no feed format that Mozu knows"));
  return best;
}

struct Request {
  const FeedSettings& settings;
  Timestamp default_time;
  const IndicatorSink& sink;
  Diagnostics& diagnostics;
};

Status read_member(ByteStream& raw, const std::string& name, const Request& request, FeedStatistics& statistics) {
  auto decoded = decode_bom(std::make_unique<BorrowedStream>(raw));
  ReplayStream stream(*decoded, statistics.bytes);
  MOZU_TRY(stream.fill_head());
  MOZU_LET(const FeedReader* reader, choose_reader(stream.head(), name, request.settings));
  statistics.format = reader->name();
  FeedEmitter emitter(name, request.settings, request.default_time, request.sink, request.diagnostics, statistics);
  ReaderInput input{stream, name, request.settings};
  return reader->read(input, emitter);
}

Status read_input(InputFile& input, const std::string& path, const Request& request, FeedStatistics& statistics) {
  return read_members(
      input, path, "not-a-feed", request.diagnostics, statistics,
      [&](ByteStream& member, const std::string& name, FeedStatistics& one, Status&) { return read_member(member, name, request, one); },
      [](const FeedStatistics& one) { return one.indicators > 0; });
}

/// Lines of five words or more, other than comments, are a tenth of it: sentences, in which values stand.
bool is_prose(std::string_view head) {
  std::size_t lines = 0, sentences = 0;
  for (std::string_view line : split(head, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#') || line.starts_with(';') || line.starts_with("//")) continue;
    ++lines;
    sentences += std::ranges::count(line, ' ') >= 4;
  }
  return sentences * 10 > lines;
}

}  // namespace

std::string certain_feed_format(std::string_view head, const std::string& name) {
  constexpr int list_score = 60;  // of `plain`: hardly a line that is no value
  const auto reader = choose_reader(head, name, {});
  if (!reader || (*reader)->name() == "text") return {};  // `text` reads prose
  if ((*reader)->name() == "plain" && ((*reader)->sniff(head, name) < list_score || is_prose(head))) return {};
  return std::string((*reader)->name());
}

Status read_feed_member(ByteStream& raw, const std::string& name, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink,
                        Diagnostics& diagnostics, FeedStatistics& statistics) {
  return read_member(raw, name, Request{settings, default_time, sink, diagnostics}, statistics);
}

Status read_feed(const std::string& path, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink, Diagnostics& diagnostics,
                 FeedStatistics& statistics) {
  auto input = open_input(path);
  if (!input) return fail(std::move(input.error()).at(path));
  return read_input(**input, path, Request{settings, default_time, sink, diagnostics}, statistics);
}

Status read_feed_memory(std::string name, std::string_view bytes, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink,
                        Diagnostics& diagnostics, FeedStatistics& statistics) {
  auto input = open_input_memory(name, bytes);
  return read_input(*input, name, Request{settings, default_time, sink, diagnostics}, statistics);
}

}  // namespace mozu::formats
