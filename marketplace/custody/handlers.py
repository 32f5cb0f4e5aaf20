"""Who learns what of custodians, keys and rehearsals."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.custody import events
from marketplace.custody.models import Custodian, Rehearsal
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties

kinds.register("custody.invitation", _("密钥保管人的任命"))
kinds.register("custody.rehearsal", _("密钥演练"))


@on(events.CustodianInvited)
def tell_person(event: events.CustodianInvited) -> None:
    """Who is asked to keep a key learns of it."""
    row = _custodian(event)
    if row is not None:
        _tell(row, [row.person], _("%(organization)s 邀请您担任密钥保管人"))


@on(events.CustodianAccepted, events.CustodianDeclined, events.CustodianRetired)
def tell_inviters(event: Event) -> None:
    """Who invited, and the admins of the organisation, learn of the answer and of the end."""
    row = _custodian(event)
    if row is None:
        return
    people = {row.invited_by_id: row.invited_by}
    people |= {one.pk: one for one in parties.admins_of(row.organization_id)}
    people.pop(row.person_id, None)
    _tell(row, people.values(), _("密钥保管人 %(name)s（%(organization)s）：%(state)s"))


@on(events.RehearsalAsked)
def ask_custodian(event: events.RehearsalAsked) -> None:
    """The custodian learns that a rehearsal waits. The page of a new key leads to its own at once."""
    row = _rehearsal(event.rehearsal_id)
    if row is not None and event.cause != Rehearsal.Cause.KEY:
        _tell_of(row, [row.key.custodian.person], _("请完成密钥演练"))


@on(events.RehearsalOverdue)
def remind(event: events.RehearsalOverdue) -> None:
    """The custodian and the admins of the organisation learn that a rehearsal is overdue."""
    row = _rehearsal(event.rehearsal_id)
    if row is None:
        return
    custodian = row.key.custodian
    _tell_of(row, [custodian.person], _("密钥演练已逾期，请尽快完成"))
    admins = [
        one for one in parties.admins_of(custodian.organization_id) if one.pk != custodian.person_id
    ]
    _tell(
        custodian,
        admins,
        _("密钥保管人 %(name)s 的密钥演练已逾期，期间不能用于新的密封投标"),
        kind="custody.rehearsal",
    )


def _custodian(event: Event) -> Custodian | None:
    rows = Custodian.objects.select_related("organization", "person", "invited_by")
    return rows.filter(pk=event.subject_id).first()


def _rehearsal(pk: int) -> Rehearsal | None:
    rows = Rehearsal.objects.select_related(
        "key__custodian__organization", "key__custodian__person"
    )
    return rows.filter(pk=pk).first()


def _tell(
    row: Custodian, people: Iterable[Any], title: Any, *, kind: str = "custody.invitation"
) -> None:
    notify(
        kind,
        people,
        title=title,
        params={
            "name": row.person.get_full_name(),
            "organization": row.organization.name,
            "state": row.get_status_display(),
        },
        url=reverse("custody:show", args=[row.code]),
        subject=(events.CUSTODIAN, row.pk),
    )


def _tell_of(row: Rehearsal, people: Iterable[Any], title: Any) -> None:
    notify(
        "custody.rehearsal",
        people,
        title=title,
        url=reverse("custody:rehearse", args=[row.code]),
        subject=(events.CUSTODIAN, row.key.custodian_id),
    )
