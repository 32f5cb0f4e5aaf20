"""Completions for the search box and the vocabulary for corrections, in database tables.

A completion is shown only while the database says that a row which contains it may be shown. It is deleted
from the tables when a refresh finds that the row is hidden.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, Max, Min, Q, Sum

from search import pinyin
from search.analysis import STOP_WORDS, clean, runs, segment
from search.models import Suggestion, VocabularyWord
from search.query import Suggested
from search.schema import Document, IndexSpec, Keyword, Text, get

MAX_TEXT = 80
MAX_PER_ROW = 30
_MAX_WORD = 12
_SHARED = 20
_BATCH = 500
Offered = tuple[str, int]


def offered_by(spec: IndexSpec, document: Document | None) -> list[Offered]:
    """The texts of a document that may be offered, with their weights; none for a tombstone."""
    if document is None or not document.get("visible", True):
        return []
    offered: dict[str, int] = {}
    for name, field in spec.fields.items():
        if not isinstance(field, Text | Keyword) or not field.suggest:
            continue
        value = document.get(name) or ()
        for item in value if isinstance(value, list | tuple) else [value]:
            text = " ".join(clean_line(str(item)).split())[:MAX_TEXT]
            if len(text) > 1:
                offered[text] = max(offered.get(text, 0), field.suggest)
    return list(offered.items())[:MAX_PER_ROW]


def clean_line(text: str) -> str:
    """The text without characters that cannot be printed."""
    return "".join(c for c in text[: MAX_TEXT * 2] if c.isprintable() or c.isspace())


@transaction.atomic
def update(spec: IndexSpec, documents: Mapping[str, Document | None]) -> None:
    """Replace the completions of these documents by those of their current text."""
    ids = list(documents)
    old: dict[str, set[Offered]] = {id_: set() for id_ in ids}
    rows = Suggestion.objects.filter(spec=spec.name, object_id__in=ids)
    for id_, text, weight in rows.values_list("object_id", "text", "weight"):
        old[id_].add((text, weight))
    new = {id_: set(offered_by(spec, document)) for id_, document in documents.items()}
    changed = [id_ for id_ in ids if old[id_] != new[id_]]
    if not changed:
        return
    rows.filter(object_id__in=changed).delete()
    _insert(spec, ((id_, offer) for id_ in changed for offer in sorted(new[id_])))
    change = Counter[str]()
    for id_ in changed:
        change.update(word for text, _ in new[id_] for word in _words_of(text))
        change.subtract(word for text, _ in old[id_] for word in _words_of(text))
    _count(spec, change)


@transaction.atomic
def replace_all(spec: IndexSpec, offers: Iterable[tuple[str, Offered]]) -> None:
    """Replace all completions of this index by these texts."""
    Suggestion.objects.filter(spec=spec.name).delete()
    VocabularyWord.objects.filter(spec=spec.name).delete()
    counts = Counter[str]()

    def counting() -> Iterator[tuple[str, Offered]]:
        for id_, (text, weight) in offers:
            counts.update(_words_of(text))
            yield id_, (text, weight)

    _insert(spec, counting())
    _count(spec, counts)


def sources(spec: IndexSpec) -> set[str]:
    """The rows that have completions."""
    rows = Suggestion.objects.filter(spec=spec.name).values_list("object_id", flat=True)
    return set(rows.distinct())


def starting_with(prefix: str, specs: Sequence[str], limit: int) -> list[Suggested]:
    """Texts that begin with what was typed, in characters, pinyin or initials; heaviest first."""
    folded = clean(prefix[:MAX_TEXT]).strip()
    if not folded or not specs:
        return []
    ways = _begins("folded", folded)
    typed = folded.replace(" ", "").replace("'", "")
    if typed.isascii() and typed.isalnum():
        ways |= _begins("pinyin", typed) | _begins("initials", typed)
    found = Suggestion.objects.filter(ways, spec__in=specs)
    return _grouped(found, limit)


def containing(text: str, rows: Mapping[str, Sequence[str]], limit: int) -> list[Suggested]:
    """Texts of these rows (ids by index) that contain what was typed."""
    folded = clean(text[:MAX_TEXT]).strip()
    within = Q(pk__in=[])
    for spec, ids in rows.items():
        within |= Q(spec=spec, object_id__in=list(ids))
    return _grouped(Suggestion.objects.filter(within, folded__contains=folded), limit)


def _grouped(found: models.QuerySet[Suggestion], limit: int) -> list[Suggested]:
    groups = (
        found.values("text", "spec")
        .annotate(total=Sum("weight"), rows=Count("object_id", distinct=True))
        .annotate(one=Min("object_id"), best=Max("weight"))
        .order_by("-best", "-total", "text")[: limit * 2]
    )
    suggested: dict[str, Suggested] = {}
    for group in _offered_now([dict(group) for group in groups]):
        one = group["one"] if group["rows"] == 1 else None
        text = group["text"]
        suggested.setdefault(text, Suggested(text, group["spec"], one, group["total"]))
    return list(suggested.values())[:limit]


def _offered_now(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The completions that a shown row contains. What more than _SHARED rows contain is not checked."""
    few = [group for group in groups if group["rows"] <= _SHARED]
    kept = {(group["spec"], group["text"]) for group in groups if group["rows"] > _SHARED}
    for name in {group["spec"] for group in few}:
        texts = [group["text"] for group in few if group["spec"] == name]
        folded = [clean(text)[:120] for text in texts]
        pairs = Suggestion.objects.filter(spec=name, folded__in=folded, text__in=texts)
        offers = list(pairs.values_list("text", "object_id"))
        shown = get(name).shown
        ids = {id_ for _, id_ in offers}
        seen = ids if shown is None else set(shown(sorted(ids)))
        kept |= {(name, text) for text, id_ in offers if id_ in seen}
    return [group for group in groups if (group["spec"], group["text"]) in kept]


