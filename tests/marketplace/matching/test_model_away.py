"""Publishing while the sentence model is killed again and again: nothing is lost, vectors follow."""

import os
import signal
from collections.abc import Callable

from django.test import Client

import pytest

from marketplace.journal import jobs
from marketplace.journal.models import Delivery, Job
from marketplace.kernel import clock
from marketplace.matching import services
from marketplace.matching.models import Match
from marketplace.matching.services import background
from marketplace.needs.models import Need
from search import embedder, vectors
from search.models import Embedding
from tests.cast import Cast
from tests.factories.matching import magnet_need, magnet_result
from tests.sentence_model import Running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_index")]


@pytest.fixture
def model(poisoned: Running, settings, monkeypatch) -> Running:
    """A server of the model, as real processes; a vector costs no time, and some texts kill."""
    monkeypatch.setattr(embedder.importlib.util, "find_spec", lambda _name: object())
    monkeypatch.setattr(embedder, "_rests_until", 0.0)
    settings.SEARCH_VECTORS = True
    settings.RUNTIME_DIR = poisoned.folder
    return poisoned


def catch_up(drain: Callable[[], int]) -> None:
    """What the worker does in the quarter minutes that follow."""
    for _ in range(5):
        Job.objects.filter(status="queued").update(next_try_at=clock.now())
        drain()


def test_fifty_publications_while_the_model_is_killed(
    cast: Cast, drain: Callable[[], int], model: Running, client: Client
) -> None:
    magnet_result(cast.university, cast.university_member)
    drain()
    for number in range(50):
        if number % 10 == 3:
            model.kill_worker()
        if number == 15:
            model.kill()
        if number == 30:
            model.start()
        magnet_need(cast.enterprise, cast.member, title=f"第{number}项重稀土减量技术")
        drain()
        if number % 10 == 5:
            page = client.post("/match/", {"problem": f"钕铁硼磁体重稀土减量，第{number}问"})
            assert page.status_code == 200
    assert Need.objects.filter(status="published").count() == 50
    assert not Delivery.objects.exclude(status="done").exists(), (
        "nothing waits, nothing is given up"
    )
    assert Match.objects.count() == 50, "by words, where the model was away"
    catch_up(drain)
    assert Embedding.objects.filter(kind="needs").count() == 50
    assert len(vectors.matrix("needs").ids) == 50
    assert not Job.objects.exclude(status="done").exists()
    assert model.process.poll() is None


def test_a_job_waits_for_the_model_and_says_so(
    cast: Cast, drain: Callable[[], int], model: Running
) -> None:
    model.kill()
    need = magnet_need(cast.enterprise, cast.member)
    drain()
    job = Job.objects.get(kind=background.EMBED)
    assert (job.status, job.error, job.attempts) == ("queued", "ModelAway", 0)
    assert services.start_embedding() == job, "one is enough"
    model.start()
    catch_up(drain)
    job.refresh_from_db()
    assert job.status == "done"
    assert Embedding.objects.get().object_id == need.code


def test_a_need_that_kills_the_model_is_published_matched_and_named(
    cast: Cast, drain: Callable[[], int], model: Running, client: Client
) -> None:
    magnet_result(cast.university, cast.university_member)
    deadly = magnet_need(cast.enterprise, cast.member, title="重稀土减量后的崩溃难题")
    other = magnet_need(cast.enterprise, cast.member, title="重稀土减量技术")
    drain()
    assert Match.objects.filter(need__in=[deadly, other]).count() == 2
    assert not Delivery.objects.exclude(status="done").exists()
    assert [row.object_id for row in vectors.refused()] == [deadly.code]
    assert "needs" not in {row.kind for row in Embedding.objects.filter(object_id=deadly.code)}
    deaths = model.state()["deaths"]
    assert 2 <= deaths <= 4, "of what it is found by, and of what is asked with"
    assert services.start_embedding() is None, "what was refused is not lacking"
    assert jobs.run_open() == 0
    assert model.state()["deaths"] == deaths
    model.until(lambda: model.state()["worker"], "it comes back by itself")
    client.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/workbench/operations/").content.decode()
    assert f"/needs/{deadly.code}/" in page
    assert "语义模型没有运行" not in page


def test_the_operator_is_told_that_the_model_is_away(
    cast: Cast, model: Running, client: Client
) -> None:
    client.force_login(cast.operator, backend="django.contrib.auth.backends.ModelBackend")
    os.kill(model.process.pid, signal.SIGKILL)
    model.process.wait()
    assert "语义模型没有运行" in client.get("/workbench/operations/").content.decode()


def test_a_problem_of_characters_that_unfold_is_answered(
    cast: Cast, drain: Callable[[], int], real_model: Running, settings, client: Client
) -> None:
    """Ten of them aborted the web process; it is the real model that is asked."""
    settings.SEARCH_VECTORS, settings.RUNTIME_DIR = True, real_model.folder
    magnet_result(cast.university, cast.university_member)
    magnet_need(cast.enterprise, cast.member, summary="ﷺ" * 30)
    drain()
    deaths = real_model.state()["deaths"]
    assert client.post("/match/", {"problem": "ﷺ" * 30}).status_code == 200
    assert Embedding.objects.count() == 2
    assert real_model.state()["deaths"] == deaths
