"""What the reference server's tests (medallion of OASIS, for TAXII 2.1) hold true, asked of this server: cases of our own over a base of the same shape.

Left out, as docs/server.md says: DELETE of objects (optional, §5.7), objects kept as STIX 2.0, collections that one may both read and write, the users of its configuration.
"""
import http.client
import json
import time

import pytest
import requests

from conftest import Mozu
from test_taxii import MEDIA, Plain

ROOT = "/taxii2/knowledge/"
READ, INBOX, NONE = ROOT + "collections/source:taxii/", ROOT + "collections/inbox/", ROOT + "collections/24042009/"
RELATION, FIRST, CHANGED, MARKING, BOT, FILE = (f"{kind}--00000000-0000-4000-8000-00000000010{n}" for n, kind in enumerate(("relationship", "indicator", "indicator", "marking-definition", "malware", "artifact")))
VERSIONS = ("2016-11-03T12:30:59.000Z", "2016-12-25T12:30:59.444Z", "2017-01-27T13:49:53.935Z")


def thing(what, modified="2014-05-08T09:00:00.000Z", created="2014-05-08T09:00:00.000Z", **more):
    return {"type": what.split("--")[0], "spec_version": "2.1", "id": what, "created": created, "modified": modified, **more}


def sign(what, modified, created):
    return thing(what, modified, created, name="A site", pattern="[domain-name:value = 'site.example']", pattern_type="stix", indicator_types=["malicious-activity"], valid_from=created)


# In the order of writing: two indicators, one of them in three versions, what relates them, a marking, a malware.
SAMPLE = [
    thing(RELATION, relationship_type="indicates", source_ref=FIRST, target_ref=BOT),
    sign(FIRST, "2014-05-08T09:00:00.000Z", "2014-05-08T09:00:00.000Z"),
    sign(CHANGED, VERSIONS[0], VERSIONS[0]),
    sign(CHANGED, VERSIONS[1], VERSIONS[0]),
    {"type": "marking-definition", "spec_version": "2.1", "id": MARKING, "created": "2017-01-20T00:00:00.000Z", "definition_type": "statement", "definition": {"statement": "as given"}},
    thing(BOT, "2017-01-27T13:49:53.997Z", "2017-01-27T13:49:53.997Z", name="bot", is_family=False),
    sign(CHANGED, VERSIONS[2], VERSIONS[0]),
]
LATEST = [RELATION, FIRST, MARKING, BOT, CHANGED]


@pytest.fixture(scope="module")
def ask(program, tmp_path_factory):
    """Asks a server of its own, whose objects were written one by one, so that no two have one date_added."""
    house = Mozu(program, tmp_path_factory.mktemp("taxii") / "data").add_people().serve("--plain")
    plain = Plain(house)
    for one in SAMPLE:
        assert plain.post(INBOX + "objects/", json.dumps({"objects": [one]})).json()["success_count"] == 1
        time.sleep(0.003)  # times are of milliseconds
    plain.added = {}
    for entry in plain.get(READ + "manifest/?match[version]=all").json()["objects"]:
        plain.added[entry["id"], entry["version"]] = entry["date_added"]
    yield plain
    house.stop()


def page(answer, key="objects"):
    """What a page holds, by id and version; its headers are of its first and last item."""
    assert answer.status_code == 200 and answer.headers["Content-Type"] == MEDIA, answer.text
    items = answer.json().get(key, [])
    assert ("X-TAXII-Date-Added-First" in answer.headers) == ("X-TAXII-Date-Added-Last" in answer.headers) == bool(items)
    return [i if isinstance(i, str) else (i["id"], i.get("version") or i.get("modified") or i.get("created")) for i in items]


def when(versions):
    return [(CHANGED, v) for v in versions]


