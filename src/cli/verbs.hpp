// What the command line asks for, and one function a verb. Exit codes are the return values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mozu/base/time.hpp"

namespace mozu::cli {

enum ExitCode : int { exit_done = 0, exit_usage = 1, exit_failed = 2, exit_matched = 3 };

/// As live::ReadOptions has it.
inline constexpr std::uint64_t default_line_bytes_max = 8ULL << 20, line_bytes_least = 4096, line_bytes_most = 4'000'000'000;

struct MatchArguments {
  std::string index, as_of, output, stats_json, profile, kernel = "auto", feed_format;
  std::optional<std::string> explain;
  std::vector<std::string> feeds, suppress, paths;
  unsigned threads = 0;
  std::uint64_t line_bytes_max = default_line_bytes_max;
  bool stats = false, defanged = false, allow_broad = false, show_suppressed = false, fail_on_match = false, no_progress = false;
};
int match_verb(const MatchArguments& arguments);

struct GeneArguments {
  std::string data;
  std::vector<std::string> actors, campaigns, malware, tools, paths;
  std::vector<std::string> classes;  // of attribute
  std::string passwords;             // a file
  std::vector<std::string> clean;    // of yara generate
  std::vector<std::string> yara;     // of attribute: files of rules
  std::string rule;                  // its name
  std::string library;
  std::string key, pack_name, pack;  // of gene pack: a file, a name, a file
  std::vector<std::string> trust, libraries;
  std::string labels;  // of attribute: a tool
  bool json = false, weak = false, fuzzy = false, places = false, no_keep = false, goodware = false;
};
int gene_add_verb(const GeneArguments& arguments);      ///< whose samples: actors, campaigns, malware, tools
int gene_library_verb(const GeneArguments& arguments);  ///< library
int gene_goodware_verb(const GeneArguments& arguments);
int gene_calibrate_verb(const GeneArguments& arguments);
int gene_stat_verb(const GeneArguments& arguments);
int gene_pack_key_verb(const GeneArguments& arguments);  ///< key
int gene_pack_export_verb(
    const GeneArguments& arguments);  ///< key, pack_name, pack; of whom: actors, campaigns, malware, tools, libraries, goodware; of none: all
int gene_pack_import_verb(const GeneArguments& arguments);  ///< trust, paths
int attribute_verb(const GeneArguments& arguments);
int yara_generate_verb(const GeneArguments& arguments);  ///< one of actors or malware

struct ObservablesArguments {
  std::vector<std::string> paths, types;
  unsigned threads = 0;
  std::uint64_t line_bytes_max = default_line_bytes_max, top = 0;
  bool json = false, defanged = false, no_progress = false;
};
int observables_verb(const ObservablesArguments& arguments);

struct FeedCheckArguments {
  std::vector<std::string> files;
  std::string format;
  bool json = false, allow_broad = false;
};
int feed_check_verb(const FeedCheckArguments& arguments);

struct IndexBuildArguments {
  std::string output, as_of, feed_format;
  std::vector<std::string> configs, suppress, feeds;
  bool allow_broad = false, quiet = false;
};
int index_build_verb(const IndexBuildArguments& arguments);

struct IndexInfoArguments {
  std::string index;
  bool json = false, verify = false;
};
int index_info_verb(const IndexInfoArguments& arguments);

struct IndexMergeArguments {
  std::string output;
  std::vector<std::string> indexes;
};
int index_merge_verb(const IndexMergeArguments& arguments);

struct IndexDiffArguments {
  std::string before, after;
  bool json = false;
};
int index_diff_verb(const IndexDiffArguments& arguments);

struct ExtractArguments {
  std::vector<std::string> files, names, warninglists;
  bool json = false, stix = false, text = false, mentions = false;
};
int extract_verb(const ExtractArguments& arguments);

struct LookupArguments {
  std::string data, as_of;
  std::vector<std::string> indexes, inputs, values;
  unsigned threads = 0;
  bool json = false;
};
int lookup_verb(const LookupArguments& arguments);

struct ActorArguments {
  std::string data, name, other;
  bool json = false;
};
int actor_list_verb(const ActorArguments& arguments);
int actor_show_verb(const ActorArguments& arguments);
int actor_decisions_verb(const ActorArguments& arguments);
int actor_merge_verb(const ActorArguments& arguments);
int actor_split_verb(const ActorArguments& arguments);
int actor_undo_verb(const ActorArguments& arguments);

struct ServeArguments {
  std::string data, listen = "127.0.0.1:8443", certificate, key, client_authority;
  std::string oidc_issuer, oidc_client, oidc_secret_file, oidc_authority, public_url, notifications;
  bool plain = false, behind_proxy = false;
  int samples_gib = 20, samples_days = 90, samples_at_once = 1;
};
int serve_verb(const ServeArguments& arguments);

struct UserArguments {
  std::string data, name, role, organisation, clearance = "amber", email, certificate, external;
  bool no_password = false;
};
int user_add_verb(const UserArguments& arguments);
int user_list_verb(const UserArguments& arguments);
int user_bind_verb(const UserArguments& arguments);
int user_password_verb(const UserArguments& arguments);
int organisation_list_verb(const UserArguments& arguments);

struct TokenArguments {
  std::string data, user, scopes, name;
  int days = 365;
};
int token_add_verb(const TokenArguments& arguments);

struct PlanArguments {
  std::string data, organisation, plan, from, until;
  std::vector<std::string> names;
};
int plan_add_verb(const PlanArguments& arguments);
int plan_list_verb(const PlanArguments& arguments);
int plan_remove_verb(const PlanArguments& arguments);
int plan_show_verb(const PlanArguments& arguments);
int plan_give_verb(const PlanArguments& arguments);
int plan_take_verb(const PlanArguments& arguments);

struct FalsePositiveArguments {
  std::string data, organisation, reason, until, text;
  std::vector<std::string> values;
};
int false_positive_add_verb(const FalsePositiveArguments& arguments);
int false_positive_list_verb(const FalsePositiveArguments& arguments);
int false_positive_remove_verb(const FalsePositiveArguments& arguments);

struct ImportArguments {
  std::string data, source, tlp, format, organisation;
  std::vector<std::string> paths;
  std::optional<unsigned> confidence;
  bool dry_run = false, json = false, quiet = false;
};
int import_verb(const ImportArguments& arguments);

struct ExportArguments {
  std::string data, format, source, tlp_max, query, since, output, title, as_organisation;
  std::vector<std::string> types, kinds, labels, ids;
  bool with_neighbours = false, without_revoked = false;
};
int export_verb(const ExportArguments& arguments);

struct ReportArguments {
  std::string data, language, format, part = "report", output, organisation;
  std::vector<std::string> files, names;  ///< names: slugs or ids
  bool json = false, html = false, publish = false, accept_warnings = false;
};
int report_add_verb(const ReportArguments& arguments);
int report_list_verb(const ReportArguments& arguments);
int report_show_verb(const ReportArguments& arguments);
int report_publish_verb(const ReportArguments& arguments);
int report_withdraw_verb(const ReportArguments& arguments);
int report_export_verb(const ReportArguments& arguments);

struct StoreArguments {
  std::string data, file;
};
int doctor_verb(const StoreArguments& arguments);
int backup_verb(const StoreArguments& arguments);
int restore_verb(const StoreArguments& arguments);

int formats_verb(bool json);
int version_verb();
int overview_verb();

/// Reads the command line and runs its verb.
int run(int argc, const char* const* argv);

/// The time that counts as "now": MOZU_NOW (ISO 8601) for repeatable runs, else the clock.
Timestamp now();
/// As people write it; empty → nullopt and no error. On an error says so and returns false.
bool read_time_argument(const std::string& text, std::string_view option, std::optional<Timestamp>& out);

}  // namespace mozu::cli
