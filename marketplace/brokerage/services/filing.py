"""The typed figures of the yearly filing form."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from marketplace.brokerage.models import Broker, YearlyForm
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import Organization, User


@transaction.atomic
def save_filing(
    subject: Broker | Organization,
    year: int,
    figures: Mapping[str, Any],
    *,
    actor: User,
    rev: Rev = None,
) -> YearlyForm:
    """Store the typed figures of one year. Raises Forbidden, Stale.

    The subject's row is locked: two people who type the first figures of a year wait for each other.
    """
    type(subject)._default_manager.select_for_update().get(pk=subject.pk)  # noqa: SLF001 -- documented
    key = {"broker": subject} if isinstance(subject, Broker) else {"organization": subject}
    row = YearlyForm.objects.filter(**key, year=year).first() or YearlyForm(**key, year=year)
    if not actor.has_perm("brokerage.edit_yearlyform", row):
        raise Forbidden
    check(row.rev, rev, row if row.pk else None)
    row.figures = dict(figures)
    row.rev += 1
    row.updated_at = clock.now()
    row.save()
    return row
