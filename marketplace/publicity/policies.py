"""Who publishes, who objects, who answers, who rules; and the register of subjects that are made public."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import rules

from marketplace.kernel.actors import Actor
from marketplace.parties.policies import Role, access_of, is_confirmed
from marketplace.publicity.rulebook import Subject
from marketplace.publicity.workflow import ObjectionStatus

#: An objection that was never raised is its author's alone.
_UNRAISED = frozenset({ObjectionStatus.DRAFT, ObjectionStatus.LAPSED})


@dataclass(frozen=True)
class SubjectKind:
    """What a slice says of its subjects of publicity.

    `find(pks)` gives the subjects that exist by key, in one query. `rules` names the rules that they may be
    published under. `answers(user, publicity)`: who answers an objection. `against(org_id, publicity)`: why an
    organisation may not object, "" where it may. `publishes(user, publicity)`: who publishes and prolongs it; None
    for those who bind the publisher. `cancels(user, publicity)`: who takes it back; None for those who bind the
    publisher, and the authority.
    """

    name: str
    label: Any
    rules: tuple[str, ...]
    find: Callable[[Iterable[int]], dict[int, Subject]]
    answers: Callable[[Actor, Any], bool]
    against: Callable[[int, Any], object]
    publishes: Callable[[Actor, Any], bool] | None = None
    cancels: Callable[[Actor, Any], bool] | None = None


_kinds: dict[str, SubjectKind] = {}


def register_subject(kind: SubjectKind) -> None:
    """Make a kind of subject known; called when the app of its slice is ready. Raises TypeError when doubled."""
    if _kinds.get(kind.name, kind) is not kind:
        raise TypeError(f"two kinds of subject are called {kind.name}")
    _kinds[kind.name] = kind


def subject_kind(name: str) -> SubjectKind:
    """The kind of this name. Raises LookupError for one that nobody registered."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"nobody registered subjects called {name}") from None


def answers_by_default(user: Actor, publicity: Any) -> bool:
    """Whoever makes promises for the publisher answers."""
    return access_of(user).binds(publicity.owner_id)


# --- publicities ------------------------------------------------------------------------------
@rules.predicate
def is_public(_user: Actor, publicity: Any) -> bool:
    """It was published: everybody may read it, also after it is over."""
    return publicity is not None and publicity.is_public


@rules.predicate
def is_of_owner(user: Actor, publicity: Any) -> bool:
    """The person works for the publisher."""
    return publicity is not None and access_of(user).in_org(publicity.owner_id)


@rules.predicate
def binds_owner(user: Actor, publicity: Any) -> bool:
    """The person makes promises for the publisher."""
    return publicity is not None and access_of(user).binds(publicity.owner_id)


@rules.predicate
def publishes(user: Actor, publicity: Any) -> bool:
    """The person publishes it, as the slice of its subject says."""
    if publicity is None:
        return False
    chosen = subject_kind(publicity.subject_kind).publishes
    return chosen(user, publicity) if chosen is not None else bool(binds_owner(user, publicity))


@rules.predicate
def oversees(user: Actor, publicity: Any) -> bool:
    """The person is of the authority and works for no organisation that is concerned."""
    return (
        publicity is not None
        and access_of(user).has(Role.AUTHORITY)
        and not access_of(user).in_org(publicity.owner_id)
        and not _objects(user, publicity)
    )


@rules.predicate
def cancels(user: Actor, publicity: Any) -> bool:
    """The person takes it back, as the slice of its subject says."""
    if publicity is None:
        return False
    chosen = subject_kind(publicity.subject_kind).cancels
    if chosen is not None:
        return chosen(user, publicity)
    return bool(binds_owner(user, publicity)) or bool(
        oversees(user, publicity) and is_public(user, publicity)
    )


def _objects(user: Actor, publicity: Any) -> bool:
    """The person works for an organisation that has raised an objection to it."""
    raised = publicity.objections.exclude(status__in=_UNRAISED)
    return raised.filter(organization_id__in=list(access_of(user).orgs)).exists()


@rules.predicate
def may_object(user: Actor, publicity: Any) -> bool:
    """The person works for an organisation other than the publisher."""
    access = access_of(user)
    return (
        publicity is not None
        and publicity.is_public
        and any(pk != publicity.owner_id for pk in access.orgs)
    )


rules.add_perm("publicity.view_publicity", is_public | is_of_owner)
rules.add_perm("publicity.draft_publicity", is_confirmed)
rules.add_perm("publicity.edit_publicity", is_confirmed & is_of_owner)
rules.add_perm("publicity.publish_publicity", is_confirmed & publishes)
rules.add_perm("publicity.cancel_publicity", is_confirmed & cancels)
rules.add_perm("publicity.suspend_publicity", is_confirmed & oversees & is_public)
rules.add_perm("publicity.manage_publicity", is_of_owner | oversees & is_public)
rules.add_perm("publicity.contest_publicity", is_confirmed & may_object)


# --- objections -------------------------------------------------------------------------------
@rules.predicate
def was_raised(_user: Actor, objection: Any) -> bool:
    """Others than its author learn of an objection once it was raised."""
    return objection is not None and objection.status not in _UNRAISED


@rules.predicate
def is_of_objector(user: Actor, objection: Any) -> bool:
    """The person works for the organisation that objects."""
    return objection is not None and access_of(user).in_org(objection.organization_id)


@rules.predicate
def binds_objector(user: Actor, objection: Any) -> bool:
    """The person makes promises for the organisation that objects."""
    return objection is not None and access_of(user).binds(objection.organization_id)


@rules.predicate
def answers(user: Actor, objection: Any) -> bool:
    """The person answers for the subject, as its slice says."""
    if objection is None:
        return False
    return subject_kind(objection.publicity.subject_kind).answers(user, objection.publicity)


@rules.predicate
def watches(user: Actor, objection: Any) -> bool:
    """The authority, and the auditor, read every objection that was raised.

    Not where they work for the publisher: of its people only those who bind it learn who objects.
    """
    if objection is None:
        return False
    access = access_of(user)
    return access.has(Role.AUTHORITY, Role.AUDITOR) and not access.in_org(
        objection.publicity.owner_id
    )


@rules.predicate
def rules_on(user: Actor, objection: Any) -> bool:
    """The person is of the authority and works for neither side (条例 on conflicts of interest)."""
    if objection is None:
        return False
    access = access_of(user)
    return (
        access.has(Role.AUTHORITY)
        and not access.in_org(objection.organization_id)
        and not access.in_org(objection.publicity.owner_id)
    )


rules.add_perm("publicity.view_objection", is_of_objector | was_raised & (answers | watches))
rules.add_perm("publicity.edit_objection", is_confirmed & is_of_objector)
rules.add_perm("publicity.bind_objection", is_confirmed & binds_objector)
# Nobody answers an objection of the own side: the publicity would go on by a word of one person for both.
rules.add_perm("publicity.answer_objection", is_confirmed & was_raised & answers & ~is_of_objector)
rules.add_perm("publicity.rule_objection", is_confirmed & was_raised & rules_on)
