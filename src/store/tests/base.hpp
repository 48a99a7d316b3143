// What the tests of the store share: bases to be had and thrown away, on every engine; objects in a line.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/formats/stix_objects.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store::test {

inline std::string said(const Diagnostic& d) { return d.code + ": " + d.message; }
#define OK(expr)                                                   \
  do {                                                             \
    const auto& ok_result = (expr);                                \
    ASSERT_TRUE(ok_result.has_value()) << said(ok_result.error()); \
  } while (0)

template <class T>
T must(Result<T> r) {
  if (!r) {
    ADD_FAILURE() << said(r.error());
    std::abort();
  }
  return *std::move(r);
}
inline void must(const Status& s) {
  if (!s) ADD_FAILURE() << said(s.error());
}

/// A folder that goes with the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline constexpr const char* engines[] = {"sqlite", "postgres"};
/// Also with indexes in many parts, as a base of millions has them.
inline constexpr const char* engines_and_parts[] = {"sqlite", "postgres", "sqlite_parts"};
inline std::string engine_name(const testing::TestParamInfo<const char*>& p) { return p.param; }

/// Where a base can live. "postgres" is the server of $MOZU_TEST_POSTGRES, else one that tests/postgres.py starts for this program;
/// each home is a schema of its own there.
class Home {
 public:
  explicit Home(std::string_view engine);
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  StoreOptions options() const;
  std::unique_ptr<Store> open() const { return must(Store::open(options())); }
  Folder folder;
  bool postgres = false, parts = false;

 private:
  std::string place_;
};

/// "malware--" + UUID made of a number.
std::string id_of(std::string_view type, unsigned number);
/// An object by the one door; `members` is JSON without braces, may be empty.
intel::StixObject object(std::string_view type, unsigned number, std::string_view members = {}, std::string_view modified = "2024-01-01T00:00:00.000Z");
intel::StixObject relation(unsigned number, std::string_view kind, std::string_view source, std::string_view target, std::string_view members = {});

ImportReceipt import(Store& store, std::vector<intel::StixObject> objects,
                     const Provenance& provenance = {"test", "here", "", "cli", intel::common, intel::Tlp::none, intel::confidence_unknown});

std::vector<std::string> ids(const std::vector<Head>& heads);
template <class T>
std::vector<std::string> ids(const std::vector<T>& items) {
  std::vector<std::string> out;
  for (const auto& item : items) out.push_back(item.id);
  return out;
}

}  // namespace mozu::store::test
