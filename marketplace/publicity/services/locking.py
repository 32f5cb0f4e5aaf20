"""One order of locks: the publicities of a subject first, by key, then one objection.

Whoever awards, signs, closes or cancels takes the first of these locks and then asks `queries.blocking`;
whoever objects takes it too. So an objection is either seen, or comes too late.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput, NotVisible
from marketplace.publicity.models import Objection, Publicity


def lock_subject(kind: str, key: int) -> list[Publicity]:
    """Lock every publicity of a subject until the end of the transaction; in the order of their keys."""
    rows = Publicity.objects.select_for_update(of=("self",)).select_related("owner")
    return list(rows.filter(subject_kind=kind, subject_id=key).order_by("pk"))


def locked(publicity: Publicity) -> Publicity:
    """The row under the lock of its subject, as it is now. Raises NotVisible when it was deleted."""
    rows = lock_subject(publicity.subject_kind, publicity.subject_id)
    found = next((row for row in rows if row.pk == publicity.pk), None)
    if found is None:
        raise NotVisible
    return found


def locked_objection(objection: Objection) -> Objection:
    """The objection under the lock of its publicity, as both are now."""
    publicity = locked(objection.publicity)
    rows = Objection.objects.select_for_update(of=("self",)).select_related("organization")
    found = rows.get(pk=objection.pk)
    found.publicity = publicity
    return found


def save(row: Publicity | Objection) -> None:
    """Save the row as a new version."""
    row.rev += 1
    row.updated_at = clock.now()
    row.save()


def given(text: str, *, at: str, most: int, needed: object) -> str:
    """A text that must be there. Raises InvalidInput at `at`."""
    found = text.strip()
    if not found:
        raise InvalidInput({at: [needed]})
    if len(found) > most:
        reason: Any = _("最多 %(most)d 个字") % {"most": most}
        raise InvalidInput({at: [reason]})
    return found
