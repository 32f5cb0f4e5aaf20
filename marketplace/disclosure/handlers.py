"""What people learn of grants, and who reads sealed copies."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.disclosure import events, queries
from marketplace.disclosure.models import AgreementText, Grant
from marketplace.disclosure.workflow import Status
from marketplace.files.policies import register_reader
from marketplace.kernel import clock
from marketplace.kernel.events import Event, on
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties

kinds.register("disclosure.requested", _("有单位申请查阅保密内容"))
kinds.register("disclosure.answered", _("查阅申请的答复"))
kinds.register("disclosure.changed", _("保密内容授权的变动"))
kinds.register("disclosure.agreement", _("保密协议更新"))

register_reader(events.ACCEPTANCE, queries.reads_scan)


@on(events.GrantRequested)
def tell_owner(event: events.GrantRequested) -> None:
    """Those who answer for the owner learn of a request."""
    grant = _grant(event)
    if grant is None or not grant.waits:
        return
    _tell(
        "disclosure.requested",
        grant,
        parties.binders_of(grant.owner_id),
        title=_("“%(org)s”申请查阅“%(title)s”的保密内容"),
    )


@on(events.GrantGiven, events.GrantDeclined)
def tell_asker(event: events.GrantGiven | events.GrantDeclined) -> None:
    """Who asked, and those who bind the organisation, learn of the answer. The owner is not named here."""
    grant = _grant(event)
    if grant is None:
        return
    given = isinstance(event, events.GrantGiven)
    _tell(
        "disclosure.answered",
        grant,
        _readers(grant),
        title=_("“%(title)s”的保密内容已授权本单位查阅，截止 %(until)s")
        if given
        else _("查阅“%(title)s”保密内容的申请未获同意"),
    )


@on(events.GrantRevoked, events.GrantEnded, events.GrantProlonged)
def tell_reader(event: Event) -> None:
    """The organisation that reads learns that its grant is over, or ends on another day."""
    grant = _grant(event)
    if grant is None:
        return
    words = {
        events.GrantRevoked: _("对方已撤销“%(title)s”保密内容的授权"),
        events.GrantEnded: _("“%(title)s”保密内容的授权已到期"),
        events.GrantProlonged: _("“%(title)s”保密内容的授权截止日期改为 %(until)s"),
    }
    _tell("disclosure.changed", grant, _readers(grant), title=words[type(event)])


@on(events.AgreementPublished)
def tell_binders(event: events.AgreementPublished) -> None:
    """Those who confirm for an organisation with a running grant learn that a new text will hold."""
    text = AgreementText.objects.filter(pk=event.subject_id).first()
    if text is None:
        return
    running = Grant.objects.filter(status=Status.GRANTED, until__gt=clock.now())
    readers = running.values_list("organization_id", flat=True).distinct()
    people = {person.pk: person for pk in readers for person in parties.binders_of(pk)}
    notify(
        "disclosure.agreement",
        people.values(),
        title=_("保密协议新版本将于 %(day)s 生效，请在生效后及时确认"),
        params={"day": clock.day_of(text.effective_at).isoformat()},
        body=_("新版本生效后，重新确认之前不能查阅保密内容。"),
        url=reverse("disclosure:agreement"),
        subject=(events.TEXT, text.pk),
    )


def _grant(event: Event) -> Grant | None:
    rows = Grant.objects.select_related("owner", "organization", "requested_by")
    return rows.filter(pk=event.subject_id).first()


def _readers(grant: Grant) -> list[Any]:
    """Who asked, if they still work there, and those who bind the organisation."""
    people = {person.pk: person for person in parties.binders_of(grant.organization_id)}
    if grant.requested_by is not None:
        for person in parties.people_behind(grant.requested_by, grant.organization_id):
            people.setdefault(person.pk, person)
    return list(people.values())


def _tell(kind: str, grant: Grant, people: Iterable[Any], *, title: Any) -> None:
    subject = queries.subject_named(grant.subject_kind, grant.subject_id)
    notify(
        kind,
        people,
        title=title,
        params={
            "org": grant.organization.name,
            "title": subject.title if subject else grant.code,
            "until": str(grant.last_day or ""),
        },
        url=reverse("disclosure:grant", args=[grant.code]),
        subject=(events.GRANT, grant.pk),
    )