NOW = [(RELATION, "2014-05-08T09:00:00.000Z"), (FIRST, "2014-05-08T09:00:00.000Z"), (MARKING, "2017-01-20T00:00:00.000Z"), (BOT, "2017-01-27T13:49:53.997Z"), (CHANGED, VERSIONS[2])]
OLDEST = [NOW[0], NOW[1], (CHANGED, VERSIONS[0]), NOW[2], NOW[3]]
ALL = [NOW[0], NOW[1], *when(VERSIONS[:2]), NOW[2], NOW[3], NOW[4]]
FILTERS = [
    ("", NOW), ("match[version]=last", NOW), ("match[version]=first", OLDEST), ("match[version]=all", ALL), ("match[version]=first,last", [o for o in ALL if o[1] != VERSIONS[1]]),
    (f"match[version]={VERSIONS[1]}", when(VERSIONS[1:2])), (f"match[version]={VERSIONS[1]},last", [NOW[0], NOW[1], (CHANGED, VERSIONS[1]), *NOW[2:]]),
    (f"match[id]={BOT}", [NOW[3]]), (f"match[id]={CHANGED},{RELATION}", [NOW[0], NOW[4]]), (f"match[id]={CHANGED}&match[version]=all", when(VERSIONS)),
    ("match[type]=indicator", [NOW[1], NOW[4]]), ("match[type]=indicator,malware", [NOW[1], NOW[3], NOW[4]]), (f"match[type]=malware&match[id]={CHANGED}", []),
    ("match[type]=incident&match[version]=2016-01-01T01:01:01.000Z", []),
    ("match[spec_version]=2.1", NOW), ("match[spec_version]=2.0,2.1", NOW), ("match[spec_version]=2.0", []),
]


class TestFilters:
    @pytest.mark.parametrize("query, wanted", FILTERS)
    @pytest.mark.parametrize("what", ["objects", "manifest"])
    def test_objects_and_manifest(self, ask, what, query, wanted):
        answer = ask.get(f"{READ}{what}/?{query}")
        assert page(answer) == wanted and not answer.json().get("more")
        if wanted:
            assert (answer.headers["X-TAXII-Date-Added-First"], answer.headers["X-TAXII-Date-Added-Last"]) == (ask.added[wanted[0]], ask.added[wanted[-1]])

    @pytest.mark.parametrize("query, wanted", [("", NOW[4:]), ("match[version]=first", when(VERSIONS[:1])), ("match[version]=last", NOW[4:]), ("match[version]=all", when(VERSIONS)),
                                               (f"match[version]={VERSIONS[1]}", when(VERSIONS[1:2])), ("match[spec_version]=2.1", NOW[4:]), ("match[spec_version]=2.0,2.1", NOW[4:]), ("limit=1", NOW[4:])])
    def test_one_object(self, ask, query, wanted):
        answer = ask.get(f"{READ}objects/{CHANGED}/?{query}")
        assert page(answer) == wanted and not answer.json().get("more")

    @pytest.mark.parametrize("position", range(len(ALL)))
    def test_added_after(self, ask, position):
        after = ask.added[ALL[position]]
        rest = [o for o in NOW if ask.added[o] > after]
        assert page(ask.get(f"{READ}objects/?added_after={after}")) == page(ask.get(f"{READ}manifest/?added_after={after}")) == rest
        assert page(ask.get(f"{READ}objects/{CHANGED}/?added_after={after}")) == [o for o in rest if o[0] == CHANGED]
        versions = page(ask.get(f"{READ}objects/{CHANGED}/versions/?added_after={after}"), "versions")
        assert versions == [v for v in VERSIONS if ask.added[CHANGED, v] > after]

    def test_versions(self, ask):
        assert page(ask.get(f"{READ}objects/{CHANGED}/versions/"), "versions") == list(VERSIONS)
        assert page(ask.get(f"{READ}objects/{CHANGED}/versions/?match[spec_version]=2.0"), "versions") == []
        assert page(ask.get(f"{READ}objects/{RELATION}/versions"), "versions") == ["2014-05-08T09:00:00.000Z"]

    def test_manifest_entries(self, ask):
        for entry in ask.get(READ + "manifest/").json()["objects"]:
            assert set(entry) == {"id", "date_added", "version", "media_type"} and entry["media_type"] == "application/stix+json;version=2.1"


