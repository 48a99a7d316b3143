#include "base.hpp"

#include <fmt/core.h>

#include <cstdlib>

#include "postgres_schema.hpp"

namespace mozu::store::test {

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mozu-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}
Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Home::Home(std::string_view engine) : postgres(engine == "postgres"), parts(engine.ends_with("_parts")) {
  if (postgres) place_ = mozu::test::new_postgres_schema();
}
Home::~Home() = default;
StoreOptions Home::options() const {
  StoreOptions o;
  o.location = postgres ? place_ : folder.path();
  if (parts) o.part_objects = 2;  // each import begins one
  return o;
}

std::string id_of(std::string_view type, unsigned number) { return fmt::format("{}--00000000-0000-4000-8000-{:012x}", type, number); }

intel::StixObject object(std::string_view type, unsigned number, std::string_view members, std::string_view modified) {
  const auto json = fmt::format(R"({{"type":"{}","spec_version":"2.1","id":"{}","created":"2024-01-01T00:00:00.000Z","modified":"{}"{}{}}})", type,
                                id_of(type, number), modified, members.empty() ? "" : ",", members);
  formats::StixObjectReader reader;
  intel::StixObject out;
  must(reader.read(json, out));
  return out;
}

intel::StixObject relation(unsigned number, std::string_view kind, std::string_view source, std::string_view target, std::string_view members) {
  return object("relationship", number,
                fmt::format(R"("relationship_type":"{}","source_ref":"{}","target_ref":"{}"{}{})", kind, source, target, members.empty() ? "" : ",", members));
}

ImportReceipt import(Store& store, std::vector<intel::StixObject> objects, const Provenance& provenance) {
  auto import = must(store.begin_import(provenance));
  for (auto& o : objects) must(import->put(std::move(o)));
  return must(import->commit());
}

std::vector<std::string> ids(const std::vector<Head>& heads) {
  std::vector<std::string> out;
  for (const auto& head : heads) out.push_back(head.id);
  return out;
}

}  // namespace mozu::store::test
