// Private: what the columns of a table mean, from its header, from settings or from its content. Also used for the tables
// of Markdown and AsciiDoc documents.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "reader.hpp"

namespace mozu::formats {

enum class ColumnRole : std::uint8_t { context, ignore, value, type, port, first_seen, last_seen, valid_from, valid_until, confidence, labels, id, verdict };

struct Column {
  ColumnRole role = ColumnRole::context;
  intel::TypeHint hint = intel::TypeHint::any;  ///< of a value column
  bool typed = false;                           ///< the column's own name says the type; the row's type word does not count
  std::string context_name;                     ///< role context: name of the field
};

struct Columns {
  std::vector<Column> list;
  int type_column = -1;  ///< index, or -1
  bool has_values() const;
};

/// How well a name is known: role of a header cell, or nullopt.
std::optional<Column> known_column(std::string_view header_cell);

/// Columns of a header row; unknown names become context fields of that name.
Columns columns_of_header(const std::vector<std::string_view>& header);

/// Makes value columns of those whose sample cells mostly have the shape of an indicator, and times of those that are
/// times, unless they have a role already. `rows` are sample rows below the header.
void judge_by_content(Columns& columns, const std::vector<std::vector<std::string_view>>& rows);

/// Mapping from settings: by name (any case) or 1-based number. Unknown columns are an error "csv-column" naming what there is.
Status apply_mapping(Columns& columns, const std::vector<std::string_view>& header, const FeedSettings& settings);

}  // namespace mozu::formats
