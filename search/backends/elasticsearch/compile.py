"""From plans to Elasticsearch's queries. No query parser, no script: the user's text becomes terms only."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elasticsearch.dsl import query as q

from search.analysis import Word
from search.backends.elasticsearch.documents import token_field
from search.plan import Plan, bounds, keyword, number_of, streams_of
from search.query import Range, Value
from search.schema import Bool, IndexSpec, Keyword, Text

Filters = Mapping[str, Sequence[Value] | Range]
_VISIBLE = q.Term("visible", {"value": True})


def selection(spec: IndexSpec, plan: Plan, filters: Filters, *, scored: bool) -> q.Query:
    """The rows that the plan finds within these filters, with BM25 scores if asked for."""
    must: list[q.Query] = [filter_of(spec, name, wanted) for name, wanted in filters.items()]
    scoring = list(_scoring(spec, plan)) if plan.terms else []
    if plan.required:
        must += _words(spec, plan)
        return q.Bool(filter=must, should=scoring if scored else [])
    if not plan.terms:
        return q.Bool(filter=[_VISIBLE, *must])
    # A tombstone has no terms, so every row that has one is visible.
    if scored:
        return q.Bool(filter=must, should=scoring, minimum_should_match=1)
    return q.Bool(filter=[*must, q.Bool(should=scoring, minimum_should_match=1)])


def among(spec: IndexSpec, ids: Sequence[str], filters: Filters) -> q.Query:
    """The visible rows with these ids that pass the filters."""
    chosen = q.Ids(values=[keyword(id_) for id_ in ids])
    others = [filter_of(spec, name, wanted) for name, wanted in filters.items()]
    return q.Bool(filter=[chosen, _VISIBLE, *others])


def filter_of(spec: IndexSpec, name: str, accepted: Sequence[Value] | Range) -> q.Query:
    """The rows that a filter accepts; KeyError when the index has no such filter."""
    field = spec.fields.get(name)
    if field is None or isinstance(field, Text):
        raise KeyError(f"{spec.name} has no filter {name!r}")
    if isinstance(accepted, Range):
        return range_of(spec, name, accepted)
    values: list[Any]
    if isinstance(field, Keyword):
        values = [keyword(value) for value in accepted]
    elif isinstance(field, Bool):
        values = [bool(value) for value in accepted]
    else:
        numbers = (number_of(field, value) for value in accepted)
        values = [number for number in numbers if number is not None]
    return q.Terms(name, values)


def range_of(spec: IndexSpec, name: str, wanted: Range) -> q.Query:
    """The rows within a range; nothing when it is none."""
    limits = bounds(spec, name, wanted)
    if limits is None:
        return q.MatchNone()
    ends = {side: end for side, end in zip(("gte", "lte"), limits, strict=True) if end is not None}
    within: q.Query = q.Range(name, ends) if ends else q.Exists(field=name)
    if not wanted.or_missing:
        return within
    missing = q.Bool(filter=[_VISIBLE], must_not=[q.Exists(field=name)])
    return q.Bool(should=[within, missing], minimum_should_match=1)


def _scoring(spec: IndexSpec, plan: Plan) -> Iterator[q.Query]:
    """One `match` for all terms of a field that weigh the same.

    Its analyser splits at white space, so it makes one clause of each term and no more.
    """
    for stream in streams_of(spec):
        groups: dict[tuple[str, int], list[str]] = defaultdict(list)
        for term in plan.terms if stream.takes(plan) else ():
            if term.may_stand_in(stream):
                groups[term.kind, term.count].append(term.text)
        for (kind, count), texts in groups.items():
            options: dict[str, Any] = {"query": " ".join(texts)}
            if stream.weight * count != 1:
                options["boost"] = stream.weight * count
            yield q.Match(token_field(stream, kind), options)


def _words(spec: IndexSpec, plan: Plan) -> list[q.Query]:
    words = [_word(spec, word) for word in plan.words]
    if plan.required >= len(words):
        return words
    return [q.Bool(should=words, minimum_should_match=plan.required)]


def _word(spec: IndexSpec, word: Word) -> q.Query:
    """A stream contains a word as one of its forms, or as all its grams."""
    ways: list[q.Query] = []
    for stream in streams_of(spec):
        if word.is_cjk and stream.translation:
            continue
        ways.append(q.Terms(token_field(stream, "words"), list(word.forms)))
        if word.grams:
            grams = [q.Term(token_field(stream, "grams"), {"value": gram}) for gram in word.grams]
            ways.append(q.Bool(filter=grams))
    return q.Bool(should=ways, minimum_should_match=1)
