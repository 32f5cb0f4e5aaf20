"""What every change of a filing shares. Lock order: Contract → Filing → the ledger."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput
from marketplace.registration.models import Decision, Filing
from marketplace.registration.policies import represented
from marketplace.registration.rulebook.limits import limits_on
from marketplace.taxonomy.queries import working_day_end

MAX_NOTE = 500


def locked(filing: Filing) -> Filing:
    """The row of the filing, locked after its contract, with all that policies ask for."""
    Contract.objects.select_for_update().get(pk=filing.contract_id)
    rows = Filing.objects.select_for_update(of=("self",)).select_related("contract", "seller_org")
    return rows.prefetch_related("contract__parties__broker").get(pk=filing.pk)


def save(filing: Filing) -> None:
    """Store the filing under its next version."""
    filing.rev += 1
    filing.updated_at = clock.now()
    filing.save()


def note_decision(
    filing: Filing,
    act: str,
    actor: Any,
    *,
    reasons: Sequence[Any] = (),
    note: str = "",
) -> Decision:
    """Record who did what on the filing, and for whom a deputy acted."""
    return Decision.objects.create(
        filing=filing,
        act=act,
        round=filing.rounds,
        by=actor,
        deputy_of=represented(actor, filing.district),
        reasons=list(reasons),
        note=note,
    )


def intake_end(at: datetime) -> datetime:
    """Until when the bureau accepts what was submitted at `at`, or says what is missing."""
    days = limits_on(clock.day_of(at)).intake_days
    return working_day_end(at, days, legal=False).at


def decision_end(at: datetime, *, is_large: bool, is_sample: bool) -> datetime:
    """The end of the period for the decision on what was accepted at `at`.

    Raises Refused when it reaches a year whose holidays are not known. A sample takes Monday to Friday there:
    it obliges nobody.
    """
    limits = limits_on(clock.day_of(at))
    days = limits.large_days if is_large else limits.days
    if limits.working:
        return working_day_end(at, days, legal=not is_sample).at
    return clock.end_of_day(clock.day_of(at) + timedelta(days=days))


def checked_note(note: str, *, needed: object = "", field: str = "note") -> str:
    """The note without spaces around it. Raises InvalidInput when it is needed and missing, or too long."""
    note = note.strip()
    if needed and not note:
        raise InvalidInput({field: [needed]})
    if len(note) > MAX_NOTE:
        raise InvalidInput({field: [_("最多 500 个字")]})
    return note
