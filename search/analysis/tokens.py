"""From text to the two token streams that every backend indexes: words, and CJK grams.

Documents and queries both pass through here, so a backend has no analyser of its own: it receives tokens
joined by spaces and splits them at the spaces.
"""

import logging
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

import jieba

from search.analysis.folding import clean, table_digest
from search.analysis.pieces import MAX_RUN, Piece, chosen_names, in_prose, names, pieces, touches
from search.analysis.stems import stem
from search.analysis.stopwords import STOP_WORDS

# Raised whenever the tokens of a text change; an index made with another number is rebuilt.
VERSION = 2
_SHORT_RUN = 40

_ENGLISH = re.compile(r"[a-z]+")
_DECIMAL_WITH_UNIT = re.compile(r"(\d+(?:\.\d+)+)(\D+)")
# Stop words that may also be a symbol: vitamin A, phase A, In for indium.
_SIGNS = frozenset({"a", "in"})

_lock = threading.Lock()
_extra_words: set[str] = set()


@dataclass(frozen=True)
class Tokens:
    """The two streams of one text, in reading order, repeats kept."""

    words: list[str]
    grams: list[str]


@dataclass(frozen=True)
class Word:
    """One word of a query: the forms that match it, and the grams that match it together.

    Of a Chinese word the grams are its bigrams, of a name in several parts (`H-13`) its parts.
    """

    forms: tuple[str, ...]
    grams: tuple[str, ...]
    is_cjk: bool = False


def register_words(words: Iterable[str]) -> None:
    """Add fixed terms to the segmenter's dictionary; call it from an app's `ready()` only.

    The words are part of the index's fingerprint. They must come from code, never from the database:
    otherwise two processes could have different words and each rebuild the other's index.
    """
    new = {clean(word).strip() for word in words}
    with _lock:
        _extra_words.update(word for word in new if 1 < len(word) <= MAX_RUN)
        forget_segmenter()


def version() -> str:
    """A text that changes when tokens may change: by the code, the table of characters or a new word."""
    return "\n".join([str(VERSION), table_digest(), *extra_words()])


def forget_segmenter() -> None:
    """Have the segmenter loaded again at its next use."""
    _segmenter.cache_clear()
    _segment_short.cache_clear()


def extra_words() -> list[str]:
    """The registered terms, sorted."""
    return sorted(_extra_words)


def tokenize(text: str) -> Tokens:
    """Words and grams of a text of any size; never raises. Latin words and numbers are in both."""
    cleaned = clean(text)
    found = pieces(cleaned)
    words: list[str] = []
    grams: list[str] = []
    for place, piece in enumerate(found):
        if piece.is_cjk:
            words.extend(word for word in segment(piece.text) if word not in STOP_WORDS)
            grams.extend(_grams(piece.text))
        elif not _is_skipped(cleaned, found, place):
            # In both streams: otherwise a model number would count half as much as a Chinese word.
            forms = _forms(piece.text)
            words.extend(forms)
            grams.extend(forms)
    joined = [name.text for name in names(cleaned, found)]
    words.extend(joined)
    grams.extend(joined)
    for place in range(len(found) - 1):
        grams.extend(_seam(cleaned, found[place], found[place + 1]))
    return Tokens(words, grams)


def _is_skipped(cleaned: str, found: Sequence[Piece], place: int) -> bool:
    """Whether this piece is an English stop word."""
    text = found[place].text
    return text in STOP_WORDS and (text not in _SIGNS or in_prose(cleaned, found, place))


def _seam(cleaned: str, left: Piece, right: Piece) -> Iterator[str]:
    """The gram of a single letter and the Chinese character beside it: 素c in 维生素C."""
    if left.is_cjk != right.is_cjk and touches(cleaned, left, right, blank=True):
        if right.is_letter:
            yield left.text[-1] + right.text
        elif left.is_letter:
            yield left.text + right.text[0]


def query_words(text: str) -> list[Word]:
    """The distinct words of a query, each with its forms and its grams.

    Stop words are left out unless the query has nothing else.
    """
    cleaned = clean(text)
    found = pieces(cleaned)
    chosen = chosen_names(cleaned, found)
    kept: dict[str, Word] = {}
    skipped: dict[str, Word] = {}
    place = 0
    while place < len(found):
        name = chosen.get(place)
        if name is not None:
            parts = [piece.text for piece in found[name.first : name.last + 1]]
            kept[name.text] = Word((name.text,), _standing_in(parts))
            place = name.last + 1
            continue
        piece = found[place]
        if piece.is_cjk:
            for surface in _with_letters(cleaned, found, place):
                target = skipped if surface in STOP_WORDS else kept
                target[surface] = Word((surface,), tuple(_bigrams(surface)), is_cjk=True)
        elif not (piece.is_letter and _is_lent(cleaned, found, place)):
            target = skipped if _is_skipped(cleaned, found, place) else kept
            target[piece.text] = _plain_word(piece.text)
        place += 1
    return list((kept or skipped).values())


