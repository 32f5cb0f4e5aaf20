"""How much waits for a person, as the menu of every page shows it.

Django needs ten times as long to write such a statement as the database to answer it. People with the
same kind of access get the same statement with other keys, so it is written once for each kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from marketplace.kernel.actors import Actor
from marketplace.kernel.counting import Counting, counting
from marketplace.parties.policies import Access, access_of

#: Lists of a person by name. What they ask for may depend on the access and the key of the person alone:
#: not on the time, and not on rows that were read.
Lists = Callable[[Any], Mapping[str, QuerySet[Any]]]
#: No row has a negative key.
_PERSON, _FIRST_ORG = -1, -2
#: Whoever works for more organisations than this gets a statement that is not kept.
MOST_ORGS = 8


@dataclass(frozen=True)
class _StandIn:
    """Somebody with a kind of access, whose key and organisations are negative numbers."""

    pk: int
    access: Access
    is_authenticated: bool = True


def counted_for(user: Actor, lists: Lists) -> dict[str, int]:
    """The number of rows of each list of this person; one query, none when there is no list."""
    access = access_of(user)
    if len(access.orgs) > MOST_ORGS:
        return counting(lists(user)).run()
    districts = tuple(sorted((role, tuple(sorted(of))) for role, of in access.districts.items()))
    orgs = tuple(access.orgs.values())
    flags = (access.is_confirmed, access.is_superuser)
    made = _statement(lists, access.roles, districts, orgs, flags, connection.vendor)
    keys = {_PERSON: user.pk, **{_FIRST_ORG - n: pk for n, pk in enumerate(access.orgs)}}
    return made.run([keys.get(one, one) if type(one) is int else one for one in made.params])


@lru_cache(512)
def _statement(
    lists: Lists,
    roles: frozenset[str],
    districts: tuple[tuple[str, tuple[str, ...]], ...],
    orgs: tuple[frozenset[str], ...],
    flags: tuple[bool, bool],
    _vendor: str,
) -> Counting:
    access = Access(
        roles,
        {role: frozenset(of) for role, of in districts},
        {_FIRST_ORG - n: held for n, held in enumerate(orgs)},
        *flags,
    )
    return counting(lists(_StandIn(_PERSON, access)))
