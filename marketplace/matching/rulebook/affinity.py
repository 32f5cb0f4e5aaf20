"""The nearness of two texts by their words: an absolute measure, the same from both sides."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256

from marketplace.matching.rulebook import common_words, units
from marketplace.needs.rulebook import without_set_phrases
from search import analysis
from search.analysis import background, clean, has_chinese, tokenize

#: To be raised when `take_apart` changes its result for the same text.
VERSION = 3
_NUMBER = re.compile(r"^[0-9０-９.,%‰°~+×^-]*")
# Words for networks, images and printing, which are not grams, kelvins or days.
_NAMES = re.compile("[2-6]g|[248]k|[2-6]d")
#: The number of specific words of a text that are compared.
MOST_WORDS = 40
#: An achievement that answers a need contains about this share of its specific words: full credit.
FULL_SHARE = 0.45
#: Words with a lower rarity (我们, 以上, 小时) are not named as shared.
EVERYDAY = 5.0
#: From this rarity one shared word is enough to call texts near (晶界, 钕铁硼, but not 人造板).
RARE = 11.0
#: The deviations above the mean of all rows that give full credit for meaning.
FULL_SENSE = 3.5


@dataclass(frozen=True)
class Text:
    """An analysed text: its most specific words with their weights, and all its words."""

    telling: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    plain: str = ""


@dataclass(frozen=True)
class Affinity:
    """Nearness from 0 to 1: by specific words, and by vectors (None without vectors)."""

    words: float = 0.0
    sense: float | None = None

    @property
    def credit(self) -> float:
        """The mean of both, or the words alone."""
        return self.words if self.sense is None else (self.words + self.sense) / 2


@lru_cache(maxsize=400)
def read(title: str, body: str, *, is_need: bool = False) -> Text:
    """Analyse a listing's text; cached, since a listing is compared with many others."""
    return take_apart(title, body, is_need=is_need)


def take_apart(title: str, body: str, *, is_need: bool = False) -> Text:
    """Analyse a text; the words of its title count three times. Never raises."""
    text = f"{title}\n{body}"
    found = Counter(tokenize(without_set_phrases(text) if is_need else text).words)
    for word, count in Counter(tokenize(title).words).items():
        found[word] += 2 * count
    scored = {
        word: (1 + math.log(count)) * rarity(word)
        for word, count in found.items()
        if len(word) > 1 and word not in common_words.words() and not is_figure(word)
    }
    best = sorted(scored, key=lambda word: (-scored[word], word))[:MOST_WORDS]
    return Text({word: scored[word] for word in best}, frozenset(found), clean(text))


def is_figure(word: str) -> bool:
    """Whether a word is a number, a unit or both (500, mpa, 10μm), which says nothing about the subject."""
    if _NAMES.fullmatch(word):
        return False
    unit = _NUMBER.sub("", word, count=1)
    return not unit or units.is_known(unit) or not any(sign.isalpha() for sign in unit)


@cache
def version() -> str:
    """A hash that changes when the analysis of a text may change."""
    parts = (VERSION, analysis.version(), MOST_WORDS, common_words.digest())
    return sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def rarity(word: str) -> float:
    """How specific a word is, 0 to 12: high for words that are rare in general Chinese."""
    return min(12.0, max(0.0, -math.log(background(word)) - 4.0))


def by_words(need: Text, offer: Text) -> float:
    """The share of the need's specific words that the offer contains; 1 from FULL_SHARE on."""
    total = sum(need.telling.values())
    if not total:
        return 0.0
    found = sum(weight for word, weight in need.telling.items() if word in offer.words)
    return min(1.0, found / total / FULL_SHARE)


def shared(need: Text, offer: Text, most: int = 10) -> list[str]:
    """The need's specific words that the offer contains, the most specific first; no everyday words."""
    held = [word for word in need.telling if rarity(word) >= EVERYDAY and word in offer.words]
    return [word for word in held if not _is_stem(word, held)][:most]


def is_thin(found: Sequence[str]) -> bool:
    """Whether the shared words are too few to call two texts near: a single one that is not rare.

    A word within another one (晶界, 晶界扩散) does not count as a second word. The rarity of English words is
    not known here, so a single one is never enough.
    """
    apart = [word for word in found if not any(word != other and word in other for other in found)]
    return not any(has_chinese(word) and rarity(word) >= RARE for word in apart) and len(apart) < 2


def joined(first: Text, second: Text) -> Text:
    """Two texts of one listing as one; the specific words of the first come first."""
    return Text(
        {**first.telling, **second.telling},
        first.words | second.words,
        f"{first.plain}\n{second.plain}",
    )


def is_english(text: str) -> bool:
    """Whether a text is written without Chinese characters."""
    return not has_chinese(clean(text))


def _is_stem(word: str, found: Sequence[str]) -> bool:
    """Whether an English word is the stem of another one: formaldehyd beside formaldehyde."""
    return not has_chinese(word) and any(
        other != word and other.startswith(word) for other in found
    )


def by_sense(deviations: float | None) -> float | None:
    """Nearness in meaning, from standard deviations above the mean of all rows."""
    return None if deviations is None else min(1.0, max(0.0, deviations / FULL_SENSE))
