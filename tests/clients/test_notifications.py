"""Notifications against real servers: SMTP with STARTTLS, TLS and sign-in, HTTPS receivers; refused, cut, slow, down, killed in between."""
import hashlib
import hmac
import ipaddress
import json
import re
import shutil
import signal
import socket
import sqlite3
import time

import pytest
import requests
from conftest import PATIENCE_S, ROOT, Mozu
from receivers import MailServer, Receiver, authority, wait_for

PORTAL = "https://mozu.example"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("keys") / "pki")


@pytest.fixture(scope="module")
def people(program, tmp_path_factory):
    """With mail addresses, and without passwords: hashing them takes longer than all the rest. Copied by each test."""
    house = Mozu(program, tmp_path_factory.mktemp("people") / "data")
    for role in ("administrator", "analyst", "author", "reader"):
        house.run("user", "add", role, "--role", role, "--organisation", "A", "--clearance", "red", "--email", f"{role}@mail.example", "--no-password")
        house.tokens[role] = house.run("token", "add", role, "--scopes", "all").strip()
    return house


def copy(people, folder):
    shutil.copytree(people.data, folder / "data")
    return Mozu(people.program, folder / "data", tokens=people.tokens)


@pytest.fixture()
def house(people, tmp_path):
    """Served when a test knows its servers."""
    house = copy(people, tmp_path)
    yield house
    if house.process and house.process.poll() is None:
        house.process.kill()
        house.process.wait()


def serve(house, settings):
    file = house.data.with_name("notifications.toml")
    file.write_text(settings, encoding="utf-8")
    house.serve("--plain", "--notifications", file, "--public-url", PORTAL)
    return house


def rule(house, role="reader", **members):
    answer = house.session(role).post(house.url + "/api/v1/notifications/rules", json={"name": "mine"} | members)
    assert answer.status_code == 201, answer.text
    return answer.json()


def outbox(house, role="reader"):
    return house.session(role).get(house.url + "/api/v1/notifications/outbox").json()["items"]


def publication(tmp_path, slug, tlp="green", title="The heron's return", **members):
    lines = "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in members.items())
    file = tmp_path / f"{slug}.md"
    file.write_text(f'+++\nslug = "{slug}"\nkind = "apt"\ntlp = "{tlp}"\n{lines}[title]\nen = {json.dumps(title, ensure_ascii=False)}\nja = "鷺の帰還"\n'
                    f"+++ en summary\nThey came by **mail** at night.\n+++ ja summary\n夜、メールで侵入した。\n", encoding="utf-8")
    return file


def publish(house, file, organisation=None):
    """In another process, as `mozu report` does it."""
    words = ("--organisation", str(organisation)) if organisation else ()
    house.run("report", "add", "--publish", *words, str(file))


def text_of(mail, kind="plain"):
    return mail.get_body((kind,)).get_content()


