"""TAXII 2.1 as taxii2-client speaks it, and what the standard (OASIS, June 2021) says a server must do, section by section."""
import base64
import json
import uuid

import pytest
import requests
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

MEDIA = "application/taxii+json;version=2.1"
COUNT = 25


class Bearer(requests.auth.AuthBase):
    """The client's own TokenAuth says "Token", which is no scheme of RFC 6750."""

    def __init__(self, token):
        self.token = token

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def tool(number, modified="2026-01-01T00:00:00.000Z"):
    return {"type": "tool", "spec_version": "2.1", "id": f"tool--00000000-0000-4000-8000-{number:012}", "created": "2026-01-01T00:00:00.000Z", "modified": modified, "name": f"Tool {number}",
            "description": "made for a test"}


@pytest.fixture(scope="module")
def root(mozu):
    return Server(mozu.url + "/taxii2/", auth=Bearer(mozu.tokens["analyst"])).api_roots[0]


def collection(root, alias):
    return next(c for c in root.collections if c.alias == alias)


@pytest.fixture(scope="module")
def written(root):
    """Objects that a client wrote: all have one date_added. One of them has a second version."""
    status = collection(root, "inbox").add_objects({"objects": [tool(i) for i in range(COUNT)]})
    assert (status.status, status.success_count, status.failure_count, status.pending_count) == ("complete", COUNT, 0, 0)
    collection(root, "inbox").add_objects({"objects": [tool(1, "2026-02-01T00:00:00.000Z")]})
    root.refresh_collections()
    return collection(root, "source:taxii")


class Plain:
    """One person's requests without a client's help."""

    def __init__(self, mozu, role="analyst"):
        self.session, self.base = mozu.session(role), mozu.url

    def get(self, path, accept=MEDIA, **more):
        return self.session.get(self.base + path, headers={"Accept": accept}, **more)

    def post(self, path, body, accept=MEDIA, content=MEDIA):
        return self.session.post(self.base + path, data=body, headers={"Accept": accept, "Content-Type": content})


@pytest.fixture()
def plain(mozu):
    return Plain(mozu)


EVERYTHING = "/taxii2/knowledge/collections/everything/"


