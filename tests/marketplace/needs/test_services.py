"""Writes on needs: who may, in which state, with which event, and what stays when it fails."""

from datetime import timedelta
from decimal import Decimal

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.listings import services as listings
from marketplace.needs.models import Need
from tests.cast import Cast
from tests.factories.needs import COMPLETE, make_need

pytestmark = pytest.mark.django_db


def events_of(need: Need) -> list[str]:
    rows = Entry.objects.filter(subject_kind="needs.need", subject_id=need.pk).order_by("id")
    return list(rows.values_list("event", flat=True))


def test_a_need_goes_from_draft_to_solved(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    assert need.status == "published"
    assert need.expires_at == clock.end_of_day(clock.today() + timedelta(days=365))
    need = listings.move(
        need, "solve", actor=cast.member, how="platform", note="与沂州理工大学签约"
    )
    assert (need.status, need.solved_how) == ("solved", "platform")
    assert events_of(need) == [
        *("NeedDrafted", "NeedEdited", "NeedSubmitted", "NeedPublished", "NeedSolved"),
    ]


def test_every_change_raises_the_revision(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    before = need.rev
    need = listings.save_step(need, actor=cast.member, values={"title": "新标题"})
    assert need.rev == before + 1


def test_rows_are_replaced_in_order(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    rows = [{"name": name, "target": Decimal(1), "unit": "%"} for name in ("乙", "甲")]
    listings.save_step(need, actor=cast.member, values={}, rows={"indicators": rows})
    assert [row.name for row in need.indicators.all()] == ["乙", "甲"]


def test_a_stranger_can_write_nothing(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    with pytest.raises(Forbidden):
        listings.save_step(need, actor=cast.outsider, values={"title": "抢注"})
    with pytest.raises(Forbidden):
        listings.move(need, "submit", actor=cast.outsider)
    with pytest.raises(Forbidden):
        listings.delete_draft(need, actor=cast.outsider)
    with pytest.raises(Forbidden):
        listings.create_draft(Need, owner=cast.enterprise, actor=cast.outsider, values=COMPLETE)
    need.refresh_from_db()
    assert (need.title, need.status) == (COMPLETE["title"], "draft")


def test_an_incomplete_need_is_not_submitted_and_says_what_is_missing(cast: Cast) -> None:
    need = listings.create_draft(
        Need, owner=cast.enterprise, actor=cast.member, values={"title": "只有标题"}
    )
    with pytest.raises(InvalidInput) as error:
        listings.move(need, "submit", actor=cast.member)
    assert {"kind", "industry", "summary", "problem", "cooperation"} <= set(error.value.errors)
    need.refresh_from_db()
    assert need.status == "draft"


def test_an_unverified_owner_cannot_submit(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    type(cast.enterprise).objects.filter(pk=cast.enterprise.pk).update(status="draft")
    with pytest.raises(Refused, match="认证"):
        listings.move(need, "submit", actor=cast.member)


def test_nobody_reviews_their_own_organisation(cast: Cast) -> None:
    from tests.factories.parties import make_staff

    need = make_need(cast.enterprise, cast.member, state="in_review")
    insider = make_staff("registrar_city")
    insider.memberships.create(organization=cast.enterprise, role="member")
    insider.forget_access()
    with pytest.raises(Forbidden):
        listings.move(need, "publish", actor=insider)


@pytest.mark.parametrize(
    "role", ["member", "org_admin", "broker", "authority", "auditor", "editor"]
)
def test_only_reviewers_publish(cast: Cast, role: str) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    with pytest.raises(Forbidden):
        listings.move(need, "publish", actor=cast[role])


def test_a_return_needs_a_reason_and_keeps_the_content(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="in_review")
    with pytest.raises(InvalidInput):
        listings.move(need, "return", actor=cast.registrar_city, reasons=["", "  "])
    need = listings.move(need, "return", actor=cast.registrar_city, reasons=["指标无法测量"])
    assert (need.status, need.return_reasons) == ("returned", ["指标无法测量"])
    assert need.problem == COMPLETE["problem"]
    again = listings.move(need, "submit", actor=cast.member)
    assert again.status == "in_review"


def test_a_published_need_is_not_edited_in_place(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    with pytest.raises(Refused):
        listings.save_step(need, actor=cast.member, values={"title": "悄悄改"})
    need = listings.move(need, "revise", actor=cast.member)
    assert need.status == "draft"
    with pytest.raises(Refused, match="未发布过"):
        listings.delete_draft(need, actor=cast.member)


def test_the_clock_closes_a_need_at_the_end_of_its_last_day(cast: Cast) -> None:
    need = make_need(
        cast.enterprise,
        cast.member,
        state="published",
        valid_until=clock.today() + timedelta(days=1),
    )
    assert need.expires_at is not None
    left = need.expires_at - clock.now()
    with clock.shift(left - timedelta(seconds=5)):
        assert listings.expire_due(Need) == 0
    with clock.shift(left + timedelta(seconds=1)):
        assert listings.expire_due(Need) == 1
        assert listings.expire_due(Need) == 0
        need.refresh_from_db()
        assert need.status == "expired"
        need = listings.move(need, "renew", actor=cast.member, days=90)
        assert need.status == "published"


@pytest.mark.parametrize("days", [0, 29, 731, -1])
def test_a_renewal_has_bounds(cast: Cast, days: int) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    with pytest.raises(InvalidInput):
        listings.move(need, "renew", actor=cast.member, days=days)


def test_a_draft_is_deleted_for_good(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member)
    pk = need.pk
    listings.delete_draft(need, actor=cast.member)
    assert not Need.objects.filter(pk=pk).exists()


def test_solved_asks_how(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    with pytest.raises(InvalidInput):
        listings.move(need, "solve", actor=cast.member, how="magic", note="")


def test_contact_goes_to_confirmed_readers_and_leaves_a_trace(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    shown = listings.show_contact(need, actor=cast.university_admin)
    assert shown == {"name": "林屿", "phone": "13800138000", "email": "lin@example.com"}
    assert events_of(need)[-1] == "NeedContactShown"
    with pytest.raises(Forbidden):
        listings.show_contact(need, actor=cast.visitor)


def test_contact_through_a_broker_only(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published", contact_route="broker")
    with pytest.raises(Refused, match="技术经理人"):
        listings.show_contact(need, actor=cast.university_admin)


def test_the_first_publication_is_the_date_that_stays(cast: Cast) -> None:
    need = make_need(cast.enterprise, cast.member, state="published")
    first = need.published_at
    registrar = cast.registrar_city
    with clock.shift(timedelta(days=3)):
        need = listings.move(need, "revise", actor=cast.member)
        need = listings.move(need, "submit", actor=cast.member)
        need = listings.move(need, "publish", actor=registrar)
    need.refresh_from_db()
    assert (need.status, need.published_at) == ("published", first)
