"""From our schema and plans to tantivy's. No query parser: the user's text becomes terms only."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tantivy

from search.analysis import Word
from search.plan import Plan, Row, Stream, bounds, keyword, label_of, number_of, streams_of
from search.query import Range, RangeFacet, Value
from search.schema import Bool, Date, IndexSpec, Keyword, Number, Text

_MUST, _SHOULD, _NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
_FREQ = "freq"
_MAX_BUCKETS = 1000
# Larger than every stored number.
_FAR = 2.0**54
Filters = Mapping[str, Sequence[Value] | Range]


def schema_of(spec: IndexSpec) -> tantivy.Schema:
    """The tantivy schema of an index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("rev", stored=True, indexed=False, fast=True)
    builder.add_boolean_field("visible", stored=True, indexed=True, fast=True)
    for stream in streams_of(spec):
        for kind in ("words", "grams"):
            builder.add_text_field(
                f"{stream.name}__{kind}", tokenizer_name="whitespace", index_option=_FREQ
            )
    for name, field in spec.fields.items():
        if isinstance(field, Keyword):
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
        elif isinstance(field, Number):
            builder.add_float_field(name, indexed=True, fast=True)
        elif isinstance(field, Date):
            builder.add_integer_field(name, indexed=True, fast=True)
        elif isinstance(field, Bool):
            builder.add_boolean_field(name, indexed=True, fast=True)
    return builder.build()


def document_of(spec: IndexSpec, row: Row) -> tantivy.Document:
    """The row as tantivy stores it."""
    document = tantivy.Document()
    document.add_text("id", row.id)
    document.add_unsigned("rev", row.rev)
    document.add_boolean("visible", row.visible)
    for stream, (words, grams) in row.streams.items():
        document.add_text(f"{stream}__words", words)
        document.add_text(f"{stream}__grams", grams)
    for name, values in row.values.items():
        field = spec.fields[name]
        for value in values:
            if isinstance(field, Keyword):
                document.add_text(name, str(value))
            elif isinstance(field, Number):
                document.add_float(name, float(value))
            elif isinstance(field, Date):
                document.add_integer(name, int(value))
            else:
                document.add_boolean(name, bool(value))
    return document