class TestClient:
    def test_discovery(self, root, mozu):
        assert root.url == mozu.url + "/taxii2/knowledge/" and root.title and root.versions == [MEDIA] and root.max_content_length > 0

    def test_collections(self, root):
        by_alias = {c.alias: c for c in root.collections}
        assert {"everything", "inbox", "tlp:green", "tlp:red", "type:indicator"} <= set(by_alias)
        assert by_alias["everything"].can_read and not by_alias["everything"].can_write
        assert by_alias["inbox"].can_write and not by_alias["inbox"].can_read
        for c in root.collections:
            assert str(uuid.UUID(c.id)) == c.id and c.media_types == ["application/stix+json;version=2.1"]
        assert len({c.id for c in root.collections}) == len(root.collections)

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_pages_hold_each_object_once(self, written, size):
        seen = [o["id"] for page in as_pages(written.get_objects, per_request=size) for o in page.get("objects", [])]
        assert len(seen) == COUNT and set(seen) == {tool(i)["id"] for i in range(COUNT)}

    def test_pages_of_everything(self, root):
        seen = [(o["id"], o.get("modified")) for page in as_pages(collection(root, "everything").get_objects, per_request=11) for o in page.get("objects", [])]
        assert len(seen) == len(set(seen)) > COUNT

    def test_manifest_tells_of_the_same(self, written):
        objects = {(o["id"], o["modified"]) for page in as_pages(written.get_objects, per_request=10) for o in page["objects"]}
        entries = [e for page in as_pages(written.get_manifest, per_request=10) for e in page["objects"]]
        assert {(e["id"], e["version"]) for e in entries} == objects and all(set(e) == {"id", "date_added", "version", "media_type"} for e in entries)

    def test_filters(self, written):
        ids = [tool(i)["id"] for i in (1, 2)]
        assert {o["id"] for o in written.get_objects(id=ids)["objects"]} == set(ids)
        assert len(written.get_objects(type="tool")["objects"]) == COUNT
        assert "objects" not in written.get_objects(type="malware")
        assert len(written.get_objects(version="all")["objects"]) == COUNT + 1
        assert [o["modified"] for o in written.get_objects(id=ids[0], version="first")["objects"]] == ["2026-01-01T00:00:00.000Z"]
        assert [o["modified"] for o in written.get_objects(id=ids[0])["objects"]] == ["2026-02-01T00:00:00.000Z"]
        assert [o["modified"] for o in written.get_objects(id=ids[0], version="2026-01-01T00:00:00.000Z")["objects"]] == ["2026-01-01T00:00:00.000Z"]
        assert len(written.get_objects(spec_version="2.1")["objects"]) == COUNT and "objects" not in written.get_objects(spec_version="2.0")

    def test_added_after(self, written):
        dates = sorted({e["date_added"] for e in written.get_manifest()["objects"]})
        assert len(written.get_objects(added_after="2020-01-01T00:00:00.000Z")["objects"]) == COUNT
        assert [o["id"] for o in written.get_objects(added_after=dates[0])["objects"]] == ([tool(1)["id"]] if len(dates) == 2 else [])
        assert "objects" not in written.get_objects(added_after=dates[-1])

    def test_one_object_and_its_versions(self, written):
        assert [o["modified"] for o in written.get_object(tool(1)["id"])["objects"]] == ["2026-02-01T00:00:00.000Z"]
        assert len(written.get_object(tool(1)["id"], version="all")["objects"]) == 2
        assert written.object_versions(tool(1)["id"])["versions"] == ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]

    def test_what_is_wrong_in_an_envelope_is_told(self, root):
        status = collection(root, "inbox").add_objects({"objects": [tool(900), {**tool(901), "id": "malware--x"}]})
        assert (status.total_count, status.success_count, status.failure_count) == (2, 1, 1) and status.failures[0]["message"]
        again = root.get_status(status.id)
        assert (again.success_count, again.failure_count) == (1, 1)

    def test_basic(self, mozu):
        assert ApiRoot(mozu.url + "/taxii2/knowledge/", user="anybody", password=mozu.tokens["feed-client"]).collections

    def test_nobody_is_refused(self, mozu):
        with pytest.raises(requests.HTTPError) as refused:
            Collection(mozu.url + EVERYTHING, user="anybody", password="mozu_forged").get_objects()
        assert refused.value.response.status_code == 401


