"""Kept readings: the same as fresh ones, used only while they are true, made again when they are not."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from marketplace.journal.models import Job
from marketplace.listings import services as listings
from marketplace.matching import queries, services, tasks
from marketplace.matching.models import Reading
from marketplace.matching.queries import preview, readings, retrieval
from marketplace.matching.rulebook import affinity
from marketplace.needs.models import Need
from search import engine
from tests.cast import Cast
from tests.factories.achievements import make_achievement
from tests.factories.matching import magnet_need, magnet_result
from tests.factories.needs import make_need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]
Drain = Callable[[], int]


def taken_apart(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of texts that are taken apart from now on."""
    seen: list[str] = []
    original = affinity.take_apart

    def noted(title: str, body: str, **kind: bool) -> affinity.Text:
        seen.append(title)
        return original(title, body, **kind)

    affinity.read.cache_clear()
    monkeypatch.setattr(affinity, "take_apart", noted)
    return seen


@given(st.text(max_size=200), st.text(max_size=40))
@pytest.mark.usefixtures("own_index")
def test_what_is_kept_is_what_was_read(body: str, title: str) -> None:
    row = Need(title=title, problem=body, pk=1)
    row._prefetched_objects_cache = {"indicators": Need.objects.none()}
    read = readings.text_of(row)
    kept = services.reading._reading("need", row, affinity.version())
    again = Reading.objects.model(
        **{name: getattr(kept, name) for name in ("rev", "version", "telling", "words")}
    )
    Need._meta.get_field("reading").set_cached_value(row, again)
    found = readings.text_of(row)
    assert (found.telling, found.words, found.plain) == (read.telling, read.words, read.plain)
    assert list(found.telling) == list(read.telling)


def test_a_publication_keeps_readings_of_both_sides(cast: Cast, drain: Drain) -> None:
    result = magnet_result(cast.university, cast.university_member)
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    kept = Reading.objects.order_by("id")
    assert {(row.need_id, row.achievement_id, row.rev) for row in kept} == {
        (need.pk, None, need.rev),
        (None, result.pk, result.rev),
    }
    stored = Reading.objects.get(need=need)
    weights = [weight for _, weight in stored.telling]
    assert weights == sorted(weights, reverse=True)
    assert "钕铁硼" in stored.words.split()
    # Both listings have a confidential part that begins with this word.
    assert not Reading.objects.filter(words__icontains="canary").exists()


def test_a_preview_takes_no_candidate_apart_and_says_the_same(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    magnet_result(cast.university, cast.university_member)
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    seen = taken_apart(monkeypatch)
    with_kept = preview.preview_matches(need)
    assert seen == [need.title]
    Reading.objects.all().delete()
    affinity.read.cache_clear()
    without = preview.preview_matches(need)
    assert len(seen) == 3
    assert with_kept == without
    assert with_kept.matches[0].score == 89


def test_a_changed_text_is_read_anew_until_its_new_reading_is_kept(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = magnet_result(cast.university, cast.university_member)
    magnet_need(cast.enterprise, cast.member)
    drain()
    row = Achievement.objects.get(pk=result.pk)
    row.title = "压电陶瓷换能器"
    listings.touch(row, ["title"])
    seen = taken_apart(monkeypatch)
    (candidate,) = retrieval.open_rows(Achievement, [result.code])
    assert "压电" in " ".join(readings.text_of(candidate).words)
    assert seen == ["压电陶瓷换能器"]
    assert services.keep_readings([candidate]) == 1
    assert services.keep_readings([candidate]) == 0
    (candidate,) = retrieval.open_rows(Achievement, [result.code])
    seen.clear()
    affinity.read.cache_clear()
    assert "压电" in " ".join(readings.text_of(candidate).words)
    assert seen == []
    assert Reading.objects.filter(achievement=result).count() == 1


def test_another_version_of_the_analysis_makes_all_readings_anew(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    magnet_result(cast.university, cast.university_member)
    magnet_need(cast.enterprise, cast.member)
    drain()
    assert services.start_reading() is None
    monkeypatch.setattr(affinity, "version", lambda: "another")
    tasks.read()
    drain()
    job = Job.objects.get(kind=services.READ)
    assert (job.status, job.done, job.total, job.result) == ("done", 2, 2, {"read": 2})
    assert set(Reading.objects.values_list("version", flat=True)) == {"another"}


def test_only_open_listings_are_read_and_a_job_that_waits_is_enough(cast: Cast) -> None:
    make_need(cast.enterprise, cast.member, state="in_review")
    make_achievement(cast.university, cast.university_member)
    assert services.start_reading() is None
    make_need(cast.enterprise, cast.member, state="published")
    first = services.start_reading()
    assert first is not None
    assert services.start_reading() == first
    assert [row.status for row in readings.unread(Need)] == ["published"]
    assert not readings.unread(Achievement)


def test_a_killed_reading_goes_on_with_what_is_left(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_need(cast.enterprise, cast.member, state="published") for _ in range(5)]
    monkeypatch.setattr(services.reading, "_CHUNK", 2)
    services.keep_readings(Need.objects.filter(pk__in=[row.pk for row in rows[:3]]))
    job = Job.objects.create(kind=services.READ, done=3)
    assert services.run_reading(job) == {"read": 2}
    assert (job.done, job.total) == (5, 5)


def test_a_cancelled_reading_keeps_what_it_has_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        make_need(cast.enterprise, cast.member, state="published")
    monkeypatch.setattr(services.reading, "_CHUNK", 2)
    job = services.start_reading()
    assert job is not None
    original = services.reading.keep_readings

    def kept(found: Any) -> int:
        jobs.cancel_job(Job.objects.get(pk=job.pk), actor=cast.operator)
        return original(found)

    monkeypatch.setattr(services.reading, "keep_readings", kept)
    assert jobs.run_next()
    job.refresh_from_db()
    assert (job.status, job.done) == ("cancelled", 2)
    assert Reading.objects.count() == 2


def test_a_deleted_draft_leaves_no_words_behind(cast: Cast) -> None:
    draft = make_need(cast.enterprise, cast.member)
    services.keep_readings([draft])
    assert Reading.objects.count() == 1
    listings.delete_draft(draft, actor=cast.member)
    assert Reading.objects.count() == 0


def test_many_publications_are_read_by_a_job_before_they_are_compared(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.background, "FEW", 1)
    for number in range(3):
        magnet_result(cast.university, cast.university_member, title=f"低重稀土技术 {number}")
    drain()
    assert [job.kind for job in Job.objects.order_by("id")] == [services.READ, services.REFRESH]
    assert Reading.objects.exclude(achievement=None).count() == 3


def test_a_preview_asks_nothing_more_for_readings(
    cast: Cast, drain: Drain, django_assert_num_queries: Any
) -> None:
    magnet_result(cast.university, cast.university_member)
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    engine.rebuild("achievements")
    need = Need.objects.select_related("owner").prefetch_related("indicators").get(pk=need.pk)
    # Whether there are vectors, the candidates with owner and reading, their indicators.
    with django_assert_num_queries(3):
        assert len(queries.preview_matches(need).matches) == 1


def test_a_closed_listing_is_not_read_again(cast: Cast, drain: Drain) -> None:
    result = magnet_result(cast.university, cast.university_member)
    drain()
    listings.move(result, "withdraw", reason="已转让", actor=cast.university_member)
    assert not readings.unread(Achievement)
