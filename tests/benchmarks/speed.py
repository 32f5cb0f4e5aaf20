"""How long the product's `find`, `match` and `hybrid_match` take beside the bare engine.

Bare means: the same rows, the same terms made beforehand, the engine's own queries over them, and the
ids of the hits. What the product adds is analysing the text, opening, healing and results. `find` asks
the engine twice (how many rows have every word, then the page), so the bare side does so too; its
single query alone is the row "against one query".
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from search import engine, planning, schema, vectors
from search.configuration import elsewhere
from search.embedder import DIMENSIONS
from search.evaluation import read_dataset
from search.plan import Plan, Row, row_of, stored
from search.query import Query
from search.schema import Date, IndexSpec, Keyword, Number, Text
from tests.benchmarks.quality import say

FACETS = ("industry", "field", "holder", "district", "stage")
FIELDS: dict[str, schema.Field] = {
    "title": Text(title=True),
    "body": Text(),
    "price": Number(),
    "published": Date(),
    **{name: Keyword() for name in FACETS},
}
SEED = 20261124
WARM_UP = 30
Timing = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """One thing measured twice: by the product and by the bare engine."""

    name: str
    product: Callable[[Any], object]
    bare: Callable[[Any], object]
    inputs: Sequence[Any]


def measure(folder: Path, sizes: Sequence[int]) -> None:
    """Print a table of p50 and p95 in milliseconds for each size, and how they grow."""
    data = read_dataset(folder)
    texts = [text for _, text in data.documents]
    needs = [text for _, text in data.queries if len(text) > 12]
    questions = [text for _, text in data.queries if len(text) <= 12]
    say("")
    say("| documents | case | bare p50 | product p50 | ratio | bare p95 | product p95 | ratio |")
    say("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    seen: dict[str, list[tuple[int, Timing, Timing]]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as place, elsewhere("embedded://", Path(place)):
            spec = _build(texts, size)
            for case in _cases(spec, needs, questions, size):
                product, bare = timed(case)
                seen.setdefault(case.name, []).append((size, bare, product))
                cells = [f"{bare[0]:.2f}", f"{product[0]:.2f}", f"{product[0] / bare[0]:.2f}"]
                cells += [f"{bare[1]:.2f}", f"{product[1]:.2f}", f"{product[1] / bare[1]:.2f}"]
                say(f"| {size:,} | {case.name} | {' | '.join(cells)} |")
            schema.unregister(spec.name)
    _say_growth(seen)


def _say_growth(seen: dict[str, list[tuple[int, Timing, Timing]]]) -> None:
    say("")
    for name, rows in seen.items():
        (small, bare_small, product_small), (large, bare_large, product_large) = rows[0], rows[-1]
        if small == large:
            continue
        bare, product = bare_large[0] / bare_small[0], product_large[0] / product_small[0]
        say(
            f"{name}: from {small:,} to {large:,} documents p50 grows {bare:.1f} times bare, "
            f"{product:.1f} times through the product (ratio {product / bare:.2f})"
        )


def _build(texts: Sequence[str], size: int) -> IndexSpec:
    """An index of `size` rows: the documents again and again, with random values to filter by."""
    chance = random.Random(SEED)
    spec = IndexSpec(
        name="bench", fields=FIELDS, source=lambda _ids: iter(()), default_sort="-published"
    )
    schema.register(spec)
    base = [row_of(spec, "", 1, {"title": text[:20], "body": text[20:]}) for text in texts]

    def load(_ids: Sequence[str] | None) -> Iterator[Row]:
        for number in range(size):
            drawn: dict[str, Any] = {name: f"v{chance.randrange(12)}" for name in FACETS}
            drawn["price"] = chance.randrange(10_000)
            drawn["published"] = date(2024, 1, 1) + timedelta(days=chance.randrange(900))
            values = {name: stored(FIELDS[name], value) for name, value in drawn.items()}
            yield replace(base[number % len(base)], id=f"b{number}", values=values)

    engine.backend().rebuild(spec, load)
    numbers = np.random.default_rng(SEED).normal(size=(size, DIMENSIONS)).astype(np.float32)
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    vectors.store_of(spec.name).replace(lambda: ([f"b{number}" for number in range(size)], numbers))
    return spec


def _cases(
    spec: IndexSpec, needs: Sequence[str], questions: Sequence[str], size: int
) -> Iterator[Case]:
    searcher, opened = engine.backend().store(spec).searcher()
    compiler = opened.compiler

    def hits(plan: Plan) -> list[str]:
        found = searcher.search(
            compiler.ranked(plan), plan.limit, count=plan.count, offset=plan.offset
        )
        return [searcher.doc(address)["id"][0] for _, address in found.hits]

    def counted(case: tuple[Plan, Plan]) -> list[str]:
        strict, as_run = case
        if len(strict.words) > 1:
            searcher.search(compiler.matching(strict), 1, count=True)
        return hits(as_run)

    def with_facets(case: tuple[Plan, Plan]) -> None:
        counted(case)
        wanted = {name: {"terms": {"field": name, "size": 1000}} for name in FACETS}
        searcher.aggregate(compiler.matching(case[1]), wanted)

    match_plans = {need: planning.match_plan(need, {}, 100) for need in needs}
    yield Case("match", lambda t: engine.match(spec.name, t), lambda t: hits(match_plans[t]), needs)

    plain = [Query(text) for text in questions]
    plans = {query.text: _plans(spec, query) for query in plain}
    yield Case(
        "find, one page",
        lambda q: engine.find(spec.name, q),
        lambda q: counted(plans[q.text]),
        plain,
    )
    yield Case(
        "find, against one query",
        lambda q: engine.find(spec.name, q),
        lambda q: hits(plans[q.text][1]),
        plain,
    )
    yield Case(
        "find, five facets",
        lambda q: engine.find(spec.name, q),
        lambda q: with_facets(plans[q.text]),
        [Query(text, facets=FACETS) for text in questions],
    )

    matrix = vectors.matrix(spec.name).vectors
    query_vector = matrix[size // 2]

    def bare_hybrid(text: str) -> None:
        hits(match_plans[text])
        cosines = matrix @ query_vector
        np.argpartition(-cosines, 100)[:100].tolist()

    yield Case(
        "hybrid_match, vector given",
        lambda t: engine.hybrid_match(spec.name, t, vector=query_vector),
        bare_hybrid,
        needs,
    )


def _plans(spec: IndexSpec, query: Query) -> tuple[Plan, Plan]:
    """The strict plan, and the one that the product ends up with."""
    plan = planning.find_plan(spec, query)
    _, loosened = engine._find(engine.backend(), spec, plan)
    return plan, planning.loosened(plan) if loosened else plan


def timed(case: Case) -> tuple[Timing, Timing]:
    """p50 and p95 of both, in milliseconds, taken in turns so that neither has the quiet minute."""
    for one in case.inputs[:WARM_UP]:
        case.product(one)
        case.bare(one)
    product, bare = [], []
    for one in case.inputs:
        for times, action in ((bare, case.bare), (product, case.product)):
            started = time.perf_counter()
            action(one)
            times.append((time.perf_counter() - started) * 1000)
    return _quantiles(product), _quantiles(bare)


def _quantiles(times: list[float]) -> Timing:
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
