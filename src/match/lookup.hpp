// Tokens → hits: what the index knows about each token of a line.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "index_data.hpp"
#include "mozu/intel/detection.hpp"
#include "tokens.hpp"

namespace mozu::match {

struct Hit {
  std::size_t begin = 0, end = 0;  ///< in the text; later raw offsets in the line
  intel::ObservableType type = intel::ObservableType::domain_name;
  std::string value;  ///< canonical observable
  intel::Relation relation = intel::Relation::exact;
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string indicator;  ///< canonical indicator value
  std::uint32_t posting = no_posting;
  bool below = false;  ///< a domain found below its name: exact-only words do not count
};

/// Told every key that is looked up, for `--explain`.
class ProbeListener {
 public:
  virtual ~ProbeListener() = default;
  virtual void probed(std::size_t begin, std::size_t end, std::string_view what, bool found) = 0;
};

class Lookup {
 public:
  explicit Lookup(const Index::Data& index, ProbeListener* listener = nullptr) : d_(index), listener_(listener) {}
  /// Appends a hit for each indicator of each token, unsorted, with repetitions.
  void tokens(std::string_view text, const Tokens& tokens, std::vector<Hit>& out);

 private:
  void host(const Tokens& tokens, const HostToken& h);
  void ipv4(const HostToken& h);
  void ipv6(const HostToken& h);
  bool may_know(std::string_view name) const;
  void name(const HostToken& h, std::string_view name);
  void url(const UrlToken& u);
  void text(const EmailToken& e, std::string_view value);
  void hash(const HashToken& h, std::string_view hex);
  Hit& hit(std::size_t begin, std::size_t end, intel::ObservableType type, std::string value, intel::Relation relation, intel::PatternKind kind,
           std::string indicator, std::uint32_t posting);
  void tell(std::size_t begin, std::size_t end, std::string_view what, bool found) {
    if (listener_ != nullptr) listener_->probed(begin, end, what, found);
  }

  const Index::Data& d_;
  ProbeListener* listener_;
  std::vector<Hit>* out_ = nullptr;
};

/// Reason for which a suppression entry covers the hit; empty if none does.
std::string suppression(const Index::Data& d, const Hit& hit);

/// Canonical text of a mask record, as Pattern::value has it.
std::string mask_text(std::string_view host, const MaskRecord& m);

}  // namespace mozu::match