class TestPages:
    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
    @pytest.mark.parametrize("path, key, wanted", [
        ("objects/?", "objects", NOW), ("objects/?match[version]=all", "objects", ALL), ("manifest/?", "objects", NOW), ("manifest/?match[version]=all", "objects", ALL),
        (f"objects/?match[id]={CHANGED},{BOT},{RELATION}", "objects", [NOW[0], NOW[3], NOW[4]]), (f"objects/?match[id]={CHANGED},{BOT},{RELATION}&match[version]=all", "objects", [NOW[0], *when(VERSIONS[:2]), NOW[3], NOW[4]]),
        (f"objects/{CHANGED}/?match[version]=all", "objects", when(VERSIONS)), (f"objects/{CHANGED}/versions/?", "versions", list(VERSIONS))])
    def test_pages_follow_date_added(self, ask, path, key, wanted, size):
        seen, following = [], ""
        for _ in range(len(wanted) + 1):
            answer = ask.get(f"{READ}{path}&limit={size}{following}")
            items = page(answer, key)
            dates = [ask.added[i if isinstance(i, tuple) else (CHANGED, i)] for i in items]
            assert 0 < len(items) <= size and dates == sorted(dates)
            assert (answer.headers["X-TAXII-Date-Added-First"], answer.headers["X-TAXII-Date-Added-Last"]) == (dates[0], dates[-1])
            seen += items
            if not answer.json()["more"]:
                break
            following = "&next=" + answer.json()["next"]
        assert seen == wanted

    def test_next_is_for_the_same_question(self, ask):
        following = ask.get(READ + "objects/?match[version]=all&limit=2").json()["next"]
        assert page(ask.get(f"{READ}objects/?match[version]=all&limit=3&next={following}")) == ALL[2:5]
        for other in (f"{READ}objects/?match[version]=first&limit=2", f"{READ}objects/?limit=2", f"{READ}objects/?match[version]=all&match[type]=indicator",
                      f"{ROOT}collections/everything/objects/?match[version]=all", f"{READ}objects/{CHANGED}/?match[version]=all"):
            answer = ask.get(f"{other}&next={following}")
            assert answer.status_code == 400 and answer.headers["Content-Type"] == MEDIA and answer.json()["title"], other

    @pytest.mark.parametrize("limit", ["-20", "0", "many"])
    def test_limits_that_are_none(self, ask, limit):
        assert ask.get(f"{READ}objects/?limit={limit}").status_code == 400


class TestWriting:
    def write(self, ask, *objects):
        answer = ask.post(INBOX + "objects/", json.dumps({"objects": objects}))
        assert answer.status_code == 202 and answer.headers["Content-Type"] == MEDIA, answer.text
        return answer.json()

    def test_what_is_written_can_be_read(self, ask):
        new = sign("indicator--00000000-0000-4000-8000-000000000201", VERSIONS[0], VERSIONS[0])
        made = self.write(ask, new)
        status = ask.get(f"{ROOT}status/{made['id']}")
        assert status.status_code == 200 and status.headers["Content-Type"] == MEDIA and status.json() == made
        assert (made["status"], made["success_count"], made["successes"]) == ("complete", 1, [{"id": new["id"], "version": VERSIONS[0]}])
        everything = ROOT + "collections/everything/"
        assert ask.get(f"{everything}objects/?match[id]={new['id']}").json()["objects"] == [new]
        assert page(ask.get(f"{everything}manifest/?match[id]={new['id']}")) == [(new["id"], VERSIONS[0])]

    def test_what_is_there_already_is_no_failure(self, ask):
        self.write(ask, SAMPLE[0])
        status = self.write(ask, SAMPLE[0])
        assert status["success_count"] == 1 and "failures" not in status and page(ask.get(f"{READ}objects/{RELATION}/versions/"), "versions") == ["2014-05-08T09:00:00.000Z"]

    def test_many_versions_in_one_envelope(self, ask):
        what, years = "tool--00000000-0000-4000-8000-000000000202", [f"20{y}-01-27T13:49:53.935Z" for y in (14, 15, 16, 18, 19)]
        assert self.write(ask, *(thing(what, year, years[0], name="T") for year in years))["success_count"] == 5
        assert page(ask.get(f"{READ}objects/{what}/versions/"), "versions") == years

    def test_observables_have_one_version(self, ask):
        self.write(ask, {"type": "artifact", "spec_version": "2.1", "id": FILE, "mime_type": "application/zip", "url": "http://site.example/a.zip", "hashes": {"MD5": "0" * 32}})
        for query in ("", "?match[version]=all", "?match[version]=first", "?match[version]=last", "?added_after=2017-01-27T13:49:53.935Z"):
            assert len(ask.get(f"{READ}objects/{FILE}/{query}").json()["objects"]) == 1, query
        assert page(ask.get(f"{READ}objects/{FILE}/?added_after=2100-01-01T00:00:00.000Z")) == []

    def test_an_object_that_is_none_is_told_in_the_status(self, ask):
        status = self.write(ask, {"type": "tool", "id": "malware--1"})
        assert (status["total_count"], status["success_count"], status["failure_count"]) == (1, 0, 1) and status["failures"][0]["message"]

    @pytest.mark.parametrize("body", ["", "{", "[]", "text", json.dumps(SAMPLE[0]), json.dumps([SAMPLE[0]]), '{"objects":{}}', json.dumps({"objects": SAMPLE})[:-20]])
    def test_what_is_no_envelope_is_not_processed(self, ask, body):  # §5.5
        answer = ask.post(INBOX + "objects/", body)
        assert answer.status_code == 422 and answer.headers["Content-Type"] == MEDIA and answer.json()["title"] and answer.json()["http_status"] == "422"

    @pytest.mark.parametrize("content", ["", "application/json", "application/taxii+json;version=2.0", "application/stix+json;version=2.1"])
    def test_content_types(self, ask, content):
        assert ask.post(INBOX + "objects/", json.dumps({"objects": SAMPLE[:1]}), content=content).status_code == 415

    def test_too_much(self, ask):
        limit = ask.get(ROOT).json()["max_content_length"]
        server = http.client.HTTPConnection(ask.base.removeprefix("http://"), timeout=30)
        server.putrequest("POST", INBOX + "objects/")
        for name, value in {**ask.session.headers, "Content-Type": MEDIA, "Accept": MEDIA, "Content-Length": str(limit + 1)}.items():
            server.putheader(name, value)
        server.endheaders()
        assert server.getresponse().status == 413


