"""The operator's list of rows that cannot be read (`kernel.unreadable`), and their later checks."""

import logging
from collections.abc import Sequence

from django.db import DatabaseError, transaction

from marketplace.journal import queries
from marketplace.journal.events import RowMended
from marketplace.journal.models import UnreadableRow
from marketplace.journal.services import publish
from marketplace.kernel import clock, unreadable
from marketplace.kernel.unreadable import Unreadable

logger = logging.getLogger(__name__)


def note_unreadable(rows: Sequence[Unreadable]) -> None:
    """Store unreadable rows for the operator. Never raises, because the caller continues without them."""
    try:
        with transaction.atomic():
            for row in rows:
                UnreadableRow.objects.update_or_create(
                    kind=row.label,
                    key=row.key,
                    defaults={"error": row.error[:60], "seen_at": clock.now()},
                    create_defaults={
                        "error": row.error[:60],
                        "code": queries.code_of(row.label, row.key),
                    },
                )
    except DatabaseError as error:
        logger.warning("%s unreadable rows not kept: %s", len(rows), type(error).__name__)


def recheck_unreadable() -> int:
    """Check unreadable rows again; publish RowMended for those that can be read now, return their number.

    A deleted row counts as readable: its handlers find nothing to do.
    """
    count = 0
    for row in queries.unreadable():
        if not unreadable.can_be_read(row.kind, row.key):
            continue
        with transaction.atomic():
            if UnreadableRow.objects.filter(pk=row.pk).delete()[0]:
                publish(RowMended(subject_id=row.pk, kind=row.kind, key=row.key), actor=None)
                count += 1
    return count
