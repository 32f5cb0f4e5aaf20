"""A batch is reviewed as one: published, returned, or without a few of its rows."""

from datetime import timedelta

import pytest

from marketplace.achievements import events, queries, services
from marketplace.achievements.models import Achievement, ImportBatch
from marketplace.achievements.services import batches
from marketplace.journal import jobs
from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.listings import services as listings
from marketplace.listings.events import ids_of
from marketplace.notices.models import Notice
from tests.cast import Cast
from tests.factories.achievements import good_rows, make_achievement, sheet, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(cast: Cast) -> ImportBatch:
    made = upload(cast.university, cast.university_member, sheet(good_rows(5)))
    jobs.run_open()
    services.confirm_import(made, actor=cast.university_member, mode="all")
    jobs.run_open()
    made.refresh_from_db()
    return made


def decide(batch: ImportBatch, cast: Cast, act: str, reasons: tuple[str, ...] = ()) -> ImportBatch:
    services.decide_batch(batch, actor=cast.registrar_city, act=act, reasons=reasons)
    jobs.run_open()
    batch.refresh_from_db()
    return batch


def test_all_are_published_with_one_event_a_step(
    cast: Cast, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 2)
    before = set(Achievement.objects.values_list("code", "rev"))
    decide(batch, cast, "publish")
    assert (batch.status, batch.counts["published"], batch.counts["returned"]) == ("closed", 5, 0)
    for made in Achievement.objects.all():
        assert (made.status, made.return_reasons) == ("published", [])
        assert made.expires_at == clock.end_of_day(clock.today() + timedelta(days=365))
        assert (made.code, made.rev - 1) in before
    told = Entry.objects.filter(event="AchievementsPublished").order_by("id")
    assert [len(entry.payload["ids"]) for entry in told] == [2, 2, 1]
    assert Entry.objects.filter(event="AchievementPublished").count() == 0


