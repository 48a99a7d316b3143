"""Attribution from outside: a server killed in the middle of a job, a full disk, uploads without end, many who send at once, and the STIX of a verdict."""
import concurrent.futures
import json
import os
import subprocess
import time

import pytest

from conftest import Mozu, small_disk
from test_stix import complaints

LINES = "".join(f"zibeth command number {i} that only this sample has\n" for i in range(60))
PATIENCE_S = 30


@pytest.fixture
def house(program, tmp_path):
    """Knows one sample of one actor and one of a malware; served by nobody yet."""
    made = Mozu(program, tmp_path / "data").add_people()
    (tmp_path / "bot.txt").write_text(LINES)
    made.run("gene", "add", "--actor", "Zibeth Lynx", "--malware", "ZIBDOOR", str(tmp_path / "bot.txt"))
    yield made
    if made.process and made.process.poll() is None:
        made.stop()


def send(house, body, name="x.txt"):
    return house.session("analyst").post(f"{house.url}/api/v1/attributions", params={"name": name}, data=body)


def state(house, job):
    return house.session("analyst").get(f"{house.url}/api/v1/attributions/{job}").json()


def until(house, job, wanted):
    end = time.monotonic() + PATIENCE_S
    while (now := state(house, job))["state"] not in wanted:
        assert time.monotonic() < end, now
        time.sleep(0.05)
    return now


@pytest.fixture
def endless(tmp_path, monkeypatch):
    """A worker that never answers, in place of mozu-cell; taken away again by what is returned."""
    cell = tmp_path / "cell"
    cell.write_text("#!/bin/sh\nexec sleep 60\n")
    cell.chmod(0o700)
    monkeypatch.setenv("MOZU_CELL", str(cell))
    return lambda: monkeypatch.delenv("MOZU_CELL")


def test_the_report_is_that_of_the_command_line(house, tmp_path):
    (tmp_path / "x.txt").write_text(LINES[:1500] + "and a line of its own, unlike all of those\n")
    house.serve("--plain")
    job = send(house, (tmp_path / "x.txt").read_bytes()).json()["id"]
    until(house, job, {"done"})
    for options, query in (((), {}), (("--weak",), {"weak": "true"})):
        told = subprocess.run([house.program, "attribute", "--data", house.data, "--json", "--disassembly", *options, "x.txt"], cwd=tmp_path, capture_output=True, check=True).stdout
        assert house.session("analyst").get(f"{house.url}/api/v1/attributions/{job}/report", params=query).content == told
    assert b'"sample_disassembly":["' in told, "both sides"


RULE = """rule %s : zibeth { meta: description = "%s words" strings: $a = "zibeth command number 7 " condition: $a }
"""


def publish(house, folder, tlp):
    (folder / f"{tlp}.yar").write_text(RULE % (f"Zibeth_{tlp}", tlp))
    text = f'+++\nslug = "zibeth-{tlp}"\nkind = "apt"\ntlp = "{tlp}"\ndate = 2026-11-10\n[title]\nen = "Zibeth, {tlp}"\n[[attachment]]\nkind = "yara"\nfile = "{tlp}.yar"\n'
    (folder / f"{tlp}.md").write_text(text + "+++ en summary\nA summary.\n+++ en full\nAll of it.\n")
    house.run("report", "add", "--publish", "--accept-warnings", str(folder / f"{tlp}.md"))


def test_rules_of_publications_that_all_may_see(house, tmp_path):
    for tlp in ("green", "red"):
        publish(house, tmp_path, tlp)
    house.serve("--plain")

    def fitting():
        job = send(house, LINES).json()["id"]
        until(house, job, {"done"})
        objects = house.session("analyst").get(f"{house.url}/api/v1/attributions/{job}/report").json()["objects"]
        return objects[0]["yara"]

    hits = fitting()
    assert [hit["rule"] for hit in hits] == ["Zibeth_green", "Zibeth_red"]
    assert hits[0] == {"rule": "Zibeth_green", "description": "green words", "tags": ["zibeth"], "strings": [{"name": "$a", "offset": LINES.index("zibeth command number 7 ")}]}
    # A colleague who may not see what is RED reads the same reports.
    house.run("user", "add", "lee", "--role", "analyst", "--organisation", "A", "--clearance", "green", stdin="correct horse battery\n")
    assert [hit["rule"] for hit in fitting()] == ["Zibeth_green"]


