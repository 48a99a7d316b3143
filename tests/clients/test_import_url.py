"""`mozu import https://…` against a real server: what is fetched, what is told, and what is refused."""
import contextlib
import http.server
import json
import os
import subprocess
import threading

import pytest
from conftest import PATIENCE_S, ROOT, Mozu
from receivers import authority, context_of


class Files(http.server.BaseHTTPRequestHandler):
    """Answers by path: {"/a": (status, headers, body)}."""
    answers = {}

    def do_GET(self):
        status, headers, body = self.answers.get(self.path, (404, {}, b"no"))
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(answers, keys=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("", (Files,), {"answers": answers}))
    if keys:
        server.socket = context_of(keys[1], keys[2]).wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if keys else 'http'}://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("keys") / "pki")


def imported(program, data, *words, trusted=None):
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")} | ({"SSL_CERT_FILE": str(trusted)} if trusted else {})
    return subprocess.run([program, "import", "--data", data, *words], capture_output=True, text=True, timeout=PATIENCE_S, env=environment, stdin=subprocess.DEVNULL)


FEED = ROOT / "examples/feeds/phishing-domains.txt"


def test_a_file_is_fetched_and_the_store_knows_from_where(program, tmp_path, keys):
    with served({"/lists/bad%20ones.txt?day=1": (200, {}, FEED.read_bytes()), "/moved": (302, {"Location": "/lists/bad%20ones.txt?day=1"}, b"")}, keys) as base:
        url = f"{base}/lists/bad%20ones.txt?day=1"
        done = imported(program, tmp_path / "data", "--json", url, trusted=keys[0])
        assert done.returncode == 0, done.stderr
        row = json.loads(done.stdout)
        assert row["file"] == url.partition("?")[0] and row["added"] > 0
        again = json.loads(imported(program, tmp_path / "data", "--json", "--source", "bad_20ones", f"{base}/moved", trusted=keys[0]).stdout)
        assert again["added"] == 0 and again["unchanged"] == row["objects"] and again["file"] == f"{base}/moved"
    house = Mozu(program, tmp_path / "data")
    house.run("user", "add", "ann", "--role", "analyst", "--no-password")
    house.tokens["ann"] = house.run("token", "add", "ann", "--scopes", "all").strip()
    house.serve("--plain")
    origins = {one["origin"] for one in house.session("ann").get(house.url + "/api/v1/imports").json()["items"]}
    assert origins == {url.partition("?")[0], f"{base}/moved"}, "a query may hold a key"
    house.stop()


def test_what_cannot_be_fetched_is_told_and_nothing_is_kept(program, tmp_path, keys):
    cut = (200, {"Content-Length": "100000"}, b"evil.example\n")
    with served({"/cut": cut, "/down": (302, {"Location": "http://localhost:1/x"}, b""), "/loop": (302, {"Location": "/loop"}, b"")}, keys) as base:
        for path in ("/absent", "/cut", "/down", "/loop"):
            done = imported(program, tmp_path / "data", f"{base}{path}", trusted=keys[0])
            assert done.returncode != 0 and f"{base}{path} was not fetched" in done.stderr, (path, done.stderr)
    with served({"/prose": (200, {}, b"Nothing of this is a list.\nIt is prose, and long enough to be seen as such.\n")}, keys) as base:
        done = imported(program, tmp_path / "data", f"{base}/prose", trusted=keys[0])
        assert done.returncode != 0 and f"--> {base}/prose" in done.stdout + done.stderr and "mozu-import-" not in done.stdout + done.stderr, done.stdout
    with served({"/cut": cut}, keys) as base:
        untrusted = imported(program, tmp_path / "data", f"{base}/cut")
        assert untrusted.returncode != 0 and "certificate" in untrusted.stderr, untrusted.stderr
    nobody = imported(program, tmp_path / "data", "http://127.0.0.1:1/list.txt")
    assert nobody.returncode != 0 and "hint:" in nobody.stderr
    assert imported(program, tmp_path / "data", "https://a b/").returncode != 0
    secret = imported(program, tmp_path / "data", "https://ann:secret@localhost:1/list.txt")
    assert secret.returncode != 0 and "password" in secret.stderr and "secret" not in secret.stderr
