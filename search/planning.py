"""From a query to the plan that a backend runs: `find` and `match`, both bounded in size."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from search.analysis import (
    Tokens,
    background,
    clean,
    query_words,
    tokenize,
)
from search.plan import Plan, Term
from search.query import Query, Range, Value
from search.schema import IndexSpec, Preparer

# More words than this hardly narrow a question from the search box.
MAX_FIND_WORDS = 32
# A long text has thousands of distinct tokens. The rare ones decide the ranking, and each costs time.
MAX_MATCH_WORDS = 160
#: With `quick`, a text of more terms than the first is reduced to as many words as the second.
QUICK_TERMS, QUICK_WORDS = 250, 100
# With fewer hits than this, only about this share of the words is required.
LOOSEN_BELOW = 5
LOOSEN_TO = 0.6

Filters = Mapping[str, Sequence[Value] | Range]


def find_plan(spec: IndexSpec, query: Query) -> Plan:
    """Every word must be in the row, as a word or as all its grams; ranked by the OR of all."""
    words = tuple(query_words(query.text)[:MAX_FIND_WORDS])
    return Plan(
        terms=terms_of(tokenize(query.text)) if words else (),
        words=words,
        required=len(words),
        filters=effective(query.filters),
        facets=tuple(query.facets),
        sort=_sort(spec, query, has_text=bool(words)),
        offset=query.offset,
        limit=query.bounded_size,
    )


def loosened(plan: Plan) -> Plan:
    """The same question with about 60 % of its words required, at least one."""
    return replace(plan, required=max(1, round(len(plan.words) * LOOSEN_TO)))


def match_plan(
    text: str,
    filters: Filters,
    limit: int,
    *,
    prepare: Preparer | None = None,
    quick: bool = False,
) -> Plan:
    """Any token is enough, and each counts as often as the text has it; nothing is counted.

    `prepare` is given the cleaned text before it is analysed. With `quick` a long text is asked for by
    fewer words, and by no single characters: a third of the time, and 95 % of the five best are the
    same.
    """
    text = clean(text)
    tokens = tokenize(text if prepare is None else prepare(text))
    terms = terms_of(tokens)
    if quick and len(terms) > QUICK_TERMS:
        few = terms_of(tokens, QUICK_WORDS)
        terms = tuple(term for term in few if term.kind == "words" or len(term.text) > 1)
    return Plan(terms=terms, filters=effective(filters), limit=limit, count=False)


def terms_of(tokens: Tokens, most: int = MAX_MATCH_WORDS) -> tuple[Term, ...]:
    """The terms to OR. Of a long text only its most specific words, and the grams within them."""
    words = Counter(tokens.words)
    grams = Counter(tokens.grams)
    if len(words) > most:
        words = Counter({word: words[word] for word in telling(words, most)})
        within = {gram for word in words for gram in _grams_within(word)}
        grams = Counter({gram: count for gram, count in grams.items() if gram in within})
    return (
        *(Term(text, "words", count) for text, count in words.items()),
        *(Term(text, "grams", count) for text, count in grams.items()),
    )


def telling(words: Mapping[str, int], most: int) -> list[str]:
    """The most specific words of a text: frequent in it and rare in general."""

    def weight(word: str) -> tuple[float, str]:
        return -words[word] * math.log(1 / background(word)), word

    return sorted(words, key=weight)[:most]


def effective(filters: Filters) -> dict[str, Sequence[Value] | Range]:
    """The filters without those for which no value is chosen."""
    return {
        name: accepted
        for name, accepted in filters.items()
        if isinstance(accepted, Range) or len(accepted) > 0
    }


def _sort(spec: IndexSpec, query: Query, *, has_text: bool) -> str:
    """A sort order that exists; relevance or the index's own order otherwise."""
    if query.sort and spec.sortable(query.sort):
        return query.sort
    return "" if has_text else spec.default_sort


def _grams_within(word: str) -> set[str]:
    return {word, *word, *(word[at : at + 2] for at in range(len(word) - 1))}
