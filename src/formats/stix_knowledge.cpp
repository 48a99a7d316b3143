// STIX itself, through the one door of knowledge.
#include "knowledge_reader.hpp"
#include "reader.hpp"

namespace mozu::formats {
namespace {

class StixObjects final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "stix"; }
  std::string_view description() const override { return "STIX 2.0 and 2.1: bundles, TAXII envelopes, objects in an array or one a line; ATT&CK"; }
  int sniff(std::string_view head) const override {
    for (const auto& reader : readers())
      if (reader->name() == "stix") return reader->sniff(head, {});
    return 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    StixReadStatistics statistics;
    const auto status = read_stix_objects(
        out.file(), in,
        [&](intel::StixObject&& o) {
          out.emit(std::move(o));
          return out.status();
        },
        out.diagnostics(), statistics);
    out.statistics().refused += statistics.refused;
    out.statistics().cut_off += statistics.cut_off;
    return status;
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_stix_objects() { return std::make_unique<StixObjects>(); }

}  // namespace mozu::formats
