#include "mozu/lookup/geo.hpp"

#include <fmt/core.h>
#include <maxminddb.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/intel/ip.hpp"

namespace mozu::lookup {
namespace {

constexpr std::size_t text_bytes_max = 256;

template <class... Steps>
std::optional<MMDB_entry_data_s> entry_member(MMDB_entry_s entry, Steps... steps) {
  const std::array<const char*, sizeof...(Steps) + 1> path = {steps..., nullptr};
  MMDB_entry_data_s data;
  if (MMDB_aget_value(&entry, &data, path.data()) != MMDB_SUCCESS || !data.has_data) return std::nullopt;
  return data;
}

std::string text(const std::optional<MMDB_entry_data_s>& data) {
  if (!data || data->type != MMDB_DATA_TYPE_UTF8_STRING || data->data_size > text_bytes_max) return {};
  std::string s(data->utf8_string, data->data_size);
  return is_utf8(s) ? s : std::string();
}

/// The first that is there: makers of databases call things differently.
std::string first_of(std::string a, std::string b, std::string c = {}) { return !a.empty() ? a : !b.empty() ? b : c; }

std::uint64_t autonomous_system(const MMDB_entry_s& entry) {
  if (const auto number = entry_member(entry, "autonomous_system_number"); number && number->type == MMDB_DATA_TYPE_UINT32) return number->uint32;
  const auto written = text(entry_member(entry, "asn"));
  return istarts_with(written, "as") ? to_uint(std::string_view(written).substr(2)).value_or(0) : 0;
}

}  // namespace

struct Geography::Database {
  MMDB_s file{};
  std::string name;
  bool opened = false;
  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    if (opened) MMDB_close(&file);
  }

  std::optional<MMDB_lookup_result_s> find(const std::string& address) const {
    int address_error = 0, error = MMDB_SUCCESS;
    const auto found = MMDB_lookup_string(&file, address.c_str(), &address_error, &error);
    if (address_error != 0 || error != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
    return found;
  }
};

Geography::Geography() = default;
Geography::~Geography() = default;

Result<std::shared_ptr<const Geography>> Geography::open(const std::vector<std::string>& paths) {
  std::shared_ptr<Geography> out(new Geography);
  for (const auto& path : paths) {
    auto database = std::make_unique<Database>();
    if (const int code = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &database->file); code != MMDB_SUCCESS)
      return fail(Diagnostic{Severity::error,
                             "geography-open",
                             fmt::format("cannot read it as a .mmdb database: {}", MMDB_strerror(code)),
                             {path, 0, {}},
                             "take it out of the data folder, or fetch it again"});
    database->opened = true;
    database->name = printable(database->file.metadata.database_type != nullptr ? database->file.metadata.database_type : "", text_bytes_max);
    out->databases_.push_back(std::move(database));
  }
  return out;
}

std::vector<Place> Geography::find(const intel::Pattern& address) const {
  const bool v4 = address.kind == intel::PatternKind::ipv4 || address.kind == intel::PatternKind::ipv4_range;
  const bool v6 = address.kind == intel::PatternKind::ipv6 || address.kind == intel::PatternKind::ipv6_range;
  std::vector<Place> out;
  if (!v4 && !v6) return out;
  for (const auto& database : databases_) {
    const auto found = database->find(v4 ? intel::format_ipv4(address.v4.first) : intel::format_ipv6(address.v6.first));
    if (!found) continue;
    const auto& e = found->entry;
    Place p;
    p.database = database->name;
    p.country = first_of(text(entry_member(e, "country", "iso_code")), text(entry_member(e, "country_code")), text(entry_member(e, "country")));
    p.city = first_of(text(entry_member(e, "city", "names", "en")), text(entry_member(e, "city")));
    p.organisation = first_of(text(entry_member(e, "autonomous_system_organization")), text(entry_member(e, "as_name")), text(entry_member(e, "organization")));
    p.autonomous_system = autonomous_system(e);
    // Addresses of version 4 stand below ::/96 in a database of version 6.
    int bits = found->netmask;
    if (v4 && database->file.metadata.ip_version == 6) bits -= 96;
    if (bits >= 0)
      p.network = v4 ? intel::format_range(intel::cidr_range(address.v4.first, bits)) : intel::format_range(intel::cidr_range(address.v6.first, bits));
    if (!p.country.empty() || !p.city.empty() || !p.organisation.empty() || p.autonomous_system != 0) out.push_back(std::move(p));
  }
  return out;
}

}  // namespace mozu::lookup
