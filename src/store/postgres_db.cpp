#include "postgres_db.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

enum TypeOid : Oid { oid_bytea = 17, oid_int8 = 20, oid_text = 25, oid_float8 = 701 };

struct Freed {
  void operator()(PGresult* r) const { PQclear(r); }
  void operator()(PGconn* c) const { PQfinish(c); }
};
using Answer = std::unique_ptr<PGresult, Freed>;

template <class T>
void append_big_endian(std::string& out, T value) {
  for (int shift = (static_cast<int>(sizeof value) - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint64_t>(value) >> shift);
}

std::int64_t big_endian(const char* data, int length) {
  if (length <= 0 || length > 8) return 0;
  std::uint64_t value = 0;
  for (int i = 0; i < length; ++i) value = value << 8 | static_cast<unsigned char>(data[i]);
  const int unused = 64 - 8 * length;
  return length == 1 ? static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value << unused) >> unused;  // a bool, or signed
}

class PostgresRow final : public Row {
 public:
  PostgresRow(const PGresult* answer, int row, int first = 0) : answer_(answer), row_(row), first_(first) {}
  std::int64_t integer(int c) const override { return big_endian(data(c), length(c)); }
  double real(int c) const override { return std::bit_cast<double>(big_endian(data(c), length(c))); }
  std::string_view text(int c) const override { return {data(c), static_cast<std::size_t>(length(c))}; }

 private:
  const char* data(int c) const { return PQgetvalue(answer_, row_, first_ + c); }
  int length(int c) const { return PQgetlength(answer_, row_, first_ + c); }
  const PGresult* answer_;
  int row_, first_;
};

/// Parameters in binary form.
struct Parameters {
  std::vector<std::string> values;
  std::vector<Oid> types;
  void add(Oid type, std::string value) { types.push_back(type), values.push_back(std::move(value)); }
  void operator()(std::int64_t v) {
    std::string bytes;
    append_big_endian(bytes, v);
    add(oid_int8, std::move(bytes));
  }
  void operator()(double v) {
    std::string bytes;
    append_big_endian(bytes, std::bit_cast<std::int64_t>(v));
    add(oid_float8, std::move(bytes));
  }
  void operator()(std::string_view v) { add(oid_text, std::string(v)); }
  void operator()(Bytes v) { add(oid_bytea, std::string(v.value)); }
  void array(const Column& c);
};

Oid element_type(const Column& c) { return c.integers() != nullptr ? oid_int8 : c.bytes() ? oid_bytea : oid_text; }
std::string_view array_type(const Column& c) { return c.integers() != nullptr ? "int8[]" : c.bytes() ? "bytea[]" : "text[]"; }

void Parameters::array(const Column& c) {
  std::string out;
  append_big_endian(out, std::int32_t{1});  // dimensions
  append_big_endian(out, std::int32_t{0});  // no NULLs
  append_big_endian(out, static_cast<std::int32_t>(element_type(c)));
  append_big_endian(out, static_cast<std::int32_t>(c.size()));
  append_big_endian(out, std::int32_t{1});  // first index
  if (c.integers() != nullptr)
    for (const auto v : *c.integers()) append_big_endian(out, std::int32_t{8}), append_big_endian(out, v);
  else
    for (const auto v : c.strings()) append_big_endian(out, static_cast<std::int32_t>(v.size())), out += v;
  add(0, std::move(out));  // the cast in the statement tells the type
}

struct Saying {
  std::string_view state, code, message, hint;
};
constexpr Saying sayings[] = {
    {"53100", "store-full", "the disk of the database server is full",
     "free space there and do it again; what was acknowledged before is kept, this change was undone"},
    {"53200", "store-memory", "the database server is out of memory", "free memory there, or use smaller inputs"},
    {"53300", "store-connection", "the database server has no connection left", "raise max_connections there, or use fewer readers"},
    {"25006", "store-read-only", "the database can only be read", "write to the primary server"},
    {"42501", "store-read-only", "the database user may not do this", "let the user own the schema"},
    {"55P03", "store-busy", "another process is writing to the knowledge base", "wait until it is done, or end it; nothing was changed"},
    {"57014", "store-interrupted", "the question took too long and was ended", "ask for something more selective"},
    {"XX001", "store-corrupt", "the database is damaged", "look at the server's log; bring the last dump back with 'pg_restore'"},
    {"XX002", "store-corrupt", "the database is damaged", "look at the server's log; bring the last dump back with 'pg_restore'"}};

