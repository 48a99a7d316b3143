// Private to the room: what a backup says of its own bytes. Behind the pages of SQLite, where SQLite does not look, stands the SHA-256 of all bytes before it.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "mozu/base/result.hpp"

namespace mozu::store {

/// `application_id` of a backup that has a seal: one that lost it is told from one that was made before there were seals.
inline constexpr std::uint32_t sealed_application = 0x4D5A424B;  // "MZBK"

/// Bytes that are read; an error ends the reading.
using ReadWatch = std::function<Status(std::uint64_t done, std::uint64_t total)>;

/// At the end of a file that nobody has open and that bears `sealed_application`.
Status seal_backup(const std::string& path, const ReadWatch& watch);

enum class Seal : std::uint8_t { none, whole };
/// Reads every byte, some at a time. Compares with the seal, and with FILE.sha256 if that is there. "backup-damaged": they differ. Seal::none: there is nothing to compare with;
/// it was made by an earlier Mozu, or is no backup.
Result<Seal> check_seal(const std::string& path, const ReadWatch& watch = {});

/// Of a file as `sha256sum` writes it; empty: there is none in it, or no such file.
std::string read_sum(const std::string& path);
/// Hex, of a whole file, read some bytes at a time.
Result<std::string> sha256_of_file(const std::string& path, const ReadWatch& watch = {});

}  // namespace mozu::store
