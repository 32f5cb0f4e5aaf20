"""The proofs (a) to (j) of never losing and never leaking, with real processes that are really killed.

CI runs one of each kind; the bursts and the controls, marked `long`, run with `make proofs`. After each of them `reconcile_index` finds no difference, and no secret is in any document.
"""

import sys
import time

import pytest

from tests.consistency.site import Process, Site

pytestmark = pytest.mark.kill
#: A burst of work. CI kills Elasticsearch too: in (g).
MANY = 500


@pytest.fixture
def waiting(site: Site) -> list[str]:
    """Twenty needs that wait for review."""
    return prepare(site, 20)


def prepare(site: Site, count: int) -> list[str]:
    act = site.act("prepare", str(count), wait=False)
    codes = [line.decode().strip() for line in act.lines]
    assert act.wait() == 0, site.words("acts")
    assert len(codes) == count
    return codes


def publish(site: Site, *, stop_after: int, then) -> None:
    """Publish all that wait; do something after so many of them."""
    act = site.act("publish", wait=False)
    for number, _line in enumerate(act.lines, start=1):
        if number == stop_after:
            then()
    assert act.wait() == 0, site.words("acts")


def start(site: Site) -> Process:
    site.beat()
    return site.worker()


def report(text: str) -> None:
    """A line of the run's output: `-rP` shows what proofs that passed have said."""
    sys.stdout.write(f"{text}\n")


