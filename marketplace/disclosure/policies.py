"""Who may ask, answer and see grants; and the registry by which this slice learns what is disclosed."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import rules

from marketplace.disclosure.rulebook import Subject
from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, binds_owner, platform_role

#: Staff who read the confidential part by their office; each reading is in the owner's log.
READERS = (
    Role.OPERATOR,
    Role.REGISTRAR_CITY,
    Role.REGISTRAR_COUNTY,
    Role.AUTHORITY,
    Role.AUDITOR,
)
#: Staff who see grants and logs of everybody.
OVERSEERS = (Role.OPERATOR, Role.AUDITOR)

#: Takes keys of rows, gives those that exist by key, in one query.
Finder = Callable[[Iterable[int]], Mapping[int, Subject]]

#: Takes a public code and who asks, gives the key of the row if they may see it.
ByCode = Callable[[str, Any], int | None]

_finders: dict[str, Finder] = {}
_codes: dict[str, ByCode] = {}


def register_subjects(kind: str, finder: Finder, by_code: ByCode) -> None:
    """Let a slice above describe its rows of this kind, such as `needs.need`."""
    _finders[kind] = finder
    _codes[kind] = by_code


def subject_of_code(code: str, user: Actor) -> Subject | None:
    """The row of this public code, if this person may see it. None otherwise."""
    for kind, by_code in _codes.items():
        pk = by_code(code, user)
        if pk is not None:
            return subjects(kind, [pk]).get(pk)
    return None


def subject_kinds() -> tuple[str, ...]:
    """Every kind that was registered."""
    return tuple(_finders)


def subjects(kind: str, ids: Iterable[int]) -> Mapping[int, Subject]:
    """The rows of this kind by key, one query; without those that do not exist (any more)."""
    finder = _finders.get(kind)
    return finder(ids) if finder else {}


def sees_contacts(user: Actor) -> bool:
    """The second stage, between the public part and the confidential one.

    Contacts are for people who are signed in and have confirmed an address or a number of their own.
    """
    return access_of(user).is_confirmed


@rules.predicate
def is_of_a_side(user: Actor, grant: Any) -> bool:
    """The person works for the owner or for the organisation that reads."""
    access = access_of(user)
    return grant is not None and (
        access.in_org(grant.owner_id) or access.in_org(grant.organization_id)
    )


@rules.predicate
def is_of_reader(user: Actor, grant: Any) -> bool:
    """The person works for the organisation that asks or reads."""
    return grant is not None and access_of(user).in_org(grant.organization_id)


rules.add_perm("disclosure.view_grant", is_of_a_side | platform_role(*OVERSEERS))
rules.add_perm("disclosure.answer_grant", binds_owner)
rules.add_perm("disclosure.withdraw_grant", is_of_reader)
rules.add_perm("disclosure.publish_text", platform_role(Role.OPERATOR))