def _begins(field: str, prefix: str) -> Q:
    """A prefix condition that uses the database's index: SQLite uses none for LIKE with ESCAPE."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + "\U0010ffff"})
    return Q(**{f"{field}__startswith": prefix})


def _insert(spec: IndexSpec, offers: Iterable[tuple[str, Offered]]) -> None:
    batch: list[Suggestion] = []
    for id_, (text, weight) in offers:
        folded = clean(text)
        batch.append(
            Suggestion(
                spec=spec.name,
                object_id=id_,
                text=text,
                folded=folded[:120],
                pinyin=pinyin.typed(folded)[:160],
                initials=pinyin.initials(folded)[:60],
                weight=weight,
            )
        )
        if len(batch) == _BATCH:
            Suggestion.objects.bulk_create(batch)
            batch.clear()
    Suggestion.objects.bulk_create(batch)


def _words_of(text: str) -> set[str]:
    """The words of a text that a correction may suggest: its words, and each short CJK run as a whole."""
    words: set[str] = set()
    for run, is_cjk in runs(clean(text)):
        if not is_cjk:
            words.update([run] if len(run) > 2 and not run.isdigit() else [])
            continue
        parts = segment(run)
        words.update(word for word in parts if len(word) > 1)
        # 石墨 + 烯: the dictionary cuts many technical terms before their last character.
        words.update(a + b for a, b in pairwise(parts) if len(b) == 1 and b not in STOP_WORDS)
        if 1 < len(run) <= _MAX_WORD:
            words.add(run)
    return words


def _count(spec: IndexSpec, change: Counter[str]) -> None:
    """Add to the counts of the words; delete the words that are no longer used."""
    moved = {word: by for word, by in change.items() if by and len(word) <= _MAX_WORD * 3}
    for start in range(0, len(moved), _BATCH):
        words = sorted(moved)[start : start + _BATCH]
        known = VocabularyWord.objects.select_for_update().filter(spec=spec.name, word__in=words)
        counts = dict(known.values_list("word", "count"))
        totals = {word: counts.get(word, 0) + moved[word] for word in words}
        VocabularyWord.objects.bulk_create(
            [_word(spec, word, total) for word, total in totals.items() if total > 0],
            update_conflicts=True,
            unique_fields=["word", "spec"],
            update_fields=["count"],
        )
        gone = [word for word, total in totals.items() if total <= 0]
        VocabularyWord.objects.filter(spec=spec.name, word__in=gone).delete()


def _word(spec: IndexSpec, word: str, count: int) -> VocabularyWord:
    return VocabularyWord(
        spec=spec.name,
        word=word[:40],
        sound=pinyin.sound(word)[:120],
        last=word[-1],
        size=len(word),
        count=count,
    )
