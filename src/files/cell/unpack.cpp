// Programs that were packed.
#include "objects.hpp"
#include "upx.hpp"

namespace mozu::files {

void open_program(std::string_view bytes, Nest& nest) {
  const auto unpacked = unpack_upx({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, nest.bytes_left());
  if (unpacked) {
    nest.found("unpacked", unpacked->how, unpacked->program);
    for (const std::string& odd : unpacked->odd) nest.note_last("object-repaired", odd);
  } else if (unpacked.error().code != "upx-none") {
    nest.note(unpacked.error().code == "upx-too-large" ? "object-cut" : "object-packed", unpacked.error().message);
  }
}

}  // namespace mozu::files