def test_a_killed_server_goes_on(house, endless):
    house.serve("--plain")
    job = send(house, LINES).json()["id"]
    until(house, job, {"running"})
    house.process.kill()
    house.process.wait()
    kept = [p for p in house.data.rglob("*") if p.is_file() and b"zibeth command" in p.read_bytes() and "genes" not in p.parts]
    assert not kept, "nothing of the sample lies about readable"
    endless()
    house.serve("--plain")
    assert until(house, job, {"done", "failed"})["tries"] == 2
    assert state(house, job)["named"][0]["entity"] == "Zibeth Lynx"


def test_and_gives_up_at_the_third_time(house, endless):
    house.serve("--plain")
    job = send(house, LINES).json()["id"]
    for _ in range(3):
        until(house, job, {"running"})
        house.process.kill()
        house.process.wait()
        house.serve("--plain")
        time.sleep(0.1)
    ended = until(house, job, {"failed"})
    assert ended["problem"]["code"] == "attribution-tries", ended
    assert house.session("analyst").get(f"{house.url}/healthz").status_code == 200


def test_a_full_disk(house):
    with small_disk(house.data / "samples", "300m"):
        house.serve("--plain")
        first = send(house, os.urandom(30 << 20))
        assert first.status_code == 202, first.text
        refused = send(house, os.urandom(30 << 20))
        assert refused.status_code == 507 and refused.json()["code"] == "disk-short", refused.text
        until(house, first.json()["id"], {"done"})
        assert len(house.session("analyst").get(f"{house.url}/api/v1/attributions").json()["items"]) == 1
        house.session("analyst").delete(f"{house.url}/api/v1/attributions/{first.json()['id']}").raise_for_status()
        assert send(house, os.urandom(30 << 20)).status_code == 202
        house.stop()


def test_uploads_have_an_end(house):
    house.serve("--plain")
    declared = house.session("analyst").post(f"{house.url}/api/v1/attributions", data=b"", headers={"Content-Length": str(1 << 40)}, timeout=20)
    assert declared.status_code == 413, declared.text

    def pieces():
        for _ in range(300):
            yield bytes(1 << 20)

    try:
        assert house.session("analyst").post(f"{house.url}/api/v1/attributions", data=pieces(), timeout=60).status_code == 413
    except OSError:
        pass  # it hung up while we went on
    assert [p for p in (house.data / "samples").iterdir() if not p.name.startswith(".")] == []
    assert list((house.data / "spool").iterdir()) == []


def test_many_at_once_are_bounded_and_all_done(house, endless):
    house.serve("--plain")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda i: send(house, f"{LINES}{i}\n"), range(30)))
    taken = [a.json()["id"] for a in answers if a.status_code == 202]
    assert len(taken) == 20 and all(a.status_code in (202, 429) or a.json()["code"] == "busy" for a in answers), [a.status_code for a in answers]
    house.stop()
    endless()
    house.serve("--plain")
    for job in taken:
        assert until(house, job, {"done", "failed"})["state"] == "done"


def test_the_stix_of_a_verdict(house):
    house.serve("--plain")
    for body in (LINES, "nothing that anybody knows, in a line of text\n"):
        job = send(house, body).json()["id"]
        until(house, job, {"done"})
        bundle = house.session("analyst").get(f"{house.url}/api/v1/attributions/{job}/report", params={"format": "stix"}).json()
        assert complaints(bundle) == [], json.dumps(bundle, indent=1)
        related = {o["relationship_type"] for o in bundle["objects"] if o["type"] == "relationship"}
        assert related == ({"static-analysis-of", "related-to"} if body == LINES else set())


def test_the_page_and_the_pdf_of_a_verdict(house):
    house.serve("--plain")
    job = send(house, LINES, "<script>alert(1);&.txt").json()["id"]
    until(house, job, {"done"})
    ask = lambda form: house.session("analyst").get(f"{house.url}/api/v1/attributions/{job}/report", params={"format": form}, timeout=90)
    page = ask("html")
    assert page.status_code == 200 and "Zibeth Lynx" in page.text and "<script" not in page.text and "alert(1)" in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]
    pdf = ask("pdf")
    if pdf.status_code == 503 and pdf.json()["code"] == "print-missing":
        pytest.skip("there is no Chromium to print with")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF-"), pdf.text[:300]
    assert ask("docx").status_code == 400
