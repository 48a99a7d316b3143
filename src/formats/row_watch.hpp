// Private: where every row must give an indicator (FeedSettings::whole), the one that gives none is refused with its line.
#pragma once
#include <fmt/core.h>

#include "mozu/base/text.hpp"
#include "reader.hpp"

namespace mozu::formats {

class RowWatch final : public Emitter {
 public:
  RowWatch(Emitter& out, const FeedSettings& settings) : out_(out), whole_(settings.whole) {}
  /// What the parser of the rows emits to: nothing stands in between where no row is watched.
  Emitter& emitter() { return whole_ ? static_cast<Emitter&>(*this) : out_; }
  /// Reads one row. Blank rows and comments are not for this.
  template <class Read>
  void row(std::string_view text, std::uint64_t line, const Read& read) {
    told_ = false;
    read();
    if (whole_ && !told_) [[unlikely]]
      out_.refuse({Severity::warning,
                   "row-without-indicator",
                   fmt::format("there is no indicator in \"{}\"", printable(trim(text), 120)),
                   {{}, line, {}},
                   "write one value a row; comments begin with #"});
  }

  void emit(const RawRecord& r) override { told_ = true, out_.emit(r); }
  void refuse(Diagnostic d) override { told_ = true, out_.refuse(std::move(d)); }
  void lose(Diagnostic d) override { told_ = true, out_.lose(std::move(d)); }
  void pass_over(std::string_view kind) override { out_.pass_over(kind); }
  void note(Diagnostic d) override { out_.note(std::move(d)); }

 private:
  Emitter& out_;
  bool whole_, told_ = false;
};

}  // namespace mozu::formats
