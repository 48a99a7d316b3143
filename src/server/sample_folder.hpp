// Private to the room: the sample content as files, and where each of them goes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::server {

struct SamplePart {
  std::string_view file, source;
  bool common = false;  ///< belongs to nobody: real ATT&CK, with the same ids and dates, takes its place
};
inline constexpr SamplePart sample_parts[] = {{"knowledge/techniques.stix.json", "sample-techniques", true},
                                              {"knowledge/actors.stix.json", "sample"},
                                              {"feeds/copper-heron.stix.json", "copper-heron"},
                                              {"feeds/misp-event.json", "drop-zone"},
                                              {"feeds/night-owl.intel", "night-owl"},
                                              {"feeds/phishing-kit.ioc", "phishing-kit"},
                                              {"feeds/phishing-domains.txt", "phishing-domains"},
                                              {"feeds/c2-addresses.csv", "c2-addresses"},
                                              {"feeds/malware-urls.csv", "malware-urls"},
                                              {"detections.ndjson", "sample-detections"}};

/// Origin of their imports: "samples/feeds/…". Anybody can call a file so: sample_versions.hpp says what is known to be of the samples.
inline constexpr std::string_view sample_origin = "samples/";

/// Settings of the store's people: "loaded" or "removed"; and the version of each publication as it was loaded ("ID VERSION" a line), so that what people went on
/// writing is known; and the numbers of the imports, one a line, after "loading" as long as a load goes on.
inline constexpr std::string_view samples_setting = "samples", sample_versions_setting = "samples-versions", sample_imports_setting = "samples-imports";

/// Goes away with its files.
class SampleFolder {
 public:
  SampleFolder() = default;
  SampleFolder(const SampleFolder&) = delete;
  SampleFolder& operator=(const SampleFolder&) = delete;
  ~SampleFolder();
  /// Unpacks into a new folder in `in`, which is made if there is none. Errors: "temporary-folder", "file-write", "samples-broken".
  Status make(const std::string& in);
  const std::string& path() const { return path_; }
  /// In order.
  Result<std::vector<std::string>> publications() const;

 private:
  std::string path_;
};

/// What the program carries does not read: a mistake of the build.
std::unexpected<Diagnostic> samples_broken(std::string_view what);

}  // namespace mozu::server
