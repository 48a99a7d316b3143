// An empty base in PostgreSQL for a test: a schema of its own on the server of $MOZU_TEST_POSTGRES, else on one that tests/postgres.py starts
// for this program. For programs that link libpq.
#pragma once
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "places.hpp"

namespace mozu::test {

/// tests/postgres.py, which keeps a server until its input ends: with this program.
class PostgresServer {
 public:
  PostgresServer() {
    if (const char* given = std::getenv("MOZU_TEST_POSTGRES"); given != nullptr) {
      place_ = given;
      return;
    }
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) std::abort();
    const std::string script = std::string(source_dir) + "/tests/postgres.py";
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

/// As StoreOptions::location takes it.
inline std::string new_postgres_schema() {
  static const PostgresServer server;
  static std::atomic<int> schemas = 0;
  const auto name = fmt::format("home_{}_{}", ::getpid(), ++schemas);
  PGconn* connection = PQconnectdb(server.place().c_str());
  PGresult* made = PQexec(connection, fmt::format("CREATE SCHEMA {}", name).c_str());
  if (server.place().empty() || PQresultStatus(made) != PGRES_COMMAND_OK) {
    ADD_FAILURE() << "no PostgreSQL server: see tests/postgres.py " << PQerrorMessage(connection);
    std::abort();
  }
  PQclear(made);
  PQfinish(connection);
  return server.place() + fmt::format(" options='-c search_path={}'", name);
}

}  // namespace mozu::test
