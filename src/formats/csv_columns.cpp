#include "csv_columns.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "mozu/base/text.hpp"
#include "shape.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

struct Name {
  std::string_view key;
  ColumnRole role;
  std::string_view context = {};
  TypeHint hint = TypeHint::any;
};

using enum ColumnRole;

// Keys are word_key()s. Value columns whose name is a word for a type ("sha256", "domain") come from type_words.
constexpr Name names[] = {{"indicator", value},
                          {"indicators", value},
                          {"ioc", value},
                          {"iocs", value},
                          {"value", value},
                          {"indicatorvalue", value},
                          {"iocvalue", value},
                          {"observable", value},
                          {"observablevalue", value},
                          {"observablenotanioc", value},
                          {"observables", value},
                          {"artifact", value},
                          {"attributevalue", value},
                          {"c2", value},
                          {"cc", value},
                          {"cnc", value},
                          {"c2server", value},
                          {"c2servers", value},
                          {"c2s", value},
                          {"ccserver", value},
                          {"ccservers", value},
                          {"cncserver", value},
                          {"c2address", value},
                          {"commandandcontrol", value},
                          {"landingpage", value, {}, TypeHint::url},
                          {"urlselection", value},
                          {"network", value},
                          {"dstip", value, {}, TypeHint::ip},
                          {"srcip", value, {}, TypeHint::ip},
                          {"destip", value, {}, TypeHint::ip},
                          {"ipaddressport", value, {}, TypeHint::ip},
                          {"realip", value, {}, TypeHint::ip},
                          {"serverip", value, {}, TypeHint::ip},
                          {"connectingip", value, {}, TypeHint::ip},
                          {"hostip", value, {}, TypeHint::ip},
                          {"managementinfrastructure", value, {}, TypeHint::ip},
                          {"mask", value, {}, TypeHint::url_mask},
                          {"type", type},
                          {"indicatortype", type},
                          {"ioctype", type},
                          {"entitytype", type},
                          {"observabletype", type},
                          {"observabletypes", type},
                          {"attributetype", type},
                          {"kind", type},
                          {"port", port},
                          {"dstport", port},
                          {"c2port", port},
                          {"destport", port},
                          {"firstseen", first_seen},
                          {"firstseenutc", first_seen},
                          {"dateadded", first_seen},
                          {"detecteddate", first_seen},
                          {"listingdate", first_seen},
                          {"date", first_seen},
                          {"timegenerated", first_seen},
                          {"creationdate", first_seen},
                          {"created", first_seen},
                          {"firstdetected", first_seen},
                          {"discovered", first_seen},
                          {"firstsubmission", first_seen},
                          {"timestamp", first_seen},
                          {"lastseen", last_seen},
                          {"lastseenutc", last_seen},
                          {"lastonline", last_seen},
                          {"updated", last_seen},
                          {"modified", last_seen},
                          {"validfrom", valid_from},
                          {"validuntil", valid_until},
                          {"endofvalidity", valid_until},
                          {"expirationdatetime", valid_until},
                          {"expires", valid_until},
                          {"expiration", valid_until},
                          {"validto", valid_until},
                          {"confidence", confidence},
                          {"confidencelevel", confidence},
                          {"confidencescore", confidence},
                          {"score", context, "score"},
                          {"labels", labels},
                          {"tags", labels},
                          {"tag", labels},
                          {"label", labels},
                          {"stixid", id},
                          {"indicatorid", id},
                          {"classification", verdict},
                          {"verdict", verdict},
                          {"description", context, "description"},
                          {"notes", context, "description"},
                          {"note", context, "description"},
                          {"comment", context, "description"},
                          {"comments", context, "description"},
                          {"details", context, "description"},
                          {"listingreason", context, "description"},
                          {"context", context, "description"},
                          {"desc", context, "description"},
                          {"malware", context, "malware"},
                          {"malwarefamily", context, "malware"},
                          {"family", context, "malware"},
                          {"malwareprintable", context, "malware"},
                          {"fkmalware", context, "malware_id"},
                          {"signature", context, "malware"},
                          {"tool", context, "malware"},
                          {"toolname", context, "malware"},
                          {"threat", context, "threat"},
                          {"threattype", context, "threat"},
                          {"actor", context, "actor"},
                          {"threatactor", context, "actor"},
                          {"activitygroupnames", context, "actor"},
                          {"campaign", context, "campaign"},
                          {"category", context, "category"},
                          {"killchain", context, "killchain"},
                          {"reference", context, "reference"},
                          {"references", context, "reference"},
                          {"link", context, "reference"},
                          {"links", context, "reference"},
                          {"urlhauslink", context, "reference"},
                          {"report", context, "reference"},
                          {"source", context, "source"},
                          {"sources", context, "source"},
                          {"reporter", context, "reporter"},
                          {"permalink", context, "reference"},
                          {"virustotal", context, "reference"},
                          {"vtlink", context, "reference"},
                          {"sourceurl", context, "reference"},
                          {"filename", context, "file_name"},
                          {"filenames", context, "file_name"},
                          {"itwfilename", context, "file_name"},
                          {"name", context, "name"},
                          {"id", context, "id"},
                          {"iocid", context, "id"},
                          {"imphash", context, "imphash"},
                          {"ssdeep", context, "ssdeep"},
                          {"tlsh", context, "tlsh"},
                          {"pdb", context, "pdb"},
                          {"weburi", context, "web_uri"},
                          {"path", context, "path"},
                          {"file", context, "file"},
                          {"files", context, "file"},
                          {"sample", context, "sample"},
                          {"text", context, "text"},
                          {"string", context, "string"},
                          {"username", context, "user"},
                          {"account", context, "account"}};

