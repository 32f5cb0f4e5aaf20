"""The public interface of the engine: ask, complete, refresh, rebuild, reconcile.

SEARCH_URL chooses the backend. A question is always answered: without a usable index the answer comes from
the rows in the database and says so (`Results.degraded`).
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from search import budget, planning, spelling, suggestions, table, vectors
from search.active_backends import backend, standby
from search.analysis import MAX_CHARACTERS, Tokens, tokenize
from search.backends import Backend
from search.embedder import Vector
from search.errors import SearchUnavailable
from search.fallback import scan_find, scan_match
from search.healing import with_healing
from search.plan import Answer, Plan
from search.planning import LOOSEN_BELOW, Filters
from search.query import Bucket, Hit, Query, Results, Suggested
from search.schema import IndexSpec, all_specs, get
from search.upkeep import Differences, discard, is_shown, rebuild, reconcile, refresh

__all__ = [
    "Differences",
    "backend",
    "did_you_mean",
    "discard",
    "find",
    "hybrid_match",
    "like",
    "match",
    "rebuild",
    "reconcile",
    "refresh",
    "similar",
    "suggest",
]

log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

# Weight of the vectors against the words in a hybrid score; values from .5 to 1.5 measured alike.
DENSE_WEIGHT = 0.8
MATCH_LIMIT = 100
_SIMILAR_WORDS = 40


# Asking ---------------------------------------------------------------------------------------


def find(spec_name: str, query: Query) -> Results:
    """The query of the search box: every word must match. Totals and facets count that set.

    When fewer than five rows have every word, rows with about 60 % of the words are found instead
    and the result says `loosened`. Whether to loosen depends on the text alone: choosing a filter
    never makes more rows appear. KeyError for a filter or facet that the index does not have.
    While the index is away, a list without words comes from the database (`search.table`).
    """
    spec = get(spec_name)
    plan = planning.find_plan(spec, query)
    is_list = table.can_answer(spec, query)
    if is_list and table.index_is_away():
        return table.find(spec, query)
    with budget.question():
        try:
            results = _found(spec, query, plan)
        except SearchUnavailable:
            log.warning("index %s cannot answer; looking through the rows", spec_name)
            if spec.table is not None:
                table.note_away()
            return table.find(spec, query) if is_list else scan_find(spec, query, plan)
    if spec.table is not None:
        table.note_back()
    return results


def _found(spec: IndexSpec, query: Query, plan: Plan) -> Results:
    (answer, loosened), degraded = _asked(
        spec, lambda engine: _find(engine, spec, plan, loosens=query.loosens)
    )
    return Results(
        hits=answer.hits,
        total=answer.total,
        facets=_buckets(answer),
        page=query.bounded_page,
        size=query.bounded_size,
        loosened=loosened,
        degraded=degraded,
    )


def _asked(spec: IndexSpec, question: Callable[[Backend], _Answer]) -> tuple[_Answer, bool]:
    """The answer of the main engine or of the standby, and whether it came from the standby.

    SearchUnavailable when neither can answer.
    """
    first, second = backend(), standby()
    try:
        return with_healing(first, spec, lambda: question(first)), False
    except SearchUnavailable:
        if second is None:
            raise
    return with_healing(second, spec, lambda: question(second)), True


def _find(engine: Backend, spec: IndexSpec, plan: Plan, *, loosens: bool) -> tuple[Answer, bool]:
    """Run the plan, loosened where too few rows have every word; and whether it was loosened."""
    answer = engine.search(spec, plan)
    if not loosens or len(plan.words) < 2 or answer.total >= LOOSEN_BELOW:
        return answer, False
    # A filter may be the only reason why there are few.
    strict = engine.count(spec, replace(plan, filters={})) if plan.filters else answer.total
    if strict >= LOOSEN_BELOW:
        return answer, False
    answer = engine.search(spec, planning.loosened(plan))
    # Without a filter the totals tell whether loosening found more.
    return answer, bool(plan.filters) or answer.total > strict


def match(
    spec_name: str,
    text: str,
    limit: int = MATCH_LIMIT,
    filters: Filters | None = None,
    *,
    written_as: str = "",
    quick: bool = False,
    strict: bool = False,
) -> list[Hit]:
    """The rows that answer a whole text, best first: any of its words is enough.

    `written_as` names the index whose rows are texts of this sort; its `prepare` is applied first. With
    `quick`, for a page that waits, a long text is reduced to fewer of its words. With `strict`, for results
    that are stored, the index may take longer, and SearchUnavailable is raised where a visitor would get a
    poorer answer.
    """
    spec = get(spec_name)
    prepare = get(written_as).prepare if written_as else None
    plan = planning.match_plan(text, filters or {}, max(1, limit), prepare=prepare, quick=quick)
    with budget.patient() if strict else budget.question():
        try:
            return _matched(spec, plan)
        except SearchUnavailable:
            if strict:
                raise
            log.warning("index %s cannot answer; looking through the rows", spec.name)
            return scan_match(spec, text, plan)


def _matched(spec: IndexSpec, plan: Plan) -> list[Hit]:
    if not plan.terms:
        return []
    answer, _ = _asked(spec, lambda engine: engine.search(spec, plan))
    return answer.hits


def hybrid_match(
    spec_name: str,
    text: str,
    limit: int = MATCH_LIMIT,
    filters: Filters | None = None,
    *,
    vector: Vector | None = None,
    written_as: str = "",
    quick: bool = False,
    strict: bool = False,
) -> list[Hit]:
    """As `match`, ranked by words and vectors together; the order of `match` where there are no vectors.

    `vector` is the text's own vector when the caller has it; otherwise it is made here (25 ms) if the model
    answers in time. With `strict` the model may take longer.
    """
    limit = max(1, limit)
    most = max(limit, MATCH_LIMIT)
    lexical = match(
        spec_name, text, most, filters, written_as=written_as, quick=quick, strict=strict
    )
    matrix = vectors.matrix(spec_name)
    if vector is None and matrix.ids:
        with budget.patient() if strict else budget.question():
            vector = vectors.embed_query(text)
    if vector is None or not matrix.ids:
        best = lexical[0].score if lexical else 1.0
        return [hit._replace(lexical=hit.score / (best or 1.0)) for hit in lexical[:limit]]
    z = vectors.standardised(matrix, vector)
    scores = {hit.id: hit.score for hit in lexical}
    fused = vectors.fuse(scores, z, matrix, DENSE_WEIGHT, max(limit, MATCH_LIMIT))
    revisions = {hit.id: hit.rev for hit in lexical}
    ranked = sorted(fused, key=lambda id_: (-fused[id_][0], id_))
    hits: list[Hit] = []
    for start in range(0, len(ranked), limit):
        some = ranked[start : start + limit]
        # A row found by its vector alone may be hidden by now, or outside the filters.
        unsure = [id_ for id_ in some if id_ not in revisions]
        revisions |= _allowed(spec_name, unsure, filters or {}, strict=strict)
        for id_ in some:
            if id_ in revisions:
                score, share, dense = fused[id_]
                place = matrix.index.get(id_)
                near = None if place is None else float(z[place])
                hits.append(Hit(id_, score, revisions[id_], share, dense, near))
        if len(hits) >= limit:
            break
    return hits[:limit]


def _allowed(
    spec_name: str, ids: Sequence[str], filters: Filters, *, strict: bool
) -> dict[str, int]:
    spec = get(spec_name)
    restricting = planning.effective(filters)
    with budget.patient() if strict else budget.question():
        try:
            return _asked(spec, lambda engine: engine.allowed(spec, ids, restricting))[0]
        except SearchUnavailable:
            if strict:
                raise
            return {}


def similar(spec_name: str, id_: str, limit: int = 6) -> list[Hit]:
    """Rows like this one, without itself; none when it is hidden, or the index does not answer in time.

    It only decorates a page, so it waits shortly and never falls back to scanning rows.
    """
    spec = get(spec_name)
    document = next((d for row, _, d in spec.source([id_]) if str(row) == id_), None)
    if document is None or not is_shown(document):
        return []
    text = "\n".join(str(document.get(name) or "") for name in spec.prose)[:MAX_CHARACTERS]
    tokens = tokenize(text)
    words = set(planning.telling(Counter(tokens.words), _SIMILAR_WORDS))
    grams = {gram for word in words for gram in tokenize(word).grams}
    kept = Tokens(
        [word for word in tokens.words if word in words],
        [gram for gram in tokens.grams if gram in grams],
    )
    plan = Plan(terms=planning.terms_of(kept), limit=max(1, limit) + 1, count=False)
    return [hit for hit in _decorating(spec, plan) if hit.id != id_][:limit]


def like(spec_name: str, text: str, limit: int = 6) -> list[Hit]:
    """Rows like a short text, for a row that is not in the index; none when the index is too slow."""
    plan = planning.match_plan(text, {}, max(1, limit), quick=True)
    return _decorating(get(spec_name), plan)


def _decorating(spec: IndexSpec, plan: Plan) -> list[Hit]:
    with budget.question(budget.DECORATION_SECONDS):
        try:
            return _matched(spec, plan)
        except SearchUnavailable:
            return []


def suggest(prefix: str, specs: Sequence[str] | None = None, limit: int = 8) -> list[Suggested]:
    """Completions of what is typed so far, in characters, pinyin or initials."""
    with budget.question(budget.DECORATION_SECONDS):
        return _suggested(prefix, _names(specs), limit)


def _suggested(prefix: str, names: Sequence[str], limit: int) -> list[Suggested]:
    found = suggestions.starting_with(prefix, names, limit)
    if len(found) < limit and len(prefix.strip()) > 1:
        asked = Query(prefix[: suggestions.MAX_TEXT], size=limit * 3)
        rows = {name: _ids_found(name, asked) for name in names}
        known = {one.text for one in found}
        inside = suggestions.containing(prefix, rows, limit)
        found += [one for one in inside if one.text not in known]
    return found[:limit]


def _ids_found(spec_name: str, query: Query) -> list[str]:
    """The ids that the index finds; none while it does not answer."""
    spec = get(spec_name)
    with suppress(SearchUnavailable):
        found = _found(spec, query, planning.find_plan(spec, query))
        return [hit.id for hit in found.hits]
    return []


def did_you_mean(text: str, specs: Sequence[str] | None = None) -> str | None:
    """The query as it was probably meant, if that finds more; None otherwise."""
    names = _names(specs)
    better = spelling.corrected(text, names)
    if better is None:
        return None
    with budget.question():
        return better if _strict_total(better, names) > _strict_total(text, names) else None


def _strict_total(text: str, names: Sequence[str]) -> int:
    """How many rows have every word of the text."""
    total = 0
    for spec in map(get, names):
        plan = planning.find_plan(spec, Query(text))
        with suppress(SearchUnavailable):
            total += with_healing(backend(), spec, partial(backend().count, spec, plan))
    return total


def _names(specs: Sequence[str] | None) -> list[str]:
    return [spec.name for spec in all_specs()] if specs is None else list(specs)


def _buckets(answer: Answer) -> dict[str, list[Bucket]]:
    return {
        name: [Bucket(value, count) for value, count in counts.items()]
        for name, counts in answer.facets.items()
    }
