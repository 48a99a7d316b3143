// Small documents, made byte by byte.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozu::files::made {

struct Drawn {
  double x = 0, y = 0;  ///< from the lower left, in points
  std::string text;
};
struct DrawnLink {
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  std::string target;
};
struct DrawnPage {
  std::vector<Drawn> texts;
  std::vector<DrawnLink> links;
};
/// In Helvetica, 10 points. No table of references: readers rebuild it.
std::string pdf(const std::vector<DrawnPage>& pages, std::string_view info = {});

/// Members are packed.
std::string zip(const std::vector<std::pair<std::string, std::string>>& members);
/// `body`: what stands in <w:body>; `relations`: id and target.
std::string docx(std::string_view body, const std::vector<std::pair<std::string, std::string>>& relations = {});

}  // namespace mozu::files::made
