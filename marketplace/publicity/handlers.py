"""Who learns what of publicities and objections. The objector's name goes to those who handle it alone."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.policies import Role
from marketplace.publicity import events, queries
from marketplace.publicity.models import OBJECTION_FILES, PUBLICITY_FILES, Objection, Publicity
from marketplace.publicity.rulebook import in_words

kinds.register("publicity.objection", _("收到异议"))
kinds.register("publicity.answer", _("异议和投诉的进展"))
kinds.register("publicity.late", _("异议逾期和投诉"))
kinds.register("publicity.draft", _("异议草稿即将过期"))
kinds.register("publicity.changed", _("公示暂停、恢复和期满"))

register_reader(PUBLICITY_FILES, queries.reads_file)
register_reader(OBJECTION_FILES, queries.reads_objection_file)


@on(events.ObjectionSubmitted)
def tell_publisher(event: events.ObjectionSubmitted) -> None:
    """Those who answer for the publisher learn of an objection and of the day on which the answer is due."""
    row = _objection(event)
    if row is not None:
        _tell(
            "publicity.objection",
            row,
            parties.binders_of(row.publicity.owner_id),
            title=_("“%(title)s”收到异议，请在 %(due)s 前答复，公示已暂停"),
        )


@on(events.ObjectionAnswered, events.ComplaintDecided, events.RemedyConfirmed)
def tell_objector(event: Event) -> None:
    """The objector learns of each answer and ruling."""
    row = _objection(event)
    if row is not None:
        _tell(
            "publicity.answer",
            row,
            _objectors(row),
            title=_("对“%(title)s”的异议：%(state)s"),
        )


@on(events.ComplaintDecided, events.ObjectionWithdrawn)
def tell_publisher_of_progress(event: Event) -> None:
    """The publisher learns what became of an objection or of a complaint."""
    row = _objection(event)
    if row is not None:
        _tell(
            "publicity.answer",
            row,
            parties.binders_of(row.publicity.owner_id),
            title=_("“%(title)s”的异议：%(state)s"),
        )


@on(events.ObjectionLate, events.ComplaintFiled, events.RemedyReported)
def tell_authority(event: Event) -> None:
    """The authority learns of what waits for its decision."""
    row = _objection(event)
    if row is not None:
        _tell(
            "publicity.late",
            row,
            _rulers(row),
            title=_("“%(title)s”的异议待处理：%(state)s"),
        )


@on(events.ObjectionEnding)
def warn_author(event: events.ObjectionEnding) -> None:
    """Who drafted an objection learns that the window ends within a day."""
    row = _objection(event)
    if row is not None:
        _tell(
            "publicity.draft",
            row,
            _objectors(row),
            title=_("对“%(title)s”的异议尚未提出，%(until)s 后不能再提出"),
        )


@on(
    events.PublicitySuspended,
    events.PublicityResumed,
    events.PublicityEnded,
    events.PublicityCancelled,
)
def tell_owner(event: Event) -> None:
    """The publisher learns when its publicity stands still, goes on, is over."""
    row = Publicity.objects.filter(pk=event.subject_id).first()
    if row is None:
        return
    words = {
        events.PublicitySuspended: _("公示“%(title)s”已暂停"),
        events.PublicityResumed: _("公示“%(title)s”已恢复，至 %(until)s"),
        events.PublicityEnded: _("公示“%(title)s”已期满"),
        events.PublicityCancelled: _("公示“%(title)s”已撤销"),
    }
    notify(
        "publicity.changed",
        parties.binders_of(row.owner_id),
        title=words[type(event)],
        params={"title": row.title, "until": _said(row.ends_at)},
        url=reverse("publicity:manage", args=[row.code]),
        subject=(events.PUBLICITY, row.pk),
    )


def _objection(event: Event) -> Objection | None:
    rows = Objection.objects.select_related("publicity", "created_by")
    return rows.filter(pk=event.subject_id).first()


def _objectors(row: Objection) -> list[Any]:
    """Who drafted it, if they still work there, and those who bind the organisation."""
    people = {person.pk: person for person in parties.binders_of(row.organization_id)}
    if row.created_by is not None:
        for person in parties.people_behind(row.created_by, row.organization_id):
            people.setdefault(person.pk, person)
    return list(people.values())


def _rulers(row: Objection) -> list[Any]:
    """The people of the authority who may rule on it: none who works for one of the two sides."""
    people = parties.people_with_role(Role.AUTHORITY)
    return [one for one in people if one.has_perm("publicity.rule_objection", row)]


def _tell(kind: str, row: Objection, people: Iterable[Any], *, title: Any) -> None:
    notify(
        kind,
        people,
        title=title,
        params={
            "title": row.publicity.title,
            "state": row.get_status_display(),
            "due": _said(row.answer_due),
            "until": _said(row.publicity.ends_at),
        },
        url=reverse("publicity:objection", args=[row.code]),
        subject=(events.OBJECTION, row.pk),
    )


def _said(instant: Any) -> str:
    return in_words(instant) if instant is not None else ""