def test_a_publication_of_another_process_comes_by_mail_in_both_languages(house, tmp_path, keys):
    with MailServer(keys[1], keys[2], password="pass word") as server:
        (tmp_path / "password.txt").write_text("pass word\n")
        serve(house, server.settings(keys[0], user='"mozu"', password_file='"password.txt"'))
        rule(house, language="en")
        rule(house, "analyst", language="ja")
        publish(house, publication(tmp_path, "heron", title="Rückkehr der Heron – 続報", actors=["Copper Heron"]))
        wait_for(lambda: len(server.mails) == 2)
        mails = {to[0]: mail for to, mail in server.mails}
        english, japanese = mails["reader@mail.example"], mails["analyst@mail.example"]
        assert english["Subject"] == "[Mozu] New: Rückkehr der Heron – 続報" and not english.defects
        assert english["From"].addresses[0].display_name == "Mozu 通知" and english["From"].addresses[0].addr_spec == "mozu@mozu.example"
        assert english["To"].addresses[0].addr_spec == "reader@mail.example" and server.senders[0] == "mozu@mozu.example"
        assert english["Auto-Submitted"] == "auto-generated" and re.fullmatch(r"<[0-9a-f]{32}@mozu\.example>", english["Message-ID"].strip())
        assert english["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and english["Date"].datetime is not None
        for part in ("plain", "html"):
            assert "came by mail at night" in text_of(english, part) and "Copper Heron" in text_of(english, part) and f"{PORTAL}/publications/" in text_of(english, part)
            assert "夜、メールで侵入した。" in text_of(japanese, part)
        assert japanese["Subject"] == "[Mozu] 新着: 鷺の帰還"
        assert all(not part.defects for mail in mails.values() for part in mail.walk())
        (row,) = wait_for(lambda: [r for r in outbox(house) if r["state"] == "sent"])
        assert row["event"] == "published" and row["title"] and row["tries"] == 1
        house.stop()


def test_what_is_seen_in_logs_comes_once_in_one_mail(house, tmp_path, keys):
    lines = (ROOT / "examples/detections.ndjson").read_text(encoding="utf-8").splitlines(keepends=True)
    with MailServer(keys[1], keys[2], security="tls") as server:
        serve(house, server.settings(keys[0]))
        asked = rule(house, filter={"events": ["detected"]}, language="ja")
        rule(house, "analyst")  # of publications alone
        for name, part in (("morning", lines[:len(lines) // 2]), ("noon", lines)):
            (tmp_path / f"{name}.ndjson").write_text("".join(part), encoding="utf-8")
            house.run("import", "--organisation", "1", "--tlp", "green", "--source", "our logs", str(tmp_path / f"{name}.ndjson"))
        ((to, mail),) = wait_for(lambda: server.mails)
        assert to == ["reader@mail.example"] and mail["Subject"].startswith("[Mozu] お使いのログで検知: 新しい検知 ")
        assert "[.]" in text_of(mail) and "firewall-cef.log" in text_of(mail) and "/search?type=observed-data" in text_of(mail)
        rows = wait_for(lambda: (found := outbox(house)) and len(found) == 2 and {r["state"] for r in found} == {"waiting", "sent"} and found)
        assert {(r["event"], r["rule"]) for r in rows} == {("detected", asked["id"])} and all(r["count"] > 0 for r in rows)
        assert outbox(house, "analyst") == [] and len(server.mails) == 1, "what comes within a quarter of an hour waits for its end"
        house.stop()


def test_filters_revisions_and_withdrawals(house, tmp_path, keys):
    with MailServer(keys[1], keys[2], security="tls") as server:
        serve(house, server.settings(keys[0]))
        rule(house, name="heron", filter={"actors": ["copper heron"], "countries": ["Japan"]})
        rule(house, name="gone", filter={"events": ["withdrawn"]})
        publish(house, publication(tmp_path, "other", actors=["Somebody else"], geography=["Japan"]))
        publish(house, publication(tmp_path, "heron", actors=["Copper Heron"], geography=["Japan"]))
        wait_for(lambda: len(server.mails) == 1)
        publish(house, publication(tmp_path, "heron", title="Second look", actors=["Copper Heron"], geography=["Japan"]))
        wait_for(lambda: len(server.mails) == 2)
        publish(house, publication(tmp_path, "heron", title="Second look", actors=["Copper Heron"], geography=["Japan"]))  # the same: nothing new
        house.run("report", "withdraw", "heron")
        wait_for(lambda: len(server.mails) == 4)
        subjects = [mail["Subject"] for _, mail in server.mails]
        assert sorted(subjects) == ["[Mozu] New: The heron's return", "[Mozu] Revised: Second look", "[Mozu] Withdrawn: Second look", "[Mozu] Withdrawn: Second look"]
        assert "came by mail" not in text_of(server.mails[-1][1])
        house.stop()
        assert len(server.mails) == 4


def test_nothing_above_the_clearance_or_beyond_what_may_leave(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        house.session("administrator").patch(f"{house.url}/api/v1/users/author", json={"clearance": "green"})
        rule(house, "reader")  # cleared for RED
        rule(house, "author")  # for GREEN
        publish(house, publication(tmp_path, "secret", tlp="amber", title="Secret of the heron", actors=["Copper Heron"]), organisation=1)
        house.run("user", "add", "neighbour", "--role", "reader", "--organisation", "Of others", "--no-password")
        publish(house, publication(tmp_path, "of-others", tlp="amber", title="Of others"), organisation="Of others")
        publish(house, publication(tmp_path, "open", tlp="green", title="Open words"), organisation=1)
        wait_for(lambda: len(server.mails) == 3)
        assert sorted((to[0], mail["Subject"]) for to, mail in server.mails) == [
            ("author@mail.example", "[Mozu] New: Open words"), ("reader@mail.example", "[Mozu] New: Open words"), ("reader@mail.example", "[Mozu] Something new for you")]
        hidden = next(mail for _, mail in server.mails if "Something" in mail["Subject"])
        for text in (hidden.as_string(), text_of(hidden), text_of(hidden, "html")):
            assert not re.search("secret|heron|amber|night", text, re.I), text
        assert [r["title"] for r in outbox(house, "author")] == ["Open words"]
        house.stop()


def test_no_header_is_injected(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        evil = "x\r\nBcc: all@mail.example\r\n\r\nbody"
        session = house.session("reader")
        for members in ({"name": evil}, {"name": "x", "filter": {"actors": [evil]}}, {"name": "x", "language": evil}):
            assert session.post(house.url + "/api/v1/notifications/rules", json=members).status_code == 422
        for address in ("reader@mail.example\r\nBcc: all@mail.example", "reader@mail.example>\r\nRCPT TO:<all@mail.example", "a@b.example, c@d.example"):
            assert house.session("administrator").patch(f"{house.url}/api/v1/users/reader", json={"email": address}).status_code == 422
        rule(house)
        # What is no address is not taken; one that is in the base all the same is written to by nobody.
        house.stop()
        with sqlite3.connect(house.data / "people.db") as base:
            assert base.execute("UPDATE account SET email = ? WHERE name = ?", (b"reader@mail.example\r\nBcc: all@mail.example", b"reader")).rowcount == 1
        serve(house, server.settings(keys[0]))
        publish(house, publication(tmp_path, "evil", title="Title \u2028Bcc: all@mail.example =?UTF-8?Q?=0ABcc:_x?="))
        (row,) = wait_for(lambda: [r for r in outbox(house) if r["state"] != "waiting"])
        assert row["state"] == "failed" and "address" in row["why"] and not server.mails
        house.session("administrator").patch(f"{house.url}/api/v1/users/reader", json={"email": "reader@mail.example"})
        publish(house, publication(tmp_path, "evil", title="Again \u2028Bcc: all@mail.example =?UTF-8?Q?=0ABcc:_x?="))
        wait_for(lambda: server.mails)
        to, mail = server.mails[0]
        assert to == ["reader@mail.example"] and mail["Bcc"] is None and not mail.defects
        house.stop()


def test_refused_cut_slow_and_down(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, "retry_seconds = 1\n" + server.settings(keys[0]))
        rule(house)
        rule(house, "analyst")
        server.refused["analyst@mail.example"] = "550 5.1.1 nobody of this name"
        server.answers = ["451 4.3.0 not now", "cut", 12]  # each wait is three times the one before
        publish(house, publication(tmp_path, "heron"))
        wait_for(lambda: server.mails)
        (row,) = wait_for(lambda: [r for r in outbox(house) if r["state"] == "sent"])
        assert row["tries"] >= 3
        (row,) = wait_for(lambda: [r for r in outbox(house, "analyst") if r["state"] == "failed"])
        assert row["tries"] == 1 and "550" in row["why"] and "nobody" in row["why"]
    port = server.port
    publish(house, publication(tmp_path, "second"))  # nobody answers now
    wait_for(lambda: [r for r in outbox(house) if r["state"] == "waiting" and r.get("why")])
    with MailServer(keys[1], keys[2], port=port) as server:
        wait_for(lambda: server.mails)
        house.stop()


@pytest.mark.parametrize("fault", ["certificate", "password", "no-starttls"])
def test_a_server_that_is_not_the_one_gets_no_mail(house, tmp_path, keys, fault):
    stranger = authority(tmp_path / "stranger")
    with MailServer(keys[1], keys[2], security="none" if fault == "no-starttls" else "starttls", password="right" if fault == "password" else None) as server:
        (tmp_path / "password.txt").write_text("wrong\n")
        server.security = "starttls"
        more = {"user": '"mozu"', "password_file": '"password.txt"'} if fault == "password" else {}
        serve(house, server.settings(stranger[0] if fault == "certificate" else keys[0], **more))
        made = rule(house)
        assert house.session("reader").post(f"{house.url}/api/v1/notifications/rules/{made['id']}/test").status_code == 202
        (row,) = wait_for(lambda: [r for r in outbox(house) if r.get("why")])
        assert row["state"] == "waiting" and row["event"] == "test"
        assert "wrong" not in house.log.read_text()
        house.stop()
        assert not server.mails


def test_killed_in_between_nothing_is_lost(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        settings = server.settings(keys[0], timeout_seconds=4, connections=3)
        serve(house, settings)
        for i in range(40):
            rule(house, name=f"rule {i}")
        server.hold.clear()
        publish(house, publication(tmp_path, "heron"))
        wait_for(lambda: server.waiting == 3)  # handed over, not yet answered
        house.process.send_signal(signal.SIGKILL)
        house.process.wait()
        server.hold.set()
        publish(house, publication(tmp_path, "second", title="While nobody was there"))
        serve(house, settings)
        wait_for(lambda: len([r for r in outbox(house) if r["state"] == "sent"]) == 80)
        ids = [mail["Message-ID"] for _, mail in server.mails]
        assert len(set(ids)) == 80
        assert len(ids) - len(set(ids)) <= 3  # what was answered to nobody may come twice, with the same id
        house.stop()


def test_one_click_ends_a_rule_and_looking_does_not(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        made = rule(house, language="ja")
        publish(house, publication(tmp_path, "heron"))
        wait_for(lambda: server.mails)
        link = server.mails[0][1]["List-Unsubscribe"].strip("<> ")
        assert link.startswith(PORTAL + "/api/v1/notifications/unsubscribe?token=")
        assert link in text_of(server.mails[0][1])
        link = link.replace(PORTAL, house.url)
        looked = requests.get(link, timeout=PATIENCE_S)
        assert looked.status_code == 200 and "form" in looked.text and "script" not in looked.text and "form-action 'self'" in looked.headers["Content-Security-Policy"]
        now = lambda: house.session("reader").get(f"{house.url}/api/v1/notifications/rules/{made['id']}").json()
        assert now()["enabled"] is True
        for _ in range(2):
            assert requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=PATIENCE_S).status_code == 200
        assert now()["enabled"] is False and now()["stopped"]
        assert requests.post(link[:-2] + "00", timeout=PATIENCE_S).status_code == 404
        publish(house, publication(tmp_path, "second"))
        changed = house.session("reader").patch(f"{house.url}/api/v1/notifications/rules/{made['id']}", json={"enabled": True})
        assert changed.status_code == 200 and "stopped" not in changed.json()
        house.stop()
        assert len(server.mails) == 1


def test_others_have_no_rules_of_mine(house, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        made = rule(house)
        place = f"{house.url}/api/v1/notifications/rules/{made['id']}"
        for role in ("administrator", "analyst"):
            other = house.session(role)
            assert other.get(house.url + "/api/v1/notifications/rules").json()["items"] == []
            assert [other.get(place).status_code, other.patch(place, json={"name": "x"}).status_code, other.delete(place).status_code, other.post(place + "/test").status_code] == [404] * 4
            assert other.get(house.url + "/api/v1/notifications/outbox", params={"rule": made["id"]}).json()["items"] == []
        mine = house.session("reader")
        assert mine.patch(place, json={"name": "y"}, headers={"If-Match": '"99"'}).status_code == 412
        assert mine.patch(place, json={"name": "y"}, headers={"If-Match": mine.get(place).headers["ETag"]}).json()["name"] == "y"
        house.stop()


def signed(request, secret):
    _, headers, body = request
    parts = dict(p.split("=", 1) for p in headers["Mozu-Signature"].split(","))
    return hmac.compare_digest(parts["v1"], hmac.new(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hexdigest()) and abs(time.time() - int(parts["t"])) < 300


def test_webhooks_are_signed_tried_again_and_follow_nowhere(house, tmp_path, keys):
    with Receiver(keys[1], keys[2]) as receiver:
        serve(house, f'retry_seconds = 1\n[webhook]\nallow = ["127.0.0.1"]\nauthority = "{keys[0]}"\ntimeout_seconds = 10\n')
        made = rule(house, channel="webhook", url=f"https://127.0.0.1:{receiver.port}/hook?x=1", filter={"kinds": ["apt"]})
        assert made["secret"].startswith("whsec_")
        assert "secret" not in house.session("reader").get(f"{house.url}/api/v1/notifications/rules/{made['id']}").json()
        receiver.answers = [500, 302, 12.0]
        publish(house, publication(tmp_path, "heron", actors=["Copper Heron"]))
        wait_for(lambda: [r for r in outbox(house) if r["state"] == "sent"])
        assert len(receiver.requests) == 4 and all(path == "/hook?x=1" for path, _, _ in receiver.requests)
        assert all(signed(r, made["secret"]) for r in receiver.requests)
        assert len({headers["Mozu-Delivery"] for _, headers, _ in receiver.requests}) == 1
        body = json.loads(receiver.requests[-1][2])
        assert body["rule"] == made["id"] and body["events"][0]["actors"] == ["Copper Heron"] and body["events"][0]["event"] == "published" and "night" in body["events"][0]["summary"]
        publish(house, publication(tmp_path, "secret", tlp="red", title="Secret heron"), organisation=1)
        wait_for(lambda: len(receiver.requests) == 5)
        assert json.loads(receiver.requests[-1][2])["events"] == [{"hidden": True, "url": PORTAL + "/"}]
        receiver.answers = [410]
        publish(house, publication(tmp_path, "third"))
        wait_for(lambda: not house.session("reader").get(f"{house.url}/api/v1/notifications/rules/{made['id']}").json()["enabled"])
        house.stop()
        assert len(receiver.requests) == 6


def name_of_this_machine():
    name = socket.gethostname()
    try:
        addresses = {found[4][0] for found in socket.getaddrinfo(name, 443)}
    except OSError:
        addresses = set()
    if not addresses or any(ipaddress.ip_address(a.split("%")[0]).is_global for a in addresses):
        pytest.skip("this machine has no name that leads to an internal address")
    return name


def test_webhooks_do_not_reach_internal_addresses(house, tmp_path, keys):
    with Receiver(keys[1], keys[2]) as receiver:
        serve(house, f'retry_seconds = 1\n[webhook]\nauthority = "{keys[0]}"\n')
        session = house.session("reader")
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "[fe80::1]"):
            answer = session.post(house.url + "/api/v1/notifications/rules", json={"name": "x", "channel": "webhook", "url": f"https://{host}:{receiver.port}/"})
            assert answer.status_code == 422, host
        # Names are judged when they are resolved: this one is of the loopback, and was not when the rule was made.
        made = rule(house, channel="webhook", url=f"https://{name_of_this_machine()}:{receiver.port}/")
        assert session.post(f"{house.url}/api/v1/notifications/rules/{made['id']}/test").status_code == 202
        (row,) = wait_for(lambda: [r for r in outbox(house) if r.get("why")])
        # The same as of a name that leads nowhere, or the outbox would tell what names inside lead to.
        assert row["state"] != "delivered" and row["why"] == "the host's name leads nowhere, or to an address inside that the operator does not allow"
        assert not receiver.requests
        house.stop()


def test_a_digest_waits_for_its_hour(house, tmp_path, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        made = rule(house, rhythm="daily", hour=(time.gmtime().tm_hour + 3) % 24, name="each morning")
        for slug in ("one", "two", "three"):
            publish(house, publication(tmp_path, slug, title=f"Title {slug}"))
        wait_for(lambda: len(outbox(house)) == 3)
        assert {r["state"] for r in outbox(house)} == {"waiting"} and len({r["due"] for r in outbox(house)}) == 1 and outbox(house)[0]["due"].endswith(":00:00Z")
        house.stop()
        # The hour comes: the base is told so, as no test waits for a clock.
        with sqlite3.connect(house.data / "people.db") as base:
            base.execute("UPDATE notice SET due_ms = 1")
        serve(house, server.settings(keys[0]))
        wait_for(lambda: server.mails)
        wait_for(lambda: {r["state"] for r in outbox(house)} == {"sent"})
        (mail,) = [mail for _, mail in server.mails]
        assert mail["Subject"] == "[Mozu] each morning: 3 publications"
        assert all(f"Title {slug}" in text_of(mail) for slug in ("one", "two", "three"))
        assert made["rhythm"] == "daily"
        house.stop()


def test_a_rule_is_switched_off_where_nothing_is_sent_any_more(house, keys):
    with MailServer(keys[1], keys[2]) as server:
        serve(house, server.settings(keys[0]))
        made = rule(house)
        house.stop()
    house.serve("--plain")
    session, url = house.session("reader"), f"{house.url}/api/v1/notifications/rules/{made['id']}"
    off = session.patch(url, json={"enabled": False})
    assert off.status_code == 200 and off.json()["enabled"] is False, off.text
    on = session.patch(url, json={"enabled": True})
    assert on.status_code == 409 and on.json()["code"] == "notify-off"
    house.stop()


def test_without_settings_nothing_is_sent(house):
    house.serve("--plain")
    session = house.session("reader")
    assert session.get(house.url + "/api/v1/notifications").json() == {"mail": False, "webhook": False, "address": "reader@mail.example", "tlp_max": "TLP:GREEN"}
    for members in ({"name": "x"}, {"name": "x", "channel": "webhook", "url": "https://hooks.example/"}):
        answer = session.post(house.url + "/api/v1/notifications/rules", json=members)
        assert answer.status_code == 409 and answer.json()["code"] == "notify-off"
    house.stop()
