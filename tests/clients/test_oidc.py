"""Signing in at a real OpenID provider (Canaille), as a browser does it: away, the provider's forms, back, a session."""
import html
import re
import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

import provider
from conftest import PATIENCE_S, ROOT, Mozu

START, CALLBACK = "/api/v1/session/oidc", "/api/v1/session/oidc/callback"


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


@pytest.fixture(scope="module")
def house(program, tmp_path_factory):
    """Two servers over one data folder, one a client with a secret, one public; and the provider between them."""
    folder = tmp_path_factory.mktemp("oidc")
    own, other, theirs = free_ports(3)
    urls = [f"https://127.0.0.1:{port}" for port in (own, other)]
    issuer = f"http://127.0.0.1:{theirs}"
    process = subprocess.Popen([sys.executable, "-B", str(ROOT / "tests/clients/provider.py"), str(theirs), *(url + CALLBACK for url in urls)], stdout=subprocess.PIPE, stderr=open(folder / "provider.log", "wb"))
    assert process.stdout.readline() == b"ready\n", (folder / "provider.log").read_text()
    (folder / "secret").write_text(provider.SECRET + "\n")
    mozu = Mozu(program, folder / "data").add_people()
    mozu.serve("--listen", f"127.0.0.1:{own}", "--oidc-issuer", issuer, "--oidc-client", provider.CLIENT, "--oidc-secret", str(folder / "secret"), "--public-url", urls[0])
    mozu.issuer = issuer
    public = Mozu(program, folder / "data")
    public.serve("--listen", f"127.0.0.1:{other}", "--oidc-issuer", issuer, "--oidc-client", provider.PUBLIC, "--public-url", urls[1])
    mozu.public = public.url
    yield mozu
    for server in (mozu, public):
        server.stop()
    process.terminate()
    process.wait(PATIENCE_S)


@pytest.fixture()
def bound(house):
    house.run("user", "bind", "reader", "--external", f"oidc {house.issuer} {provider.USER}")


@pytest.fixture()
def browser(house):
    session = requests.Session()
    session.verify = str(house.data / "tls/certificate.pem")
    return session


def form(page):
    """What a browser would send of the page's form."""
    text = re.search(r"<form.*?</form>", page.text, re.S).group(0)
    return {html.unescape(name): html.unescape(value) for name, value in re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', text, re.S)}


def way_back(browser, url):
    """From Mozu to the provider, through its forms, to the address it sends the browser back to."""
    page = browser.get(url + START, allow_redirects=False)
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if page.is_redirect:
            target = urljoin(page.url, page.headers["Location"])
            if target.startswith(url):
                return target
            page = browser.get(target, allow_redirects=False)
            continue
        assert page.status_code == 200, page.text
        fields = form(page)
        if "login" in fields:
            fields["login"] = provider.USER
        if "password" in fields:
            fields["password"] = provider.PASSWORD
        page = browser.post(page.url, data=fields, allow_redirects=False)
    raise AssertionError("the provider does not send the browser back")


@pytest.mark.parametrize("which", ["url", "public"])
def test_signing_in(house, bound, browser, which):
    url = getattr(house, which)
    page = browser.get(way_back(browser, url))
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html"), page.text
    me = browser.get(url + "/api/v1/session")
    assert me.json()["name"] == "reader" and me.json()["csrf"]
    assert browser.delete(url + "/api/v1/session").status_code == 403
    assert browser.delete(url + "/api/v1/session", headers={"X-CSRF-Token": me.json()["csrf"]}).status_code == 204
    assert browser.get(url + "/api/v1/session").status_code == 401
    audit = requests.get(url + "/api/v1/audit", params={"action": "sign-in"}, headers={"Authorization": f"Bearer {house.tokens['administrator']}"}, verify=browser.verify, timeout=30).json()
    assert audit["items"][0]["who"] == "reader" and f"oidc {house.issuer} {provider.USER}" in audit["items"][0]["detail"]


def test_cookies_are_for_this_server_alone(house, bound, browser):
    start = browser.get(house.url + START, allow_redirects=False)
    assert start.status_code == 303 and all(part in start.headers["Set-Cookie"] for part in ("__Host-mozu-oidc=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    page = browser.get(way_back(browser, house.url))
    cookies = page.raw.headers.getlist("Set-Cookie")
    assert any(c.startswith("__Host-mozu=") and "SameSite=Strict" in c and "HttpOnly" in c for c in cookies)
    assert any(c.startswith("__Host-mozu-oidc=;") and "Max-Age=0" in c for c in cookies)


def test_who_is_bound_to_nobody_is_refused_and_named_in_the_audit_log(house, browser):
    house.run("user", "bind", "reader", "--external", "")
    page = browser.get(way_back(browser, house.url))
    assert page.status_code == 401 and page.json()["code"] == "sign-in-refused" and "__Host-mozu" not in {c.name for c in browser.cookies if c.value}
    # Whose they are nobody knows: administrators of the installation see the line, those of an organisation do not.
    house.run("user", "add", "owner", "--role", "administrator", "--clearance", "red", stdin="correct horse battery\n")
    owner = house.run("token", "add", "owner", "--scopes", "all").strip()

    def failed(token):
        return requests.get(house.url + "/api/v1/audit", params={"action": "sign-in-failed"}, headers={"Authorization": f"Bearer {token}"}, verify=browser.verify, timeout=30).json()

    assert failed(house.tokens["administrator"])["items"] == []
    audit = failed(owner)
    assert audit["items"][0]["object"] == f"oidc {house.issuer} {provider.USER}"


def test_a_way_back_is_good_once(house, bound, browser):
    back = way_back(browser, house.url)
    cookie = {c.name: c.value for c in browser.cookies}["__Host-mozu-oidc"]
    assert browser.get(back).status_code == 200
    again = requests.get(back, cookies={"__Host-mozu-oidc": cookie}, verify=browser.verify, timeout=30)
    assert again.status_code == 401 and "Set-Cookie" in again.headers and "__Host-mozu=" not in again.headers["Set-Cookie"]


def test_a_way_back_belongs_to_the_browser_that_began(house, bound, browser):
    back = way_back(browser, house.url)
    victim = requests.Session()
    victim.verify = browser.verify
    assert victim.get(back).status_code == 401
    victim.get(house.url + START, allow_redirects=False)
    assert victim.get(back).status_code == 401
    for name, value in (("state", "forged"), ("iss", "https://evil.example"), ("code", "forged")):
        query = {**{k: v[0] for k, v in parse_qs(urlsplit(back).query).items()}, name: value}
        assert requests.get(house.url + CALLBACK, params=query, cookies={c.name: c.value for c in browser.cookies if c.name == "__Host-mozu-oidc"}, verify=browser.verify, timeout=30).status_code == 401, name


def test_a_disabled_user_stays_outside(house, bound, browser):
    admin = {"Authorization": f"Bearer {house.tokens['administrator']}"}
    for disabled, status in ((True, 401), (False, 200)):
        assert requests.patch(house.url + "/api/v1/users/reader", json={"disabled": disabled}, headers=admin, verify=browser.verify, timeout=30).status_code == 200
        page = browser.get(way_back(browser, house.url))
        assert page.status_code == status, page.text