std::string context_name_of(std::string_view header) {
  std::string name;
  for (const char c : trim(header)) {
    if (is_alnum(static_cast<unsigned char>(c))) {
      name += fold(c);
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
    if (name.size() == 60) break;
  }
  while (name.ends_with('_')) name.pop_back();
  return name.empty() ? "column" : name;
}

/// Which of several type columns tells most: "IoC_Type" before "Type".
int type_rank(std::string_view header) {
  const std::string key = word_key(header);
  if (key == "observabletypes" || key == "observabletype") return 3;
  if (key == "type" || key == "kind") return 1;
  return 2;
}

struct Tally {
  std::size_t filled = 0, shaped = 0, times = 0;
};

Tally tally(const std::vector<std::vector<std::string_view>>& rows, std::size_t column) {
  Tally t;
  for (const auto& row : rows) {
    if (column >= row.size()) continue;
    const std::string_view cell = trim(row[column]);
    if (cell.empty()) continue;
    ++t.filled;
    t.shaped += shape_of(cell) != Shape::none;
    t.times += parse_time_any(cell).has_value();
  }
  return t;
}

std::optional<ColumnRole> role_of_mapping(std::string_view role) {
  constexpr std::pair<std::string_view, ColumnRole> roles[] = {{"value", value},
                                                               {"type", type},
                                                               {"port", port},
                                                               {"first_seen", first_seen},
                                                               {"last_seen", last_seen},
                                                               {"valid_from", valid_from},
                                                               {"valid_until", valid_until},
                                                               {"confidence", confidence},
                                                               {"labels", labels},
                                                               {"tags", labels},
                                                               {"id", id}};
  for (const auto& [text, r] : roles) {
    if (text == role) return r;
  }
  return std::nullopt;
}

}  // namespace

bool Columns::has_values() const {
  return std::any_of(list.begin(), list.end(), [](const Column& c) { return c.role == ColumnRole::value; });
}

