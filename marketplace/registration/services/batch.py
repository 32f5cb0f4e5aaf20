"""Many filings at once: each stands for itself, and one that is refused does not stop the others."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.kernel.errors import DomainError, InvalidInput, NotVisible
from marketplace.registration import queries
from marketplace.registration.models import Filing
from marketplace.registration.services import preparing, reviewing
from marketplace.registration.workflow import FilingStatus

#: Rows of one request.
MOST = 200
#: Seconds in which one request begins to read texts; each takes part of a second in a child process.
READING_SECONDS = 15.0


@dataclass(frozen=True)
class Outcome:
    """What became of one row: its code, and the reason why not, "" when it was done."""

    code: str
    reason: object = ""
    filing: Filing | None = None

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return not self.reason


def accept_many(chosen: Sequence[tuple[str, str]], *, actor: Any) -> list[Outcome]:
    """Accept filings, given as (code, rev)."""
    return _each(chosen, actor, lambda row, rev: reviewing.accept(row, actor=actor, rev=rev))


def pass_many(chosen: Sequence[tuple[str, str]], *, actor: Any) -> list[Outcome]:
    """Take filings one step on: accept, first review, second review, conclusion, whatever is next."""
    return _each(chosen, actor, lambda row, rev: next_step(row, actor=actor, rev=rev))


@transaction.atomic
def next_step(filing: Filing, *, actor: Any, rev: Any = None) -> Filing:
    """The step that is next when nothing is wrong.

    A first review that needs no second one is concluded at once. Raises as the single services.
    """
    if filing.status == FilingStatus.SUBMITTED:
        return reviewing.accept(filing, actor=actor, rev=rev)
    if filing.status == FilingStatus.ACCEPTED:
        filing = reviewing.pass_first(filing, actor=actor, rev=rev)
        return filing if filing.needs_second else _conclude(filing, actor, filing.rev)
    if filing.needs_second and filing.second_at is None:
        filing = reviewing.pass_second(filing, actor=actor, rev=rev)
        return _conclude(filing, actor, filing.rev)
    return _conclude(filing, actor, rev)


def _conclude(filing: Filing, actor: Any, rev: Any) -> Filing:
    act = reviewing.forward if filing.route == "province" else reviewing.approve
    return act(filing, actor=actor, rev=rev)


def _each(
    chosen: Sequence[tuple[str, str]], actor: Any, act: Callable[[Filing, str], Filing]
) -> list[Outcome]:
    rows = queries.visible_to(actor).filter(code__in=[code for code, _rev in chosen[:MOST]])
    found = {row.code: row for row in rows}
    results = []
    for code, rev in chosen[:MOST]:
        row = found.get(code)
        try:
            if row is None:
                raise NotVisible
            results.append(Outcome(code, filing=act(row, rev)))
        except DomainError as error:
            results.append(Outcome(code, _reason(error), row))
    return results


def _reason(error: DomainError) -> object:
    if isinstance(error, InvalidInput):
        return "；".join(str(text) for texts in error.errors.values() for text in texts)
    return error.reason


def submit_many(contracts: Sequence[Contract], *, actor: Any) -> list[Outcome]:
    """Open and submit the filings of many signed contracts of the seller, such as a university's.

    What the pre-check stops stays open as a draft, with its reason in the answer. Each text is read as
    for a single filing; contracts for which the time of the request is too short are left for the next.
    """
    results: list[Outcome] = []
    end = time.monotonic() + READING_SECONDS
    for contract in contracts[:MOST]:
        filing = None
        if results and time.monotonic() > end:
            results.append(Outcome(contract.code, _("这一次来不及读取合同文本，请再提交一次")))
            continue
        try:
            filing = preparing.open_filing(contract, actor=actor)
            filing = preparing.submit(filing, actor=actor)
            results.append(Outcome(contract.code, filing=filing))
        except DomainError as error:
            results.append(Outcome(contract.code, _reason(error), filing))
    return results
