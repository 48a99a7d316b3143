#include "rebuild.hpp"

#include <string>
#include <utility>
#include <vector>

#include "content.hpp"
#include "facts.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "text_index.hpp"

namespace mozu::store {
namespace {

constexpr std::int64_t batch_rows = 4096;

struct Raw {
  std::int64_t sequence = 0, type = 0, source = 0;
  std::vector<std::int64_t> labels;
  std::string packed;
};

}  // namespace

Status rebuild_words(Db& db) {
  ContentCodec codec;
  formats::StixObjectReader reader;
  intel::StixObject object;
  for (std::int64_t after = 0;;) {
    std::vector<Raw> batch;
    MOZU_TRY(
        db.run("SELECT v.sequence, v.type, v.source, v.labels, c.json FROM version v JOIN content c ON c.sequence = v.sequence "
               "WHERE v.sequence > $1 AND v.replaced_by = 0 ORDER BY v.sequence LIMIT $2",
               {after, batch_rows}, [&](const Row& r) {
                 batch.push_back({r.integer(0), r.integer(1), r.integer(2), unpack_codes(r.text(3)), std::string(r.text(4))});
                 return true;
               }));
    if (batch.empty()) return {};
    after = batch.back().sequence;
    std::vector<WordsRow> rows;
    for (const auto& raw : batch) {
      MOZU_LET(const std::string json, codec.unpack(raw.packed));
      MOZU_TRY(reader.read(json, object));
      if (has_words(object)) rows.push_back(words_row(words_of_object(object), object, raw.sequence, raw.type, raw.source, raw.labels));
    }
    MOZU_TRY(add_words(db, rows));
  }
}

}  // namespace mozu::store
