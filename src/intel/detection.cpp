#include "mozu/intel/detection.hpp"

namespace mozu::intel {

std::string_view name(Relation r) {
  switch (r) {
    case Relation::exact: return "exact";
    case Relation::subdomain: return "subdomain";
    case Relation::url_host: return "url-host";
    case Relation::email_host: return "email-host";
    case Relation::range: return "range";
    case Relation::mask: return "mask";
  }
  return {};
}

}  // namespace mozu::intel
