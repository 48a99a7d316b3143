// Whose report it is: the sites of those who wrote it, which stand in it but are no indicators.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "mention.hpp"

namespace mozu::reports {

using Sites = std::set<std::string, std::less<>>;  ///< registrable domains

/// What tells a publisher: the document's own address, links that go by far most often to one site, a site in the page heads or feet, a name in
/// the title's end, the author or a line of copyright, a name that the prose uses as a word. A site that is defanged anywhere is not the publisher's.
Sites find_publisher_sites(const ReportText& report, const Reading& reading, const Document& document, const std::vector<Mention>& mentions);

/// Where the field publishes and discusses: nobody's indicators, whoever writes.
bool is_reference_site(std::string_view host);
/// Governments, armed forces, international organisations: names that only they can register.
bool is_government_site(std::string_view host);
/// A page of a code host that shows an account, a repository or a file to readers; what programs download is none. `url` is canonical.
bool is_code_page(std::string_view url, bool any_repository);

/// The host in a canonical URL.
std::string_view host_of_url(std::string_view key);
/// Its registrable domain, or itself.
std::string_view site_of(std::string_view host);

}  // namespace mozu::reports
