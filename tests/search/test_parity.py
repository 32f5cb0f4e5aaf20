"""One world on both engines: the same rows found, the same counts, the same order of scores."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from search import engine, schema
from search.query import Query, Range, RangeFacet
from tests.search.conftest import World
from tests.services import own_prefix

SEED = 20261127
ROWS = 400
WORDS = [
    "永磁",
    "电机",
    "石墨烯",
    "浆料",
    "焊接",
    "传感器",
    "液压",
    "催化",
    "低温",
    "涂层",
    "回收",
    "检测",
    "motor",
    "sensor",
    "DH36",
]
INDUSTRIES = ["machinery", "materials", "it", "energy"]
PRICES = RangeFacet(
    "price", {"low": Range(high=300), "middle": Range(300, 600), "any": Range(or_missing=True)}
)
FACETS = ("industry", "holder", "open", "tags", PRICES)
FILTERS = [
    {},
    {"industry": ["machinery"]},
    {"industry": ["machinery", "it"], "holder": ["firm"]},
    {"price": Range(100, 500), "open": [True]},
    {"price": Range(high=200, or_missing=True), "industry": ["energy"]},
    {"published": Range(date(2026, 2, 1), date(2026, 3, 1)), "tags": ["焊接"]},
]
TEXTS = ["", "永磁电机", "石墨烯 浆料", "motors", "低温催化涂层", "dh36 焊接检测", "量子"]


def fill(world: World) -> None:
    """The same rows each time."""
    chance = random.Random(SEED)
    for number in range(ROWS):
        title = "".join(chance.choices(WORDS, k=3))
        document = {
            "title": title,
            "body": "，".join(chance.choices(WORDS, k=12)),
            "tags": chance.sample(WORDS, 2),
            "industry": chance.sample(INDUSTRIES, chance.randrange(1, 3)),
            "holder": chance.choice(["firm", "school"]),
            "price": chance.choice([None, chance.randrange(1000)]),
            "published": date(2026, 1, 1) + timedelta(days=number),
            "open": chance.random() < 0.5,
        }
        world.rows[f"r{number}"] = (1, None if number % 17 == 0 else document)


@pytest.fixture
def both(settings, tmp_path, db) -> Iterator[tuple[str, str]]:
    """The addresses of two engines that hold the same rows."""
    with own_prefix(settings):
        cluster, embedded = settings.SEARCH_URL, "embedded://"
        world = World()
        fill(world)
        schema.register(world.spec)
        for url in (embedded, cluster):
            settings.SEARCH_URL = url
            engine.rebuild("things")
        yield embedded, cluster
        schema.unregister("things")


def test_find_counts_and_finds_the_same(both, settings):
    for text in TEXTS:
        for filters in FILTERS:
            answers = []
            for settings.SEARCH_URL in both:
                found = engine.find(
                    "things",
                    Query(text, filters=filters, facets=FACETS, size=200, sort="-published"),
                )
                assert not found.degraded
                counts = {
                    name: {bucket.value: bucket.count for bucket in buckets if bucket.count}
                    for name, buckets in found.facets.items()
                }
                rows = [(hit.id, hit.rev) for hit in found.hits]
                answers.append((found.total, found.loosened, rows, counts))
            assert answers[0] == answers[1], (text, filters)


def test_scores_agree(both, settings):
    """Apart from how hidden rows count towards rarity: tantivy counts them, Lucene does not."""
    world = schema.get("things").source.__self__
    world.rows = {id_: row for id_, row in world.rows.items() if row[1] is not None}
    for settings.SEARCH_URL in both:
        engine.rebuild("things")
    for text in TEXTS[1:]:
        scores = []
        for settings.SEARCH_URL in both:
            hits = engine.match("things", f"针对{text}的问题", 50)
            scores.append([hit.score for hit in hits])
        assert scores[0] == pytest.approx(scores[1], rel=1e-3), text


def test_allowed_agrees(both, settings):
    ids = [f"r{number}" for number in range(0, ROWS, 3)]
    for filters in FILTERS:
        answers = []
        for settings.SEARCH_URL in both:
            backend, spec = engine.backend(), schema.get("things")
            answers.append(backend.allowed(spec, ids, filters))
        assert answers[0] == answers[1]
