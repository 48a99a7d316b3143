// Programs → genes: one sweep over the code, cut into functions and blocks.
#include "mozu/gene/extract.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "each_once.hpp"
#include "hash.hpp"

namespace mozu::gene {
namespace {

constexpr std::uint32_t function_least = 10;  // instructions; shorter functions are alike everywhere
/// Instructions of a stack machine do less each: what takes an addition on x86 is four of them.
constexpr std::size_t stack_window = 8;
constexpr std::uint32_t stack_function_least = 20;
constexpr std::uint32_t block_least = 2;

/// One instruction of a swept segment.
struct Step {
  std::uint32_t offset;  // in the segment
  std::uint32_t token;   // 0: ends what came before: bad bytes
  std::uint16_t length;
  Flow flow;
};

struct Swept {
  std::vector<Step> steps;
  std::vector<std::uint32_t> called;  // offsets of targets of calls
};

Instruction decode(const Program& p, std::span<const std::uint8_t> code) {
  switch (p.architecture) {
    case Architecture::x86: return decode_x86(code, false);
    case Architecture::x64: return decode_x86(code, true);
    case Architecture::arm64: return decode_arm64(code);
    case Architecture::arm: return decode_arm(code);
    case Architecture::mips:
    case Architecture::mips64: return decode_mips(code, p.big_endian);
    case Architecture::cil: return decode_cil(code, p.members);
    default: return {};
  }
}

bool is_x86(Architecture a) { return a == Architecture::x86 || a == Architecture::x64; }

/// Zeros decode as additions to memory on x86 and as shifts on MIPS; compilers write neither twice.
bool is_filling(const Program& p, std::span<const std::uint8_t> code) {
  return is_x86(p.architecture) && code.size() >= 4 && code[0] == 0 && code[1] == 0 && code[2] == 0 && code[3] == 0;
}

Swept sweep(const Program& p, std::span<const std::uint8_t> code, std::uint64_t& budget, bool& cut) {
  Swept out;
  out.steps.reserve(code.size() / 4);
  for (std::size_t at = 0; at < code.size();) {
    if (budget == 0) {
      cut = true;
      break;
    }
    const auto rest = code.subspan(at);
    if (is_filling(p, rest)) {
      std::size_t end = at;
      while (end < code.size() && code[end] == 0) ++end;
      out.steps.push_back({static_cast<std::uint32_t>(at), 0, 0, Flow::bad});
      at = end;
      continue;
    }
    const Instruction i = decode(p, rest);
    --budget;
    if (!i.idle) out.steps.push_back({static_cast<std::uint32_t>(at), i.flow == Flow::bad ? 0 : i.token, i.length, i.flow});
    // A call of what follows asks where it is; one into itself waits for a linker.
    if (i.flow == Flow::call && (i.target <= 0 || i.target > i.length)) {
      const std::int64_t target = static_cast<std::int64_t>(at) + i.target;
      if (target >= 0 && target < static_cast<std::int64_t>(code.size())) out.called.push_back(static_cast<std::uint32_t>(target));
    }
    at += std::max<std::size_t>(i.length, 1);
  }
  return out;
}

class Sink {
 public:
  Sink(std::vector<Gene>& out, std::uint64_t most) : out_(out), most_(most) {}
  bool cut = false;
  void put(GeneClass c, std::uint64_t hash, std::uint64_t offset, std::uint64_t length, std::uint32_t function) {
    if (counts_[static_cast<std::size_t>(c)]++ >= most_ || offset > std::numeric_limits<std::uint32_t>::max()) {
      cut = true;
      return;
    }
    out_.push_back({key_of(c, hash), static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length), function});
  }

 private:
  std::vector<Gene>& out_;
  std::uint64_t most_;
  std::array<std::uint64_t, gene_classes> counts_{};
};

/// Walks the steps of one segment and gives windows and functions.
class Cutter {
 public:
  Cutter(const Program& program, const Section& section, Sink& sink, std::uint32_t& functions)
      : section_(section),
        sink_(sink),
        functions_(functions),
        on_stack_(program.architecture == Architecture::cil),
        window_(on_stack_ ? stack_window : window) {}

  void run(const Swept& swept, const std::vector<std::uint32_t>& starts) {
    auto next = starts.begin();
    for (const Step& s : swept.steps) {
      while (next != starts.end() && *next <= s.offset) {
        end_function();
        ++next;
      }
      step(&s);
    }
    end_function();
  }

 private:
  const Section& section_;
  Sink& sink_;
  std::uint32_t& functions_;
  const bool on_stack_;
  const std::size_t window_;
  std::size_t filled_ = 0;  // instructions in a row that a window may span
  std::uint64_t block_ = 0, blocks_ = 0;
  std::uint32_t block_steps_ = 0, steps_ = 0, first_ = 0, last_ = 0;

