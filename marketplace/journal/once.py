"""One-time keys: the same form or request sent twice makes one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, transaction

from marketplace.journal.models import OnceKey
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import KeyReused
from marketplace.kernel.tickets import Ticket

#: A key is known for this long; whoever sends it later makes another thing.
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Made:
    """What came of a creating act: the thing when it was made now, and its code in any case."""

    code: str
    thing: Any = None

    @property
    def is_new(self) -> bool:
        """Whether it was made by this call, and not by an earlier one with the same key."""
        return self.thing is not None


@transaction.atomic
def once(
    ticket: Ticket | None,
    make: Callable[[], Any],
    *,
    actor: Actor,
    code: Callable[[Any], str] = attrgetter("code"),
) -> Made:
    """Make a thing, or tell the `code` of what the same ticket has made before.

    The key is written first, in the transaction of the making: of several at the same time one makes
    and the others wait for it; where the making fails, the key is free again. Without a ticket
    nothing is remembered. Raises KeyReused when the key came before with other content.
    """
    if ticket is None:
        made = make()
        return Made(code(made), made)
    try:
        with transaction.atomic():
            row = OnceKey.objects.create(
                actor_id=actor.pk, route=ticket.route, key=ticket.key, digest=ticket.digest
            )
    except IntegrityError:
        return Made(made_before(ticket, actor=actor))
    made = make()
    row.made = code(made)
    row.save(update_fields=["made"])
    return Made(row.made, made)


def made_before(ticket: Ticket | None, *, actor: Actor) -> str:
    """The code of what this ticket has made; "" for none or a new one. Raises KeyReused."""
    if ticket is None:
        return ""
    rows = OnceKey.objects.filter(actor_id=actor.pk, route=ticket.route, key=ticket.key)
    earlier = rows.first()
    if earlier is not None and earlier.digest != ticket.digest:
        raise KeyReused(earlier.made) from None
    return earlier.made if earlier is not None else ""


def purge_keys() -> int:
    """Delete the keys that are older than KEPT; return how many."""
    return OnceKey.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