def test_whoever_imported_gets_one_message(
    cast: Cast, batch: ImportBatch, drain: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed: list[str] = []
    monkeypatch.setattr(
        "marketplace.listings.handlers.engine.refresh", lambda _n, ids: refreshed.extend(ids)
    )
    decide(batch, cast, "publish")
    drain()  # type: ignore[operator]
    notices = Notice.objects.filter(recipient=cast.university_member)
    assert [n.kind for n in notices] == ["achievements.imported"]
    assert sorted(refreshed) == sorted(Achievement.objects.values_list("code", flat=True))


def test_all_are_returned_with_reasons(cast: Cast, batch: ImportBatch) -> None:
    with pytest.raises(InvalidInput):
        decide(batch, cast, "return")
    decide(batch, cast, "return", ("名称请核对",))
    assert (batch.status, batch.counts["returned"]) == ("closed", 5)
    made = Achievement.objects.first()
    assert made is not None
    assert (made.status, made.return_reasons) == ("returned", ["名称请核对"])
    # Whoever gets it back meets the lighter gate: an archive has no more to say.
    assert listings.move(made, "submit", actor=cast.university_member).status == "in_review"
    assert made in queries.achievements_to_review(cast.registrar_city)


def test_single_rows_are_left_out(cast: Cast, batch: ImportBatch) -> None:
    codes = list(queries.waiting_in(batch).values_list("code", flat=True)[:2])
    for wrong in ([], ["CG2026-000000-0"]):
        with pytest.raises(InvalidInput):
            services.leave_out(batch, actor=cast.registrar_city, codes=wrong, reasons=["重复"])
    with pytest.raises(InvalidInput):
        services.leave_out(batch, actor=cast.registrar_city, codes=codes, reasons=[" "])
    assert services.leave_out(batch, actor=cast.registrar_city, codes=codes, reasons=["重复"]) == 2
    decide(batch, cast, "publish")
    assert batch.counts["published"] == 3
    assert batch.counts["returned"] == 2
    returned = Achievement.objects.filter(status="returned")
    assert sorted(returned.values_list("code", flat=True)) == sorted(codes)


def test_leaving_out_the_last_row_closes_the_batch(cast: Cast, batch: ImportBatch) -> None:
    codes = list(queries.waiting_in(batch).values_list("code", flat=True))
    services.leave_out(batch, actor=cast.registrar_city, codes=codes, reasons=["全部有误"])
    batch.refresh_from_db()
    assert batch.status == "closed"


def test_rows_of_another_batch_are_out_of_reach(cast: Cast, batch: ImportBatch) -> None:
    other = make_achievement(cast.enterprise, cast.member, state="in_review")
    with pytest.raises(InvalidInput):
        services.leave_out(batch, actor=cast.registrar_city, codes=[other.code], reasons=["不该退"])
    other.refresh_from_db()
    assert other.status == "in_review"


@pytest.mark.parametrize("role", ["university_member", "member", "broker", "authority", "auditor"])
def test_only_reviewers_decide(cast: Cast, batch: ImportBatch, role: str) -> None:
    with pytest.raises(Forbidden):
        services.decide_batch(batch, actor=cast[role], act="publish")
    with pytest.raises(Forbidden):
        services.leave_out(batch, actor=cast[role], codes=["x"], reasons=["x"])


def test_nobody_decides_on_their_own_organisation(cast: Cast, batch: ImportBatch) -> None:
    insider = cast.registrar_city
    insider.memberships.create(organization=cast.university, role="member")
    insider.forget_access()
    with pytest.raises(Forbidden):
        services.decide_batch(batch, actor=insider, act="publish")
    assert not queries.batches_to_review(insider).exists()


def test_a_decision_is_taken_once(cast: Cast, batch: ImportBatch) -> None:
    services.decide_batch(batch, actor=cast.registrar_city, act="publish")
    with pytest.raises(Refused):
        services.decide_batch(batch, actor=cast.registrar_city, act="return", reasons=["x"])
    jobs.run_open()
    batch.refresh_from_db()
    with pytest.raises(Refused):
        services.decide_batch(batch, actor=cast.registrar_city, act="publish")


def test_a_row_whose_validity_has_passed_goes_back(cast: Cast, batch: ImportBatch) -> None:
    first = queries.waiting_in(batch).first()
    assert first is not None
    # The day that the sheet named was still to come when it was brought in.
    first.valid_until = clock.today()
    first.save(update_fields=["valid_until"])
    with clock.shift(timedelta(days=1)):
        decide(batch, cast, "publish")
    first.refresh_from_db()
    assert first.status == "returned"
    assert "有效期已过" in first.return_reasons[0]
    assert batch.counts["published"] == 4


def test_a_killed_decision_goes_on(
    cast: Cast, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 2)
    real, calls = batches.advance, []

    def dying(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "advance", dying)
    decide(batch, cast, "publish")
    assert batch.status == "deciding"
    with clock.shift(timedelta(seconds=16)):
        jobs.run_open()
    batch.refresh_from_db()
    assert batch.status == "closed"
    told = Entry.objects.filter(event="AchievementsPublished")
    assert sorted(key for entry in told for key in entry.payload["ids"]) == sorted(
        Achievement.objects.values_list("pk", flat=True)
    )


def test_what_a_batch_lacks_and_whose_titles_it_repeats(cast: Cast, batch: ImportBatch) -> None:
    lacking = queries.lacking_in(batch)
    assert (lacking["industry"], lacking["trl"], lacking["cooperation"]) == (5, 5, 5)
    assert (lacking["proposed"], lacking["short"]) == (0, 5 if len(good_rows(1)[0][1]) < 50 else 0)
    assert queries.namesakes_of(batch) == []
    other = make_achievement(
        cast.enterprise, cast.member, state="published", title=good_rows(1)[0][0]
    )
    assert queries.namesakes_of(batch) == [other]


def test_events_name_every_row(cast: Cast) -> None:
    several = events.AchievementsPublished(subject_id=1, ids=[7, 8])
    single = events.EVENTS["publish"](subject_id=8)
    assert ids_of([several, single]) == [7, 8]


def test_cancelled_decision_leaves_the_rest_waiting(
    cast: Cast, batch: ImportBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "STEP", 2)
    services.decide_batch(batch, actor=cast.registrar_city, act="publish", reasons=())
    original = batches.advance

    def advance(job: object, done: int, total: int | None = None) -> None:
        jobs.cancel_job(job, actor=cast.registrar_city)
        original(job, done, total)

    monkeypatch.setattr(batches, "advance", advance)
    jobs.run_open()
    batch.refresh_from_db()
    assert batch.status == "in_review"
    assert queries.waiting_in(batch).count() == 3
    monkeypatch.setattr(batches, "advance", original)
    assert decide(batch, cast, "publish").status == "closed"


def taken_back(made: Achievement, cast: Cast) -> Achievement:
    """The owner takes a row back, changes it and submits it again."""
    author = cast.university_member
    made = listings.move(made, "recall", actor=author)
    made = listings.save_step(made, actor=author, values={"title": "换了内容的成果名称"})
    return listings.move(made, "submit", actor=author)


@pytest.mark.parametrize("act", ["publish", "return", "leave_out"])
def test_a_batch_is_not_decided_on_what_nobody_saw(
    cast: Cast, batch: ImportBatch, act: str
) -> None:
    seen = queries.batch_state(batch)
    first, second = Achievement.objects.order_by("pk")[:2]
    changed = taken_back(first, cast)
    registrar = cast.registrar_city

    def attempt(rev: str) -> None:
        if act == "leave_out":
            services.leave_out(
                batch, actor=registrar, codes=[second.code], reasons=["重复"], rev=rev
            )
        else:
            services.decide_batch(batch, actor=registrar, act=act, reasons=["重复"], rev=rev)

    with pytest.raises(Stale):
        attempt(seen)
    assert set(Achievement.objects.values_list("status", flat=True)) == {"in_review"}
    assert queries.changed_since(batch, seen) == [changed]
    attempt(queries.batch_state(batch))


def test_the_state_of_a_batch_changes_with_every_row_that_a_decision_reaches(
    cast: Cast, batch: ImportBatch
) -> None:
    states = [queries.batch_state(batch)]
    first = Achievement.objects.order_by("pk")[0]
    listings.move(first, "recall", actor=cast.university_member)
    states.append(queries.batch_state(batch))
    listings.move(first, "submit", actor=cast.university_member)
    states.append(queries.batch_state(batch))
    assert len(set(states)) == 3


def test_a_row_that_comes_back_after_the_decision_is_reviewed_by_itself(
    cast: Cast, batch: ImportBatch
) -> None:
    first = Achievement.objects.order_by("pk")[0]
    services.decide_batch(batch, actor=cast.registrar_city, act="publish")
    taken_back(first, cast)
    jobs.run_open()
    batch.refresh_from_db()
    first.refresh_from_db()
    assert (batch.status, batch.counts["published"], first.status) == ("closed", 4, "in_review")
    assert list(queries.achievements_to_review(cast.registrar_city)) == [first]
