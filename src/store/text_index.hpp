// The text index in both engines: rows in and out, questions.
#pragma once
#include <string>
#include <vector>

#include "db.hpp"
#include "facts.hpp"

namespace mozu::store {

Status add_words(Db& db, const std::vector<WordsRow>& rows);
/// SQLite must be told again what had been put in.
Status remove_words(Db& db, const std::vector<WordsRow>& rows);

}  // namespace mozu::store
