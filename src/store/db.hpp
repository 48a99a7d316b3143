// The narrow door to an SQL engine: two drivers (SQLite, PostgreSQL), one SQL text for both. Parameters are $1, $2, … in order of their
// first appearance. Column batches exist because a round trip a row would kill PostgreSQL; SQLite loops over a prepared statement.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::store {

enum class Engine : std::uint8_t { sqlite, postgres };

inline constexpr std::size_t statements_max = 256;  ///< that a connection keeps prepared

/// A parameter. Text must be UTF-8 without NUL (PostgreSQL has none); anything else is Bytes.
struct Bytes {
  std::string_view value;
};
using Bind = std::variant<std::int64_t, double, std::string_view, Bytes>;

/// A row of an answer, valid until the sink returns.
class Row {
 public:
  virtual std::int64_t integer(int column) const = 0;  ///< 0 for NULL
  virtual double real(int column) const = 0;
  virtual std::string_view text(int column) const = 0;  ///< also bytes; empty for NULL

 protected:
  ~Row() = default;
};
/// False ends the reading of rows.
using RowSink = std::function<bool(const Row&)>;
/// With the place of the key in the batch.
using BatchSink = std::function<void(std::size_t, const Row&)>;

/// One column of a batch; views must outlive the call. All columns of a batch have the same length.
using Integers = std::vector<std::int64_t>;
using Texts = std::vector<std::string_view>;
struct Blobs : std::vector<std::string_view> {
  using vector::vector;
};
class Column {
 public:
  Column(const Integers& c) : integers_(&c) {}            // NOLINT: a column is what it is made of
  Column(const Texts& c) : strings_(&c) {}                // NOLINT
  Column(const Blobs& c) : strings_(&c), bytes_(true) {}  // NOLINT
  std::size_t size() const { return integers_ != nullptr ? integers_->size() : strings_->size(); }
  const Integers* integers() const { return integers_; }  ///< or null
  const std::vector<std::string_view>& strings() const { return *strings_; }
  bool bytes() const { return bytes_; }

 private:
  const Integers* integers_ = nullptr;
  const std::vector<std::string_view>* strings_ = nullptr;
  bool bytes_ = false;
};
using Columns = std::vector<Column>;

/// Not thread-safe: one connection, one thread at a time.
class Db {
 public:
  virtual ~Db() = default;
  virtual Engine engine() const = 0;
  virtual bool broken() const { return false; }  ///< of no more use

  /// A reading transaction sees one state of the base; a writing one waits for other writers ("store-busy" after 10 s).
  virtual Status begin(bool write) = 0;
  virtual Status commit() = 0;
  virtual void rollback() = 0;

  /// Several statements without parameters, by ';'.
  virtual Status script(const std::string& sql) = 0;
  virtual Status run(std::string_view sql, std::span<const Bind> binds, const RowSink& each) = 0;
  /// Rows that the last run() changed.
  virtual std::int64_t changed() const = 0;

  /// INSERT INTO table(names) of every row. `suffix`: "ON CONFLICT …".
  virtual Status insert_many(std::string_view table, std::string_view names, const Columns& columns, std::string_view suffix = {}) = 0;
  /// DELETE of rows that equal in all named columns.
  virtual Status delete_many(std::string_view table, std::string_view names, const Columns& columns) = 0;
  /// UPDATE table SET <first name> … WHERE <last name> = …: the last column is the key.
  virtual Status update_many(std::string_view table, std::string_view names, const Columns& columns) = 0;
  /// `sql` for each row of the batch, its columns as $1, $2, …; the answers in any order of rows.
  virtual Status select_many(std::string_view sql, const Columns& columns, const BatchSink& each) = 0;

  /// Memory for pages of the base; less than before gives back what is over. The engine that is a server of its own knows better: nothing there.
  virtual Status set_cache(std::size_t bytes) = 0;

  /// The engine's own check of its files.
  virtual Status check(const std::function<void(std::string)>& finding) = 0;

  // In short.
  Status run(std::string_view sql) { return run(sql, {}, nullptr); }
  Status run(std::string_view sql, std::initializer_list<Bind> binds) { return run(sql, std::span(binds.begin(), binds.size()), nullptr); }
  Status run(std::string_view sql, std::initializer_list<Bind> binds, const RowSink& each) { return run(sql, std::span(binds.begin(), binds.size()), each); }
  /// The first column of the first row; `absent` if there is none.
  Result<std::int64_t> integer(std::string_view sql, std::span<const Bind> binds = {}, std::int64_t absent = 0);
};

inline std::size_t rows_of(const Columns& columns) { return columns.empty() ? 0 : columns.front().size(); }

/// begin() … commit(), rolled back unless commit() was called.
class Transaction {
 public:
  explicit Transaction(Db& db) : db_(&db) {}
  ~Transaction() { end(); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Status begin(bool write) {
    MOZU_TRY(db_->begin(write));
    open_ = true;
    return {};
  }
  /// Rolls back what was not committed.
  void end() {
    if (std::exchange(open_, false)) db_->rollback();
  }
  Status commit() {
    open_ = false;
    auto done = db_->commit();
    if (!done) db_->rollback();
    return done;
  }

 private:
  Db* db_;
  bool open_ = false;
};

}  // namespace mozu::store
