// Indicators and YARA rules of publications as files for programs: of one publication, or of all of a kind ("master").
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "mozu/publications/desk.hpp"

namespace mozu::publications {

/// "md5Hash", "ip", "domain", …: the words of OpenIOC's search terms that integrations of commercial portals know; empty for rules.
std::string_view indicator_type(std::string_view kind);

/// CSV with a head: uuid, indicator, indicator_type, publication, detection_date. No cell is taken for a formula by a spreadsheet.
class IndicatorCsv {
 public:
  void add(const PublishedItem& item, std::string_view title);  ///< rules are passed over
  std::string finish() && { return std::move(out_); }

 private:
  std::string out_ = "uuid,indicator,indicator_type,publication,detection_date\r\n";
};

/// One text of YARA rules that compiles if each of them does. Of two rules of one name the first is taken; a comment names the other.
class YaraFile {
 public:
  void add(const PublishedItem& item, std::string_view title);  ///< what is no YARA rule is passed over
  std::string finish() && { return std::move(out_); }

 private:
  std::string out_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace mozu::publications
