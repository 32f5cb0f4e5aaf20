"""The lock of a custodian: whoever changes the row, a key or a rehearsal of it takes this lock first."""

from marketplace.custody.models import Custodian
from marketplace.kernel import clock


def locked(pk: int) -> Custodian:
    """The custodian as it is now, locked until the end of the transaction."""
    rows = Custodian.objects.select_for_update(of=("self",))
    return rows.select_related("organization", "person").get(pk=pk)


def save(row: Custodian) -> None:
    """Save the row as a new version."""
    row.rev += 1
    row.updated_at = clock.now()
    row.save()
