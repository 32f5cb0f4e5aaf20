"""A small world of rows with one index over them, for each backend there is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from search import engine, schema
from search.schema import Bool, Date, IndexSpec, Keyword, Number, SourceRow, Text
from tests.services import own_prefix

FIELDS: dict[str, schema.Field] = {
    "title": Text(title=True, suggest=3),
    "body": Text(),
    "tags": Keyword(multi=True, suggest=1),
    "industry": Keyword(multi=True),
    "holder": Keyword(),
    "price": Number(),
    "published": Date(),
    "open": Bool(),
}


class World:
    """Rows by id, each a revision and a document or None, and how often they were all read."""

    def __init__(self, name: str = "things") -> None:
        self.rows: dict[str, tuple[int, dict[str, Any] | None]] = {}
        self.full_reads = 0
        self.spec = IndexSpec(
            name=name,
            fields=FIELDS,
            source=self.source,
            size=lambda: len(self.rows),
            default_sort="-published",
            shown=self.shown,
        )

    def shown(self, ids: Sequence[str]) -> list[str]:
        return [id_ for id_, _, document in self.source(ids) if document is not None]

    def source(self, ids: Sequence[str] | None) -> Iterable[SourceRow]:
        if ids is None:
            self.full_reads += 1
        for id_ in list(self.rows) if ids is None else ids:
            if id_ in self.rows:
                rev, document = self.rows[id_]
                yield id_, rev, document

    def put(self, id_: str, title: str, rev: int = 1, **fields: Any) -> None:
        """Set a row and bring the index up to date."""
        self.rows[id_] = (rev, {"title": title, **fields})
        engine.refresh(self.spec.name, [id_])

    def hide(self, id_: str, rev: int) -> None:
        """Withdraw a row and bring the index up to date."""
        self.rows[id_] = (rev, None)
        engine.refresh(self.spec.name, [id_])

    def ids(self, text: str = "", **query: Any) -> list[str]:
        """The ids found, best first."""
        results = engine.find(self.spec.name, schema_query(text, **query))
        assert not results.degraded
        return [hit.id for hit in results.hits]


def schema_query(text: str = "", **query: Any) -> Any:
    """A Query."""
    from search.query import Query

    return Query(text, **query)


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """Every test has its own index and vectors."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(params=["embedded", "elasticsearch"])
def backend_name(request: pytest.FixtureRequest, settings: Any, db: None) -> Iterator[str]:
    """Both backends in turn; Elasticsearch where `make test-services` has started it."""
    if request.param == "elasticsearch":
        with own_prefix(settings):
            yield request.param
    else:
        settings.SEARCH_URL = "embedded://"
        yield request.param


@pytest.fixture
def world(backend_name: str, db: None) -> Iterator[World]:
    """An empty world."""
    made = World()
    schema.register(made.spec)
    yield made
    schema.unregister(made.spec.name)


@pytest.fixture
def stocked(world: World) -> World:
    """Six rows to search in."""
    rows: list[tuple[str, str, dict[str, Any]]] = [
        (
            "a1",
            "永磁同步电机效率提升",
            {"industry": ["machinery", "machinery.nev"], "holder": "firm"},
        ),
        ("a2", "石墨烯导电浆料制备", {"industry": ["materials"], "holder": "school"}),
        ("a3", "ZigBee wireless sensors for motors", {"industry": ["it"], "holder": "firm"}),
        (
            "a4",
            "永磁材料的回收",
            {"industry": ["materials", "materials.magnetic"], "holder": "school"},
        ),
        ("a5", "挖掘机液压系统节能", {"industry": ["machinery"], "holder": "firm"}),
        ("a6", "DH36 高强钢焊接工艺", {"industry": ["materials"], "holder": "firm"}),
    ]
    for number, (id_, title, fields) in enumerate(rows):
        document = {
            "title": title,
            "body": "",
            "tags": [],
            "price": None if number == 5 else number * 100,
            "published": date(2026, 1, 1 + number),
            "open": number % 2 == 0,
            **fields,
        }
        world.rows[id_] = (1, document)
    world.rows["a1"][1]["body"] = "针对新能源汽车驱动电机，提高功率密度"
    world.rows["a1"][1]["tags"] = ["永磁电机", "功率密度"]
    world.rows["a4"][1]["tags"] = ["永磁电机", "回收"]
    engine.rebuild(world.spec.name)
    return world
