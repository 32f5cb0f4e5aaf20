"""Matching beside what people wait for: jobs that resume, vectors that are lacking, an index that is away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.achievements.models import Achievement
from marketplace.journal import jobs
from marketplace.journal.models import Delivery, Job
from marketplace.kernel import clock
from marketplace.matching import queries, services
from marketplace.matching.models import Match
from marketplace.matching.services import background
from marketplace.needs.models import Need
from marketplace.notices.models import Notice
from search import engine
from search.errors import SearchUnavailable
from search.models import Embedding
from tests.cast import Cast
from tests.factories.matching import magnet_need, magnet_result

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]
Drain = Callable[[], int]


def test_many_publications_are_one_job_over_the_needs(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "FEW", 1)
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    for number in range(4):
        magnet_result(
            cast.university, cast.university_member, title=f"晶界扩散低重稀土技术 {number}"
        )
    seen = []
    original = background.compute_matches
    monkeypatch.setattr(
        background, "compute_matches", lambda row: seen.append(row.pk) or original(row)
    )
    drain()
    assert seen == [need.pk]
    job = Job.objects.get(kind="matching.refresh")
    assert (job.status, job.done, job.total) == ("done", 1, 1)
    assert job.result == {"needs": 1, "new": 4}
    assert Match.objects.count() == 4
    notice = Notice.objects.get(kind="matching.found", recipient=cast.member)
    assert notice.params["count"] == 4
    assert not Notice.objects.filter(
        kind="matching.found", recipient=cast.university_member
    ).exists()


def test_a_waiting_job_takes_up_what_comes_after(cast: Cast) -> None:
    background._queue(needs=[1, 2])
    background._queue(achievements=[7])
    background._queue(needs=[2, 3])
    job = Job.objects.get()
    assert job.payload == {"needs": [1, 2, 3], "achievements": [7]}
    background._queue(everything=True)
    assert [row.payload for row in Job.objects.order_by("id")][1:] == [{"everything": True}]


def test_a_refresh_that_was_killed_goes_on_where_it_was(cast: Cast, drain: Drain) -> None:
    magnet_result(cast.university, cast.university_member)
    rows = [magnet_need(cast.enterprise, cast.member, title=f"重稀土减量 {n}") for n in range(4)]
    engine.rebuild("achievements")
    job = Job.objects.create(
        kind=services.REFRESH, payload={"everything": True}, done=2, place=rows[1].pk
    )
    # One of those that are done is open no more: counting would now pass over one that is not.
    type(rows[0]).objects.filter(pk=rows[0].pk).update(status="expired")
    services.run_refresh(job)
    assert set(Match.objects.values_list("need_id", flat=True)) == {rows[2].pk, rows[3].pk}
    assert (job.done, job.total, job.place) == (4, 4, rows[3].pk)


def test_a_refresh_that_has_begun_takes_up_nothing_more(cast: Cast) -> None:
    background._queue(needs=[5])
    Job.objects.update(takes=1, place=9)
    background._queue(needs=[3])
    payloads = [job.payload["needs"] for job in Job.objects.order_by("id")]
    assert payloads == [[5], [3]], "what lies before its place would be left out"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Vectors that cost nothing: which codes were embedded."""
    made: list[str] = []

    def embed(name: str, codes: list[str], *, strict: bool = False) -> int:
        made.extend(codes)
        for code in codes:
            values = {"rev": 1, "text_sha256": code, "vector": b""}
            Embedding.objects.update_or_create(kind=name, object_id=code, defaults=values)
        return len(codes)

    monkeypatch.setattr(background.vectors, "is_wanted", lambda: True)
    monkeypatch.setattr(background.vectors, "embed", embed)
    monkeypatch.setattr(background, "_CHUNK", 2)
    return made


def test_vectors_that_are_lacking_are_made_in_turns(
    cast: Cast, embedded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    need = magnet_need(cast.enterprise, cast.member)
    results = [
        magnet_result(cast.university, cast.university_member, title=f"晶界扩散 {n}")
        for n in range(5)
    ]
    magnet_result(cast.university, cast.university_member, state="draft")
    Need.objects.update(rev=1)
    Achievement.objects.update(rev=1)
    codes = [need.code, *(row.code for row in results)]
    Embedding.objects.create(
        kind="achievements", object_id=codes[2], rev=0, text_sha256="x", vector=b""
    )
    impatient = replace(jobs._kinds[background.EMBED], turn=-1.0)
    monkeypatch.setitem(jobs._kinds, background.EMBED, impatient)
    job = services.start_embedding()
    assert job == services.start_embedding(), "one that waits is enough"
    turns = 0
    while jobs.run_next() and Job.objects.get(pk=job.pk).status == "queued":
        turns += 1
    assert embedded == codes
    assert turns > 2, "every step gave way"
    job.refresh_from_db()
    assert (job.status, job.result, job.done) == ("done", {"vectors": 6}, 6)
    assert Job.objects.get(kind=services.REFRESH).payload == {"everything": True}
    assert services.start_embedding() is None


def test_matches_wait_while_the_index_is_away(
    cast: Cast, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    magnet_result(cast.university, cast.university_member)
    drain()
    need = magnet_need(cast.enterprise, cast.member)

    def away(*_args: object) -> None:
        raise SearchUnavailable("away")

    with monkeypatch.context() as outage:
        outage.setattr(engine, "_asked", away)
        drain()
        assert not Match.objects.exists(), "a look through the newest rows is no match"
        waiting = Delivery.objects.get(handler__endswith="match_needs", status="pending")
        assert (waiting.attempts, waiting.error) == (0, "SearchUnavailable")
        # Somebody who looks at a preview gets what there is.
        assert [found.other for found in queries.preview_matches(need).matches]
    with clock.shift(timedelta(seconds=16)):
        drain()
    assert Match.objects.get().need_id == need.pk


def test_matches_that_other_weights_scored_are_computed_again(cast: Cast, drain: Drain) -> None:
    magnet_need(cast.enterprise, cast.member)
    magnet_result(cast.university, cast.university_member)
    drain()
    before = Match.objects.get()
    services.start_rescoring()
    assert not Job.objects.filter(kind=services.REFRESH).exists()
    Match.objects.update(weights_version="2026-1", score=100)
    services.start_rescoring()
    services.start_rescoring()
    assert Job.objects.filter(kind=services.REFRESH).count() == 1
    jobs.run_open()
    again = Match.objects.get()
    assert (again.weights_version, again.score) == ("2026-2", before.score)
