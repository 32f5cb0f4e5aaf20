"""Cards of lists, kept as text: made once for each revision of a row, not once for each reader.

A card's template marks with `{% live "name" %}` what may change while the row's `rev` stays: the owner's
name, what time is left. Those places are filled for every page; the rest is kept by what it depends on:
template, code, `rev`, language, and the revision of the code lists. Which rows are shown is asked of the
database for every page, so a card of a withdrawn row is never looked up.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

#: Unknown outside this process: no text of a row can look like a mark.
_MARK = secrets.token_hex(16)
ALIAS = "fragments"
#: Text and names of live places in turn; text comes first and last.
Parts = tuple[str, ...]
#: The text for a row and the name of a live place.
Live = Callable[[Any, str], str]
#: The whole rows for rows of which only some columns were read; one that is gone is left out.
Complete = Callable[[Sequence[Any]], Iterable[Any]]


def mark(name: str) -> SafeString:
    """What `{% live %}` writes into a template's output."""
    return mark_safe(f"\0{_MARK}{name}\0")  # noqa: S308 -- cut out again below


def draw(
    template: str,
    rows: Sequence[Any],
    *,
    live: Live,
    complete: Complete,
    revision: str = "",
    query: str = "",
    named: str = "row",
) -> list[SafeString]:
    """The card of each row, in order. `template` gets the row as `named`, and `query`, the words to mark.

    `revision` names the state of what all cards depend on. Cards with marked words are not kept.
    """
    known = {} if query else _kept(template, rows, revision)
    missing = [row for row in rows if row.code not in known]
    if missing:
        made = {
            row.code: (row, _made(template, {named: row, "query": query}))
            for row in complete(missing)
        }
        known |= {code: parts for code, (_row, parts) in made.items()}
        if not query and not _is_writing():
            # Kept under the revision of the row that was drawn: it may be newer than the list's.
            caches[ALIAS].set_many(
                {_key(template, row, revision): parts for row, parts in made.values()}
            )
    return [_filled(known[row.code], row, live) for row in rows if row.code in known]


def _is_writing() -> bool:
    """Whether a transaction is open. If it is rolled back, another state gets the `rev` that was read here.

    A test case has one around all that it does, which is none of the request's.
    """
    blocks = connection.atomic_blocks
    return any(not block._from_testcase for block in blocks)  # type: ignore[attr-defined]  # noqa: SLF001 -- as Django itself asks


def _kept(template: str, rows: Sequence[Any], revision: str) -> dict[str, Parts]:
    keys = {row.code: _key(template, row, revision) for row in rows}
    found = caches[ALIAS].get_many(keys.values())
    return {code: found[key] for code, key in keys.items() if key in found}


def _key(template: str, row: Any, revision: str) -> str:
    return f"{template}:{row.code}:{row.rev}:{get_language()}:{revision}"


def _made(template: str, context: dict[str, Any]) -> Parts:
    html = get_template(template).render(context)
    first, *rest = html.split(f"\0{_MARK}")
    return (first, *(part for piece in rest for part in piece.split("\0", 1)))


def _filled(parts: Parts, row: Any, live: Live) -> SafeString:
    texts = [
        conditional_escape(live(row, part)) if place % 2 else part
        for place, part in enumerate(parts)
    ]
    return mark_safe("".join(texts))  # noqa: S308 -- parts of a rendered template, and escaped text
