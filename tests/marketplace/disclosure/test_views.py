"""The pages: the way in, the answer, the log; stale pages, bad input, revocation while a page is open."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.test import Client
from django.urls import reverse

import pikepdf
import pytest
from openpyxl import load_workbook

from marketplace.disclosure import queries, services
from marketplace.disclosure.models import Acceptance, Grant, Reading
from marketplace.kernel import clock
from marketplace.listings import services as listings
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.disclosure import accept, make_grant
from tests.factories.files import pdf_bytes, upload
from tests.marketplace.disclosure.conftest import CANARY, FILE, Shut, make_shut

pytestmark = pytest.mark.django_db


def as_(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def rev_in(response: Any) -> str:
    return str(response.content.decode().split('name="rev" value="')[1].split('"')[0])


def test_the_way_from_the_public_page_to_the_stamped_file(shut: Shut, drain: Any) -> None:
    cast, need, org = shut.cast, shut.need, shut.cast.university
    page = reverse("needs:detail", args=[need.code])
    public = Client().get(page).content.decode()
    assert "1 个附件" in public
    assert CANARY not in public
    assert FILE not in public
    reader, binder, owner = (
        as_(cast.university_member),
        as_(cast.university_admin),
        as_(cast.approver),
    )
    ask = reverse("disclosure:ask", args=[need.code])
    assert ask in reader.get(page).content.decode()
    refused = reader.post(ask, {"organization": org.code, "note": "长" * 1001})
    assert refused.status_code == 400
    assert "长" * 1001 in refused.content.decode(), "nothing typed is lost"
    asked = reader.post(ask, {"organization": org.code, "note": "评估合作", "form_key": "k1"})
    assert asked.status_code == 302
    again = reader.post(ask, {"organization": org.code, "note": "评估合作", "form_key": "k1"})
    assert again["Location"] == asked["Location"]
    grant = Grant.objects.get()
    drain()
    told = Notice.objects.filter(kind="disclosure.requested")
    assert {row.recipient for row in told} == {cast.approver, cast.org_admin}

    url = reverse("disclosure:grant", args=[grant.code])
    seen = owner.get(url)
    assert "还没有确认现行版本" in seen.content.decode()
    past = {"move": "give", "rev": rev_in(seen), "until": "2026-01-01"}
    assert "不能早于今天" in owner.post(url, past).content.decode()
    until = (clock.today() + timedelta(days=9)).isoformat()
    assert owner.post(url, {**past, "until": until}).status_code == 302
    read = reverse("disclosure:read", args=[grant.code])
    shut_page = reader.get(read)
    assert shut_page.status_code == 403
    assert "在线确认" in shut_page.content.decode()

    agreement = reverse("disclosure:agreement")
    assert reader.post(agreement, {"rev": "1"}).status_code == 403, "a member can't confirm"
    form = binder.get(agreement)
    assert "在线确认" in form.content.decode()
    assert "签署" not in form.content.decode()
    values = {"organization": org.code, "agrees": "on", "rev": rev_in(form)}
    scan = binder.post(agreement, {**values, "scan": upload(b"not a PDF", "scan.pdf")})
    assert scan.status_code == 400
    assert "内容与扩展名不符" in scan.content.decode()
    sealed = binder.post(agreement, {**values, "scan": upload(pdf_bytes(), "盖章件.pdf")})
    assert sealed.status_code == 302
    acceptance = Acceptance.objects.get()
    assert acceptance.sealed
    sealed_file = queries.scan_of(acceptance)
    assert sealed_file is not None
    assert owner.get(sealed_file.url).status_code == 200
    assert as_(cast.outsider).get(sealed_file.url).status_code == 404

    opened = reader.get(read).content.decode()
    assert CANARY in opened
    assert FILE in opened
    assert CANARY in reader.get(page).content.decode()
    got = reader.get(shut.file.url)
    body = b"".join(got.streaming_content)
    assert got["Cache-Control"] == "private, no-store"
    with pikepdf.open(BytesIO(body)) as copy:
        for sheet in copy.pages:
            forms = [form.read_bytes() for form in sheet.Resources.XObject.values()]
            assert any(org.code.encode() in form for form in forms)
    original = b"".join(as_(cast.member).get(shut.file.url).streaming_content)
    assert org.code.encode() not in original
    assert [row.what for row in Reading.objects.order_by("pk")] == ["page", "page", "file"]

    shown = owner.get(reverse("disclosure:log")).content.decode()
    assert org.name in shown
    assert cast.university_member.name in shown
    sheet = owner.get(reverse("disclosure:export_log"), {"what": "file"})
    rows = list(load_workbook(BytesIO(b"".join(sheet.streaming_content))).active.values)
    assert [row[3:7] for row in rows[1:]] == [
        ("附件下载", FILE, org.name, cast.university_member.name)
    ]

    seen = owner.get(url)
    revoke = {"move": "revoke", "rev": rev_in(seen), "reason": "合作终止"}
    assert owner.post(url, revoke).status_code == 302
    for address in (read, shut.file.url):
        gone = reader.get(address)
        assert gone.status_code == 403
        assert "撤销" in gone.content.decode()
        assert CANARY not in gone.content.decode()
    assert CANARY not in reader.get(page).content.decode()
    assert as_(cast.outsider).get(shut.file.url).status_code == 404
    assert Reading.objects.count() == 3
    drain()
    assert Notice.objects.filter(
        kind="disclosure.changed", recipient=cast.university_member
    ).exists()


def test_a_stale_page_shows_both_and_loses_nothing(shut: Shut) -> None:
    grant = shut.open()
    url = reverse("disclosure:grant", args=[grant.code])
    first, second = as_(shut.cast.approver), as_(shut.cast.org_admin)
    old = rev_in(first.get(url))
    early, late = (clock.today() + timedelta(days=n) for n in (3, 60))
    move = {"move": "prolong", "rev": old}
    assert second.post(url, {**move, "until": early.isoformat()}).status_code == 302
    stale = first.post(url, {**move, "until": late.isoformat()})
    text = stale.content.decode()
    assert stale.status_code == 409
    assert early.isoformat() in text
    assert late.isoformat() in text
    assert Grant.objects.get().last_day == early
    assert first.post(url, {"move": "end", "rev": old}).status_code == 400
    assert first.post(url, {"move": "revoke", "rev": rev_in(stale)}).status_code == 400


def test_what_was_disclosed_stays_when_the_listing_is_taken_down(shut: Shut) -> None:
    grant, cast = shut.open(), shut.cast
    listings.move(shut.need, "withdraw", actor=cast.member, reason="不再需要")
    reader = as_(cast.university_member)
    assert reader.get(reverse("needs:detail", args=[shut.need.code])).status_code == 410
    text = reader.get(reverse("disclosure:read", args=[grant.code])).content.decode()
    assert CANARY in text
    assert "没有公开发布" in text
    assert reader.get(shut.file.url).status_code == 200


def test_an_anonymous_owner_is_on_no_page_before_the_grant(cast: Cast, drain: Any) -> None:
    shut = make_shut(cast, state="published", hide_owner=True)
    grant = make_grant(
        shut.need,
        cast.university,
        asker=cast.university_member,
        owner=cast.approver,
        state="requested",
    )
    drain()
    reader = as_(cast.university_member)
    hidden = [cast.enterprise.name, cast.enterprise.code, cast.approver.name]
    pages = [
        reverse("needs:detail", args=[shut.need.code]),
        reverse("disclosure:grant", args=[grant.code]),
        reverse("disclosure:held"),
        reverse("workbench:home"),
        "/api/v1/disclosure/grants/",
        f"/api/v1/disclosure/grants/{grant.code}/",
        f"/api/v1/needs/{shut.need.code}/",
    ]
    for page in pages:
        found = reader.get(page)
        assert found.status_code == 200, page
        assert [name for name in hidden if name in found.content.decode()] == [], page
    owner = as_(cast.approver)
    url = reverse("disclosure:grant", args=[grant.code])
    seen = owner.get(url)
    assert "撤销授权也不能收回" in seen.content.decode()
    give = {"move": "give", "rev": rev_in(seen), "until": clock.today().isoformat()}
    silent = owner.post(url, give)
    assert silent.status_code == 400
    assert "请勾选确认" in silent.content.decode()
    assert owner.post(url, {**give, "releases_name": "on"}).status_code == 302
    for page in pages[:3]:
        assert cast.enterprise.name in reader.get(page).content.decode(), page
    assert reader.get(pages[-1]).json()["owner"]["name"] == cast.enterprise.name
    assert as_(cast.outsider).get(pages[-1]).json()["owner"] is None


def test_the_api_goes_the_whole_way(shut: Shut) -> None:
    cast, need = shut.cast, shut.need
    reader, owner = as_(cast.university_member), as_(cast.approver)
    root = "/api/v1/disclosure/grants/"
    json = {"content_type": "application/json"}
    missing = reader.post(root, {"listing": "XQ2026-000000-0", "note": "x"}, **json)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "listing")
    made = reader.post(root, {"listing": need.code, "note": "评估"}, **json)
    assert made.status_code == 201
    assert made.json()["available_actions"] == ["withdraw"]
    url = f"{root}{made.json()['code']}/"
    assert as_(cast.outsider).get(url).status_code == 404
    seen = owner.get(url)
    assert seen.json()["available_actions"] == ["give", "decline"]
    assert owner.post(f"{url}give/", {}, **json).status_code == 428
    until = {"until": (clock.today() + timedelta(days=3)).isoformat()}
    tag = {"headers": {"if-match": seen["ETag"]}}
    assert reader.post(f"{url}give/", until, **json, **tag).status_code == 403
    assert owner.post(f"{url}give/", {"until": "2020-01-01"}, **json, **tag).status_code == 400
    assert owner.post(f"{url}give/", until, **json, **tag).json()["status"] == "granted"
    assert owner.post(f"{url}revoke/", {"reason": "x"}, **json, **tag).status_code == 412
    accepting = as_(cast.university_admin)
    body = {"version": 1, "organization": cast.university.code}
    assert reader.post("/api/v1/disclosure/agreement/", body, **json).status_code == 403
    agreed = accepting.post("/api/v1/disclosure/agreement/", body, **json)
    assert agreed.json()["accepted_for"] == [cast.university.code]
    listing = f"/api/v1/needs/{need.code}/"
    assert reader.get(listing).json()["confidential"] == CANARY
    assert "confidential" not in as_(cast.outsider).get(listing).json()
    assert "confidential" not in Client().get(listing).json()
    assert Reading.objects.get().what == "api"
    found = reader.get(root, {"status": "granted"}).json()
    assert (found["count"], found["results"][0]["is_open"]) == (1, True)


def test_an_owner_offers_and_the_operator_publishes_a_text(shut: Shut) -> None:
    cast = shut.cast
    owner = as_(cast.approver)
    offer = reverse("disclosure:offer", args=[shut.need.code])
    assert offer in owner.get(reverse("needs:manage", args=[shut.need.code])).content.decode()
    values = {"organization": "JG2026-000000-0", "until": clock.today().isoformat()}
    assert "没有这个编号的单位" in owner.post(offer, values).content.decode()
    assert owner.post(offer, {**values, "organization": cast.enterprise.code}).status_code == 400
    made = owner.post(offer, {**values, "organization": cast.university.code})
    assert made.status_code == 302
    todo = as_(cast.university_admin).get(reverse("workbench:home")).content.decode()
    assert "保密协议待确认" in todo
    operator = as_(cast.operator)
    publish = reverse("disclosure:publish")
    day = (clock.today() + timedelta(days=5)).isoformat()
    text = {"title": "第 2 版", "body": "正文", "title_en": "v2", "body_en": "text"}
    late = operator.post(publish, {**text, "effective_on": "2026-01-01"})
    assert late.status_code == 400
    assert "生效时间应晚于现在" in late.content.decode()
    assert operator.post(publish, {**text, "effective_on": day}).status_code == 302
    assert "届时需要重新确认" in owner.get(reverse("disclosure:agreement")).content.decode()
    assert "第 2 版" in Client().get(reverse("disclosure:text"), {"version": 2}).content.decode()
    assert Client().get(reverse("disclosure:text"), {"version": 9}).status_code == 404


def test_lists_cost_the_same_for_one_row_and_for_many(
    cast: Cast, django_assert_num_queries: Any, drain: Any
) -> None:
    accept(cast.university, cast.university_admin)
    reader, owner = as_(cast.university_member), as_(cast.approver)
    addresses = [
        (reader, reverse("disclosure:held")),
        (owner, reverse("disclosure:given")),
        (owner, reverse("disclosure:log")),
        (owner, "/api/v1/disclosure/grants/"),
    ]
    counts = []
    for number in range(6):
        shut = make_shut(cast, state="published", title=f"需求 {number}")
        shut.open()
        subject = queries.subject_named("needs.need", shut.need.pk)
        assert subject is not None
        services.record_reading(subject, what="page", actor=cast.university_member)
        if number in {0, 5}:
            drain()
            counts.append([cost(client, url) for client, url in addresses])
    assert counts[0] == counts[1]


def cost(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