@pytest.mark.long
def test_a_elasticsearch_killed_in_the_middle_of_500_publications(site: Site):
    prepare(site, MANY)
    start(site)
    publish(site, stop_after=MANY // 2, then=site.elasticsearch.kill)
    assert site.reconcile() == -1
    assert site.pending() > 0
    site.elasticsearch.start()
    seconds = site.healed()
    assert len(site.sql("SELECT 1 FROM needs_need WHERE status = 'published'")) >= MANY
    report(f"(a) {MANY} publications, Elasticsearch killed: 0 differences after {seconds:.1f} s")


def test_b_redis_killed_during_publications(site: Site, waiting: list[str]):
    start(site)
    publish(site, stop_after=5, then=site.redis.kill)
    site.redis.start()
    seconds = site.healed()
    assert all(site.indexed(code)["visible"] for code in waiting[-2:])
    report(f"(b) Redis killed: 0 differences after {seconds:.1f} s")


@pytest.mark.long
def test_b_and_j_without_the_sweep_what_redis_lost_stays_lost(site: Site, waiting: list[str]):
    """The control: it is the beat's sweep that finds what no message told of."""
    site.worker()
    site.redis.kill()
    publish(site, stop_after=1, then=lambda: None)
    site.redis.start()
    time.sleep(20)
    waiting_still, differences = site.pending(), site.reconcile()
    assert waiting_still > 0
    assert differences > 0
    site.beat()
    seconds = site.healed()
    report(
        f"(j) no sweep: {differences} differences stay for 20 s; with it 0 after {seconds:.1f} s",
    )


def test_c_worker_killed_between_the_index_and_the_mark(site: Site, waiting: list[str]):
    worker = start(site)
    (site.data / "die").touch()
    publish(site, stop_after=1, then=lambda: None)
    site.until(lambda: not worker.runs, 30)
    assert not (site.data / "die").exists()
    assert site.pending() > 0
    site.worker()
    seconds = site.healed()
    attempts = site.sql("SELECT max(attempts) FROM journal_delivery WHERE status = 'done'")[0][0]
    assert attempts >= 2
    assert site.sql("SELECT count(*) FROM journal_delivery WHERE status = 'dead'") == [(0,)]
    report(f"(c) worker killed after the index had it: 0 differences after {seconds:.1f} s")


@pytest.mark.parametrize("times", [20, pytest.param(200, marks=pytest.mark.long)])
def test_d_two_writers_many_times(site: Site, waiting: list[str], times: int):
    start(site)
    publish(site, stop_after=1, then=lambda: None)
    writers = [site.act("renew", waiting[0], str(times), wait=False) for _ in range(2)]
    assert [writer.wait() for writer in writers] == [0, 0], site.words("acts")
    site.healed()
    ((revision,),) = site.sql("SELECT rev FROM needs_need WHERE code = %s", waiting[0])
    assert revision > 2 * times
    assert site.indexed(waiting[0])["rev"] == revision
    report(f"(d) two writers: revision {revision} in both")


def test_e_a_rolled_back_publication_leaves_nothing(site: Site, waiting: list[str]):
    start(site)
    site.act("publish_and_roll_back", waiting[0])
    time.sleep(7)  # longer than the sweep waits before it takes what no message told of
    assert [hit for hit in site.everything_indexed() if hit["_id"] == waiting[0]] == []
    assert site.sql("SELECT status FROM needs_need WHERE code = %s", waiting[0]) == [("in_review",)]
    assert site.reconcile() == 0


def test_g_withdrawn_while_elasticsearch_is_down_is_gone_at_once_and_for_ever(
    site: Site, waiting: list[str]
):
    start(site)
    # A title that nobody else has, or the search box might offer it for the other.
    site.sql("UPDATE needs_need SET title = %s WHERE code = %s", "磁流变减振器批量标定", waiting[0])
    publish(site, stop_after=1, then=lambda: None)
    site.healed()
    web, code, other = site.web(), waiting[0], waiting[1]
    page = site.found(web, "磁流变减振器")
    assert code in page
    title = site.sql("SELECT title FROM needs_need WHERE code = %s", code)[0][0]
    assert code in site.found(web, title)
    assert title in site.completed(web, title[:4])
    site.elasticsearch.kill()
    site.act("withdraw", code)
    assert title not in site.completed(web, title[:4])
    for _ in range(3):
        began = time.monotonic()
        page = site.found(web, title)
        assert time.monotonic() - began < 5
        assert code not in page
        assert "搜索服务暂时不可用" in page
        assert title not in site.completed(web, title[:4])
    assert site.get(f"{web}/needs/{code}/")[0] == 410
    # Everything else is there as ever.
    assert site.get(f"{web}/needs/{other}/")[0] == 200
    site.elasticsearch.start()
    # The index still has it: what keeps it from the page now is the database.
    until = time.monotonic() + 5
    while time.monotonic() < until:
        assert code not in site.found(web, title)
        time.sleep(0.25)  # one visitor may search only so often a minute
    seconds = site.healed()
    assert site.indexed(code)["visible"] is False
    for _ in range(5):
        assert code not in site.found(web, title)
    site.until(lambda: "搜索服务暂时不可用" not in site.found(web, title), 40, every=1)
    report(f"(g) withdrawn while it was down: never seen, index true after {seconds:.1f} s")


def test_h_a_job_held_back_past_the_withdrawal_brings_nothing_back(site: Site, waiting: list[str]):
    start(site)
    publish(site, stop_after=1, then=lambda: None)
    site.healed()
    code = waiting[0]
    held = site.act("stale", code, wait=False)
    assert next(held.lines) == b"held\n"
    client = site.client()
    client.indices.put_settings(index="jiebang-*", settings={"index.gc_deletes": "1s"})
    site.act("withdraw", code)
    site.healed()
    # Longer than an index remembers the version of a document that was deleted.
    time.sleep(4)
    held.tell()
    assert next(held.lines) == b"written\n"
    assert held.wait() == 0
    assert site.indexed(code)["visible"] is False
    assert site.reconcile() == 0
    # The control: with a deletion instead of a tombstone the late write would be taken.
    versioned = {"index": "proof-h", "id": "1", "version_type": "external_gte"}
    client.indices.create(index="proof-h", settings={"index.gc_deletes": "1s"})
    client.index(**versioned, version=1, document={"visible": True})
    client.delete(**versioned, version=2)
    time.sleep(4)
    client.indices.refresh(index="proof-h")
    client.index(**versioned, version=1, document={"visible": True})
    assert client.get(index="proof-h", id="1")["_source"] == {"visible": True}
    client.indices.delete(index="proof-h")
    client.close()
    report("(h) held back past the memory of deletions: still invisible; a deletion fails")


def test_worker_that_is_stopped_loses_no_job(site: Site):
    worker = start(site)
    steps = site.data / "steps"
    steps.unlink(missing_ok=True)
    act = site.act("long_job", wait=False)
    code = next(act.lines).decode().strip()
    act.wait()
    site.until(lambda: steps.exists() and len(steps.read_text().split()) >= 10, 30)
    seconds = worker.stop()
    assert seconds < 15
    ((status, done),) = site.sql("SELECT status, done FROM journal_job WHERE code = %s", code)
    assert status == "queued"
    assert 10 <= done < 60
    site.worker()

    def is_done() -> bool:
        return site.sql("SELECT status FROM journal_job WHERE code = %s", code) == [("done",)]

    site.until(is_done, 40)
    assert [int(line) for line in steps.read_text().split()] == list(range(60))
    report(f"stopped within {seconds:.1f} s at step {done} of 60; no step lost, none twice")


def test_of_two_beats_one_works_and_the_other_takes_over(site: Site):
    def holder() -> int:
        rows = site.sql("SELECT holder FROM journal_lease WHERE until > now()")
        return int(rows[0][0].split(":")[1]) if rows else 0

    site.sql("DELETE FROM journal_lease")
    beats = {beat.pid: beat for beat in (site.beat(), site.beat())}
    site.until(lambda: holder() in beats, 20)
    first = holder()
    for _ in range(20):
        time.sleep(0.5)
        assert holder() == first
    beats.pop(first).kill()
    (second,) = beats
    seconds = site.until(lambda: holder() == second, 45)
    report(f"the beat was killed: the other took over after {seconds:.1f} s")
