"""One engine at growing sizes, in a process of its own: `python -m tests.benchmarks.scale.measure`.

Prints a line of JSON for each size; `python -m tests.benchmarks.scale` makes tables of them.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from marketplace.achievements.models import Achievement  # noqa: E402
from marketplace.kernel.statistics import refresh_statistics  # noqa: E402
from marketplace.matching import services  # noqa: E402
from marketplace.matching.queries import retrieval  # noqa: E402
from marketplace.needs.models import Need  # noqa: E402
from marketplace.web.models import RateBucket  # noqa: E402
from search import engine, planning, schema, vectors  # noqa: E402
from search.evaluation import read_dataset  # noqa: E402
from search.query import Query  # noqa: E402
from tests.benchmarks.scale import bare, enquiries, world  # noqa: E402
from tests.benchmarks.speed import Case, timed  # noqa: E402
from tests.cast import make_cast  # noqa: E402

NAME = "achievements"
FACETS = ("industry", "field", "district", "trl", "price_band")
#: Questions asked of each kind; the pages are fewer, since each is a hundred times slower.
ASKED, PAGES = 300, 60
LOADED = 10_000
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def main(sizes: Sequence[int], folder: Path) -> None:
    """Fill, build and measure, size by size."""
    data = read_dataset(folder)
    abstracts = [text for _, text in data.documents]
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    cast = make_cast()
    questions = [text for _, text in data.queries if len(text) <= 12][:ASKED]
    needs = [text for _, text in data.queries if len(text) > 12][:ASKED]
    asker = None
    for size in sizes:
        world.fill(cast, abstracts, size)
        asker = asker or enquiries.fill(cast)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        refresh_statistics()
        built = world.build()
        engine_itself = _bare()
        rows = world.ready_rows(NAME, min(size, LOADED))
        found = {
            "size": size,
            "rows_per_second": built.rows / built.rebuild,
            "tokenizing_share": built.tokenizing / built.rebuild,
            "bare_rows_per_second": len(rows) / engine_itself.load(rows),
            "cases": {case.name: _both(case) for case in _cases(engine_itself, questions, needs)},
            "pages": _pages(cast, questions)
            | enquiries.timed_in_turn(enquiries.pages(cast, asker)),
            "memory": _memory(),
        }
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _bare() -> bare.Bare:
    embedded = os.environ["SEARCH_URL"].startswith("embedded")
    return bare.BareTantivy(NAME) if embedded else bare.BareElasticsearch(NAME)


def _both(case: Case) -> dict[str, Any]:
    product, alone = timed(case)
    return {"bare": alone, "product": product}


def _cases(alone: bare.Bare, questions: Sequence[str], needs: Sequence[str]) -> Iterable[Case]:
    """Tokenising is part of both sides; the bare side's queries are ready."""

    def ready(query: Query) -> Callable[[Any], object]:
        for text in questions:
            asked = Query(text, facets=query.facets)
            strict = planning.find_plan(alone.spec, asked)
            _, loosened = engine._find(engine.backend(), alone.spec, strict)
            alone.prepare("strict" + str(query.facets), text, strict)
            if loosened:
                alone.prepare("loose" + str(query.facets), text, planning.loosened(strict))

        def ask(asked: Query) -> object:
            planning.find_plan(alone.spec, asked)
            found = alone.ask("strict" + str(query.facets), asked.text)
            if alone.is_ready("loose" + str(query.facets), asked.text):
                found = alone.ask("loose" + str(query.facets), asked.text)
            return found

        return ask

    plain, faceted = Query(""), Query("", facets=FACETS)
    yield Case(
        "find",
        lambda q: engine.find(NAME, q),
        ready(plain),
        [Query(text) for text in questions],
    )
    yield Case(
        "find, five facets",
        lambda q: engine.find(NAME, q),
        ready(faceted),
        [Query(text, facets=FACETS) for text in questions],
    )
    for text in needs:
        alone.prepare("match", text, planning.match_plan(text, {}, 100))

    def match(text: str) -> object:
        planning.match_plan(text, {}, 100)
        return alone.ask("match", text)

    yield Case("match", lambda t: engine.match(NAME, t), match, needs)


# --- pages ------------------------------------------------------------------------------------
def _pages(cast: Any, questions: Sequence[str]) -> dict[str, tuple[float, float]]:
    """p50 and p95 of whole pages, in milliseconds, as the application answers them."""
    visitor, owner, holder = Client(), Client(), Client()
    owner.force_login(cast.member, backend=_BACKEND)
    holder.force_login(cast.university_member, backend=_BACKEND)
    needs = list(Need.objects.order_by("pk")[:PAGES])
    offers = list(Achievement.objects.order_by("pk")[:PAGES])
    for need in needs:
        services.compute_matches(need)
    # As the worker leaves a city after its first night.
    services.keep_readings(Need.objects.prefetch_related("indicators"))
    return {
        "search page": _timed_page(visitor, [f"/achievements/?q={text}" for text in questions]),
        "facet page": _timed_page(
            visitor, [f"/achievements/?q={text}&industry=wood&trl=8" for text in questions]
        ),
        "newest, no words": _timed_page(visitor, ["/achievements/"] * PAGES),
        "match page": _timed_page(visitor, [f"/needs/{need.code}/matches/" for need in needs]),
        "matching itself (100 compared)": _timed_calls(retrieval.achievements_for, needs),
        "match preview page": _timed_page(
            owner, [f"/workbench/needs/{need.code}/preview-matches/" for need in needs[:55]]
        ),
        "matching an achievement (100 compared)": _timed_calls(retrieval.needs_for, offers),
        "achievement's preview page": _timed_page(
            holder,
            [f"/workbench/achievements/{offer.code}/preview-matches/" for offer in offers[:55]],
        ),
    }


def _timed_page(client: Client, addresses: Sequence[str]) -> tuple[float, float]:
    def fetch(address: str) -> None:
        answer = client.get(address, follow=False)
        assert answer.status_code == 200, (address, answer.status_code)

    RateBucket.objects.all().delete()
    return _timed_calls(fetch, addresses[:PAGES])


def _timed_calls(call: Callable[[Any], object], inputs: Sequence[Any]) -> tuple[float, float]:
    for one in inputs[:5]:
        call(one)
    times = []
    for one in inputs:
        began = time.perf_counter()
        call(one)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]


# --- memory -----------------------------------------------------------------------------------
def _memory() -> dict[str, float]:
    """Megabytes: this process, the vectors, the index on disk, the cluster's heap."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    found = {
        "process": int(resident.split()[1]) / 1024,
        "vectors": vectors.matrix(NAME).vectors.nbytes / 2**20,
    }
    backend: Any = engine.backend()
    if os.environ["SEARCH_URL"].startswith("embedded"):
        files = (Path(os.environ["DATA_DIR"]) / "index" / NAME).rglob("*")
        found["index on disk"] = sum(file.stat().st_size for file in files) / 2**20
    else:
        client = backend._cluster._writer
        alias = backend.store(schema.get(NAME)).alias
        client.indices.forcemerge(index=alias, max_num_segments=1)
        stats = client.indices.stats(index=alias, metric="store")
        found["index on disk"] = stats["_all"]["total"]["store"]["size_in_bytes"] / 2**20
        nodes = client.nodes.stats(metric="jvm")["nodes"]
        found["heap in use"] = (
            sum(node["jvm"]["mem"]["heap_used_in_bytes"] for node in nodes.values()) / 2**20
        )
    return found


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1].split(",")], Path(sys.argv[2]))
