"""Plausible listings without end: sentences of real abstracts put together anew.

A listing takes a topic from one abstract and sentences from it and from two others of the same mind,
and names of its own (a model, a figure), so that the vocabulary grows with the corpus as a real one's
does. The same seed gives the same listings.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。；;！？\n]{8,200}[。；;！？]?")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
INDUSTRIES = [
    *("wood", "machinery", "steel", "logistics", "medicine", "chemicals"),
    *("food", "building", "materials.magnetic", "it"),
]
DISTRICTS = [f"3713{number:02d}" for number in (2, 11, 12, 21, 22, 23, 24, 25, 26, 27, 28, 29)]
FIELDS = [f"{number:02d}" for number in range(1, 11)]


@dataclass(frozen=True)
class Text:
    """What one listing says, and what it is filed under."""

    title: str
    summary: str
    description: str
    keywords: list[str]
    industry: str
    field: str
    district: str
    trl: int
    price: int | None


def listings(abstracts: Sequence[str], count: int, seed: int) -> Iterator[Text]:
    """So many listings, the first of them the same however many are asked for."""
    chance = random.Random(seed)
    parts = [found for text in abstracts if len(found := _SENTENCE.findall(text)) > 1]
    # The few industries of a city have most of the listings.
    weights = [2.0 ** -(place / 2) for place in range(len(INDUSTRIES))]
    for number in range(count):
        own, near, far = (chance.choice(parts) for _ in range(3))
        model = f"{''.join(chance.choices(_LETTERS, k=2))}-{chance.randrange(100, 10_000)}"
        topic = chance.choice(own).strip("。；;！？")
        body = [*chance.sample(own, min(len(own), 3)), chance.choice(near)]
        body.append(f"{chance.choice(far).rstrip('。；;')}，型号{model}，{number % 977}号样机。")
        yield Text(
            title=f"{topic[:24]}{model}",
            summary="".join(body[:2])[:200],
            description="".join(body)[:2000],
            keywords=[topic[:6], model],
            industry=chance.choices(INDUSTRIES, weights)[0],
            field=chance.choice(FIELDS),
            district=chance.choice(DISTRICTS),
            trl=chance.randrange(1, 10),
            price=chance.choice([None, chance.randrange(10, 3000) * 1_000_000]),
        )
