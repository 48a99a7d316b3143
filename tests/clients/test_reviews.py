"""A document is opened in its cell, reviewed and accepted."""


def test_what_of_a_document_was_left_out_is_said(mozu):
    mail = b"From: a@example.org\r\nSubject: Heron\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nat cdn[.]copper-heron[.]example\r\n"
    analyst = mozu.session("analyst")
    begun = analyst.post(mozu.url + "/api/v1/reviews?name=heron.eml", data=mail, headers={"Content-Type": "application/octet-stream"})
    assert begun.status_code == 201, begun.text
    review = analyst.get(f"{mozu.url}/api/v1/reviews/{begun.json()['id']}").json()
    assert review["title"] == "Heron" and [d["code"] for d in review["diagnostics"]] == ["part-unread"], review
    assert analyst.delete(f"{mozu.url}/api/v1/reviews/{review['id']}").status_code == 204
