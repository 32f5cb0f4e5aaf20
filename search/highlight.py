"""Marking the words of a query in the original text, independent of any backend."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from search.analysis import MAX_CHARACTERS, plain_tokens, query_words, settle, unfolded
from search.analysis.stems import stem

# Words beyond this number are not marked: the query is a pasted text, not a question.
_MAX_WORDS = 40
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Segment:
    """A piece of the original text, and whether it is a word of the query."""

    text: str
    hit: bool


def highlight(text: str, query: str) -> list[Segment]:
    """The text in pieces; joined together they give exactly the text."""
    return _cut(text, _spans(text, query))


def snippet(text: str, query: str, width: int = 120) -> list[Segment]:
    """The part of the text, `width` characters long, that contains most of the query, in pieces."""
    if len(text) <= width:
        return highlight(text, query)
    spans = _spans(text, query)
    start = _best_start(spans, width, len(text))
    end = start + width
    inside = [
        (max(a, start) - start, min(b, end) - start) for a, b in spans if b > start and a < end
    ]
    segments = _cut(text[start:end], inside)
    if start > 0:
        segments.insert(0, Segment(_ELLIPSIS, hit=False))
    if end < len(text):
        segments.append(Segment(_ELLIPSIS, hit=False))
    return segments


def as_html(segments: Iterable[Segment]) -> SafeString:
    """The pieces with `<mark>` around the hits; everything else escaped."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", s.text) if s.hit else s.text,) for s in segments),
    )


def _spans(text: str, query: str) -> list[tuple[int, int]]:
    """Where the text contains words of the query; when it has none, where it contains parts of words."""
    words = query_words(query)[:_MAX_WORDS]
    folded, origin = _fold(text[:MAX_CHARACTERS])
    cjk = {word.forms[0] for word in words if word.is_cjk}
    plain = {stem(form) for word in words if not word.is_cjk for form in word.forms}
    found = [*_cjk_spans(folded, cjk), *_plain_spans(folded, plain)]
    if not found:
        parts = {gram for word in words if word.is_cjk for gram in word.grams if len(gram) > 1}
        stand_ins = {stem(gram) for word in words if not word.is_cjk for gram in word.grams}
        found = [*_cjk_spans(folded, parts), *_plain_spans(folded, stand_ins)]
    return _merged([(origin[start], origin[end - 1] + 1) for start, end in found])


def _fold(text: str) -> tuple[str, list[int]]:
    """The text in the form that is compared, and the original position of each of its characters."""
    folded: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        plain = unfolded(character)
        folded.append(plain)
        origin.extend([place] * len(plain))
    return settle("".join(folded)), origin


def _cjk_spans(folded: str, words: set[str]) -> list[tuple[int, int]]:
    if not words:
        return []
    longest_first = sorted(words, key=len, reverse=True)
    pattern = "|".join(re.escape(word) for word in longest_first)
    return [match.span() for match in re.finditer(pattern, folded)]


def _plain_spans(folded: str, stems: set[str]) -> list[tuple[int, int]]:
    if not stems:
        return []
    return [
        (start, end)
        for token, start, end in plain_tokens(folded)
        if token in stems or stem(token) in stems
    ]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _best_start(spans: Sequence[tuple[int, int]], width: int, length: int) -> int:
    """The start of the window with the most hits; some text before the first hit is kept."""
    best, best_cover = 0, -1
    for first, _ in spans:
        start = max(0, min(first - width // 6, length - width))
        inside = (min(b, start + width) - max(a, start) for a, b in spans)
        cover = sum(size for size in inside if size > 0)
        if cover > best_cover:
            best, best_cover = start, cover
    return best


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> list[Segment]:
    segments = []
    place = 0
    for start, end in spans:
        if start > place:
            segments.append(Segment(text[place:start], hit=False))
        segments.append(Segment(text[start:end], hit=True))
        place = end
    if place < len(text):
        segments.append(Segment(text[place:], hit=False))
    return segments
