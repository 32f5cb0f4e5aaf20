"""The pages: from the button on a tender to the receipt; who sees what; the endpoint for segments; the fallback."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import pytest
from bs4 import BeautifulSoup

from marketplace.bids import queries, services
from marketplace.bids.adapters import store
from marketplace.bids.models import Bid, Closing, Envelope, Receipt
from marketplace.custody import sealing
from marketplace.kernel import clock
from marketplace.tenders import services as tenders
from search import engine
from tests.cast import Cast
from tests.factories.bids import Seal, form_for, make_bid, make_draft, make_sealed_tender, right_for
from tests.factories.tenders import make_tender

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"bids:{name}", args=args)


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def typed(tender: Any, **other: str) -> dict[str, str]:
    answers = {f"answer_{row.number}": "满足" for row in tender.requirements.all()}
    rows = {
        f"{prefix}-{name}": value
        for prefix in ("schedule", "partners")
        for name, value in {
            "TOTAL_FORMS": "1",
            "INITIAL_FORMS": "0",
            "MIN_NUM_FORMS": "0",
            "MAX_NUM_FORMS": "20",
        }.items()
    }
    said = {"scheme": "方案", "price": "85", "team": "团队", "lead_share": "100"}
    steps = {"schedule-0-milestone": "中试", "schedule-0-days": "180"}
    return {**said, **rows, **steps, **answers, **other}


def test_a_bid_without_sealing_from_the_button_to_the_receipt(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    client = client_of(cast.university_admin)
    page = client.get(reverse("tenders:detail", args=[tender.code]))
    assert at("new", tender.code) in page.content.decode()
    begun = client.post(
        at("new", tender.code), {"organization": cast.university.code, "lot": "1", "form_key": "k"}
    )
    bid = Bid.objects.get()
    assert begun.headers["Location"] == at("show", bid.code)

    wrong = client.post(at("edit", bid.code), typed(tender, rev="1", lead_share="60"))
    assert wrong.status_code == 400
    assert "份额之和须为 100%" in wrong.content.decode()
    upload = SimpleUploadedFile("a.pdf", b"not a pdf")
    wrong = client.post(at("edit", bid.code), {**typed(tender, rev="1"), "uploads": upload})
    assert wrong.status_code == 400
    bid.refresh_from_db()
    saved = client.post(at("edit", bid.code), typed(tender, rev=str(bid.rev)))
    assert saved.status_code == 302
    bid.refresh_from_db()
    assert bid.form["price"] == 85_000_000

    act = {"act": "submit", "terms_rev": "1", "rev": str(bid.rev)}
    assert client.post(at("show", bid.code), act).status_code == 400
    assert not Envelope.objects.exists()
    done = client.post(at("show", bid.code), {**act, "submit-agree": "on"})
    assert done.status_code == 302
    again = client.post(at("show", bid.code), {**act, "submit-agree": "on"})
    assert again.status_code == 409
    receipt = client.get(at("receipt", bid.code, Receipt.objects.get().digest))
    assert receipt.content == bytes(Receipt.objects.get().raw)
    assert client.get(at("receipt", bid.code, "0" * 64)).status_code == 404
    body = client.get(at("show", bid.code)).content.decode()
    assert Envelope.objects.get().header_hash in body

    # What was handed in is read again by the bidder's people, and not what is typed since.
    assert at("copy", bid.code) in body
    bid.refresh_from_db()
    later = typed(tender, rev=str(bid.rev), scheme="后来改的草稿", price="99")
    assert client.post(at("edit", bid.code), later).status_code == 302
    read = client_of(cast.university_member).get(at("copy", bid.code))
    assert ("85 万元" in read.text, "后来改的草稿" in read.text) == (True, False)
    assert read["Cache-Control"] == "no-store"
    for person in (cast.approver, cast.operator, cast.authority, cast.outsider):
        assert client_of(person).get(at("copy", bid.code)).status_code == 404


def test_before_the_close_nobody_else_sees_anything(cast: Cast) -> None:
    """Every page and answer of every role about the tender is the same with a bid as without."""
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    header = Envelope.objects.get().header_hash
    addresses = [
        reverse("tenders:detail", args=[tender.code]),
        reverse("tenders:manage", args=[tender.code]),
        reverse("tenders:list"),
        reverse("workbench:home"),
        at("own"),
        at("show", bid.code),
        at("copy", bid.code),
        at("receipt", bid.code, Receipt.objects.get().digest),
        at("part", bid.code, 1, 0),
        at("part", bid.code, 1, 1),
        f"/search/?q={bid.code}",
        f"/api/v1/tenders/{tender.code}/",
        "/api/v1/bids/",
        f"/api/v1/bids/{bid.code}/",
    ]
    superuser = type(cast.operator).objects.create_superuser("root@example.com", "x" * 20)
    own = {cast.university_admin.pk, cast.university_member.pk}
    people = [person for _role, person in cast.people() if person.pk not in own]
    for person in [*people, superuser]:
        client = Client()
        if person.is_authenticated:
            client.force_login(person)
        for address in addresses:
            answer = client.get(address, follow=False)
            text = (
                b"".join(answer.streaming_content) if answer.streaming else answer.content
            ).decode()
            text = text.replace(f"q={bid.code}", "").replace(f'value="{bid.code}"', "")
            if address.startswith("/search/"):
                assert at("show", bid.code) not in text
                continue
            if bid.code in address:
                assert answer.status_code in {302, 401, 403, 404}, (person, address)
                continue
            assert bid.code not in text, (person, address)
            assert header not in text
            if not address.startswith("/api/v1/bids") and "bids" not in address:
                assert "截止时的密封清单" not in text
    mine = client_of(cast.university_member).get(f"/api/v1/bids/{bid.code}/").json()
    assert mine["receipts"][0]["header"] == header
    assert "scheme" not in json.dumps(mine)


def test_at_the_close_the_hashes_are_on_the_page_of_the_tender(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_bid(tender, cast.university, cast.university_admin)
    with clock.shift(tender.deadline - clock.now()):
        services.record_closing(tender)
        text = Client().get(reverse("tenders:detail", args=[tender.code])).content.decode()
    assert Envelope.objects.get().header_hash in text
    assert Closing.objects.get().head in text
    assert bid.code not in text
    assert cast.university.name not in text


def tus(
    client: Client, method: str, address: str, token: str, body: bytes = b"", **more: str
) -> Any:
    headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {token}", **more}
    kind = headers.pop("Content-Type", "application/octet-stream")
    return client.generic(method, address, body, content_type=kind, headers=headers)


SEGMENT = {"Content-Type": "application/offset+octet-stream"}


def test_segments_over_http_and_the_hand_in(cast: Cast) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    client = client_of(cast.university_admin)
    token = client.post(at("right", bid.code)).json()["token"]
    seal = Seal(bid, form_for(tender), {"a.pdf": b"a"})
    # Nobody's cookies, a strict client: the header alone counts.
    sending = Client(enforce_csrf_checks=True)
    names = []
    for index in range(2):
        data = bytes(seal.parts[index])
        made = tus(sending, "POST", at("uploads"), token, **{"Upload-Length": str(len(data))})
        assert made.status_code == 201
        where = made.headers["Location"]
        first = tus(sending, "PATCH", where, token, data[:9], **SEGMENT, **{"Upload-Offset": "0"})
        assert (first.status_code, first.headers["Upload-Offset"]) == (204, "9")
        for bad, status in (
            (tus(sending, "PATCH", where, token, b"x", **SEGMENT, **{"Upload-Offset": "3"}), 409),
            (tus(sending, "PATCH", where, token, b"x", **{"Upload-Offset": "9"}), 415),
            (_in_chunks(sending, where, token), 411),
            (
                tus(sending, "PATCH", where, "nobody", data, **SEGMENT, **{"Upload-Offset": "9"}),
                401,
            ),
            (sending.head(where, headers={"Authorization": f"Bearer {token}"}), 412),
            (client.head(where, headers={"Tus-Resumable": "1.0.0"}), 401),
            (tus(sending, "DELETE", where, token), 405),
            (tus(sending, "HEAD", where[:-5] + "aaaa/", token), 404),
        ):
            assert bad.status_code == status
            assert bad.headers["Tus-Resumable"] == "1.0.0"
        asked = tus(sending, "HEAD", where, token)
        assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
            "9",
            str(len(data)),
        )
        rest = tus(sending, "PATCH", where, token, data[9:], **SEGMENT, **{"Upload-Offset": "9"})
        assert rest.status_code == 204
        names.append(where.split("/")[-2])
    body = {
        "header": sealing.to_base64(seal.header),
        "names": names,
        "terms_rev": 1,
        "pledge": 1,
        "rev": bid.rev,
        "key": "one-time",
    }

    def hand(who: Client, sent: Any) -> Any:
        return who.post(at("hand_in", bid.code), json.dumps(sent), content_type="application/json")

    assert hand(Client(), body).status_code == 401
    assert hand(client_of(cast.university_member), body).status_code == 403
    for spoilt in ([], {}, {**body, "names": [1]}, {**body, "more": 1}, {**body, "rev": "1"}):
        assert hand(client, spoilt).status_code == 400
    assert hand(client, {**body, "header": "!!"}).status_code == 400
    assert hand(client, {**body, "rev": 99}).status_code == 409
    first, again = hand(client, body), hand(client, body)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert Envelope.objects.count() == 1
    # What belongs to an envelope takes nothing more.
    last = tus(sending, "PATCH", where, token, b"x", **SEGMENT, **{"Upload-Offset": str(len(data))})
    assert last.status_code == 404
    part = client.get(at("part", bid.code, 1, 2))
    assert b"".join(part.streaming_content) == bytes(seal.parts[1])
    assert client.get(at("part", bid.code, 1, 0)).content == seal.header


def test_the_fallback_seals_on_receipt_and_leaves_no_plaintext(
    cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "temp")
    (tmp_path / "temp").mkdir()
    tender, keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    client = client_of(cast.university_admin)
    page = client.get(at("plain", bid.code)).content.decode()
    assert "密封之前平台能看到内容" in page
    secret = b"CANARY" * 600_000

    def sent(**other: Any) -> dict[str, Any]:
        return {
            **typed(tender, rev=str(bid.rev), terms_rev="1", agree="on"),
            "files": SimpleUploadedFile("scan.pdf", secret),
            **other,
        }

    wrong = client.post(at("plain", bid.code), sent(scheme=""))
    assert wrong.status_code == 400
    assert "请写明技术方案" in wrong.content.decode()
    assert list((tmp_path / "bids").glob("??/*")) == []
    # Neither the page for signing in nor a missing token writes the file to a disk.
    assert Client().post(at("plain", bid.code), sent()).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.university_admin)
    assert strict.post(at("plain", bid.code), sent()).status_code == 403
    assert not Envelope.objects.exists()

    done = client.post(at("plain", bid.code), sent())
    assert done.status_code == 200
    envelope = Envelope.objects.get()
    assert envelope.sealed_by == "server"
    assert list((tmp_path / "temp").iterdir()) == []
    for place in tmp_path.rglob("*"):
        assert not place.is_file() or b"CANARYCANARY" not in place.read_bytes()
    assert len(list((tmp_path / "bids").glob("??/*"))) == 2
    header = sealing.parse(bytes(envelope.header))
    shares = {}
    for row in keepers.rows[1:]:
        box = next(one for one in header["recipients"] if one["custodian"] == row.code)
        shares[row.code] = sealing.open_box(keepers.keys[row.code], "share", header, row.code, box)
    assert len(shares) == 2
    assert "平台接收时密封" in client.get(at("show", bid.code)).content.decode()


def test_two_at_once_and_no_more_and_not_too_large(cast: Cast, settings: Any) -> None:
    tender, _keepers = make_sealed_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    client = client_of(cast.university_admin)
    with store.slot(2), store.slot(2):
        assert client.post(at("plain", bid.code), {"rev": "1"}).status_code == 429
    big = client.generic(
        "POST",
        at("plain", bid.code),
        b"x",
        content_type="multipart/form-data; boundary=x",
        headers={"Content-Length": str(21 * 1024 * 1024)},
    )
    assert big.status_code in {400, 409}


def test_lists_cost_the_same_for_one_and_for_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(cast.university_admin)
    counts = []
    for _round in range(2):
        tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
        make_bid(tender, cast.university, cast.university_admin)
        client.get(at("own"))
        with CaptureQueriesContext(connection) as seen:
            client.get(at("own"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_everybody_checks_receipts_with_the_public_key(cast: Cast) -> None:
    text = Client().get(at("receipts")).content.decode()
    assert "BEGIN PUBLIC KEY" in text
    assert "PRIVATE" not in text
    place = Path("marketplace/custody/static/custody/seal.mjs")
    assert sealing.sha256(place.read_bytes()) in text
    assert queries.right_of("x") is None
    assert right_for


def test_while_a_call_is_suspended_it_is_prepared_for_and_shown_nowhere_as_open(
    cast: Cast, client: Client, own_index: Path
) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    begun = make_draft(tender, cast.university, cast.university_admin)
    tender = tenders.suspend_tender(tender, reason="核查预算来源", actor=cast.authority)
    # Begun and written under a banner that names the reason; not handed in, and no to-do asks for it.
    other = client_of(cast.outsider)
    page = other.get(at("new", tender.code)).text
    assert "核查预算来源" in page
    assert "不能提交" in page
    sent = {"organization": cast.other_enterprise.code, "lot": "1", "form_key": "k"}
    assert other.post(at("new", tender.code), sent).status_code == 302
    mine = client_of(cast.university_admin)
    written = mine.post(at("edit", begun.code), typed(tender, rev=str(begun.rev)))
    assert written.status_code == 302, written.text
    assert "核查预算来源" in mine.get(at("edit", begun.code)).text
    shown = mine.get(at("show", begun.code)).text
    assert "核查预算来源" in shown
    assert 'value="submit"' not in shown
    desk = mine.get(reverse("workbench:home")).text
    assert "提交方案：" not in desk
    assert "征集已暂停，恢复后才能提交" in desk
    # Nobody reads that it is open.
    page = reverse("tenders:detail", args=[tender.code])
    assert page not in client.get("/").text
    engine.rebuild("tenders")
    card = client.get(reverse("tenders:list")).text
    assert "已暂停" in card
    assert f'href="{page}"' in card
    tags = card[card.index('class="c-card__tags"') :]
    assert "征集中" not in tags[: tags.index("</article>")]
    assert "已暂停，恢复后截止时间顺延" in client.get(reverse("tenders:feed")).text
    read = client.get(reverse("api:tender_detail", args=[tender.code])).json()
    assert (read["takes_bids"], read["suspend_reason"]) == (False, "核查预算来源")
    tenders.resume_tender(tender, reason="核查完毕", actor=cast.authority)
    assert "提交方案：" in mine.get(reverse("workbench:home")).text
    assert page in client.get("/").text
    read = client.get(reverse("api:tender_detail", args=[tender.code])).json()
    assert (read["takes_bids"], read["suspend_reason"]) == (True, "")


def test_what_cannot_be_taken_back_is_folded_until_it_is_meant(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    draft = make_draft(tender, cast.university, cast.university_admin)
    mine = client_of(cast.university_admin)

    def folded(client: Client, page: str, act: str) -> tuple[bool, bool, str]:
        """Whether the button of an act is within a `details`, whether that is open, and what it says."""
        button = BeautifulSoup(client.get(page).text, "lxml").select_one(f"button[value={act}]")
        assert button is not None
        fold = button.find_parent("details")
        return (fold is not None, fold is not None and fold.has_attr("open"), button.text.strip())

    shown = at("show", draft.code)
    assert folded(mine, shown, "discard") == (True, False, "确认：删除草稿")
    assert folded(mine, shown, "submit")[0] is False
    handed = make_bid(tender, cast.other_enterprise, cast.outsider)
    assert folded(client_of(cast.outsider), at("show", handed.code), "withdraw")[0]
    buyer = client_of(cast.approver)
    page = reverse("tenders:manage", args=[tender.code])
    assert folded(buyer, page, "cancel") == (True, False, "确认：申请终止")
    # What came back with an error is unfolded, with what was typed.
    tender.refresh_from_db()
    sent = {"act": "cancel", "cancel-reason": "经费没有落实", "rev": tender.rev}
    wrong = buyer.post(page, sent)
    assert wrong.status_code == 400
    field = BeautifulSoup(wrong.text, "lxml").select_one("[name=cancel-reason]")
    assert field is not None
    assert "经费没有落实" in field.text
    fold = field.find_parent("details")
    assert fold is not None
    assert fold.has_attr("open")
    begun = make_tender(cast.other_enterprise, cast.outsider, state="draft")
    page = reverse("tenders:manage", args=[begun.code])
    other = client_of(cast.outsider)
    assert folded(other, page, "discard")[0]
    assert other.post(page, {"act": "discard", "rev": begun.rev}).status_code == 302


def _in_chunks(client: Client, where: str, token: str) -> Any:
    """A segment without its length, as a client sends it that streams."""
    return client.generic(
        "PATCH",
        where,
        b"x",
        content_type=SEGMENT["Content-Type"],
        headers={
            "Tus-Resumable": "1.0.0",
            "Authorization": f"Bearer {token}",
            "Upload-Offset": "9",
            "Transfer-Encoding": "chunked",
        },
        CONTENT_LENGTH="",
    )


def test_what_is_wrong_is_counted_once_and_leads_to_its_field(cast: Cast) -> None:
    tender = make_tender(cast.enterprise, cast.approver, operator=cast.operator)
    bid = make_draft(tender, cast.university, cast.university_admin)
    client = Client()
    client.force_login(cast.university_admin)
    show, edit = (reverse(f"bids:{name}", args=[bid.code]) for name in ("show", "edit"))
    sent = {"act": "submit", "submit-agree": "on", "terms_rev": 1, "rev": bid.rev}
    refused = client.post(show, sent)
    assert refused.status_code == 400
    for target in ("id_scheme", "id_price", "id_team", "schedule-rows"):
        assert f'href="{edit}#{target}"' in refused.text
        assert f'id="{target}"' in client.get(edit).text
    # One summary for the texts, the rows and the files of the page.
    rows = {"schedule-TOTAL_FORMS": "1", "schedule-INITIAL_FORMS": "0"}
    rows |= {"partners-TOTAL_FORMS": "0", "partners-INITIAL_FORMS": "0"}
    wrong = {"lead_share": "101", "schedule-0-milestone": "样机", "schedule-0-days": "0"}
    page = client.post(edit, {**rows, **wrong, "rev": bid.rev})
    assert (page.status_code, page.text.count("data-errors>")) == (400, 1)
    assert "有 2 处需要修改" in page.text
