"""A city of listings: rows in the database, the index built by the product, vectors at random."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import numpy as np

from marketplace.achievements.models import Achievement
from marketplace.kernel import clock, codes
from marketplace.needs.models import Need
from search import engine, schema, vectors
from search.embedder import DIMENSIONS
from search.plan import Row, load_from
from tests.benchmarks.scale.corpus import Text, listings
from tests.cast import Cast
from tests.factories import achievements, needs

SEED = 20261127
NEEDS = 400
_BATCH = 1000


@dataclass(frozen=True)
class Built:
    """How long building took, in seconds, and what it made."""

    rows: int
    rebuild: float
    tokenizing: float


def fill(cast: Cast, abstracts: Sequence[str], size: int) -> None:
    """Bring the achievements to `size`, and make the needs, as published rows."""
    have = Achievement.objects.count()
    texts = islice(listings(abstracts, size, SEED), have, None)
    while batch := list(islice(texts, _BATCH)):
        Achievement.objects.bulk_create(
            _achievement(cast, text, have + n) for n, text in enumerate(batch)
        )
        have += len(batch)
    if not Need.objects.exists():
        asked = listings(abstracts, NEEDS, SEED + 1)
        Need.objects.bulk_create(_need(cast, text, n) for n, text in enumerate(asked))


def _achievement(cast: Cast, text: Text, number: int) -> Achievement:
    values = {key: achievements.COMPLETE[key] for key in ("cooperation", "pricing_mode")}
    return Achievement(
        **values,
        **_shared(text, number),
        code=numbered_code("CG", number),
        owner=cast.university,
        author=cast.university_member,
        description=text.description,
        trl=text.trl,
        price_min=text.price,
        price_max=text.price,
    )


def _need(cast: Cast, text: Text, number: int) -> Need:
    return Need(
        **_shared(text, number),
        code=numbered_code("XQ", number),
        kind="rd",
        cooperation=needs.COMPLETE["cooperation"],
        owner=cast.enterprise,
        author=cast.member,
        problem=text.description[:500],
        budget_max=text.price,
    )


def numbered_code(prefix: str, number: int) -> str:
    """A valid code for each number: random ones would meet each other among so many."""
    body = "".join(codes.ALPHABET[number >> shift & 31] for shift in range(25, -1, -5))
    stem = f"{prefix}{clock.today().year}-{body}"
    return f"{stem}-{codes._check_character(stem)}"


def _shared(text: Text, number: int) -> dict[str, object]:
    published = clock.now() - timedelta(minutes=number)
    return {
        "title": text.title,
        "summary": text.summary,
        "keywords": text.keywords,
        "industry": text.industry,
        "field": text.field,
        "district": text.district,
        "status": "published",
        "rev": 1,
        "published_at": published,
        "expires_at": published + timedelta(days=730),
    }


def build() -> Built:
    """Both indexes, and a random unit vector for each row."""
    spec = schema.get("achievements")
    engine.rebuild("needs")
    began = time.perf_counter()
    rows = engine.rebuild(spec.name)
    seconds = time.perf_counter() - began
    for name in ("needs", "achievements"):
        codes = [row.id for row in engine.backend().revisions(schema.get(name))]
        drawn = np.random.default_rng(SEED).normal(size=(len(codes), DIMENSIONS)).astype(np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        vectors.store_of(name).replace(lambda c=codes, d=drawn: (c, d))
    return Built(rows, seconds, _tokenizing(spec.name, rows))


def _tokenizing(name: str, rows: int, sample: int = 2000) -> float:
    """Seconds that reading the rows and cutting them into words took of the rebuild."""
    began = time.perf_counter()
    some = len(list(islice(load_from(schema.get(name))(None), sample)))
    return (time.perf_counter() - began) / max(1, some) * rows


def ready_rows(name: str, count: int) -> list[Row]:
    """Rows as the backend gets them, for the bare engine's own loading."""
    found: Iterator[Row] = load_from(schema.get(name))(None)
    return list(islice(found, count))
