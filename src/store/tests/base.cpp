#include "base.hpp"

#include <fmt/core.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>

#include "postgres_db.hpp"

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

namespace {

/// tests/postgres.py, which keeps a server until its input ends: with this program.
class Server {
 public:
  Server() {
    if (const char* given = std::getenv("MOZU_TEST_POSTGRES"); given != nullptr) {
      place_ = given;
      return;
    }
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    const std::string script = MOZU_SOURCE_DIR "/tests/postgres.py";
    if (::fork() == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execlp("python3", "python3", script.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    char c = 0;
    while (::read(out[0], &c, 1) == 1 && c != '\n') place_ += c;
    ::close(out[0]);
  }
  const std::string& place() const { return place_; }

 private:
  std::string place_;  // empty: the script has said what is missing
};

}  // namespace

Home::Home(std::string_view engine) : postgres(engine == "postgres") {
  if (!postgres) return;
  static const Server server;
  static std::atomic<int> homes = 0;
  if (server.place().empty()) {
    ADD_FAILURE() << "no PostgreSQL server: see tests/postgres.py";
    std::abort();
  }
  const auto schema = fmt::format("home_{}_{}", ::getpid(), ++homes);
  auto db = must(open_postgres(server.place(), 0));
  must(db->script("CREATE SCHEMA " + schema));
  place_ = server.place() + fmt::format(" options='-c search_path={}'", schema);
}
Home::~Home() = default;
StoreOptions Home::options() const {
  StoreOptions o;
  o.location = postgres ? place_ : folder.path();
  return o;
}

std::string id_of(std::string_view type, unsigned number) { return fmt::format("{}--00000000-0000-4000-8000-{:012x}", type, number); }

intel::StixObject object(std::string_view type, unsigned number, std::string_view members, std::string_view modified) {
  const auto json = fmt::format(R"({{"type":"{}","spec_version":"2.1","id":"{}","created":"2024-01-01T00:00:00.000Z","modified":"{}"{}{}}})", type, id_of(type, number), modified,
                                members.empty() ? "" : ",", members);
  formats::StixObjectReader reader;
  intel::StixObject out;
  must(reader.read(json, out));
  return out;
}

intel::StixObject relation(unsigned number, std::string_view kind, std::string_view source, std::string_view target, std::string_view members) {
  return object("relationship", number, fmt::format(R"("relationship_type":"{}","source_ref":"{}","target_ref":"{}"{}{})", kind, source, target, members.empty() ? "" : ",", members));
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
