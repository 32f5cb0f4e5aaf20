"""Pages of the seller and of the registrar, the copying sheet, lists, and the public verification page."""

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

import pytest

from marketplace.kernel import clock
from marketplace.registration.models import Filing
from marketplace.registration.models.ledger import EntryKind
from marketplace.registration.services import filing as services
from marketplace.registration.views import sheets
from marketplace.registration.views.desk import HEAP_NAMES
from marketplace.registration.views.shared import steps_of
from marketplace.registration.workflow import FilingStatus as S
from tests.cast import Cast
from tests.factories.registration import days_ago, make_filing, number, signed_contract

pytestmark = pytest.mark.django_db


def decide(client: Client, filing: Filing, **sent: Any) -> Any:
    """Send the page of a decision as it was last shown."""
    filing.refresh_from_db()
    path = reverse("registration:decide", args=[filing.code])
    return client.post(path, {"rev": filing.rev, **sent})


def test_the_registrar_decides_one_after_the_other_by_the_main_button(
    cast: Cast, client: Client
) -> None:
    """The main button has the focus and leads to the next filing: each Enter is one decision."""
    rows = [make_filing(cast, S.SUBMITTED) for _ in range(2)]
    client.force_login(cast.registrar_city)
    page = client.get(reverse("registration:decide", args=[rows[0].code]))
    assert b'value="next" autofocus' in b" ".join(page.content.split())
    path = reverse("registration:decide", args=[rows[0].code])
    for done in range(4):
        code = path.rstrip("/").rsplit("/", 1)[1]
        answer = decide(client, Filing.objects.get(code=code), move="next")
        assert answer.status_code == 302, done
        path = answer["Location"]
    assert path == reverse("registration:desk")
    assert {row.status for row in Filing.objects.all()} == {S.APPROVED}


def test_heaps_and_a_batch_with_one_bad_row(
    cast: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    rows = [make_filing(cast, S.SUBMITTED) for _ in range(3)]
    back = services.return_for_correction(rows[2], [{"code": "form"}], actor=cast.registrar_city)
    services.submit(back, actor=cast.approver)
    client.force_login(cast.registrar_county)
    path = reverse("registration:desk")
    with django_assert_max_num_queries(60):
        page = client.get(path, {"heap": "new"})
    assert page.context["page"].paginator.count == 2
    counts = {key: count for key, _label, count in page.context["tabs"]}
    assert (counts["new"], counts["corrected"], counts["due"]) == (2, 1, 0)
    sent = {"codes": [rows[0].code, rows[1].code], "heap": "new", "act": "accept"}
    sent |= {f"rev_{rows[0].code}": rows[0].rev, f"rev_{rows[1].code}": "99"}
    page = client.post(path, sent)
    assert (page.context["done"], len(page.context["failed"])) == (1, 1)
    assert client.post(path, {"heap": "new", "act": "accept"}).status_code == 400


def test_a_number_of_15_digits_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.APPROVED)
    client.force_login(cast.registrar_city)
    sent = {
        "move": "register",
        "official_number": "123456789012345",
        "official_on": clock.today().isoformat(),
        "contract_type": "KF1",
        "total": "86",
        "technical": "86",
    }
    page = decide(client, filing, **sent)
    text = page.content.decode()
    assert page.status_code == 400
    assert "现在是 15 位" in text
    assert "123456789012345" in text
    sent["official_number"] = number()
    assert decide(client, filing, **sent).status_code == 302
    filing.refresh_from_db()
    assert (filing.status, filing.recognised_total_fen) == (S.REGISTERED, 86_000_000)