class TestRefusals:
    @pytest.mark.parametrize("path", [ROOT + "collections/", ROOT + "status/2223/", NONE + "manifest/", NONE + "objects/", f"{READ}objects/{BOT}/", INBOX + "objects/"])
    def test_401_before_all_else(self, ask, path):
        assert requests.get(ask.base + path, timeout=30).status_code == 401
        if path.startswith(INBOX):
            assert requests.post(ask.base + path, data=json.dumps({"objects": SAMPLE}), headers={"Content-Type": MEDIA}, timeout=30).status_code == 401

    @pytest.mark.parametrize("path", ["objects/", f"objects/{BOT}/", f"objects/{BOT}/versions/", "manifest/"])
    def test_403_of_what_is_for_writing_only(self, ask, path):
        answer = ask.get(INBOX + path)
        assert answer.status_code == 403 and answer.headers["Content-Type"] == MEDIA

    def test_403_of_what_is_for_reading_only(self, ask):
        assert ask.post(READ + "objects/", json.dumps({"objects": SAMPLE})).status_code == 403

    @pytest.mark.parametrize("path", ["/trustgroup2/", "/carbon1/collections/", "/taxii2/carbon1/", "/taxii2/carbon1/collections/12345678-1234-1234-1234-123456789012/", ROOT + "status/22101993/", NONE, NONE + "objects/",
                                      NONE + "manifest/", f"{READ}objects/malware--00000000-0000-4000-8000-999999999999/", f"{READ}objects/malware--00000000-0000-4000-8000-999999999999/versions/", f"{READ}manifest/{BOT}/"])
    def test_404(self, ask, path):
        assert ask.get(path).status_code == 404

    def test_404_of_writing(self, ask):
        assert ask.post(NONE + "objects/", json.dumps({"objects": SAMPLE})).status_code == 404

    def test_deleting_is_not_done(self, ask):  # §5.7 is optional
        answer = ask.session.delete(f"{ask.base}{READ}objects/{BOT}/", headers={"Accept": MEDIA})
        assert answer.status_code == 405 and answer.headers["Allow"]
        assert page(ask.get(f"{READ}objects/{BOT}/")) == [NOW[3]]

    def test_collections_tell_what_one_may(self, ask):
        for one in ask.get(ROOT + "collections/").json()["collections"]:
            assert ask.get(f"{ROOT}collections/{one['id']}/").json() == one
            assert ask.get(f"{ROOT}collections/{one['id']}/objects/").status_code == (200 if one["can_read"] else 403)
