// Private to the room: the style sheet of a page, for the screen and for print.
#pragma once
#include <string>
#include <string_view>

#include "mozu/intel/indicator.hpp"

namespace mozu::publications {

/// One more with each change of how pages look: what was printed before is printed anew.
inline constexpr int page_design = 2;

struct RunningText {
  std::string head, foot;  ///< plain text of anybody
  intel::Tlp tlp = intel::Tlp::none;
};

/// Colours of TLP 2.0: letters and ground.
struct TlpColours {
  std::string_view text, ground;
};
TlpColours colours_of(intel::Tlp tlp);

std::string style_sheet(const RunningText& running);

}  // namespace mozu::publications