class TestStandard:
    @pytest.mark.parametrize("path", ["/taxii2/", "/taxii2/knowledge/", "/taxii2/knowledge/collections/", EVERYTHING, EVERYTHING + "objects/", EVERYTHING + "manifest/"])
    def test_media_types(self, plain, path):  # §1.6.8
        for accept in (MEDIA, "application/taxii+json", "application/taxii+json; version=2.1", "*/*", "application/json;q=0.1, application/taxii+json;version=2.1"):
            answer = plain.get(path, accept=accept)
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA), accept
        for accept in ("application/json", "application/taxii+json;version=2.0", "application/vnd.oasis.taxii+json; version=2.0", "text/html"):
            answer = plain.get(path, accept=accept)
            assert answer.status_code == 406 and answer.headers["Content-Type"] == MEDIA, accept

    @pytest.mark.parametrize("path", ["/taxii2/", "/taxii2/knowledge/", EVERYTHING + "objects/", "/taxii2/knowledge/collections/inbox/objects/"])
    def test_who_is_nobody_is_told_how_to_sign_in(self, mozu, path):  # §1.6.9
        answer = requests.get(mozu.url + path, headers={"Accept": MEDIA}, timeout=30)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"]

    @pytest.mark.parametrize("path", ["/taxii2/nowhere/", "/taxii2/knowledge/collections/nowhere/", "/taxii2/knowledge/collections/nowhere/objects/",
                                      EVERYTHING + "objects/tool--00000000-0000-4000-8000-999999999999/", "/taxii2/knowledge/status/00000000-0000-4000-8000-000000000000/"])
    def test_what_is_not_there(self, plain, path):
        assert plain.get(path).status_code == 404

    @pytest.mark.parametrize("query", ["added_after=yesterday", "limit=0", "limit=x", "next=nonsense", "match[version]=newest", "match[nonsense]=x"])
    def test_filters_that_mean_nothing(self, plain, query):
        answer = plain.get(f"{EVERYTHING}objects/?{query}")
        assert answer.status_code == 400 and answer.json()["title"] and answer.headers["Content-Type"] == MEDIA

    def test_no_list_is_empty(self, plain, written):  # §2: empty lists are prohibited
        def lists(value):
            if isinstance(value, list):
                yield value
            for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                yield from lists(inner)

        answers = [plain.get(f"{EVERYTHING}{what}") for what in ("objects/?match[type]=x-nothing", "manifest/?match[type]=x-nothing", f"objects/{tool(1)['id']}/versions/?added_after=2100-01-01T00:00:00Z")]
        answers.append(plain.post("/taxii2/knowledge/collections/inbox/objects/", json.dumps({"objects": [tool(902)]})))
        for answer in answers:
            assert answer.ok and all(lists(answer.json())), answer.text
        for answer in answers[:3]:
            assert not answer.json().get("more")

    def test_dates_of_a_page(self, plain, written):  # §3.4
        for what in ("objects", "manifest"):
            answer = plain.get(f"/taxii2/knowledge/collections/source:taxii/{what}/?limit=5")
            dates = [e["date_added"] for e in plain.get("/taxii2/knowledge/collections/source:taxii/manifest/?limit=5").json()["objects"]]
            assert (answer.headers["X-TAXII-Date-Added-First"], answer.headers["X-TAXII-Date-Added-Last"]) == (min(dates), max(dates))
            assert answer.json()["more"] is True and answer.json()["next"]

    def test_limits_are_lowered_not_refused(self, plain):  # §3.3
        assert plain.get(EVERYTHING + "objects/?limit=1000000").status_code == 200

    def test_writing(self, plain, mozu):  # §5.5
        inbox, good = "/taxii2/knowledge/collections/inbox/objects/", json.dumps({"objects": [tool(903)]})
        assert plain.post(inbox, good).status_code == 202
        assert plain.post(inbox, good, content="application/json").status_code == 415
        assert plain.post(inbox, good, content="application/taxii+json;version=2.0").status_code == 415
        assert plain.post(inbox, good, accept="application/json").status_code == 406
        assert plain.post(inbox, "{").status_code == 422
        assert plain.post(inbox, "[]").status_code == 422
        assert plain.post(EVERYTHING + "objects/", good).status_code == 403
        assert Plain(mozu, "feed-client").post(inbox, good).status_code == 403
        assert plain.get(inbox).status_code == 403 and plain.get("/taxii2/knowledge/collections/inbox/manifest/").status_code == 403

    def test_status_is_for_who_wrote(self, plain, mozu):  # §4.3
        made = plain.post("/taxii2/knowledge/collections/inbox/objects/", json.dumps({"objects": [tool(904)]})).json()
        path = f"/taxii2/knowledge/status/{made['id']}/"
        assert plain.get(path).json() == made and Plain(mozu, "reader").get(path).status_code == 404

    def test_basic_that_is_none(self, mozu):
        for text in ("", "x", base64.b64encode(b"no colon").decode(), base64.b64encode(b"a:b").decode() + "!", "=" * 100):
            assert requests.get(mozu.url + "/taxii2/", headers={"Authorization": f"Basic {text}"}, timeout=30).status_code == 401
