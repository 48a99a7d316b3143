// What `mozu doctor` compares the rows of people with: for each table the sum of a digest of its rows, kept in `meta` and changed with every
// write in the same transaction. So a row that was changed, added or taken out past Mozu is seen, in a number a table. It tells damage and
// mistakes, not an enemy who may write to the base: no secret is in it.
#pragma once
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "db.hpp"

namespace mozu::store {

/// Tables that have a sum. Of each are covered all columns but what a sign-in or a request changes (failures, times of the last use); of documents their digest stands for the text.
enum class Summed : std::uint8_t { organisations, accounts, tokens, tags, decisions, false_positives, settings, documents };

/// `write` within the writing transaction that is open. Of what is covered it changes no other rows than those which `where` finds, before or after it.
Status keep_sum(Db& db, Summed table, std::string_view where, std::initializer_list<Bind> binds, const std::function<Status()>& write);

/// Of tables of before there were sums.
Status write_sums(Db& db);

/// What is told of tables that differ from their sums; within one transaction, so that both are of one state.
Result<std::vector<std::string>> differing_sums(Db& db);

}  // namespace mozu::store
