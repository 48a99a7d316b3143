// Private to the room: MISP's vocabulary: attribute types and machine tags.
#pragma once
#include <cstdint>
#include <string_view>

#include "reader.hpp"

namespace mozu::formats {

enum class MispRole : std::uint8_t {
  other,  ///< nothing that Mozu matches on
  ip,
  domain,
  url,
  uri,
  email,
  hash,
  with_port,      ///< "address|port" or "host|port"
  domain_ip,      ///< "domain|address": two values
  filename_hash,  ///< "name|hash"
};
MispRole misp_role(std::string_view attribute_type);

/// A tag of an event or attribute → labels, TLP, actor, malware, ATT&CK ids, confidence; what is none of these → context "tags".
void apply_misp_tag(std::string_view tag, RawRecord& record);

}  // namespace mozu::formats
