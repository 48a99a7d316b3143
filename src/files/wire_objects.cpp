#include "wire_objects.hpp"

#include <algorithm>

#include "mozu/base/bytes.hpp"
#include "mozu/base/text.hpp"
#include "wire_genome.hpp"
#include "wire_records.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t path_bytes_max = 4096, facts_max = 100, notes_each_max = 100, kind_bytes_max = 32;
constexpr std::uint64_t no_address = ~std::uint64_t{0};

std::string record(char tag, std::string_view payload) {
  std::string out(1, tag);
  put_number(out, payload.size(), 8);
  out += payload;
  return out;
}

bool is_kind(std::string_view s) {
  return s.size() <= kind_bytes_max && std::ranges::all_of(s, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}
bool is_sha256(std::string_view s) {
  return s.size() == 64 && std::ranges::all_of(s, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool is_printable(std::string_view s) {
  return std::ranges::none_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

class ObjectsDecoder {
 public:
  ObjectsDecoder(const OpenOptions& options, std::uint64_t file_bytes) : options_(options), file_bytes_(file_bytes) {}

  Result<OpenedFile> run(std::string_view answer, bool complete) {
    Cursor in(answer);
    for (;;) {
      const char tag = static_cast<char>(in.number(1));
      const auto payload = in.piece(in.number(8));
      if (!in.good()) {
        if (complete) return odd_answer();
        return std::move(out_);
      }
      if (tag == 'Z') {
        if (!payload.empty() || !in.at_end() || out_.objects.empty()) return odd_answer();
        return std::move(out_);
      }
      const bool good = tag == 'G'   ? genome(payload)
                        : tag == 'O' ? object(payload)
                        : tag == 'P' ? place(payload)
                        : tag == 'Y' ? yara(payload)
                                     : tag == 'N' && note(payload);
      if (!good) return odd_answer();
    }
  }

 private:
  bool object(std::string_view payload) {
    if (out_.objects.size() >= options_.objects_max) return false;
    Cursor in(payload);
    FileObject o;
    o.parent = static_cast<std::uint32_t>(in.number(4));
    const std::string name = in.field();
    o.how = in.field();
    o.kind = in.field();
    o.sha256 = in.field();
    o.bytes = in.number(8);
    const auto count = in.number(4);
    for (std::uint64_t i = 0; i < count && i < facts_max && in.good(); ++i) {
      std::string fact = in.field();
      o.facts.emplace_back(std::move(fact), in.field());
    }
    const bool first = out_.objects.empty();
    if (!in.at_end() || count > facts_max || (first ? o.parent != 0 : o.parent >= out_.objects.size())) return false;
    if (!is_kind(o.kind) || (o.kind.empty() ? !o.sha256.empty() || first : !is_sha256(o.sha256))) return false;
    if (o.bytes > (first ? file_bytes_ : std::max(options_.object_bytes_max, file_bytes_))) return false;
    if (!is_printable(name) || !is_printable(o.how) || std::ranges::any_of(o.facts, [](const auto& f) { return !is_printable(f.first + f.second); }))
      return false;
    if (!first) {
      const std::string& above = out_.objects[o.parent].path;
      o.path = above.empty() ? name : above + "/" + name;
      if (o.path.size() > path_bytes_max) o.path = o.path.substr(0, 200) + "/…/" + name.substr(name.size() - std::min<std::size_t>(name.size(), 1000));
      if (!is_utf8(o.path)) o.path = printable(o.path, path_bytes_max);
    }
    out_.objects.push_back(std::move(o));
    return true;
  }

  bool note(std::string_view payload) {
    Cursor in(payload);
    const auto index = in.number(4);
    Diagnostic d = read_diagnostic(in);
    if (!in.at_end() || index >= out_.objects.size() || d.code.empty() || !is_printable(d.code)) return false;
    auto& notes = out_.objects[index].notes;
    if (notes.size() < notes_each_max) notes.push_back(std::move(d));
    return true;
  }

  bool yara(std::string_view payload) {
    Cursor in(payload);
    const auto index = in.number(4);
    YaraHit hit;
    hit.rule = in.field();
    hit.description = in.field();
    const auto tags = in.number(4), strings = in.number(4);
    if (options_.yara.empty() || tags > yara_tags_max || strings > yara_strings_max || index >= out_.objects.size()) return false;
    for (std::uint64_t i = 0; i < tags && in.good(); ++i) hit.tags.push_back(in.field());
    for (std::uint64_t i = 0; i < strings && in.good(); ++i) {
      std::string name = in.field();
      hit.strings.push_back({std::move(name), in.number(8)});
    }
    FileObject& o = out_.objects[index];
    const auto fits = [](const std::string& s) { return s.size() <= yara_text_bytes_max && is_printable(s); };
    if (!in.at_end() || o.yara.size() >= yara_hits_max || !fits(hit.rule) || hit.rule.empty() || !fits(hit.description) || !std::ranges::all_of(hit.tags, fits))
      return false;
    if (std::ranges::any_of(hit.strings, [&](const YaraHit::String& s) { return !fits(s.name) || s.offset >= o.bytes; })) return false;
    o.yara.push_back(std::move(hit));
    return true;
  }

  bool place(std::string_view payload) {
    Cursor in(payload);
    const auto index = in.number(4);
    Place p;
    p.wanted = static_cast<std::uint32_t>(in.number(4));
    p.offset = in.number(8);
    p.length = static_cast<std::uint32_t>(in.number(4));
    if (const auto address = in.number(8); address != no_address) p.address = address;
    const auto count = in.number(4);
    for (std::uint64_t i = 0; i < count && i < place_lines_max && in.good(); ++i) p.lines.push_back(in.field());
    if (!in.at_end() || count > place_lines_max || index >= out_.objects.size() || p.wanted >= options_.places.size()) return false;
    FileObject& o = out_.objects[index];
    const PlaceWanted& wanted = options_.places[p.wanted];
    if (o.sha256 != wanted.sha256 || p.offset > o.bytes || p.length > o.bytes - p.offset || p.offset < wanted.offset || p.offset - wanted.offset >= place_slack)
      return false;
    if (std::ranges::any_of(p.lines, [](const std::string& line) { return line.size() > place_line_bytes_max || !is_printable(line); })) return false;
    if (!o.places.empty() && o.places.back().wanted >= p.wanted) return false;
    o.places.push_back(std::move(p));
    return true;
  }

  bool genome(std::string_view payload) {
    if (payload.size() < 4) return false;
    const auto index = load<std::uint32_t>(payload.data());
    if (index >= out_.objects.size()) return false;
    FileObject& o = out_.objects[index];
    auto read = decode_genome(payload.substr(4), o.bytes);
    if (!read || !o.genome.genes.empty()) return false;
    if ((genes_ += read->genome.genes.size()) > options_.genes_max) return false;
    o.architecture = read->architecture;
    o.genome = std::move(read->genome);
    return true;
  }

  const OpenOptions& options_;
  std::uint64_t file_bytes_, genes_ = 0;
  OpenedFile out_;
};

}  // namespace

std::string encode_object(const FileObject& o) {
  std::string payload;
  put_number(payload, o.parent, 4);
  payload += joined({o.path, o.how, o.kind, o.sha256});
  put_number(payload, o.bytes, 8);
  const auto count = std::min(o.facts.size(), facts_max);
  put_number(payload, count, 4);
  for (std::size_t i = 0; i < count; ++i) payload += joined({o.facts[i].first, o.facts[i].second});
  return record('O', payload);
}

std::string encode_object_note(std::uint32_t index, const Diagnostic& note) {
  std::string payload;
  put_number(payload, index, 4);
  return record('N', payload + diagnostic_payload(note));
}

std::string encode_object_genome(std::uint32_t index, gene::Architecture architecture, const gene::Genome& genome) {
  FileGenome f;
  f.architecture = architecture;
  f.genome = genome;
  std::string payload;
  put_number(payload, index, 4);
  return record('G', payload + encode(f));
}

std::string encode_object_place(std::uint32_t index, const Place& p) {
  std::string payload;
  put_number(payload, index, 4);
  put_number(payload, p.wanted, 4);
  put_number(payload, p.offset, 8);
  put_number(payload, p.length, 4);
  put_number(payload, p.address.value_or(no_address), 8);
  put_number(payload, p.lines.size(), 4);
  for (const auto& line : p.lines) payload += joined({line});
  return record('P', payload);
}

std::string encode_object_yara(std::uint32_t index, const YaraHit& hit) {
  std::string payload;
  put_number(payload, index, 4);
  payload += joined({hit.rule, hit.description});
  put_number(payload, hit.tags.size(), 4);
  put_number(payload, hit.strings.size(), 4);
  for (const auto& tag : hit.tags) payload += joined({tag});
  for (const auto& s : hit.strings) {
    payload += joined({s.name});
    put_number(payload, s.offset, 8);
  }
  return record('Y', payload);
}

std::string encode_objects_end() { return record('Z', {}); }

Result<OpenedFile> decode_objects(std::string_view answer, const OpenOptions& options, std::uint64_t file_bytes, bool complete) {
  return ObjectsDecoder(options, file_bytes).run(answer, complete);
}

std::string encode_options(const OpenOptions& o) {
  std::string out;
  for (const std::uint64_t n :
       {std::uint64_t{o.depth_max}, std::uint64_t{o.objects_max}, o.bytes_max, o.object_bytes_max, o.held_bytes_max, o.ratio_max, o.genes_max,
        std::uint64_t{o.fuzzy_hashes}, std::uint64_t{o.emulate}, std::uint64_t{o.passwords.size()}, std::uint64_t{o.places.size()}})
    put_number(out, n, 8);
  out += joined({o.name});
  put_number(out, o.yara.size(), 8);
  out += o.yara;
  for (const auto& p : o.passwords) out += joined({p});
  for (const PlaceWanted& p : o.places) {
    out += joined({p.sha256});
    for (const std::uint64_t n : {p.gene, p.offset, std::uint64_t{p.length}}) put_number(out, n, 8);
  }
  return out;
}

bool read_options(std::string_view encoded, OpenOptions& o) {
  Cursor in(encoded);
  o.depth_max = static_cast<std::uint32_t>(in.number(8));
  o.objects_max = static_cast<std::uint32_t>(in.number(8));
  for (auto* n : {&o.bytes_max, &o.object_bytes_max, &o.held_bytes_max, &o.ratio_max, &o.genes_max}) *n = in.number(8);
  o.fuzzy_hashes = in.number(8) != 0;
  o.emulate = in.number(8) != 0;
  const auto passwords = in.number(8), places = in.number(8);
  o.name = in.field();
  o.yara = in.piece(in.number(8));
  o.passwords.clear();
  o.places.clear();
  for (std::uint64_t i = 0; i < passwords && in.good(); ++i) o.passwords.push_back(in.field());
  for (std::uint64_t i = 0; i < places && in.good(); ++i) {
    PlaceWanted p;
    p.sha256 = in.field();
    p.gene = in.number(8);
    p.offset = in.number(8);
    p.length = static_cast<std::uint32_t>(in.number(8));
    o.places.push_back(std::move(p));
  }
  return in.at_end();
}

}  // namespace mozu::files
