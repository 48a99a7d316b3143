"""A disk without one free byte, from outside: whoever must be shut out is shut out, and stays so when the server starts anew."""
import contextlib

import pytest
import requests

from conftest import Mozu, small_disk

PASSWORD = "correct horse battery"
RESERVE = 2 << 20


@pytest.fixture
def house(program, tmp_path):
    with small_disk(tmp_path / "disk", "48m") as disk:
        made = Mozu(program, disk / "data")
        try:
            made.add_people().serve("--plain")
            yield made
            if made.process.poll() is None:
                made.stop()
        finally:
            if made.process and made.process.poll() is None:
                made.process.kill()
                made.process.wait()


def fill(house):
    with contextlib.suppress(OSError), open(house.data / "filler", "ab", buffering=0) as filler:
        while True:
            filler.write(bytes(1 << 20))
    with contextlib.suppress(OSError), open(house.data / "filler", "ab", buffering=0) as filler:
        while True:
            filler.write(bytes(512))


def sign_in(house, name):
    answer = requests.post(f"{house.url}/api/v1/session", json={"name": name, "password": PASSWORD}, timeout=30)
    assert answer.status_code == 201, answer.text
    return {"Cookie": f"__Host-mozu={answer.cookies['__Host-mozu']}", "X-CSRF-Token": answer.json()["csrf"]}


def status(house, headers):
    return requests.get(f"{house.url}/api/v1/session", headers=headers, timeout=30).status_code


def bearer(house, who):
    return {"Authorization": f"Bearer {house.tokens[who]}"}


def write_until_full(house):
    """Tokens fill what is left in the log of the base."""
    for n in range(20_000):
        answer = house.session("analyst").post(f"{house.url}/api/v1/tokens", json={"name": f"{n}" * 40, "scopes": "read"}, timeout=30)
        if answer.status_code == 507:
            return answer.json()
        assert answer.status_code == 201, answer.text
        fill(house)
    raise AssertionError("the disk does not fill")


def test_whoever_must_be_shut_out_is(house):
    sessions = {who: sign_in(house, who) for who in ("author", "reader", "analyst")}
    tokens = {who: house.session(who).get(f"{house.url}/api/v1/tokens", timeout=30).json()["items"][0]["id"] for who in ("feed-client", "author")}
    assert (house.data / "people.reserve").stat().st_size == RESERVE
    fill(house)
    assert write_until_full(house)["code"] == "store-full"
    admin = house.session("administrator")

    signed_out = requests.delete(f"{house.url}/api/v1/session", headers=sessions["author"], timeout=30)
    assert signed_out.status_code == 204, signed_out.text
    disabled = admin.patch(f"{house.url}/api/v1/users/reader", json={"disabled": True}, timeout=30)
    assert disabled.status_code == 200 and disabled.json()["disabled"], disabled.text
    revoked = admin.delete(f"{house.url}/api/v1/users/feed-client/tokens/{tokens['feed-client']}", timeout=30)
    assert revoked.status_code == 204, revoked.text
    own = house.session("author").delete(f"{house.url}/api/v1/tokens/{tokens['author']}", timeout=30)
    assert own.status_code == 204, own.text
    assert write_until_full(house)["code"] == "store-full", "for anything else there is no room"

    def all_are_out():
        assert status(house, sessions["author"]) == status(house, sessions["reader"]) == 401
        for who in ("feed-client", "author", "reader"):
            assert status(house, bearer(house, who)) == 401, who
        assert status(house, sessions["analyst"]) == 200, "nobody else is"

    all_are_out()
    house.process.kill()
    house.process.wait()
    house.serve("--plain")
    all_are_out()
    log = [(line["action"], line["object"]) for line in admin.get(f"{house.url}/api/v1/audit", timeout=30).json()["items"]]
    assert {("sign-out", "author"), ("user-change", "reader"), ("token-remove", f"{tokens['feed-client']}"), ("token-remove", f"{tokens['author']}")} <= set(log)


def test_the_reserve_has_an_end_and_comes_back(house):
    mine = sign_in(house, "analyst")
    fill(house)
    write_until_full(house)
    (house.data / "people.reserve").write_bytes(b"")
    fill(house)
    answer = requests.delete(f"{house.url}/api/v1/session", headers=mine, timeout=30)
    assert answer.status_code == 507 and answer.json()["code"] == "store-full", answer.text
    assert status(house, mine) == 200, "what was not done is not told as done"
    (house.data / "filler").unlink()
    assert requests.delete(f"{house.url}/api/v1/session", headers=mine, timeout=30).status_code == 204
    assert house.session("analyst").post(f"{house.url}/api/v1/tokens", json={"name": "later", "scopes": "read"}, timeout=30).status_code == 201
    assert (house.data / "people.reserve").stat().st_size == RESERVE
