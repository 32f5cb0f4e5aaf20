"""From text to the two token streams that every backend indexes: words, and CJK grams.

Both sides, documents and queries, pass through here, so a backend needs no analyser of its own: it
gets tokens joined by spaces and splits them at the spaces.
"""

import logging
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

import jieba

from search.analysis.stems import stem
from search.analysis.stopwords import STOP_WORDS

# Raised whenever the tokens of a text change; an index made with another number is rebuilt.
VERSION = 1
# A listing has at most a few thousand characters, a long need 20,000; more is never read.
MAX_CHARACTERS = 20_000
# A run of letters without end (a base64 picture, a key) is no word.
MAX_RUN = 64
_SHORT_RUN = 40

_CJK = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|(?P<plain>\d+(?:\.\d+)+|[^\W_{_CJK}]+)")
_ENGLISH = re.compile(r"[a-z]+")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\ud800-\udfff]")

_lock = threading.Lock()
_extra_words: set[str] = set()


@dataclass(frozen=True)
class Tokens:
    """The two streams of one text, in reading order, repeats kept."""

    words: list[str]
    grams: list[str]


@dataclass(frozen=True)
class Word:
    """One word of a query: what it may appear as, and the grams that may stand in for it."""

    forms: tuple[str, ...]
    grams: tuple[str, ...]


def clean(text: str) -> str:
    """The text as it is analysed: bounded, without control characters, NFKC, lower-case."""
    text = _UNWANTED.sub(" ", str(text)[:MAX_CHARACTERS])
    # One character may unfold into eighteen, so the bound is set a second time.
    return unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS].lower()


def register_words(words: Iterable[str]) -> None:
    """Add fixed terms to the segmenter's dictionary; call it from an app's `ready()` only.

    The words are part of the index's fingerprint: they must come from code, never from the
    database, or two processes would each rebuild the other's index.
    """
    new = {clean(word).strip() for word in words}
    with _lock:
        _extra_words.update(word for word in new if 1 < len(word) <= MAX_RUN)
        forget_segmenter()


def forget_segmenter() -> None:
    """Load the segmenter anew at its next use."""
    _segmenter.cache_clear()
    _segment_short.cache_clear()


def extra_words() -> list[str]:
    """The registered terms, sorted."""
    return sorted(_extra_words)


def tokenize(text: str) -> Tokens:
    """Words and grams of a text of any size; never raises. Latin and digit runs are in both."""
    words: list[str] = []
    grams: list[str] = []
    for run, is_cjk in runs(clean(text)):
        if is_cjk:
            words.extend(word for word in segment(run) if word not in STOP_WORDS)
            grams.extend(_grams(run))
        else:
            # In both streams, or a model number would weigh half of what a Chinese word does.
            forms = [form for form in _forms(run) if form not in STOP_WORDS]
            words.extend(forms)
            grams.extend(forms)
    return Tokens(words, grams)


def query_words(text: str) -> list[Word]:
    """The distinct words of a query, each with its forms and its stand-in grams.

    Stop words are left out unless the query has nothing else.
    """
    found: dict[str, Word] = {}
    skipped: dict[str, Word] = {}
    for run, is_cjk in runs(clean(text)):
        for surface in segment(run) if is_cjk else (run,):
            target = skipped if surface in STOP_WORDS else found
            forms = (surface,) if is_cjk else tuple(_forms(surface))
            target[surface] = Word(forms, tuple(_bigrams(surface)) if is_cjk else ())
    return list((found or skipped).values())


def runs(cleaned: str) -> Iterator[tuple[str, bool]]:
    """The runs of a cleaned text, each with whether it is CJK."""
    for match in _RUN.finditer(cleaned):
        if match.lastgroup == "cjk":
            yield match.group(), True
        else:
            yield match.group()[:MAX_RUN], False


def segment(run: str) -> tuple[str, ...]:
    """The words of one CJK run."""
    return _segment_short(run) if len(run) <= _SHORT_RUN else tuple(_segmenter().cut(run))


@lru_cache(maxsize=4096)
def _segment_short(run: str) -> tuple[str, ...]:
    """A query is read several times on its way (words, terms, marks), a page title again and again."""
    return tuple(_segmenter().cut(run))


def background(word: str) -> float:
    """How often a word appears in general Chinese, as a share; rare words say more about a text."""
    table = _segmenter()
    return float((table.FREQ.get(word) or 1) / (table.total or 1))


def warm_up() -> None:
    """Load the segmenter now (half a second) instead of in the first request."""
    _segmenter()


def _forms(run: str) -> list[str]:
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
    """Our own segmenter, whose cache lies in the data folder.

    jieba's default one loads a marshal file from a folder that everybody on the machine may write.
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
