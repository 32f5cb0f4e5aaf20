"""One order of locks for everything that happens to a panel: the tender, the panel, its seats.

The tender comes first, because the moves of its lot are made in the same transaction.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.evaluation.models import Panel, Seat
from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotVisible
from marketplace.tenders import services as tenders


def locked(panel: Panel) -> tuple[Panel, datetime]:
    """The panel as it is now under its lock, with its tender, and the instant on the database's clock."""
    tender, now = tenders.up_to_date(panel.lot.tender)
    rows = Panel.objects.select_for_update(of=("self",)).select_related("lot")
    found = rows.filter(pk=panel.pk).first()
    if found is None:
        raise NotVisible
    found.lot.tender = tender
    return found, now


def locked_seat(seat: Seat) -> tuple[Seat, datetime]:
    """The seat as it is now under its lock, with its panel under its own."""
    panel, now = locked(seat.panel)
    rows = Seat.objects.select_for_update(of=("self",)).select_related("person", "expert")
    found = rows.get(pk=seat.pk)
    found.panel = panel
    return found, now


def save(row: Any) -> None:
    """Save the row as a new version."""
    row.rev += 1
    if hasattr(row, "updated_at"):
        row.updated_at = clock.now()
    row.save()


def given(text: str, *, at: str, most: int, needed: object) -> str:
    """A text that must be there. Raises InvalidInput at `at`."""
    found = text.strip()
    if not found:
        raise InvalidInput({at: [needed]})
    if len(found) > most:
        raise InvalidInput({at: [_("最多 %(most)d 个字") % {"most": most}]})
    return found
