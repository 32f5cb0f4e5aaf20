"""Who learns of a decision: whoever it names, as far as an account of here is known to be theirs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.exclusions import events, queries
from marketplace.exclusions.models import DECISION_FILES, Decision
from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.models import User

kinds.register("exclusions.decision", _("禁止参加的决定"))
register_reader(DECISION_FILES, queries.reads_file)


@on(events.DecisionRecorded)
def tell_named(event: events.DecisionRecorded) -> None:
    """The one who is named can look at the row and ask for a correction."""
    _tell(event, _("平台录入了一份针对%(name)s的决定：%(number)s"))


@on(events.DecisionCorrected, events.DecisionLifted)
def tell_named_of_change(event: Event) -> None:
    """The one who is named learns that the row has changed."""
    _tell(event, _("针对%(name)s的决定 %(number)s 的记录有变化"))


@on(events.DecisionCorrected)
def tell_who_was_named(event: events.DecisionCorrected) -> None:
    """Who was named by mistake learns that the row names him no more, without learning whom it names now."""
    row = _row(event)
    if row is None or (row.person_id, row.uscc) == (event.was_person, event.was_uscc):
        return
    person = User.objects.filter(pk=event.was_person).first() if event.was_person else None
    now = {one.pk for one in _named(row.person, row.uscc)}
    gone = [one for one in _named(person, event.was_uscc) if one.pk not in now]
    _notify(row, gone, _("决定 %(number)s 的记录已更正，不再针对您或您的单位"), is_shown=False)


@on(events.DecisionVoided)
def tell_of_void(event: events.DecisionVoided) -> None:
    """The one who was named learns that the row was a mistake; he reads it no more."""
    row = _row(event)
    if row is not None:
        title = _("针对%(name)s的决定 %(number)s 系误录，已作废")
        _notify(row, _named(row.person, row.uscc), title, is_shown=False)


def _row(event: Event) -> Decision | None:
    return Decision.objects.select_related("person").filter(pk=event.subject_id).first()


def _named(person: User | None, uscc: str) -> list[User]:
    """The person, and those who bind the organisation of this credit code, if it was found to be the one."""
    org = parties.organization_with_uscc(uscc) if uscc else None
    binders = parties.binders_of(org.pk) if org is not None and org.is_verified else ()
    return [*([person] if person is not None else []), *binders]


def _tell(event: Event, title: Any) -> None:
    row = _row(event)
    if row is not None and row.voided_at is None:
        _notify(row, _named(row.person, row.uscc), title)


def _notify(row: Decision, people: list[User], title: Any, *, is_shown: bool = True) -> None:
    page = reverse("exclusions:show", args=[row.code]) if is_shown else ""
    notify(
        "exclusions.decision",
        people,
        title=title,
        params={"name": row.name, "number": row.number},
        url=page or reverse("exclusions:list"),
        subject=(events.DECISION, row.pk),
    )