  void step(const Step* s) {
    if (s->token == 0) {
      filled_ = 0;
      end_block();
      return;
    }
    if (steps_ == 0) first_ = s->offset;
    last_ = s->offset + s->length;
    ++steps_;
    block_ = fold(block_, s->token);
    ++block_steps_;
    if (++filled_ >= window_) emit(s - (window_ - 1));
    if (s->flow == Flow::next || s->flow == Flow::call || s->flow == Flow::call_indirect) return;
    end_block();
    if (s->flow != Flow::branch) filled_ = 0;
  }

  void emit(const Step* first) {
    const Step& last = first[window_ - 1];
    const std::uint64_t h = on_stack_ ? folded(first) : window_hash({first[0].token, first[1].token, first[2].token, first[3].token});
    sink_.put(GeneClass::code, h, section_.offset + first->offset, last.offset + last.length - first->offset, functions_);
  }

  std::uint64_t folded(const Step* first) const {
    std::uint64_t h = 0;
    for (std::size_t i = 0; i < window_; ++i) h = fold(h, first[i].token);
    return h;
  }

  void end_block() {
    if (block_steps_ >= block_least) blocks_ += finish(block_);  // a sum: the order of blocks does not count
    block_ = 0, block_steps_ = 0;
  }

  void end_function() {
    end_block();
    filled_ = 0;
    if (steps_ >= (on_stack_ ? stack_function_least : function_least))
      sink_.put(GeneClass::function, finish(blocks_), section_.offset + first_, last_ - first_, functions_);
    if (steps_ > 0) ++functions_;
    steps_ = 0, blocks_ = 0;
  }
};

std::vector<std::uint32_t> starts_in(const Program& p, const Section& s, std::vector<std::uint32_t>& called) {
  std::vector<std::uint32_t> out = std::move(called);
  const auto from = std::ranges::lower_bound(p.starts, s.address);
  for (auto it = from; it != p.starts.end() && *it - s.address < s.bytes.size(); ++it) out.push_back(static_cast<std::uint32_t>(*it - s.address));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

}  // namespace

std::string_view name(Architecture a) {
  constexpr std::array<std::string_view, 8> names{"", "x86", "x86-64", "ARM", "AArch64", "MIPS", "MIPS64", ".NET"};
  return names[static_cast<std::size_t>(a)];
}

std::string_view name(GeneClass c) {
  constexpr std::array<std::string_view, gene_classes> names{"code", "function", "text", "import"};
  return names[static_cast<std::size_t>(c)];
}

const Section* section_at(const Program& program, std::uint64_t address) {
  const auto behind = std::ranges::upper_bound(program.sections, address, {}, &Section::address);
  if (behind == program.sections.begin()) return nullptr;
  const Section& s = *std::prev(behind);
  return address - s.address < s.bytes.size() ? &s : nullptr;
}

void each_once(std::vector<Gene>& genes) {
  // Keys are evenly spread within their class: one pass puts them where they nearly belong.
  const auto less = [](const Gene& a, const Gene& b) { return a.key != b.key ? a.key < b.key : a.offset < b.offset; };
  const unsigned bits = static_cast<unsigned>(std::bit_width(genes.size() / 8));
  const auto bucket = [&](const Gene& g) { return static_cast<std::size_t>((g.key >> 56U) << bits | ((g.key << 8U) >> 8U) >> (56 - bits)); };
  std::vector<std::uint32_t> ends((gene_classes << bits) + 1);
  for (const Gene& g : genes) ++ends[bucket(g) + 1];
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  std::vector<Gene> placed(genes.size());
  for (const Gene& g : genes) placed[ends[bucket(g)]++] = g;
  for (std::size_t i = 0, from = 0; i + 1 < ends.size(); from = ends[i++])
    if (ends[i] - from > 1) std::sort(placed.begin() + static_cast<std::ptrdiff_t>(from), placed.begin() + static_cast<std::ptrdiff_t>(ends[i]), less);
  placed.erase(std::ranges::unique(placed, {}, &Gene::key).begin(), placed.end());
  genes = std::move(placed);
}

Genome extract(const Program& program, std::span<const std::uint8_t> file, const ExtractLimits& limits) {
  Genome out;
  std::uint64_t budget = limits.instructions_max;
  Sink sink(out.genes, limits.genes_max);
  std::uint64_t code = 0;
  for (const Section& s : program.sections) code += s.code ? s.bytes.size() : 0;
  out.genes.reserve(std::min<std::uint64_t>(code / 4, limits.genes_max));
  for (const Section& s : program.sections) {
    if (!s.code || program.architecture == Architecture::none) continue;
    const auto bytes = s.bytes.first(std::min<std::size_t>(s.bytes.size(), std::numeric_limits<std::uint32_t>::max()));
    Swept swept = sweep(program, bytes, budget, out.cut);
    const auto starts = starts_in(program, s, swept.called);
    Cutter(program, s, sink, out.functions).run(swept, starts);
    out.code_bytes += bytes.size();
    out.instructions += swept.steps.size();
  }
  for (const std::string& import : program.imports) sink.put(GeneClass::import, hash_of(import), 0, 0, 0);
  out.cut |= sink.cut;
  out.cut |= !extract_text(file, limits.genes_max, out.genes);
  each_once(out.genes);
  return out;
}

}  // namespace mozu::gene
