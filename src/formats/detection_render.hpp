// The renderings of a detection, one function each, and what they share. docs/detections.md shows them all.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mozu/formats/detection_writer.hpp"

namespace mozu::formats::detail {

void write_detection_json(std::string& out, const intel::Detection& d);
void write_detection_cef(std::string& out, const intel::Detection& d);
void write_detection_leef(std::string& out, const intel::Detection& d);
void write_detection_ecs(std::string& out, const intel::Detection& d);
void write_detection_text(std::string& out, const intel::Detection& d, bool colour);

/// "domain-name cdn.evil.example: subdomain of evil.example (acme, other)"
std::string summary(const intel::Detection& d);
/// "a,b,c", at most bytes_max of it, cut between values.
std::string joined(const std::vector<std::string>& values, std::string_view separator, std::size_t bytes_max = 1000);
/// Values of a context field over all feeds, each once, in order.
std::vector<std::string_view> context_values(const intel::Detection& d, std::string_view name);
/// 0–10 of a confidence 0–100; an unknown confidence (0) counts as low, a suppressed detection as 0.
int severity(const intel::Detection& d);

/// What an end of an event is written as.
enum class EndKind { none, ipv4, ipv6, host };
EndKind end_kind(std::string_view end);
/// The address as receivers parse it: no zone, no leading zeros, RFC 5952. Only for ends that are addresses.
std::string plain_address(std::string_view end);
/// Valid UTF-8 (else its bytes shown as \xHH), cut at a character's edge.
std::string_view tidy(std::string_view s, std::string& scratch, std::size_t bytes_max = 4000);

}  // namespace mozu::formats::detail
