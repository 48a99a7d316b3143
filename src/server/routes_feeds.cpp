// Knowledge for programs that read feeds: reports as Atom and RSS, events as a MISP feed.
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "mozu/exchange/export.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/store/sources.hpp"
#include "notifier.hpp"
#include "publication_parts.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t entries_max = 100, pages_max = 20;
constexpr std::size_t summary_bytes_max = 2'000;
constexpr std::size_t feed_labels_max = 1'000;

using actors::ActorBooks;

struct Entry {
  std::string id, title, summary, link;
  Timestamp published, updated;
  std::vector<std::string> labels;
};

/// What links begin with: the public URL, else the address that the client reached. Never what a Host header says, which anybody between may write.
std::string base_url(const Services& services, const Request& request) {
  const std::string url = portal_url(services);
  return url.empty() ? fmt::format("{}://{}", request.secure ? "https" : "http", request.here) : url;
}

Entry entry_of(const std::string& base, const store::StoredObject& stored, const std::optional<publications::ReportHead>& publication) {
  Entry e{stored.id,
          stored.name,
          {},
          fmt::format("{}/{}", base, publication ? "publications/" + percent_encode(publication->id) : "objects/" + percent_encode(stored.id)),
          {stored.created_us / 1000},
          {stored.modified_us / 1000},
          {}};
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(stored.json).get(o) == simdjson::SUCCESS) {
    std::string text(string_member(o, "description"));
    std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    e.summary = printable(text, summary_bytes_max);
    e.labels = string_list(o, "labels", feed_labels_max);
  }
  return e;
}

/// Readers of feeds take a second entry of an id for news of the first: of several who speak of one, the publication stands, else what the id leads to.
Result<std::vector<store::StoredObject>> one_of_each(Services& services, const Request& request, std::vector<store::StoredObject> items) {
  std::vector<std::string> ids;
  std::set<std::string> published;
  const auto is_published = [](const store::StoredObject& o) { return o.source == store::publications_source; };
  for (const auto& o : items)
    if (is_published(o)) published.insert(o.id);
    else ids.push_back(o.id);
  MOZU_LET(const auto found, services.knowledge.heads(request.who->viewer, ids));
  std::set<std::pair<std::string, std::int64_t>> meant;
  for (const auto& o : found) meant.emplace(o.id, o.sequence);
  std::erase_if(items, [&](const auto& o) { return !is_published(o) && (published.contains(o.id) || !meant.contains({o.id, o.sequence})); });
  return items;
}

Result<std::vector<Entry>> entries(Services& services, ActorBooks& books, const Request& request) {
  MOZU_TRY(only_these(request, {"type", "label", "source", "tlp", "limit", "kind", "actor", "sector", "geography", "tag"}));
  MOZU_LET(auto query, list_query(request));
  MOZU_LET(const auto filter, about_filter_of(books, request));
  if (query.types.empty()) query.types = {"report"};
  query.about = filter.subjects();
  query.with_revoked = false;
  query.newest_first = true;
  query.limit = std::min(query.limit, entries_max);
  const std::string base = base_url(services, request);
  std::vector<Entry> out;
  const std::size_t most = query.limit;
  // Page after page: copies that are left out must not keep what is older from the feed.
  for (std::size_t pages = 0; pages < pages_max; ++pages) {
    MOZU_LET(auto page, services.knowledge.list_objects(request.who->viewer, query));
    MOZU_LET(const auto items, one_of_each(services, request, std::move(page.items)));
    for (const auto& stored : items)
      if (out.size() < most) out.push_back(entry_of(base, stored, publications::report_head(stored)));
    if (page.next.empty() || out.size() == most) break;
    query.cursor = page.next;
  }
  return out;
}

Response feed_response(const Request& request, std::string body, std::string_view type) {
  Response out;
  out.content_type = type;
  out.body = std::move(body);
  return with_etag(request, std::move(out));
}

