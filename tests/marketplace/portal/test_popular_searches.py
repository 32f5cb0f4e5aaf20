"""The searches that the home page proposes find something among the listings that it comes with."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from deploy.settings.production import BASE_DIR
from marketplace.listings.index import COMMON_FIELDS
from search import engine, schema
from search.query import Query
from search.schema import IndexSpec, SourceRow, Text

pytestmark = pytest.mark.django_db
SAMPLES = Path(BASE_DIR) / "deploy" / "samples"
TEXTS = {name: kind for name, kind in COMMON_FIELDS.items() if isinstance(kind, Text)}


def read(name: str) -> object:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def samples(own_index: Path) -> Iterator[str]:
    rows = {row["title"]: row for name in ("achievements", "needs") for row in read(name)}

    def source(ids: Sequence[str] | None) -> Iterable[SourceRow]:
        for title, row in rows.items():
            if ids is None or title in ids:
                texts = {name: str(row.get(name, "")) for name in TEXTS}
                texts["keywords"] = " ".join(row["keywords"])
                texts["body"] = " ".join(text for text in row.values() if isinstance(text, str))
                yield title, 1, texts

    spec = schema.register(IndexSpec(name="samples_of_listings", fields=TEXTS, source=source))
    yield spec.name
    engine.backend().drop(spec)
    schema.unregister(spec.name)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_proposed_search_finds_listings(samples: str, language: str) -> None:
    words = read("popular")[language]
    assert len(words) >= 5
    counts = {text: engine.find(samples, Query(text, loosens=False)).total for text in words}
    assert all(counts.values()), counts