def _plain_word(run: str) -> Word:
    decimal = _DECIMAL_WITH_UNIT.fullmatch(run)
    return Word((run,), decimal.groups()) if decimal else Word(tuple(_forms(run)), ())


def _standing_in(parts: Sequence[str]) -> tuple[str, ...]:
    """The parts of a name, to find texts that write it in several words."""
    telling = [part for part in parts if part not in STOP_WORDS] or parts
    return tuple(dict.fromkeys(_forms(part)[-1] for part in telling))


def _with_letters(cleaned: str, found: Sequence[Piece], place: int) -> list[str]:
    """The words of a CJK piece of a query, with the single letter that belongs to it."""
    words = list(segment(found[place].text))
    if place + 1 < len(found) and _lends(cleaned, found, place + 1) == place:
        words[-1] += found[place + 1].text
    if place and _lends(cleaned, found, place - 1) == place:
        words[0] = found[place - 1].text + words[0]
    return words


def _is_lent(cleaned: str, found: Sequence[Piece], place: int) -> bool:
    return _lends(cleaned, found, place) is not None


def _lends(cleaned: str, found: Sequence[Piece], place: int) -> int | None:
    """The CJK piece to whose word a single letter belongs: 维生素C, C语言, α-淀粉酶.

    None where it touches pieces on both sides, which is ambiguous, or one that is not CJK.
    """
    if not found[place].is_letter:
        return None
    sides = [side for side in (place - 1, place + 1) if 0 <= side < len(found)]
    near = [
        side for side in sides if touches(cleaned, found[min(side, place)], found[max(side, place)])
    ]
    if len(near) != 1 or not found[near[0]].is_cjk:
        return None
    return near[0]


def plain_tokens(cleaned: str) -> Iterator[tuple[str, int, int]]:
    """Every token that is not Chinese, names of several pieces included, with its start and end."""
    found = pieces(cleaned)
    for piece in found:
        if not piece.is_cjk:
            yield from ((form, piece.start, piece.end) for form in _forms(piece.text))
    for name in names(cleaned, found):
        yield name.text, found[name.first].start, found[name.last].end


def segment(run: str) -> tuple[str, ...]:
    """The words of one CJK run."""
    return _segment_short(run) if len(run) <= _SHORT_RUN else tuple(_segmenter().cut(run))


@lru_cache(maxsize=4096)
def _segment_short(run: str) -> tuple[str, ...]:
    """Cached: a query is segmented several times (words, terms, marks), and titles repeat."""
    return tuple(_segmenter().cut(run))


def background(word: str) -> float:
    """The frequency of a word in general Chinese, as a share; rare words are more specific."""
    table = _segmenter()
    return float((table.FREQ.get(word) or 1) / (table.total or 1))


def warm_up() -> None:
    """Load the segmenter now (half a second) instead of in the first request."""
    _segmenter()


def _forms(run: str) -> list[str]:
    """The tokens of a piece: also its stem, and for `1.5db` also the number and the unit."""
    if decimal := _DECIMAL_WITH_UNIT.fullmatch(run):
        return [run, *decimal.groups()]
    stemmed = stem(run) if _ENGLISH.fullmatch(run) else run
    return [run] if stemmed == run else [run, stemmed]


def _grams(run: str) -> Iterator[str]:
    yield from run
    for start in range(len(run) - 1):
        yield run[start : start + 2]


def _bigrams(word: str) -> Iterator[str]:
    if len(word) == 1:
        yield word
    for start in range(len(word) - 1):
        yield word[start : start + 2]


@lru_cache(maxsize=1)
def _segmenter() -> jieba.Tokenizer:
    """A segmenter whose cache file is in the data folder.

    jieba's default one loads a marshal file from a folder in which every account may write.
    """
    jieba.setLogLevel(logging.WARNING)
    folder = Path(settings.DATA_DIR) / "jieba"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(folder)
    tokenizer.cache_file = "dictionary.cache"
    tokenizer.initialize()
    for word in _extra_words:
        tokenizer.add_word(word)
    return tokenizer