class Compiler:
    """Turns the plans of one index into tantivy queries."""

    def __init__(self, spec: IndexSpec, schema: tantivy.Schema) -> None:
        self.spec = spec
        self.schema = schema
        self.streams: list[Stream] = streams_of(spec)

    def ranked(self, plan: Plan) -> tantivy.Query:
        """The query that selects and scores: the OR of all terms, within the required conditions."""
        scoring = list(self._scoring(plan))
        must = self._conditions(plan, self._filters(plan.filters))
        if plan.terms and not plan.required and must:
            must.append((_MUST, tantivy.Query.boolean_query(scoring)))
            return tantivy.Query.boolean_query(must)
        if plan.terms:
            return tantivy.Query.boolean_query([*must, *scoring])
        return tantivy.Query.boolean_query(must or [(_MUST, self._visible())])

    def matching(self, plan: Plan, *, without: str | None = None) -> tantivy.Query:
        """The same selection without scores, leaving out the filter on the field `without`."""
        filters = {name: value for name, value in plan.filters.items() if name != without}
        must = self._conditions(plan, self._filters(filters))
        if plan.terms and not plan.required:
            any_term = tantivy.Query.boolean_query(list(self._scoring(plan)))
            must.append((_MUST, tantivy.Query.const_score_query(any_term, 0.0)))
        return tantivy.Query.boolean_query(must or [(_MUST, self._visible())])

    def among(self, ids: Sequence[str], filters: Filters) -> tantivy.Query:
        """The visible rows with these ids that pass the filters."""
        chosen = tantivy.Query.term_set_query(self.schema, "id", [keyword(id_) for id_ in ids])
        visible = (_MUST, self._visible())
        return tantivy.Query.boolean_query([(_MUST, chosen), visible, *self._filters(filters)])

    def by_id(self, id_: str) -> tantivy.Query:
        """The row itself, visible or not."""
        return tantivy.Query.term_query(self.schema, "id", keyword(id_), "basic")

    def _visible(self) -> tantivy.Query:
        only = tantivy.Query.term_query(self.schema, "visible", field_value=True)
        return tantivy.Query.const_score_query(only, 0.0)

    def _scoring(self, plan: Plan) -> Iterator[tuple[tantivy.Occur, tantivy.Query]]:
        # One flat list of terms: tantivy can skip rows with low scores for this form only.
        for stream in self.streams:
            for term in plan.terms if stream.takes(plan) else ():
                if not term.may_stand_in(stream):
                    continue
                query = self._term(stream, term.kind, term.text)
                boost = stream.weight * term.count
                yield _SHOULD, query if boost == 1 else tantivy.Query.boost_query(query, boost)

    def _conditions(
        self, plan: Plan, filters: list[tuple[tantivy.Occur, tantivy.Query]]
    ) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        if not plan.required:
            # A tombstone has no terms, so only a search without terms must ask for visible rows.
            return filters if plan.terms else [(_MUST, self._visible()), *filters]
        words = [self._word(word) for word in plan.words]
        if plan.required >= len(words):
            return [*((_MUST, word) for word in words), *filters]
        enough = tantivy.Query.boolean_query(
            [(_SHOULD, word) for word in words], minimum_number_should_match=plan.required
        )
        return [(_MUST, tantivy.Query.const_score_query(enough, 0.0)), *filters]

    def _word(self, word: Word) -> tantivy.Query:
        """A stream contains a word as one of its forms, or as all its grams."""
        ways = []
        for stream in self.streams:
            if word.is_cjk and stream.translation:
                continue
            ways += [self._term(stream, "words", form) for form in word.forms]
            if word.grams:
                all_grams = [(_MUST, self._term(stream, "grams", gram)) for gram in word.grams]
                ways.append(tantivy.Query.boolean_query(all_grams))
        found = tantivy.Query.boolean_query([(_SHOULD, way) for way in ways])
        return tantivy.Query.const_score_query(found, 0.0)

    def _term(self, stream: Stream, kind: str, text: str) -> tantivy.Query:
        return tantivy.Query.term_query(self.schema, f"{stream.name}__{kind}", text, _FREQ)

    def _filters(self, filters: Filters) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        return [
            (_MUST, tantivy.Query.const_score_query(self._filter(name, accepted), 0.0))
            for name, accepted in filters.items()
        ]

    def _filter(self, name: str, accepted: Sequence[Value] | Range) -> tantivy.Query:
        field = self.spec.fields.get(name)
        if field is None or isinstance(field, Text):
            raise KeyError(f"{self.spec.name} has no filter {name!r}")
        if isinstance(accepted, Range):
            return self._range(name, accepted)
        if isinstance(field, Keyword):
            values = [keyword(value) for value in accepted]
            return tantivy.Query.term_set_query(self.schema, name, values)
        if isinstance(field, Bool):
            ways = [tantivy.Query.term_query(self.schema, name, bool(item)) for item in accepted]
        else:
            numbers = [number_of(field, item) for item in accepted]
            ways = [self._range(name, Range(item, item)) for item in numbers if item is not None]
        return tantivy.Query.boolean_query([(_SHOULD, way) for way in ways])

    def _range(self, name: str, wanted: Range) -> tantivy.Query:
        limits = bounds(self.spec, name, wanted)
        if limits is None:
            return tantivy.Query.empty_query()
        low, high = limits
        is_date = isinstance(self.spec.fields[name], Date)
        kind = tantivy.FieldType.Integer if is_date else tantivy.FieldType.Float
        if low is None and high is None:
            within = tantivy.Query.exists_query(name)
        else:
            within = tantivy.Query.range_query(self.schema, name, kind, low, high)
        if not wanted.or_missing:
            return within
        missing = tantivy.Query.boolean_query(
            [(_MUST, self._visible()), (_NOT, tantivy.Query.exists_query(name))]
        )
        return tantivy.Query.boolean_query([(_SHOULD, within), (_SHOULD, missing)])


def aggregation(spec: IndexSpec, facet: str | RangeFacet) -> dict[str, Any]:
    """The aggregations that count a facet, by name."""
    if isinstance(facet, str):
        field = spec.fields.get(facet)
        if field is None or isinstance(field, Text):
            raise KeyError(f"{spec.name} has no facet {facet!r}")
        return {facet: {"terms": {"field": facet, "size": _MAX_BUCKETS}}}
    named = {}
    for number, wanted in enumerate(facet.ranges.values()):
        low, high = bounds(spec, facet.field, wanted) or (math.inf, math.inf)
        # tantivy excludes the upper end, our ranges include it.
        part: dict[str, float | str] = {
            "key": "in",
            "from": -_FAR if low is None else min(low, _FAR),
            "to": math.nextafter(_FAR if high is None else min(high, _FAR), math.inf),
        }
        named[f"{facet.field}__{number}"] = {
            "range": {"field": facet.field, "ranges": [part]},
        }
    return named


def counts_of(
    spec: IndexSpec, facet: str | RangeFacet, answer: Mapping[str, Any]
) -> dict[str, int]:
    """The counts of a facet in the engine's answer, by value."""
    if isinstance(facet, str):
        return {
            label_of(spec.fields[facet], bucket["key"]): int(bucket["doc_count"])
            for bucket in answer[facet]["buckets"]
        }
    return {
        label: sum(
            int(bucket["doc_count"])
            for bucket in answer[f"{facet.field}__{number}"]["buckets"]
            if bucket["key"] == "in"
        )
        for number, label in enumerate(facet.ranges)
    }
