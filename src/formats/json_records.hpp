// Private to the room: indicators in JSON whose shape nobody described: by the names of members and the looks of values.
//
// A record is an object with a member that is known to hold an indicator. What the record is about is the first there is of:
// a member called indicator/ioc/value …, mask, URL, e-mail address, domain, IP address, host name. The others of these are
// context (the host of a URL, what a name resolved to). Only where there is none of them, hashes are the indicators: all of
// them, since they are of one file. Lists inside a record (files[], whois …) are context too.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "csv_columns.hpp"
#include "json_access.hpp"

namespace mozu::formats {

/// What a member's name says; known names are those of the table readers (csv_columns, type_words) and a few of JSON's own.
struct JsonKey {
  ColumnRole role = ColumnRole::context;
  int rank = 0;        ///< of a value: smaller is what the record is about; see json_records.cpp
  bool named = false;  ///< the name alone makes it an indicator; else its looks or type must agree
  bool known = false;  ///< the name is in a table at all
  bool mask = false;
  bool holds_values = false;  ///< an array of strings under this name is a list of indicators
  bool never_values = false;  ///< … is none, whatever it looks like ("allow", "references")
  intel::TypeHint hint = intel::TypeHint::any;
  std::string context_name;
};

class JsonRecords {
 public:
  explicit JsonRecords(Emitter& out);
  ~JsonRecords();

  /// Valid until the next call, or as long as this object lives if its role is value.
  const JsonKey& key(std::string_view name);
  /// Any value; `name` is the member that holds it (directly or as the element of its array), empty at the root.
  void walk(JsonElement e, std::string_view name, std::uint64_t line, const std::string& pointer);
  /// One string of an array called `name`. `sure`: its looks do not matter.
  void plain_value(std::string_view value, std::string_view name, std::uint64_t line, const std::string& pointer, bool sure);
  /// A scalar member of an object around records: context of those that follow.
  void outer_member(std::string_view name, JsonElement e);
  void forget_outer() { outer_.clear(); }
  std::uint64_t records() const { return records_; }

 private:
  struct Candidate {
    const JsonKey* key;
    std::string name, value;
  };
  struct Scan;  // what one pass over an object's members found

  void walk(JsonElement e, std::string_view name, std::string_view id, const RawRecord& inherited, std::uint64_t line, const std::string& pointer, int depth);
  void object(JsonObject o, std::string_view id, const RawRecord& inherited, std::uint64_t line, const std::string& pointer, int depth);
  void member(std::string_view name, JsonElement e, Scan& scan);
  void emit_record(Scan& scan);
  void emit_primary(Scan& scan, const Candidate& c);
  void emit_hashes(Scan& scan);
  void flatten(std::string_view prefix, JsonElement e, intel::ContextFields& context, int depth, int& budget);

  Emitter& out_;
  RawRecord outer_;
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  Scan& scan_at(int depth);

  std::unordered_map<std::string, JsonKey, NameHash, std::equal_to<>> keys_;
  JsonKey other_key_;                         ///< of a name that is not kept
  std::vector<std::unique_ptr<Scan>> scans_;  ///< one a depth, so that a plain record allocates little
  std::uint64_t records_ = 0;
};

}  // namespace mozu::formats
