"""Writes on achievements: who may, in which state, with which event, and what stays on failure."""

from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

import pytest

from marketplace.achievements.models import Achievement
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.listings import services as listings
from tests.cast import Cast
from tests.factories.achievements import COMPLETE, ROWS, make_achievement

pytestmark = pytest.mark.django_db


def make(cast: Cast, state: str = "draft", **values: object) -> Achievement:
    return make_achievement(cast.university, cast.university_member, state=state, **values)


def events_of(made: Achievement) -> list[str]:
    rows = Entry.objects.filter(subject_kind="achievements.achievement", subject_id=made.pk)
    return list(rows.order_by("id").values_list("event", flat=True))


def test_an_achievement_goes_from_draft_to_transferred(cast: Cast) -> None:
    made = make(cast, "published")
    assert made.expires_at == clock.end_of_day(clock.today() + timedelta(days=365))
    made = listings.move(
        made, "transfer", actor=cast.university_member, how="platform", note="许可给沂蒙磁材"
    )
    assert (made.status, made.transferred_how, made.closing_note) == (
        "transferred",
        "platform",
        "许可给沂蒙磁材",
    )
    assert events_of(made) == [
        "AchievementDrafted",
        "AchievementEdited",
        "AchievementSubmitted",
        "AchievementPublished",
        "AchievementTransferred",
    ]


def test_all_child_rows_are_stored_in_order(cast: Cast) -> None:
    made = make(cast)
    assert [row.offer for row in made.indicators.all()] == ["≥ 21 kOe", "480–500℃"]
    assert [row.number for row in made.patents.all()] == ["ZL202010000001.1"]
    assert [row.share for row in made.owners.all()] == [Decimal(70), Decimal(30)]
    assert [row.name for row in made.inventors.all()] == ["郑亦山"]


@pytest.mark.parametrize("share", [-1, 101])
def test_a_share_outside_of_a_whole_is_refused_by_the_database(cast: Cast, share: int) -> None:
    made = make(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.owners.create(name="某单位", share=share)


@pytest.mark.parametrize("values", [{"trl": 0}, {"trl": 10}, {"price_min": 5, "price_max": 4}])
def test_the_database_refuses_what_cannot_be(cast: Cast, values: dict[str, int]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(cast, **values)


def test_a_source_is_unique_within_its_owner(cast: Cast) -> None:
    make(cast, source_key="k")
    make_achievement(cast.enterprise, cast.member, source_key="k")
    with pytest.raises(IntegrityError), transaction.atomic():
        make(cast, source_key="k")


def test_a_stranger_can_write_nothing(cast: Cast) -> None:
    made = make(cast)
    for act in (
        lambda: listings.save_step(made, actor=cast.member, values={"title": "抢注"}),
        lambda: listings.move(made, "submit", actor=cast.member),
        lambda: listings.delete_draft(made, actor=cast.member),
        lambda: listings.create_draft(
            Achievement, owner=cast.university, actor=cast.member, values=COMPLETE
        ),
    ):
        with pytest.raises(Forbidden):
            act()
    made.refresh_from_db()
    assert (made.title, made.status) == (COMPLETE["title"], "draft")


def test_an_incomplete_achievement_says_what_is_missing(cast: Cast) -> None:
    made = listings.create_draft(
        Achievement,
        owner=cast.university,
        actor=cast.university_member,
        values={"title": "只有名称"},
    )
    with pytest.raises(InvalidInput) as error:
        listings.move(made, "submit", actor=cast.university_member)
    assert set(error.value.errors) == {
        *("industry", "summary", "description", "trl", "cooperation", "pricing_mode"),
        # The number is the organisation's, which has one; the person it does not name.
        "contact_name",
    }
    made.refresh_from_db()
    assert made.status == "draft"


def test_shares_that_are_no_whole_stop_a_submission(cast: Cast) -> None:
    made = make(cast)
    rows = {"owners": [{"name": "甲", "share": 60}, {"name": "乙", "share": 30}]}
    made = listings.save_step(made, actor=cast.university_member, values={}, rows=rows)
    with pytest.raises(InvalidInput) as error:
        listings.move(made, "submit", actor=cast.university_member)
    assert "90%" in str(error.value.errors["owners"][0])


@pytest.mark.parametrize("role", ["university_member", "broker", "authority", "auditor", "editor"])
def test_only_reviewers_publish(cast: Cast, role: str) -> None:
    made = make(cast, "in_review")
    with pytest.raises(Forbidden):
        listings.move(made, "publish", actor=cast[role])


def test_a_return_needs_a_reason(cast: Cast) -> None:
    made = make(cast, "in_review")
    with pytest.raises(InvalidInput):
        listings.move(made, "return", actor=cast.registrar_city, reasons=[" "])
    made = listings.move(made, "return", actor=cast.registrar_city, reasons=["缺证据"])
    assert (made.status, made.return_reasons) == ("returned", ["缺证据"])


def test_an_unverified_owner_cannot_submit(cast: Cast) -> None:
    made = make(cast)
    type(cast.university).objects.filter(pk=cast.university.pk).update(status="draft")
    with pytest.raises(Refused, match="认证"):
        listings.move(made, "submit", actor=cast.university_member)


def test_a_published_achievement_is_not_edited_in_place(cast: Cast) -> None:
    made = make(cast, "published")
    with pytest.raises(Refused):
        listings.save_step(made, actor=cast.university_member, values={"title": "悄悄改"})
    made = listings.move(made, "revise", actor=cast.university_member)
    assert made.status == "draft"
    with pytest.raises(Refused, match="未发布过"):
        listings.delete_draft(made, actor=cast.university_member)


def test_the_clock_closes_it_at_the_end_of_its_last_day(cast: Cast) -> None:
    made = make(cast, "published", valid_until=clock.today() + timedelta(days=1))
    assert made.expires_at is not None
    left = made.expires_at - clock.now()
    with clock.shift(left - timedelta(seconds=5)):
        assert listings.expire_due(Achievement) == 0
    with clock.shift(left + timedelta(seconds=1)):
        assert listings.expire_due(Achievement) == 1
        assert listings.expire_due(Achievement) == 0
        made.refresh_from_db()
        made = listings.move(made, "renew", actor=cast.university_member, days=90)
        assert made.status == "published"


def test_transferred_asks_how(cast: Cast) -> None:
    made = make(cast, "published")
    with pytest.raises(InvalidInput):
        listings.move(made, "transfer", actor=cast.university_member, how="magic", note="")


def test_a_proposed_title_is_one_no_more_when_its_step_was_saved(cast: Cast) -> None:
    made = make(cast, proposed_title=True)
    made = listings.save_step(
        made, actor=cast.university_member, values={"scenario": "磁片"}, rows={}
    )
    assert made.proposed_title is True
    made = listings.save_step(made, actor=cast.university_member, values={"title": "改好的名称"})
    assert (made.title, made.proposed_title) == ("改好的名称", False)


def test_contact_goes_to_confirmed_readers_and_leaves_a_trace(cast: Cast) -> None:
    made = make(cast, "published")
    shown = listings.show_contact(made, actor=cast.member)
    assert shown == {"name": "周允衡", "phone": "0539-8100000", "email": "tto@example.com"}
    assert events_of(made)[-1] == "AchievementContactShown"
    with pytest.raises(Forbidden):
        listings.show_contact(made, actor=cast.visitor)


def test_a_whole_draft_is_made_at_once(cast: Cast) -> None:
    made = listings.create_whole(
        Achievement, owner=cast.university, actor=cast.university_member, values=COMPLETE, rows=ROWS
    )
    assert made.indicators.count() == 2
