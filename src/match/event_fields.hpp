// Between the walkers, which know how a line format writes fields, and what is wanted of the fields: the event's roles (parse) or the
// name of the field at an offset (field_at). A walker reports every field with the raw range of its value; nothing is copied.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event_time.hpp"
#include "mozu/intel/detection.hpp"
#include "mozu/match/event.hpp"

namespace mozu::match::detail {

/// How the raw bytes of a value stand for its text.
enum class Encoding : std::uint8_t { raw, json, xml, backslash };

/// What a field says about the event.
enum class Role : std::uint8_t { none, time, source, destination, user, host };

/// Names and their hierarchy: enter("a"), value("b", …), leave() is the field "a.b". A value with an empty name belongs to the
/// entered name itself (an array's elements). A name that is a slice of the line also marks its own place.
class FieldSink {
 public:
  virtual ~FieldSink() = default;
  virtual void enter(std::string_view name) = 0;
  virtual void leave() = 0;
  /// A field whose role is to be guessed by its name.
  virtual void value(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) = 0;
  /// A field whose role the format fixes; the lower the rank, the surer. Without a name: a role that stands inside another field.
  virtual void column(Role role, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) = 0;
  /// The event's time, read by the walker.
  virtual void time(Timestamp t, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end) = 0;
  /// A stretch that names what no value covers, e.g. "message"; later ones lie inside earlier ones.
  virtual void background(std::string_view name, std::size_t begin, std::size_t end) = 0;
  /// A walker may find that the line is not what it seemed: rollback() forgets what was reported since mark(). Not nested.
  virtual void mark() = 0;
  virtual void rollback() = 0;
  /// Only names and places are wanted: walkers need not look for what has a role but no name.
  virtual bool names_only() const { return false; }
  /// Has a value of this role been reported? Guesses stand back then.
  virtual bool told(Role) const { return false; }
};

/// What a field's name lets guess. The lower the rank, the better.
struct RoleGuess {
  Role role = Role::none;
  std::uint8_t rank = 255;
  bool only_address = false;  ///< counts only if the value is an IP address ("source", "ip": names with many meanings)
  std::uint16_t markers = 0;  ///< Marker bits: what the name says about the format
  bool url_host = false;      ///< the role belongs to the host of the URL that is the value
};
enum Marker : std::uint16_t { zeek_time = 1, zeek_uid = 2, zeek_ends = 4, eve_type = 8, eve_flow = 16, eve_time = 32, windows_id = 64, windows_channel = 128 };
RoleGuess guess_role(std::string_view name);
RoleGuess guess_role(std::string_view parent, std::string_view name);

/// Does the text say "nothing here": empty, "-", "(empty)", "null", "N/A" …
bool is_placeholder(std::string_view text);
/// May be a host name or address: what the two ends of an event are.
bool is_host_like(std::string_view text);
/// "1.2.3.4:80" → "1.2.3.4", "[::1]:80" → "::1"; other text as it is.
std::string_view without_port(std::string_view text);
bool is_address(std::string_view text);
/// Host of "http://user@host:80/path", "host:443", or empty.
std::string_view host_of_url(std::string_view url);
/// Appends the text that the raw bytes stand for, at most bytes_max of it.
void append_decoded(std::string& out, std::string_view raw, Encoding encoding, std::size_t bytes_max);

/// Picks the roles out of the fields of one line.
class RoleSink final : public FieldSink {
 public:
  explicit RoleSink(const SourceProfile& profile) : profile_(profile) {}
  void begin(std::string_view line, const TimeRules& rules);
  void enter(std::string_view name) override;
  void leave() override;
  void value(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) override;
  void column(Role role, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) override;
  void time(Timestamp t, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end) override;
  void background(std::string_view, std::size_t, std::size_t) override {}
  void mark() override { saved_ = now_; }
  void rollback() override { now_ = saved_; }

  bool told(Role role) const override { return has(role); }
  bool has(Role role) const { return now_.best[static_cast<std::size_t>(role)].rank != unset; }
  std::uint16_t markers() const { return now_.markers; }
  /// Value of a top-level "message" or the like, for what only prose tells; begin == end if there is none.
  std::pair<std::size_t, std::size_t> message() const { return {now_.message_begin, now_.message_end}; }
  /// Fills everything but format and field.
  void finish(intel::EventFields& out) const;

 private:
  static constexpr std::uint8_t unset = 255;
  static constexpr std::size_t names_max = 32;  ///< deeper names are not looked at: no log hides an end point there
  struct Best {
    std::uint8_t rank = unset;
    Encoding encoding = Encoding::raw;
    std::size_t begin = 0, end = 0;
  };
  struct Findings {
    std::array<Best, 6> best;
    Timestamp time;
    std::size_t date_begin = 0, date_end = 0;  ///< value of a field "date", where a format splits date and time
    std::size_t message_begin = 0, message_end = 0;
    std::size_t depth = 0;
    std::uint16_t markers = 0;
  };
  void set(Role role, std::uint8_t rank, std::size_t begin, std::size_t end, Encoding encoding);
  void guess_time(std::size_t begin, std::size_t end, std::uint8_t rank, const TimeRules& rules);
  bool is_path(std::string_view wanted, std::string_view name) const;
  void override_roles(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding);
  void assign(std::string& out, Role role) const;

  const SourceProfile& profile_;
  bool overridden_ = false;
  TimeRules rules_;
  std::string_view line_;
  std::array<std::string_view, names_max> names_;
  Findings now_, saved_;
};

/// Remembers every field of one line, to name the one at an offset. Memory: one small node a field, reused from line to line.
class TableSink final : public FieldSink {
 public:
  void begin(std::string_view line);
  void enter(std::string_view name) override;
  void leave() override;
  void value(std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) override;
  void column(Role role, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) override;
  void time(Timestamp t, std::uint8_t rank, std::string_view name, std::size_t begin, std::size_t end) override;
  void background(std::string_view name, std::size_t begin, std::size_t end) override;
  void mark() override;
  void rollback() override;
  bool names_only() const override { return true; }
  /// After the last field, before name_at().
  void finish();
  /// "a.b.c"; empty if no field covers the byte.
  std::string name_at(std::size_t offset) const;

 private:
  static constexpr std::uint32_t no_group = 0xffffffffU;
  struct Group {
    std::string_view name;
    std::uint32_t parent;
  };
  struct Leaf {
    std::size_t begin, end;
    std::string_view name;
    std::uint32_t group;
  };
  struct Background {
    std::size_t begin, end;
    std::string_view name;
  };
  struct Mark {
    std::size_t leaves = 0, groups = 0, backgrounds = 0;
    std::uint32_t current = no_group;
  };
  void add_name(std::string_view name, std::uint32_t group);
  std::string path(const Leaf& leaf) const;

  std::string_view line_;
  std::vector<Group> groups_;
  std::vector<Leaf> leaves_;
  std::vector<Background> backgrounds_;
  std::uint32_t current_ = no_group;
  Mark mark_;
};

}  // namespace mozu::match::detail
