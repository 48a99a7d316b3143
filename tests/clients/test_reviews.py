"""A document is opened in its cell, reviewed and accepted."""
from conftest import sample


def test_what_of_a_document_was_left_out_is_said(mozu):
    mail = b"From: a@example.org\r\nSubject: Heron\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nat cdn[.]copper-heron[.]example\r\n"
    analyst = mozu.session("analyst")
    begun = analyst.post(mozu.url + "/api/v1/reviews?name=heron.eml", data=mail, headers={"Content-Type": "application/octet-stream"})
    assert begun.status_code == 201, begun.text
    review = analyst.get(f"{mozu.url}/api/v1/reviews/{begun.json()['id']}").json()
    assert review["title"] == "Heron" and [d["code"] for d in review["diagnostics"]] == ["part-unread"], review
    assert analyst.delete(f"{mozu.url}/api/v1/reviews/{review['id']}").status_code == 204


def test_what_a_person_said_of_findings_outlives_a_kill(program, tmp_path):
    house = sample(program, tmp_path).serve("--plain")
    analyst = house.session("analyst")
    begun = analyst.post(house.url + "/api/v1/reviews?name=heron.txt", data=b"It talks to cdn[.]heron[.]example and 203.0.113.9 today.\n", headers={"Content-Type": "application/octet-stream"}).json()
    at = {f["value"]: f["index"] for f in begun["findings"]}
    changed = analyst.patch(f"{house.url}/api/v1/reviews/{begun['id']}", json={"version": begun["version"], "findings": [
        {"index": at["203.0.113.9"], "value": "203[.]0[.]113[.]10"}, {"index": at["cdn.heron.example"], "accepted": False}, {"type": "url", "value": "hxxp://Added[.]heron[.]example/x"}]})
    assert changed.status_code == 200, changed.text
    house.process.kill()
    house.process.wait(timeout=30)
    house.serve("--plain")
    review = house.session("analyst").get(f"{house.url}/api/v1/reviews/{begun['id']}").json()
    assert {f["value"]: f["accepted"] for f in review["findings"]} == {"203.0.113.10": True, "cdn.heron.example": False, "added.heron.example/x": True}
    assert review["version"] == changed.json()["version"]
    text = house.session("analyst").get(f"{house.url}/api/v1/reviews/{begun['id']}/text").json()
    assert text == {"text": "It talks to cdn[.]heron[.]example and 203.0.113.9 today.\n", "cut": False}
    house.stop()
