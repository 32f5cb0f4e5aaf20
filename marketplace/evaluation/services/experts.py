"""Applying as an expert, and the operator's decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.evaluation import events
from marketplace.evaluation.models import Employment, Exclusion, Expert, Field, Relation
from marketplace.evaluation.queries import SCHEME
from marketplace.evaluation.rulebook import (
    MOST_EMPLOYMENTS,
    MOST_EXCLUSIONS,
    MOST_FIELDS,
    MOST_NAME,
    MOST_REASON,
    MOST_TITLE,
    PLEDGE,
)
from marketplace.evaluation.services.locking import given, save
from marketplace.evaluation.workflow import EXPERT, ExpertStatus
from marketplace.exclusions.rulebook import plain
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.parties.models import Organization, User
from marketplace.parties.policies import access_of
from marketplace.taxonomy import queries as taxonomy


@dataclass(frozen=True)
class Work:
    """An employment: where, from when, until when (the last day is the day before; None for today's)."""

    name: str
    since: date
    until: date | None = None
    uscc: str = ""


@dataclass(frozen=True)
class Application:
    """What an expert says of himself. `excluded` are (name, credit code) of organisations he will not judge."""

    title: str
    fields: Sequence[str]
    works: Sequence[Work]
    summary: str = ""
    excluded: Sequence[tuple[str, str]] = field(default_factory=tuple)


@transaction.atomic
def apply_as_expert(said: Application, *, pledge: int, actor: User) -> Expert:
    """Apply. Raises Forbidden before an address is confirmed, Refused when there is an entry, InvalidInput."""
    if not access_of(actor).is_confirmed:
        raise Forbidden(_("请先验证邮箱或手机号"))
    now = clock.now()
    row = Expert(
        person=actor,
        title=_title(said),
        summary=said.summary.strip(),
        pledge=_pledge(pledge),
        pledged_at=now,
        submitted_at=now,
        is_sample=actor.is_sample,
    )
    _check(said)
    if Expert.objects.filter(person=actor).exists():
        raise Refused(_("您已有专家资料，请直接修改"))
    try:
        with transaction.atomic():
            insert(row)
    except IntegrityError:
        # The same person in another window was faster by a moment.
        raise Refused(_("您已有专家资料，请直接修改")) from None
    _write(row, said)
    publish(events.ExpertApplied(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def edit_expert(
    expert: Expert, said: Application, *, pledge: int, actor: User, rev: Rev = None
) -> Expert:
    """Change the entry: it is checked again before the expert is drawn. Raises Forbidden, Refused, Stale, InvalidInput."""
    row = _moved(expert, "submit", actor, rev)
    now = clock.now()
    row.title, row.summary = _title(said), said.summary.strip()
    row.pledge, row.pledged_at = _pledge(pledge), now
    row.submitted_at, row.reason = now, ""
    _check(said)
    _write(row, said)
    save(row)
    publish(events.ExpertApplied(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def leave(expert: Expert, *, actor: User, rev: Rev = None) -> Expert:
    """Leave the register. Panels in which the expert sits are not concerned. Raises Forbidden, Refused, Stale."""
    row = _moved(expert, "leave", actor, rev)
    save(row)
    publish(events.ExpertLeft(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def approve_expert(expert: Expert, *, actor: Actor, rev: Rev = None) -> Expert:
    """Take the person into the register. Raises Forbidden, Refused, Stale."""
    row = _moved(expert, "approve", actor, rev)
    return _decided(row, "approve", "", actor)


@transaction.atomic
def return_expert(expert: Expert, *, reason: str, actor: Actor, rev: Rev = None) -> Expert:
    """Ask for something else. Raises Forbidden, Refused, Stale, InvalidInput at `reason`."""
    row = _moved(expert, "send_back", actor, rev)
    return _decided(row, "send_back", _reason(reason), actor)


@transaction.atomic
def suspend_expert(
    expert: Expert, *, reason: str, until: datetime, actor: Actor, rev: Rev = None
) -> Expert:
    """Draw the expert no more until an instant. Raises Forbidden, Refused, Stale, InvalidInput."""
    row = _moved(expert, "suspend", actor, rev)
    if until <= clock.now():
        raise InvalidInput({"until": [_("日期不能早于今天")]})
    row.suspended_until = until
    return _decided(row, "suspend", _reason(reason), actor)


def resume_experts(now: datetime) -> int:
    """End the suspensions that are over; how many."""
    return sum(_resume(row.pk, now) for row in readable(_past(now)))


def _past(now: datetime) -> Any:
    rows = Expert.objects.filter(status=ExpertStatus.SUSPENDED, suspended_until__lte=now)
    return rows.order_by("suspended_until", "id")[:500]


@transaction.atomic
def _resume(pk: int, now: datetime) -> bool:
    row = Expert.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if row is None or row.status != ExpertStatus.SUSPENDED:
        return False
    EXPERT.fire("resume", row, None, at=now)
    row.suspended_until, row.reason = None, ""
    save(row)
    publish(events.ExpertResumed(subject_id=row.pk), actor=None)
    return True


@transaction.atomic
def note_relation(person: User, organization: Organization, kind: str, source: str) -> None:
    """Record what a slice above knows of a person and an organisation; again changes nothing.

    `kind` is one of `Relation.Kind`, `source` the code of what it follows from. Raises ValueError for another kind.
    """
    if kind not in Relation.Kind.values:
        raise ValueError(f"no relation is called {kind}")
    Relation.objects.get_or_create(
        person=person,
        organization=organization,
        kind=kind,
        source=source[:40],
        defaults={"noted_at": clock.now()},
    )


# --- parts ------------------------------------------------------------------------------------
def _moved(expert: Expert, move: str, actor: Actor, rev: Rev) -> Expert:
    rows = Expert.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.get(pk=expert.pk)
    EXPERT.fire(move, row, actor)
    check(row.rev, rev, row)
    return row


def _decided(row: Expert, move: str, reason: str, actor: Actor) -> Expert:
    row.decided_by_id, row.decided_at, row.reason = actor.pk, clock.now(), reason
    save(row)
    publish(events.ExpertDecided(subject_id=row.pk, move=move), actor=actor)
    return row


def _reason(text: str) -> str:
    return given(text, at="reason", most=MOST_REASON, needed=_("请填写原因"))


def _title(said: Application) -> str:
    return given(said.title, at="title", most=MOST_TITLE, needed=_("请填写职称或职务"))


def _pledge(version: int) -> int:
    if version != PLEDGE:
        raise InvalidInput({"pledge": [_("请阅读并同意承诺书")]})
    return version


def _check(said: Application) -> None:
    """Raises InvalidInput for what an expert cannot be judged by."""
    found = {
        "fields": _against_fields(said.fields),
        "works": _against_works(said.works),
        "excluded": _against_excluded(said.excluded),
    }
    errors = {name: [reason] for name, reason in found.items() if reason}
    if errors:
        raise InvalidInput(errors)


def _against_fields(fields: Sequence[str]) -> object:
    if not fields:
        return _("请至少选择一个领域")
    if len(fields) > MOST_FIELDS:
        return _("最多选择 %(most)d 项") % {"most": MOST_FIELDS}
    if any(not taxonomy.is_valid(SCHEME, term) for term in fields):
        return _("请从列表中选择")
    return ""


def _against_works(works: Sequence[Work]) -> object:
    if not works:
        return _("请至少填写一个工作单位；没有单位的写“自由职业”")
    if len(works) > MOST_EMPLOYMENTS:
        return _("最多 %(num)d 行") % {"num": MOST_EMPLOYMENTS}
    if any(_is_unnamed(work.name) for work in works):
        return _("请填写单位名称，最多 %(most)d 个字") % {"most": MOST_NAME}
    if any(work.until is not None and work.until < work.since for work in works):
        return _("离开日期不能早于开始日期")
    if any(work.since > clock.today() for work in works):
        return _("开始日期不能晚于今天")
    return ""


def _against_excluded(excluded: Sequence[tuple[str, str]]) -> object:
    if len(excluded) > MOST_EXCLUSIONS:
        return _("最多 %(num)d 行") % {"num": MOST_EXCLUSIONS}
    if any(_is_unnamed(name) for name, _uscc in excluded):
        return _("请填写单位名称，最多 %(most)d 个字") % {"most": MOST_NAME}
    return ""


def _is_unnamed(name: str) -> bool:
    return not name.strip() or len(name) > MOST_NAME


def _write(row: Expert, said: Application) -> None:
    """Replace fields, employments and exclusions; organisations of here are found by credit code or full name."""
    row.fields.all().delete()
    row.employments.all().delete()
    row.exclusions.all().delete()
    Field.objects.bulk_create([Field(expert=row, term=term) for term in dict.fromkeys(said.fields)])
    named = [(work.name, work.uscc) for work in said.works] + list(said.excluded)
    known = _known(named)
    Employment.objects.bulk_create(
        [
            Employment(
                expert=row, since=work.since, until=work.until, **known(work.name, work.uscc)
            )
            for work in said.works
        ]
    )
    Exclusion.objects.bulk_create(
        [Exclusion(expert=row, **known(name, uscc)) for name, uscc in said.excluded]
    )


def _known(named: Sequence[tuple[str, str]]) -> Any:
    """A function that gives the columns of an institution by name and credit code. Two queries."""
    codes = [uscc.strip().upper() for _name, uscc in named if uscc.strip()]
    names = [name.strip() for name, _uscc in named]
    by_code = {row.uscc: row for row in Organization.objects.filter(uscc__in=codes)}
    by_name = {row.name: row for row in Organization.objects.filter(name__in=names)}

    def columns(name: str, uscc: str) -> dict[str, Any]:
        code, said = uscc.strip().upper(), name.strip()
        found = by_code.get(code) or by_name.get(said)
        return {
            "organization": found,
            "name": said,
            "plain": plain(said)[:MOST_NAME],
            "uscc": code or (found.uscc or "" if found else ""),
        }

    return columns
