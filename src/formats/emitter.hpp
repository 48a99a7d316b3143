// Private: the Emitter behind read_feed(): raw records in, canonical indicators with the feed's settings applied out.
#pragma once
#include <string>

#include "reader.hpp"

namespace mozu::formats {

class FeedEmitter final : public Emitter {
 public:
  FeedEmitter(std::string file, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink, Diagnostics& diagnostics,
              FeedStatistics& statistics);
  void emit(const RawRecord& r) override;
  void refuse(Diagnostic d) override;
  void lose(Diagnostic d) override;
  void pass_over(std::string_view kind) override;
  void note(Diagnostic d) override;

 private:
  void fill(const RawRecord& r, std::uint16_t port);
  void count_refusal(Diagnostic d);

  std::string file_;
  const FeedSettings& settings_;
  Timestamp default_time_;
  const IndicatorSink& sink_;
  Diagnostics& diagnostics_;
  FeedStatistics& statistics_;
  intel::Indicator indicator_;  // reused, so a plain row allocates nothing here
  intel::PatternOptions options_;
};

}  // namespace mozu::formats
