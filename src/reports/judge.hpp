// What looks like an indicator and is none: the reasons, in order of how sure they are.
#pragma once
#include <string>
#include <vector>

#include "document.hpp"
#include "mention.hpp"
#include "publisher.hpp"

namespace mozu::reports {

class Judge {
 public:
  /// Learns the report's habits: whether it defangs, whose report it is.
  Judge(const ReportText& report, const Reading& reading, const Document& document, const std::vector<Mention>& mentions, const KnownValues* known);
  /// Sets noise, confidence and reason of an observable.
  void judge(Mention& m) const;

 private:
  void judge_address(Mention& m) const;
  void judge_host(Mention& m) const;
  void judge_url(Mention& m) const;
  void judge_email(Mention& m) const;
  void judge_hash(Mention& m) const;
  void judge_file_name(Mention& m) const;
  bool by_list(Mention& m) const;
  bool by_origin(Mention& m, std::string_view host) const;
  void place(Mention& m) const;
  bool invites(const Mention& m) const;
  bool in_live_list(const Mention& m) const;
  bool in_list(const Mention& m) const;
  std::string_view words_before(const Mention& m, std::size_t bytes) const;

  const Reading& reading_;
  const Document& document_;
  const KnownValues* known_;
  bool defangs_ = false;
  Sites publisher_;
  std::vector<std::size_t> defanged_lines_;  ///< begins of lines that hold something defanged
};

}  // namespace mozu::reports