/// RFC 4287.
Response atom(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER_LET(const auto list, entries(services, books, request));
  Timestamp updated;
  for (const Entry& e : list) updated = std::max(updated, e.updated);
  const std::string self = base_url(services, request) + request.raw_target;
  std::string body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Mozu: reports</title>\n<id>{0}</id>\n"
      "<link rel=\"self\" href=\"{0}\"/>\n<updated>{1}</updated>\n<author><name>Mozu</name></author>\n",
      escape_xml(self), format_time(updated));
  for (const Entry& e : list) {
    body += fmt::format(
        "<entry>\n<title>{}</title>\n<id>urn:stix:{}</id>\n<link href=\"{}\"/>\n<published>{}</published>\n<updated>{}</updated>\n<summary>{}</summary>\n",
        escape_xml(e.title), escape_xml(e.id), escape_xml(e.link), format_time(e.published), format_time(e.updated), escape_xml(e.summary));
    for (const auto& label : e.labels) body += fmt::format("<category term=\"{}\"/>\n", escape_xml(label));
    body += "</entry>\n";
  }
  return feed_response(request, body + "</feed>\n", "application/atom+xml; charset=utf-8");
}

/// RSS 2.0; its dates are those of RFC 822.
Response rss(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER_LET(const auto list, entries(services, books, request));
  std::string body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n<title>Mozu: reports</title>\n<link>{}</link>\n"
      "<description>The newest reports</description>\n",
      escape_xml(base_url(services, request)));
  for (const Entry& e : list) {
    const std::time_t second = e.updated.ms / 1000;
    body += fmt::format(
        "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{}</guid>\n<pubDate>{:%a, %d %b %Y %H:%M:%S "
        "+0000}</pubDate>\n<description>{}</description>\n",
        escape_xml(e.title), escape_xml(e.link), escape_xml(e.id), fmt::gmtime(second), escape_xml(e.summary));
    for (const auto& label : e.labels) body += fmt::format("<category>{}</category>\n", escape_xml(label));
    body += "</item>\n";
  }
  return feed_response(request, body + "</channel></rss>\n", "application/rss+xml; charset=utf-8");
}

