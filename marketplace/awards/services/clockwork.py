"""What the clock does: reminds of contracts that are due, and tells of contracts and results that are late."""

from django.db import IntegrityError, transaction

from marketplace.awards import events, queries
from marketplace.awards.models import Award, Reminder
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.tenders.models import Tender

AT_ONCE = 500


def tick() -> int:
    """Tell of everything that is due; how many."""
    now = clock.database_now()
    return sum(_contract(row) for row in readable(queries.due_contracts(now)[:AT_ONCE])) + sum(
        _results(row) for row in readable(queries.results_due(now)[:AT_ONCE])
    )


@transaction.atomic
def _contract(award: Award) -> bool:
    """Once before the contract is due, and once when it was. No new version: nothing that people edit changes."""
    now = clock.database_now()
    late = award.contract_due is not None and award.contract_due <= now
    name = "overdue_told_at" if late else "reminded_at"
    rows = Award.objects.filter(
        pk=award.pk, ended_at__isnull=True, contracted_at__isnull=True, **{f"{name}__isnull": True}
    )
    # Whoever is told that it is late needs no reminder.
    done = {"reminded_at": now, "overdue_told_at": now} if late else {"reminded_at": now}
    if not rows.update(**done):
        return False
    publish(
        events.ContractDue(subject_id=award.result_id, award_id=award.pk, is_late=late), actor=None
    )
    return True


def _results(tender: Tender) -> bool:
    due = tender.results_until
    if due is None:
        return False
    try:
        with transaction.atomic():
            Reminder.objects.create(tender=tender, due=due, told_at=clock.database_now())
            publish(events.ResultsOverdue(subject_id=tender.pk), actor=None)
    except IntegrityError:
        return False
    return True
