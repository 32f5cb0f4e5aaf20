"""Raising an objection, answering it, taking it back."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.publicity import events
from marketplace.publicity.models import OBJECTION_FILES, Objection, Publicity
from marketplace.publicity.policies import subject_kind
from marketplace.publicity.rulebook import MOST_FACT, MOST_TEXT
from marketplace.publicity.services.locking import given, locked, locked_objection, save
from marketplace.publicity.services.suspending import hold, let_go
from marketplace.publicity.workflow import OBJECTION, ObjectionStatus, Status
from marketplace.taxonomy.queries import end_of_days

_TWICE = _("本单位已经就同一事由提出过异议")


@dataclass(frozen=True)
class Claim:
    """What an objector says: the ground (a value of `Objection.Ground`), its interest, the text."""

    ground: str
    interest: str
    text: str


def draft_objection(
    publicity: Publicity, org: Organization, claim: Claim, *, actor: Actor, upload: Any = None
) -> Objection:
    """Begin an objection in the name of an organisation; any of its members drafts.

    Raises Forbidden, Refused where it may not object, InvalidInput at the fields of `Claim` and at `file`.
    """
    if not access_of(actor).in_org(org.pk) or not actor.has_perm(
        "publicity.contest_publicity", publicity
    ):
        raise Forbidden(_("只能以本单位名义提出异议"))
    _refuse_objector(publicity, org)
    row = Objection(
        publicity=publicity,
        organization=org,
        created_by_id=actor.pk,
        is_sample=publicity.is_sample or org.is_sample,
    )
    _take(row, claim)
    file = None
    if upload is not None:
        file = files.store_upload(upload, subject_kind=OBJECTION_FILES, actor=actor)
    with transaction.atomic():
        publicity = locked(publicity)
        if publicity.status != Status.RUNNING or not publicity.takes_objections(
            clock.database_now()
        ):
            raise Refused(_("提出异议的期限已过"))
        _insert(row)
        if file is not None:
            files.bind(file, row.pk, actor=actor)
        publish(events.ObjectionDrafted(subject_id=row.pk), actor=actor)
    return row


def _refuse_objector(publicity: Publicity, org: Organization) -> None:
    if org.pk == publicity.owner_id:
        raise Refused(_("公示单位不能对自己的公示提出异议"))
    if not org.is_verified:
        raise Refused(_("单位通过认证后才能提出异议"))
    if reason := subject_kind(publicity.subject_kind).against(org.pk, publicity):
        raise Refused(reason)


def _take(row: Objection, claim: Claim) -> None:
    errors: dict[str, list[object]] = {}
    if claim.ground not in Objection.Ground.values:
        errors["ground"] = [_("请从列表中选择")]
    said: dict[str, str] = {}
    for name, text, most, needed in (
        ("interest", claim.interest, MOST_FACT, _("请说明与本单位的利害关系")),
        ("text", claim.text, MOST_TEXT, _("请写明异议的事实和理由")),
    ):
        try:
            said[name] = given(text, at=name, most=most, needed=needed)
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    row.ground, row.interest, row.text = claim.ground, said["interest"], said["text"]


def _insert(row: Objection) -> None:
    """Insert; a second draft of the same ground, at the same time or before, is refused."""
    _refuse_again(row)
    insert(row)


def _refuse_again(row: Objection) -> None:
    """Raises InvalidInput where the organisation has raised this ground before, or is about to.

    One that was raised and taken back counts: each suspends the publicity, so that raising and taking back in
    turn would hold it up for ever. The publicity is locked.
    """
    known = Objection.objects.filter(
        publicity=row.publicity, organization=row.organization, ground=row.ground
    ).exclude(status=ObjectionStatus.LAPSED)
    if known.exclude(pk=row.pk).exists():
        raise InvalidInput({"ground": [_TWICE]})


@transaction.atomic
def edit_objection(
    objection: Objection, claim: Claim, *, actor: Actor, rev: Rev = None
) -> Objection:
    """Change a draft. Raises Forbidden, Refused once it was raised, Stale, InvalidInput."""
    objection = locked_objection(objection)
    if not actor.has_perm("publicity.edit_objection", objection):
        raise Forbidden
    if objection.status != ObjectionStatus.DRAFT:
        raise Refused(_("异议提出后不能修改"))
    check(objection.rev, rev, objection)
    _take(objection, claim)
    _refuse_again(objection)
    save(objection)
    publish(events.ObjectionEdited(subject_id=objection.pk), actor=actor)
    return objection


@transaction.atomic
def submit_objection(objection: Objection, *, actor: Actor, rev: Rev = None) -> Objection:
    """Raise it: the publicity is suspended until it is answered.

    The instant is read after the lock: at `ends_at` the window is shut. Raises Forbidden, Refused, Stale.
    """
    objection = locked_objection(objection)
    at = clock.database_now()
    OBJECTION.fire("submit", objection, actor, at=at)
    check(objection.rev, rev, objection)
    _refuse_objector(objection.publicity, objection.organization)
    rule = objection.publicity.ruled_by
    objection.submitted_at = at
    objection.answer_due = end_of_days(clock.day_of(at), rule.answer_days)
    save(objection)
    hold(objection.publicity, at=at)
    publish(events.ObjectionSubmitted(subject_id=objection.pk), actor=actor)
    return objection


@transaction.atomic
def answer_objection(
    objection: Objection, move: str, *, answer: str, actor: Actor, rev: Rev = None
) -> Objection:
    """`uphold` or `dismiss` it, with an answer that everybody reads. The publicity goes on when none waits.

    Raises Forbidden, Refused, Stale, InvalidInput at `answer`.
    """
    if move not in {"uphold", "dismiss"}:
        raise ValueError(move)
    objection = locked_objection(objection)
    OBJECTION.fire(move, objection, actor)
    check(objection.rev, rev, objection)
    objection.answer = given(
        answer, at="answer", most=MOST_TEXT, needed=_("请写明答复的内容和理由")
    )
    at = clock.database_now()
    objection.answered_at, objection.answered_by_id = at, actor.pk
    days = objection.publicity.ruled_by.complain_days
    objection.complain_until = end_of_days(clock.day_of(at), days)
    save(objection)
    publish(events.ObjectionAnswered(subject_id=objection.pk, upheld=move == "uphold"), actor=actor)
    let_go(objection.publicity, at=at)
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection, *, actor: Actor, rev: Rev = None) -> Objection:
    """Take it back before it is ruled on. Raises Forbidden, Refused, Stale."""
    objection = locked_objection(objection)
    OBJECTION.fire("withdraw", objection, actor)
    check(objection.rev, rev, objection)
    at = clock.database_now()
    objection.closed_at = at
    save(objection)
    publish(events.ObjectionWithdrawn(subject_id=objection.pk), actor=actor)
    let_go(objection.publicity, at=at)
    return objection