/// The files of one MISP feed, one behind the other in a file without a name: gone when nobody holds it any more.
class FeedCopy {
 public:
  static Result<std::shared_ptr<FeedCopy>> make(const std::string& folder) {
    auto out = std::make_shared<FeedCopy>();
    out->file_.reset(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!out->file_.is_open()) return fail(errno_diagnostic("spool", "no file for the feed can be made in the data folder", errno));
    return out;
  }
  /// Bytes of one file come one after the other.
  Status append(std::string_view file, std::string_view bytes) {
    if (bytes.size() > bytes_max - end_) return fail("answer-too-large", "the feed is larger than 4 GiB", "ask for the feeds of single sources");
    Place& place = places_.try_emplace(std::string(file), Place{end_, 0}).first->second;
    if (bytes.size() > file_bytes_max - place.size)
      return fail("answer-too-large", fmt::format("{} of the feed is larger than 256 MiB", file), "ask for the feeds of single sources");
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(end_));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return fail("store-full", "there is no room for the feed");
      bytes.remove_prefix(static_cast<std::size_t>(n));
      end_ += static_cast<std::size_t>(n);
      place.size += static_cast<std::size_t>(n);
    }
    return {};
  }
  std::size_t size() const { return end_; }
  std::optional<std::string> read(std::string_view file) const {
    const auto found = places_.find(file);
    if (found == places_.end()) return std::nullopt;
    std::string out(found->second.size, '\0');
    for (std::size_t at = 0; at < out.size();) {
      const ssize_t n = ::pread(file_.get(), out.data() + at, out.size() - at, static_cast<off_t>(found->second.at + at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return std::nullopt;
      at += static_cast<std::size_t>(n);
    }
    return out;
  }

 private:
  static constexpr std::size_t bytes_max = std::size_t{4} << 30, file_bytes_max = std::size_t{256} << 20;  // a file is answered out of memory
  struct Place {
    std::size_t at = 0, size = 0;
  };
  Fd file_;
  std::size_t end_ = 0;
  std::map<std::string, Place, std::less<>> places_;
};

/// Feeds are written anew when the manifest is asked for after something changed; events are given from the newest copy that has them, unless
/// something that it may hold was hidden from who asks since.
class MispFeeds {
 public:
  explicit MispFeeds(Services& services) : services_(services) {}

  Result<std::optional<std::string>> file(const Request& request) {
    const intel::Viewer& viewer = request.who->viewer;
    const std::string &collection = request.parameters[0], &name = request.parameters[1];
    // What an organisation marks as false positives is left out of its feeds.
    MOZU_LET(const std::int64_t marks, services_.knowledge.false_positives_changed());
    const std::string whose = fmt::format("{} {} {} {}", intel::kind_of(viewer), viewer.organisation, marks, collection);
    MOZU_LET(const std::int64_t sequence, services_.knowledge.last_sequence());
    MOZU_LET(auto copy, usable(viewer, whose, name, sequence));
    if (copy) return copy->read(name);
    const std::scoped_lock one(writing_);  // who reads a feed that is there does not wait
    MOZU_LET(copy, usable(viewer, whose, name, sequence));
    if (!copy) {
      MOZU_LET(copy, write(viewer, collection));
      MOZU_TRY(audit(services_, request, "export", collection, "misp-feed"));
      keep({whose, sequence, copy, sequence});
    }
    return copy->read(name);
  }

 private:
  static constexpr std::size_t feeds_max = 8, feeds_bytes_max = std::size_t{8} << 30;
  struct Feed {
    std::string whose;
    std::int64_t sequence = 0;  ///< of the base when it was written
    std::shared_ptr<FeedCopy> copy;
    std::int64_t checked = 0;  ///< up to here nothing was hidden
  };
  Services& services_;
  std::mutex writing_, mutex_;
  std::deque<Feed> feeds_;

  /// The copy that `name` may be given from while the base is at `sequence`; null if one must be written.
  Result<std::shared_ptr<FeedCopy>> usable(const intel::Viewer& viewer, const std::string& whose, const std::string& name, std::int64_t sequence) {
    const auto feed = known(whose);
    if (!feed || feed->sequence >= sequence) return feed ? feed->copy : nullptr;
    if (name == "manifest.json") return nullptr;
    if (feed->checked >= sequence) return feed->copy;
    MOZU_LET(const bool hidden, services_.knowledge.hidden_since(viewer, feed->checked));
    if (hidden) return nullptr;
    const std::scoped_lock lock(mutex_);
    if (const auto found = std::ranges::find(feeds_, whose, &Feed::whose); found != feeds_.end() && found->copy == feed->copy)
      found->checked = std::max(found->checked, sequence);
    return feed->copy;
  }
  std::optional<Feed> known(const std::string& whose) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(feeds_, whose, &Feed::whose);
    return found != feeds_.end() ? std::optional(*found) : std::nullopt;
  }
  void keep(Feed feed) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(feeds_, [&](const Feed& f) { return f.whose == feed.whose; });
    feeds_.push_front(std::move(feed));
    std::size_t bytes = 0;
    for (const Feed& f : feeds_) bytes += f.copy->size();
    for (; feeds_.size() > feeds_max || (feeds_.size() > 1 && bytes > feeds_bytes_max); feeds_.pop_back()) bytes -= feeds_.back().copy->size();
  }
  Result<std::shared_ptr<FeedCopy>> write(const intel::Viewer& viewer, const std::string& collection) {
    MOZU_LET(auto copy, FeedCopy::make(services_.spool));
    exchange::Selection selection;
    selection.with_revoked = false;
    selection.tlp_max = viewer.clearance;
    if (collection != "everything") selection.source = collection;
    formats::ExportSettings settings;
    settings.title = "Mozu";
    settings.now = services_.identities.now();
    MOZU_LET(const auto report, exchange::export_objects(services_.knowledge, viewer, selection, "misp-feed", settings,
                                                         [&](std::string_view file, std::string_view bytes) { return copy->append(file, bytes); }));
    if (report.selected == 0 && !selection.source.empty())
      return fail("absent", "nothing of a source of this name can be given", "names are at /api/v1/sources");
    return copy;
  }
};

Response misp(Services& services, MispFeeds& feeds, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(auto file, feeds.file(request));
  if (!file) return problem(404, "absent", "the feed has no such file", "begin with manifest.json");
  return feed_response(request, std::move(*file), request.parameters[1].ends_with(".csv") ? "text/csv; charset=utf-8" : "application/json");
}

}  // namespace

void add_feed_routes(Router& router, Services& services, SharedActors books) {
  const auto to = handlers(services, std::move(books));
  // The first that asks for an actor reads them all: on a worker.
  router.add(Method::get, "/feeds/reports.atom", Permission::taxii, slow, to(atom));
  router.add(Method::get, "/feeds/reports.rss", Permission::taxii, slow, to(rss));
  const auto feeds = std::make_shared<MispFeeds>(services);
  router.add(Method::get, "/feeds/misp/{collection}/{file}", Permission::taxii, spends_download,
             [&services, feeds](const Request& request) { return misp(services, *feeds, request); });
}

}  // namespace mozu::server
