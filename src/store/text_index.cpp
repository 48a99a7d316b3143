#include "text_index.hpp"

#include <span>

namespace mozu::store {
namespace {

struct WordColumns {
  Integers sequences;
  Texts names, proses, facts;
  explicit WordColumns(const std::vector<WordsRow>& rows) {
    for (const auto& r : rows) {
      sequences.push_back(r.sequence);
      names.push_back(r.name);
      proses.push_back(r.prose);
      facts.push_back(r.facts);
    }
  }
};

}  // namespace

Status add_words(Db& db, const std::vector<WordsRow>& rows) {
  const WordColumns c(rows);
  if (db.engine() == Engine::sqlite) return db.insert_many("words", "rowid,name,prose,facts", {c.sequences, c.names, c.proses, c.facts});
  std::vector<std::string> vectors;
  vectors.reserve(rows.size());
  for (const auto& r : rows) vectors.push_back(tsvector_of(r));
  const Texts lexemes(vectors.begin(), vectors.end());
  return db.insert_many("words", "sequence,lexemes::tsvector", {c.sequences, lexemes});
}

Status remove_words(Db& db, const std::vector<WordsRow>& rows) {
  const WordColumns c(rows);
  if (db.engine() == Engine::postgres) return db.delete_many("words", "sequence", {c.sequences});
  const Texts order(rows.size(), "delete");
  return db.insert_many("words", "words,rowid,name,prose,facts", {order, c.sequences, c.names, c.proses, c.facts});
}

}  // namespace mozu::store