def test_a_stale_page_is_told_so(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    old = filing.rev
    services.accept(filing, actor=cast.registrar_county)
    client.force_login(cast.registrar_city)
    path = reverse("registration:decide", args=[filing.code])
    page = client.post(path, {"rev": old, "move": "next"})
    assert page.status_code == 409
    assert "被修改过" in page.content.decode()


def test_what_differs_since_the_return(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.RETURNED)
    filing.contract.parties.filter(side="seller").update(legal_head="新法人")
    filing = services.submit(filing, actor=cast.approver)
    services.accept(filing, actor=cast.registrar_county)
    client.force_login(cast.registrar_city)
    page = client.get(reverse("registration:decide", args=[filing.code]))
    changes = [(row.before, row.after) for row in page.context["changes"]]
    assert changes == [("王法人", "新法人")]


def test_the_page_of_the_seller(cast: Cast, client: Client) -> None:
    contract = signed_contract(cast)
    client.force_login(cast.approver)
    answer = client.post(reverse("registration:open", args=[contract.code]))
    filing = Filing.objects.get()
    path = reverse("registration:filing", args=[filing.code])
    assert answer["Location"] == path
    assert client.post(path, {"rev": filing.rev, "move": "submit"}).status_code == 302
    filing.refresh_from_db()
    services.return_for_correction(filing, [{"code": "seal_missing"}], actor=cast.registrar_city)
    text = client.get(path).content.decode()
    assert "合同缺少签章" in text
    assert reverse("deals:copy", args=[contract.code]) in text
    client.force_login(cast.outsider)
    assert client.get(path).status_code == 404


def test_a_blocked_submission_lists_what_to_mend(cast: Cast, client: Client) -> None:
    filing = make_filing(cast)
    contract = filing.contract
    contract.amount_total_fen = contract.amount_technical_fen = None
    contract.save()
    client.force_login(cast.approver)
    path = reverse("registration:filing", args=[filing.code])
    page = client.post(path, {"rev": filing.rev, "move": "submit"})
    assert page.status_code == 409
    assert page.context["blocked"]
    assert "怎么办" in page.content.decode()


def test_the_copying_sheet_has_the_fields_in_order(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.APPROVED)
    client.force_login(cast.member)
    page = client.get(reverse("registration:form_sheet", args=[filing.code]))
    titles = [group.title for group in page.context["groups"]]
    assert titles == ["合同", "金额", "卖方", "买方", "分类和统计"]
    text = page.content.decode()
    assert 'value="86" readonly' in " ".join(text.split())
    assert "data-copy" in text


def test_the_public_page_shows_neither_amount_nor_person(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.REGISTERED)
    page = client.get(reverse("registration:verify", args=[filing.verify_token]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "非登记证明，不作减免税凭据" in text
    assert (filing.official_number or "")[-6:] in text
    for hidden in ("万元", cast.enterprise.name, cast.university.name, filing.contract.title):
        assert hidden not in text
    assert "noindex" in page["X-Robots-Tag"]
    assert len(filing.verify_token) == 22
    assert client.get("/verify/" + "x" * 22 + "/").status_code == 404
    draft = make_filing(cast, S.APPROVED)
    path = reverse("registration:verify", args=[draft.verify_token])
    assert client.get(path).status_code == 404
    services.revoke(filing, reason="有误", actor=cast.registrar_city)
    page = client.get(reverse("registration:verify", args=[filing.verify_token]))
    assert "已撤销" in page.content.decode()


def test_large_and_other_contracts_have_lists_of_their_own(cast: Cast, client: Client) -> None:
    small = make_filing(cast, S.REGISTERED)
    large = make_filing(cast, S.REGISTERED, total=600_000_000)
    client.force_login(cast.member)
    path = reverse("registration:registered_list")
    for size, row in (("other", small), ("large", large)):
        page = client.get(path, {"size": size})
        assert [one["filing"].pk for one in page.context["rows"]] == [row.pk]
    services.cancel(small, reason="解除", actor=cast.registrar_city)
    assert client.get(path, {"size": "other"}).context["rows"] == []


def test_signed_and_not_registered_by_county(cast: Cast, client: Client) -> None:
    old = signed_contract(cast, signed_on=days_ago(90), starts_on=days_ago(90))
    signed_contract(cast)
    registered = signed_contract(cast, signed_on=days_ago(90), starts_on=days_ago(90))
    make_filing(cast, S.REGISTERED, contract=registered)
    client.force_login(cast.registrar_city)
    path = reverse("registration:unregistered")
    page = client.get(path)
    assert [row.pk for row in page.context["page"].object_list] == [old.pk]
    assert client.get(path, {"district": "371329"}).context["page"].paginator.count == 0
    assert client.get(path, {"days": "120"}).context["page"].paginator.count == 0


def test_signed_and_not_registered_counts_by_county_and_leads_on(
    cast: Cast, client: Client
) -> None:
    """A terminated contract is no longer waited for; what is not handed in yet is its parties' own."""
    day = {"signed_on": days_ago(90), "starts_on": days_ago(90)}
    drafts = [signed_contract(cast, **day) for _ in range(2)]
    other = signed_contract(cast, seller={"district": "371311"}, **day)
    ended = signed_contract(cast, state="terminated", **day)
    make_filing(cast, S.SUBMITTED, contract=other)
    client.force_login(cast.registrar_city)
    path = reverse("registration:unregistered")
    page = client.get(path)
    shown = {row.pk for row in page.context["page"].object_list}
    assert shown == {other.pk, *(row.pk for row in drafts)}
    assert ended.pk not in shown
    assert [(code, count) for code, _label, count in page.context["counts"]] == [
        ("371302", 2),
        ("371311", 1),
    ]
    text = page.content.decode()
    assert reverse("deals:show", args=[other.code]) in text
    assert client.get(reverse("deals:show", args=[other.code])).status_code == 200
    assert reverse("deals:show", args=[drafts[0].code]) not in text
    cast.registrar_county.platform_roles.update(district="371311")
    client.force_login(cast.registrar_county)
    counts = client.get(path).context["counts"]
    assert [(code, count) for code, _label, count in counts] == [("371311", 1)]


def test_a_list_that_is_cut_says_so_and_is_printed_by_year(
    cast: Cast, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sheets, "MOST", 1)
    this = clock.today()
    rows = [make_filing(cast, S.REGISTERED) for _ in range(2)]
    before = this.replace(year=this.year - 1, day=1)
    Filing.objects.filter(pk=rows[0].pk).update(official_on=before)
    client.force_login(cast.member)
    path = reverse("registration:registered_list")
    page = client.get(path)
    assert (page.context["is_cut"], page.context["count"]) == (True, 2)
    assert "只列出最早的 1 份" in page.content.decode()
    assert page.context["years"] == [this.year, this.year - 1]
    for year, row in ((this.year - 1, rows[0]), (this.year, rows[1])):
        page = client.get(path, {"year": str(year)})
        assert [one["filing"].pk for one in page.context["rows"]] == [row.pk]
        assert not page.context["is_cut"]
        assert page.context["total"] == row.recognised_total_fen
    assert client.get(path, {"year": "1990"}).context["count"] == 2


def test_words_of_registration_in_english(cast: Cast, client: Client) -> None:
    """登记 is a verb of contacts elsewhere, which are logged."""
    filing = make_filing(cast, S.REGISTERED)
    client.force_login(cast.registrar_city)
    english = {"HTTP_ACCEPT_LANGUAGE": "en"}
    with translation.override("en"):
        assert str(EntryKind.REGISTER.label) == "Registration"
        assert str(steps_of(filing)[4].label) == "Registration"
        assert {name: str(label) for name, label in HEAP_NAMES.items()}["disputed"] == "Disputed"
    assert client.get(reverse("registration:desk"), **english).status_code == 200


def test_many_contracts_are_handed_in_at_once(cast: Cast, client: Client) -> None:
    contracts = [signed_contract(cast) for _ in range(2)]
    client.force_login(cast.approver)
    path = reverse("registration:batch")
    page = client.post(path, {"codes": [row.code for row in contracts]})
    assert (page.context["done"], page.context["failed"]) == (2, [])
    assert set(Filing.objects.values_list("status", flat=True)) == {S.SUBMITTED}


def test_the_api_gives_the_moves_of_its_caller(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.SUBMITTED)
    client.force_login(cast.registrar_city)
    path = reverse("api:filing_detail", args=[filing.code])
    body = client.get(path).json()
    assert {"accept", "return"} <= set(body["available_actions"])
    act = reverse("api:filing_act", args=[filing.code, "accept"])
    assert client.post(act, {}, content_type="application/json").status_code == 428
    answer = client.post(act, {"rev": filing.rev}, content_type="application/json")
    assert answer.json()["status"] == "accepted"
    again = client.post(act, {"rev": filing.rev}, content_type="application/json")
    assert again.status_code in {409, 412}


def test_the_use_of_a_registration(cast: Cast, client: Client) -> None:
    filing = make_filing(cast, S.REGISTERED)
    client.force_login(cast.member)
    path = reverse("registration:uses", args=[filing.code])
    sent = {
        "rev": filing.rev,
        "side": "seller",
        "kind": "bonus_shown",
        "used_on": clock.today().isoformat(),
        "amount": "10",
        "form_key": "k1",
    }
    assert client.post(path, sent | {"amount": "-1"}).status_code == 400
    assert client.post(path, sent).status_code == 302
    use = filing.uses.get()
    assert (use.kind, use.amount_fen) == ("bonus_shown", 10_000_000)
