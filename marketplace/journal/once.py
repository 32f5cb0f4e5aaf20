"""One-time keys: a form or request that is sent twice creates one row."""

from collections.abc import Callable, Iterable
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

#: How long a key is remembered. Sent later, it creates another row.
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Made:
    """The result of `once`: always the code, and the object when this call created it."""

    code: str
    thing: Any = None

    @property
    def is_new(self) -> bool:
        """Whether this call created it, not an earlier one with the same key."""
        return self.thing is not None


@transaction.atomic
def once(
    ticket: Ticket | None,
    make: Callable[[], Any],
    *,
    actor: Actor,
    code: Callable[[Any], str] = attrgetter("code"),
) -> Made:
    """Call `make` and return its result, or the `code` of what the same ticket created before.

    The key is inserted first, in the same transaction: of concurrent requests one creates and the others
    wait for it; if `make` fails, the key can be used again. Without a ticket nothing is remembered. Raises
    KeyReused when the key was used with other content.
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
    """The code of what this ticket created; "" for no ticket or a new one. Raises KeyReused."""
    if ticket is None:
        return ""
    rows = OnceKey.objects.filter(actor_id=actor.pk, route=ticket.route, key=ticket.key)
    earlier = rows.first()
    if earlier is not None and earlier.digest != ticket.digest:
        raise KeyReused(earlier.made) from None
    return earlier.made if earlier is not None else ""


def made_under(route: str, keys: Iterable[str], *, actor: Actor) -> dict[str, str]:
    """The codes of what these keys of one route created, by key; one query."""
    rows = OnceKey.objects.filter(actor_id=actor.pk, route=route, key__in=list(keys))
    return dict(rows.values_list("key", "made"))


def purge_keys() -> int:
    """Delete keys older than KEPT; return the number."""
    return OnceKey.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