std::optional<Column> known_column(std::string_view header_cell) {
  const std::string key = word_key(header_cell);
  for (const auto& n : names) {
    if (n.key == key) return Column{n.role, n.hint, n.hint != TypeHint::any, std::string(n.context)};
  }
  if (const auto word = type_word(key)) {
    if (word->hint) return Column{value, *word->hint, true, {}};
    return Column{context, TypeHint::any, false, context_name_of(header_cell)};
  }
  // "Distribution URL Observed", "C2 domain", "Source IP": the last known word of a short name, if it is no link to a report.
  if (key.size() > 40) return std::nullopt;
  for (const std::string_view ending : {"sha256", "sha1", "md5", "domain", "domains", "ipaddress", "hostname", "emailaddress", "url"}) {
    if (key.ends_with(ending) && key.find("reference") == std::string::npos && key.find("report") == std::string::npos &&
        key.find("source") == std::string::npos) {
      return Column{value, *type_word(ending)->hint, true, {}};
    }
  }
  return std::nullopt;
}

Columns columns_of_header(const std::vector<std::string_view>& header) {
  Columns columns;
  int best_rank = 0;
  for (std::size_t i = 0; i < header.size(); ++i) {
    Column c = known_column(header[i]).value_or(Column{context, TypeHint::any, false, context_name_of(header[i])});
    if (c.role == type) {
      const int rank = type_rank(header[i]);
      if (rank > best_rank) {
        if (columns.type_column >= 0) columns.list[static_cast<std::size_t>(columns.type_column)] = Column{context, TypeHint::any, false, "type"};
        columns.type_column = static_cast<int>(i);
        best_rank = rank;
      } else {
        c = Column{context, TypeHint::any, false, "type"};
      }
    }
    columns.list.push_back(std::move(c));
  }
  return columns;
}

void judge_by_content(Columns& columns, const std::vector<std::vector<std::string_view>>& rows) {
  for (std::size_t i = 0; i < columns.list.size(); ++i) {
    Column& c = columns.list[i];
    if (c.role != context) continue;
    const Tally t = tally(rows, i);
    if (t.filled == 0 || t.filled * 10 < rows.size()) continue;
    if (t.shaped * 10 >= t.filled * 6) {
      c = Column{value, TypeHint::any, false, {}};
    } else if (t.times * 10 >= t.filled * 8) {
      c.role = first_seen;
    }
  }
}

Status apply_mapping(Columns& columns, const std::vector<std::string_view>& header, const FeedSettings& settings) {
  if (settings.mapping.empty()) return {};
  const auto find = [&](std::string_view wanted) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (iequals(trim(header[i]), trim(wanted))) return i;
    }
    const auto number = to_uint(wanted);
    if (number && *number >= 1 && *number <= std::max(columns.list.size(), header.size())) return *number - 1;
    return std::nullopt;
  };
  // A mapping says all there is to say: what the header seemed to be is context now.
  for (std::size_t i = 0; i < columns.list.size(); ++i) {
    const std::string name = i < header.size() ? context_name_of(header[i]) : fmt::format("column{}", i + 1);
    columns.list[i] = Column{context, TypeHint::any, false, name};
  }
  columns.type_column = -1;
  for (const auto& [role, wanted] : settings.mapping) {
    const auto index = find(wanted);
    if (!index) {
      std::string there;
      for (const auto& h : header) there += fmt::format("{}\"{}\"", there.empty() ? "" : ", ", printable(trim(h), 40));
      return fail("csv-column", fmt::format("there is no column \"{}\" for {}", printable(wanted, 60), printable(role, 40)),
                  there.empty()
                      ? fmt::format("no row was taken for a header; check the name and the delimiter, or give a number from 1 to {}", columns.list.size())
                      : "columns: " + there);
    }
    if (columns.list.size() <= *index) columns.list.resize(*index + 1);
    Column& c = columns.list[*index];
    c.role = role_of_mapping(role).value_or(context);
    if (c.role == context) c.context_name = role;
    if (c.role == type) columns.type_column = static_cast<int>(*index);
  }
  if (!columns.has_values()) return fail("csv-column", "the mapping names no column for value", "add value = \"column\" to [feed.mapping]");
  return {};
}

}  // namespace mozu::formats
