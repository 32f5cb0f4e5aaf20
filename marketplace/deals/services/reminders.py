"""Reminders of milestones and payments that fall due, once each."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.deals import events, queries
from marketplace.deals.models import Instalment, Milestone
from marketplace.deals.workflow import IN_FORCE
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.notices.services import address_of, notify

#: Days before the day on which something falls due.
AHEAD = timedelta(days=7)
AT_ONCE = 200


def remind_of_due() -> int:
    """Tell both sides of what falls due within a week; how many rows. A row is told of once."""
    until = clock.today() + AHEAD
    stones = Milestone.objects.filter(due_on__lte=until, done_on=None, reminded_at=None)
    parts = Instalment.objects.filter(due_on__lte=until, reminded_at=None, payments=None)
    told = 0
    for what, rows, title in (
        ("milestone", stones, _("合同节点即将到期：%(what)s")),
        ("instalment", parts, _("合同付款即将到期：%(what)s")),
    ):
        due = rows.filter(contract__status__in=sorted(IN_FORCE)).order_by("due_on", "pk")
        for row in readable(due[:AT_ONCE]):
            _remind(row, what, title)
            told += 1
    return told


@transaction.atomic
def _remind(row: Any, what: str, title: Any) -> None:
    row = type(row).objects.select_for_update().get(pk=row.pk)
    if row.reminded_at is not None:
        return
    contract = queries.whole().get(pk=row.contract_id)
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    notify(
        "deals.due",
        queries.people_of(contract),
        title=title,
        params={"what": row.what or contract.title},
        url=address_of("deals:show", contract.code),
        dedupe=f"deals.due:{what}:{row.pk}",
    )
    publish(
        events.DueReminded(subject_id=contract.pk, what=what, row_id=row.pk),
        actor=None,
    )
