"""Runs the rules of the rulebook of a contract's time."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from marketplace.registration.rulebook import (  # noqa: F401 -- they register their checks
    checks_form,
    checks_kinds,
    checks_money,
    checks_parties,
    checks_subject,
)
from marketplace.registration.rulebook.books import Rulebook, book_for
from marketplace.registration.rulebook.case import CHECKS, Case
from marketplace.registration.rulebook.facts import Facts
from marketplace.registration.rulebook.findings import BLOCKS, LEVELS, WARNS, Finding
from marketplace.registration.rulebook.reading import Reading
from marketplace.registration.rulebook.rule import Rule

#: Longest list of places within one finding.
_MOST = 5
#: Blocks contracts made here, and only warns on imported ones, which were signed elsewhere long ago.
_WARNS_ON_IMPORTS = {"price_evidence_missing", "publicity_short", "seal_missing"}


def check(
    facts: Facts,
    reading: Reading | None,
    today: date,
    *,
    book: Rulebook | None = None,
) -> list[Finding]:
    """All findings, the weightiest first. `reading` is what was read in the text, None without a text."""
    book = book or book_for(facts.signed_on, today)
    case = Case(facts, reading, today)
    found = []
    for rule in book.rules.values():
        answer = CHECKS[rule.code](case)
        if answer is False or not answer:
            continue
        found.append(_finding(rule, book, facts, _words(answer)))
    return sorted(found, key=lambda row: LEVELS.index(row.level))


def satisfied(book: Rulebook, findings: Iterable[Finding], facts: Facts) -> list[Rule]:
    """The rules of a book that found nothing and concern this contract's kind."""
    named = {row.code for row in findings}
    return [
        rule
        for rule in book.rules.values()
        if rule.code not in named and rule.level != "info" and _concerns(rule.code, facts)
    ]


#: Rules that concern certain kinds only.
_OF_KINDS = {
    "targets_not_quantified": ("KF", "FW"),
    "already_mastered": ("KF",),
    "routine_work": ("KF",),
    "patent_number_missing": ("ZR", "XK"),
    "patent_number_invalid": ("ZR", "XK"),
    "ownership_missing": ("ZR", "XK"),
    "public_domain": ("ZR", "XK"),
    "secret_not_kept": ("ZR3", "XK2"),
    "not_consulting": ("ZX",),
    "report_missing": ("ZX",),
    "not_service": ("FW",),
    "service_moves_rights": ("FW",),
    "training_excluded": ("FW-P",),
    "trainees_unnamed": ("FW-P",),
    "training_in_other": ("FW-P",),
    "intermediary_rights": ("FW-Z",),
    "intermediary_vague": ("FW-Z",),
    "investment_missing": ("ZR",),
}


def _concerns(code: str, facts: Facts) -> bool:
    if code in {"price_evidence_missing", "publicity_short"}:
        return facts.is_state_held
    if code == "state_held_unsaid":
        return facts.is_equity or facts.contract_type.upper().startswith(("ZR", "XK"))
    kinds = _OF_KINDS.get(code)
    return kinds is None or any(facts.contract_type.upper().startswith(one) for one in kinds)


def _words(answer: Literal[True] | str | Iterable[str]) -> str:
    if answer is True:
        return ""
    if isinstance(answer, str):
        return answer
    rows: Sequence[str] = list(dict.fromkeys(answer))
    text = "；".join(rows[:_MOST])
    return text + _("等 %(count)d 处") % {"count": len(rows)} if len(rows) > _MOST else text


def _finding(rule: Rule, book: Rulebook, facts: Facts, words: str) -> Finding:
    basis = rule.basis(book.version)
    level = rule.level_in(book.version)
    if level == BLOCKS and facts.origin == "import" and rule.code in _WARNS_ON_IMPORTS:
        level = WARNS
    title = str(rule.title)
    return Finding(
        code=rule.code,
        level=level,
        title=title,
        what=_("%(title)s：%(words)s") % {"title": title, "words": words} if words else title,
        how_to_mend=str(rule.mend),
        field=rule.anchor,
        article=str(basis.article) if basis else "",
        rulebook=book.version,
        unverified=str(basis.unverified) if basis else "",
    )
