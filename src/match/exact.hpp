// The exact stage: one line → its detections, by the definition, with no shortcut. The first stage decides which lines come here.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json_text.hpp"
#include "lookup.hpp"
#include "mozu/match/event.hpp"
#include "mozu/match/scanner.hpp"
#include "tokens.hpp"

namespace mozu::match {

class ExactStage {
 public:
  ExactStage(std::shared_ptr<const Index> index, const ScanOptions& options);

  struct LineContext {
    std::string_view source;
    std::uint64_t number = 0;       ///< of the line
    std::uint64_t offset_base = 0;  ///< of the text's first byte in the line (a long line comes in pieces)
    const HeaderState* header = nullptr;
  };
  /// Line without LF and CR. Counts into `statistics`; returns whether anything was a detection.
  /// A null handler only asks whether there is one.
  /// For `--explain`: told of hits that are no detections, and why.
  using DropListener = std::function<void(const Hit&, const std::string& why)>;
  void on_drop(DropListener listener) { dropped_ = std::move(listener); }
  bool examine(std::string_view line, const LineContext& context, const DetectionHandler* handler, ScanStatistics& statistics);

 private:
  /// The scratch of a line is up to a hundred times its size; what a longer one took is given back after it.
  static constexpr std::size_t usual_line_bytes = 65536;
  bool detect(std::string_view line, const LineContext& context, const DetectionHandler* handler, ScanStatistics& statistics);
  void give_back_scratch();
  void collect(std::string_view line);
  void join();
  bool keep(const Hit& hit, std::string_view line, const LineContext& context, ScanStatistics& statistics);
  std::string bounds_told() const;
  Timestamp event_time(std::string_view line, const LineContext& context);
  const intel::EventFields& event(std::string_view line, const LineContext& context);
  void give(const Hit& hit, const std::string& suppressed, std::string_view line, const LineContext& context, const DetectionHandler& handler);

  std::shared_ptr<const Index> index_;
  const Index::Data& d_;
  ScanOptions options_;
  EventParser parser_;
  bool profile_restricts_;
  DropListener dropped_;

  JsonText json_;
  Tokenizer tokenizer_;
  Tokens tokens_;
  std::vector<Hit> hits_;
  std::vector<Posting> words_;  ///< valid words of the hit at hand
  bool parsed_ = false;
  const intel::EventFields* fields_ = nullptr;
  intel::Detection detection_;
};

}  // namespace mozu::match
