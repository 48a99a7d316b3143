// Cursors: whole numbers in a row behind a letter that says whose they are. Opaque to callers, checked when they come back.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

Cursor make_cursor(char kind, std::span<const std::int64_t> numbers);
/// "cursor-invalid" unless make_cursor() gave it with this kind and count. Empty → nothing.
Result<std::optional<std::vector<std::int64_t>>> read_cursor(char kind, std::size_t count, std::string_view cursor);

inline std::size_t page_size(std::size_t limit) { return limit < 1 ? 1 : limit > page_items_max ? page_items_max : limit; }

}  // namespace mozu::store
