"""Pinyin of Chinese texts, without tones: as it is typed, and as a key of its sound."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Pairs that many speakers do not tell apart, and input methods offer to fold.
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_TYPED = re.compile(r"[^a-z0-9]+")


def typed(text: str) -> str:
    """The text as it is typed on a Latin keyboard: 永磁电机 becomes `yongcidianji`."""
    return _TYPED.sub("", "".join(_syllables(text)).lower())


def initials(text: str) -> str:
    """The first letters of its syllables: 永磁电机 becomes `ycdj`; Latin words keep all letters."""
    parts = lazy_pinyin(text, style=Style.FIRST_LETTER)
    return _TYPED.sub("", "".join(parts).lower())


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A key that words of the same or nearly the same sound share."""
    return " ".join(_folded(syllable) for syllable in _syllables(word))


def _folded(syllable: str) -> str:
    for long, short in _FOLDED:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
        elif syllable.endswith(long):
            syllable = syllable[: -len(long)] + short
    return syllable


def _syllables(text: str) -> list[str]:
    return [str(part) for part in lazy_pinyin(text)]
