"""The real records end to end: imported, reviewed as one batch, found, and not brought in twice."""

import io
import os
from typing import Any

import pytest

from marketplace.achievements import queries, services
from marketplace.achievements.models import Achievement
from marketplace.files import storage
from marketplace.journal import jobs
from marketplace.journal import services as journal
from search import engine
from search.query import Query
from tests.cast import Cast
from tests.marketplace.achievements.matchdev import shared_dir, to_xlsx

FOLDER = shared_dir() / "match-dev"
#: All of them in `make proofs`; before every change the first six hundred.
ALL = os.environ.get("EVERY_CELL") == "1"
COUNT, TITLED = (5_239, 1_666) if ALL else (600, 208)
pytestmark = [
    pytest.mark.shared,
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no benchmark data at {FOLDER}"),
]


def test_the_real_records_become_searchable_and_stay_single(cast: Cast, own_index: Any) -> None:
    data = to_xlsx(FOLDER, COUNT)

    def check() -> Any:
        stored = storage.put(io.BytesIO(data))
        batch = services.start_import(
            owner=cast.university,
            actor=cast.university_member,
            file_name="成果.xlsx",
            file_path=stored.path,
        )
        jobs.run_open()
        batch.refresh_from_db()
        return batch

    batch = check()
    assert batch.counts["bad"] == 0, batch.problems[:5]
    assert (batch.counts["total"], batch.counts["new"]) == (COUNT, COUNT)
    services.confirm_import(batch, actor=cast.university_member, mode="all")
    jobs.run_open()
    assert Achievement.objects.filter(status="in_review").count() == COUNT
    assert Achievement.objects.filter(proposed_title=True).count() == COUNT - TITLED
    assert Achievement.objects.filter(title="").count() == 0

    journal.drain()
    batch.refresh_from_db()
    assert list(queries.batches_to_review(cast.registrar_city)) == [batch]
    assert queries.achievements_to_review(cast.registrar_city).count() == 0
    services.decide_batch(batch, actor=cast.registrar_city, act="publish")
    jobs.run_open()
    journal.drain()
    found = engine.find("achievements", Query("长效型主动融雪沥青混合料路用性能试验"))
    first = Achievement.objects.get(code=found.hits[0].id)
    assert first.title == "长效型主动融雪沥青混合料路用性能试验"
    assert engine.find("achievements", Query("")).total == COUNT

    again = check()
    assert (again.counts["new"], again.counts["duplicate"]) == (0, COUNT)
