// A zip with a password (AES-256, as WinZip does it), written to a file piece by piece: how samples are handed on, so that nobody runs one by mistake and no scanner on the way takes it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu {

/// One entry of `bytes` bytes, which `give` hands over in pieces. `name` is safe by the caller's care. Errors: "zip-write", those of `give`; what was written then is no zip.
Status write_locked_zip(int fd, std::string_view name, std::uint64_t bytes, std::string_view password,
                        const std::function<Status(const std::function<Status(std::span<const std::byte>)>& take)>& give);

}  // namespace mozu
