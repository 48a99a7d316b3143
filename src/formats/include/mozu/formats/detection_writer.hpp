// Renderings of a detection: json (matching.md §5), cef, leef, ecs, text.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/intel/detection.hpp"

namespace mozu::formats {

enum class DetectionFormat { json, cef, leef, ecs, text };
std::optional<DetectionFormat> parse_detection_format(std::string_view name);

struct DetectionWriterOptions {
  bool colour = false;
};  ///< text only

/// Appends one detection (one line with LF; `text` may use several lines).
void write_detection(std::string& out, const intel::Detection& d, DetectionFormat format, const DetectionWriterOptions& options = {});

}  // namespace mozu::formats