std::string one_line(std::string_view text) {
  std::string out(trim(text));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::unexpected<Diagnostic> lost(std::string_view detail) {
  return fail("store-connection", fmt::format("no connection to the database server: {}", one_line(detail)),
              "is the server running, and are address, user and password right? Nothing unacknowledged was kept");
}

class Driver final : public Db {
 public:
  explicit Driver(std::int64_t lock) : lock_(lock) {}
  Status open(const std::string& location) {
    connection_.reset(PQconnectdb(location.c_str()));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return lost(PQerrorMessage(connection_.get()));
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);  // else libpq writes to standard error, between lines of the log
    constexpr int version_min = 150'000;
    if (PQserverVersion(connection_.get()) < version_min)
      return fail("store-connection", "the database server is older than PostgreSQL 15", "use version 15 or newer");
    return prepare_session();
  }
  Engine engine() const override { return Engine::postgres; }
  bool broken() const override { return lost_ || PQstatus(connection_.get()) != CONNECTION_OK; }

  Status begin(bool write) override {
    if (!write) return command("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    MOZU_TRY(command("BEGIN"));
    const auto locked = command(fmt::format("SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock({}); SET LOCAL lock_timeout = 0", lock_));
    if (!locked) rollback();
    return locked;
  }
  Status commit() override { return command("COMMIT"); }
  void rollback() override { static_cast<void>(command("ROLLBACK")); }
  Status script(const std::string& sql) override { return command(sql); }

  Status run(std::string_view sql, std::span<const Bind> binds, const RowSink& each) override {
    Parameters p;
    for (const auto& b : binds) std::visit(p, b);
    MOZU_LET(const Answer answer, execute(std::string(sql), p));
    for (int row = 0, rows = PQntuples(answer.get()); each && row < rows; ++row)
      if (!each(PostgresRow(answer.get(), row))) break;
    return {};
  }
  std::int64_t changed() const override { return changed_; }

  Status insert_many(std::string_view table, std::string_view names, const Columns& columns, std::string_view suffix) override {
    std::string plain, values;
    std::size_t i = 0;
    for (const auto name : split(names, ',')) {  // "lexemes::tsvector" casts
      const auto cast = name.find("::");
      plain += fmt::format("{}{}", i == 0 ? "" : ",", name.substr(0, cast));
      values += fmt::format("{}p{}{}", i == 0 ? "" : ",", i + 1, cast == std::string_view::npos ? "" : name.substr(cast));
      ++i;
    }
    return batch(fmt::format("INSERT INTO {}({}) SELECT {} FROM {} {}", table, plain, values, unnested(columns), suffix), columns);
  }
  Status delete_many(std::string_view table, std::string_view names, const Columns& columns) override {
    std::string where;
    std::size_t i = 0;
    for (const auto name : split(names, ',')) ++i, where += fmt::format("{}t.{} = b.p{}", i == 1 ? "" : " AND ", name, i);
    return batch(fmt::format("DELETE FROM {} t USING {} WHERE {}", table, unnested(columns), where), columns);
  }
  Status update_many(std::string_view table, std::string_view names, const Columns& columns) override {
    const auto list = split(names, ',');
    std::string set;
    for (std::size_t i = 0; i + 1 < list.size(); ++i) set += fmt::format("{}{} = b.p{}", i == 0 ? "" : ", ", list[i], i + 1);
    return batch(fmt::format("UPDATE {} t SET {} FROM {} WHERE t.{} = b.p{}", table, set, unnested(columns), list.back(), list.size()), columns);
  }
  Status select_many(std::string_view sql, const Columns& columns, const BatchSink& each) override {
    if (rows_of(columns) == 0) return {};
    std::string lateral;
    for (std::size_t i = 0; i < sql.size(); ++i) {
      const bool parameter = sql[i] == '$' && i + 1 < sql.size() && is_digit(static_cast<unsigned char>(sql[i + 1]));
      lateral += parameter ? std::string("b.p") : std::string(1, sql[i]);
    }
    Parameters p;
    for (const auto& c : columns) p.array(c);
    MOZU_LET(const Answer answer, execute(fmt::format("SELECT b.place, q.* FROM {} CROSS JOIN LATERAL ({}) AS q", unnested(columns), lateral), p));
    for (int row = 0, rows = PQntuples(answer.get()); row < rows; ++row)
      each(static_cast<std::size_t>(PostgresRow(answer.get(), row).integer(0) - 1), PostgresRow(answer.get(), row, 1));
    return {};
  }

  /// The server guards its own files; what Mozu can tell it tells from the tables.
  Status set_cache(std::size_t) override { return {}; }
  Status check(const std::function<void(std::string)>&) override { return {}; }

 private:
  static std::string unnested(const Columns& columns) {
    std::string arrays, names;
    for (std::size_t i = 1; i <= columns.size(); ++i) {
      arrays += fmt::format("{}${}::{}", i == 1 ? "" : ", ", i, array_type(columns[i - 1]));
      names += fmt::format("p{}, ", i);
    }
    return fmt::format("unnest({}) WITH ORDINALITY AS b({}place)", arrays, names);
  }

  Status batch(const std::string& sql, const Columns& columns) {
    if (rows_of(columns) == 0) return {};
    Parameters p;
    for (const auto& c : columns) p.array(c);
    MOZU_LET(const Answer answer, execute(sql, p));
    return {};
  }

  /// Batches are many points, found by index, whatever the statistics of a table that is just being filled may say.
  Status prepare_session() {
    prepared_.clear();
    return command("SET client_min_messages = warning; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off");
  }

  /// A server that ends says so in an answer of its own (57P…) or in none: then libpq, which gives no state, may still take the connection for good.
  std::unexpected<Diagnostic> failed(const PGresult* answer) {
    const char* said = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    lost_ = said == nullptr || std::string_view(said).starts_with("57P");
    if (broken()) return lost(PQerrorMessage(connection_.get()));
    const char* detail = answer != nullptr ? PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    const std::string_view known(said);
    const std::string text = one_line(detail != nullptr ? detail : PQerrorMessage(connection_.get()));
    for (const auto& s : sayings)
      if (s.state == known) return fail(s.code, fmt::format("{}: {}", s.message, text), std::string(s.hint));
    return fail("store-engine", fmt::format("PostgreSQL reports an error: {} ({})", text, known), "this is a mistake of the program: please report it");
  }

  /// A server that was started anew is no error to who asks next.
  bool renew() {
    PQreset(connection_.get());
    lost_ = false;
    return !broken() && prepare_session().has_value();
  }

  Status command(const std::string& sql) {
    const bool idle = PQtransactionStatus(connection_.get()) != PQTRANS_INTRANS;
    auto done = command_once(sql);
    if (!done && broken() && idle && sql.starts_with("BEGIN") && renew()) done = command_once(sql);
    return done;
  }

  Status command_once(const std::string& sql) {
    const Answer answer(PQexec(connection_.get(), sql.c_str()));
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) return failed(answer.get());
    // The server answers COMMIT of a failed transaction with ROLLBACK.
    if (sql == "COMMIT" && std::strcmp(PQcmdStatus(answer.get()), "COMMIT") != 0)
      return fail("store-engine", "the transaction had failed before", "see the first error");
    return {};
  }

  Result<Answer> execute(const std::string& sql, const Parameters& p) {
    const bool idle = PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
    auto answer = execute_once(sql, p);
    if (!answer && broken() && idle && renew()) answer = execute_once(sql, p);
    return answer;
  }

  Result<Answer> execute_once(const std::string& sql, const Parameters& p) {
    MOZU_LET(const std::string name, prepare(sql, p));
    std::vector<const char*> values;
    std::vector<int> lengths, formats(p.values.size(), 1);
    for (const auto& v : p.values) values.push_back(v.data()), lengths.push_back(static_cast<int>(v.size()));
    Answer answer(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), values.data(), lengths.data(), formats.data(), 1));
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return failed(answer.get());
    changed_ = static_cast<std::int64_t>(to_uint(PQcmdTuples(answer.get())).value_or(0));
    return answer;
  }

  Result<std::string> prepare(const std::string& sql, const Parameters& p) {
    if (const auto known = prepared_.find(sql); known != prepared_.end()) return known->second;
    if (prepared_.size() >= statements_max) {
      MOZU_TRY(command("DEALLOCATE ALL"));
      prepared_.clear();
    }
    const auto name = fmt::format("s{}", ++last_name_);
    const Answer answer(PQprepare(connection_.get(), name.c_str(), sql.c_str(), static_cast<int>(p.types.size()), p.types.data()));
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return failed(answer.get());
    prepared_.emplace(sql, name);
    return name;
  }

  std::int64_t lock_;
  std::unique_ptr<PGconn, Freed> connection_;
  std::map<std::string, std::string, std::less<>> prepared_;
  std::uint64_t last_name_ = 0;
  std::int64_t changed_ = 0;
  bool lost_ = false;
};

}  // namespace

Result<std::unique_ptr<Db>> open_postgres(const std::string& location, std::int64_t lock) {
  auto driver = std::make_unique<Driver>(lock);
  MOZU_TRY(driver->open(location));
  return driver;
}

}  // namespace mozu::store
