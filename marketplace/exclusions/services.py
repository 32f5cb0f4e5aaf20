"""Recording what bodies have decided, correcting a row, lifting a decision, and voiding a mistake."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.exclusions import events
from marketplace.exclusions.models import DECISION_FILES, Decision, Run
from marketplace.exclusions.rulebook import (
    FIELDS,
    MOST_AREAS,
    MOST_FIELDS,
    MOST_NAME,
    MOST_NOTE,
    MOST_NUMBER,
    MOST_REASON,
    MOST_URL,
    VERSION,
    is_area,
    plain,
    scopes_of,
)
from marketplace.files import queries as file_queries
from marketplace.files import services as files
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties import queries as parties
from marketplace.parties.rulebook import UnfitCode, normalize_uscc
from marketplace.taxonomy import queries as taxonomy

_KNOWN = _("这份决定已经录入")
#: Days that a document may name. One that holds for ever names no last day.
EARLIEST, LATEST = date(1950, 1, 1), date(2199, 12, 31)
_OUTSIDE = _("日期应在 1950 年至 2199 年之间；长期有效的不填最后一天")
_IS_URL = URLValidator(schemes=["http", "https"])
#: Columns that a correction may change.
_COLUMNS = (
    *("kind", "name", "plain", "uscc", "note", "person_id", "body", "number"),
    *("decided_on", "scopes", "scope_version", "areas", "fields", "starts_at", "ends_at", "source"),
)


@dataclass(frozen=True)
class Content:
    """What the document says. `last_on` is the last day on which it holds; None where no end is named.

    `account` is the address or number of the account of a person, where it is known.
    """

    kind: str
    name: str
    uscc: str = ""
    note: str = ""
    account: str = ""
    body: str = ""
    number: str = ""
    decided_on: date | None = None
    scopes: Sequence[str] = ()
    areas: Sequence[str] = ()
    fields: Sequence[str] = ()
    starts_on: date | None = None
    last_on: date | None = None
    source: str = ""


def record_decision(content: Content, *, upload: Any = None, actor: Actor) -> Decision:
    """Record a decision of a competent body, with a link to it or its file.

    Raises Forbidden, InvalidInput at the fields of `Content`, at `file`, and at `number` where it is recorded.
    """
    if not actor.has_perm("exclusions.record_decisions"):
        raise Forbidden(_("由平台运营或主管部门录入"))
    found = _judged(content, has_file=upload is not None)
    file = None
    if upload is not None:
        # Examined without a lock, for that takes its time.
        file = files.store_upload(upload, subject_kind=DECISION_FILES, actor=actor)
    with transaction.atomic():
        row = Decision(recorded_by_id=actor.pk, **found)
        _refuse_own(row, actor)
        _refuse_doubled(row)
        try:
            with transaction.atomic():
                insert(row)
        except IntegrityError:
            # Somebody recorded the same one meanwhile.
            raise InvalidInput({"number": [_KNOWN]}) from None
        if file is not None:
            files.bind(file, row.pk, actor=actor)
        publish(events.DecisionRecorded(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def correct_decision(
    decision: Decision, content: Content, *, reason: str, actor: Actor, rev: Rev = None
) -> Decision:
    """Make the row say what the document says. Raises Forbidden, Refused, Stale, InvalidInput."""
    row = _locked(decision, actor, rev)
    errors: dict[str, list[object]] = {}
    said = _text(reason, "reason", MOST_REASON, _("请写明更正的原因"), errors)
    has_file = bool(file_queries.attachments_of(DECISION_FILES, row.pk))
    try:
        found = _judged(content, has_file=has_file)
    except InvalidInput as error:
        errors |= error.errors
    if errors:
        raise InvalidInput(errors)
    before = {name: getattr(row, name) for name in _COLUMNS}
    was = (row.person_id, row.uscc)
    for name, value in found.items():
        setattr(row, name, value)
    _refuse_own(row, actor)
    _refuse_doubled(row)
    changed = tuple(name for name in _COLUMNS if getattr(row, name) != before[name])
    _save(row)
    fact = events.DecisionCorrected(
        subject_id=row.pk, reason=said, changed=changed, was_person=was[0], was_uscc=was[1]
    )
    publish(fact, actor=actor)
    return row


@transaction.atomic
def lift_decision(
    decision: Decision,
    *,
    number: str,
    lifted_on: date | None,
    source: str = "",
    actor: Actor,
    rev: Rev = None,
) -> Decision:
    """Record that the body lifted it: from the beginning of `lifted_on` on it holds no more.

    `number` is that of the lifting document. Raises Forbidden, Refused, Stale, InvalidInput at the fields.
    """
    row = _locked(decision, actor, rev)
    if row.lifted_at is not None:
        raise Refused(_("已经登记解除"))
    errors: dict[str, list[object]] = {}
    row.lift_number = _text(number, "number", MOST_NUMBER, _("请填写解除文件的文号"), errors)
    row.lift_source = _url(source, errors, at="source")
    if lifted_on is None:
        errors["lifted_on"] = [_("请填写解除的日期")]
    elif not EARLIEST <= lifted_on <= LATEST:
        errors["lifted_on"] = [_OUTSIDE]
    elif lifted_on < row.decided_on:
        errors["lifted_on"] = [_("不能早于作出决定的日期")]
    elif row.ends_at is not None and _begin(lifted_on) >= row.ends_at:
        errors["lifted_on"] = [_("这一天决定已经期满")]
    if errors or lifted_on is None:
        raise InvalidInput(errors)
    row.lifted_at = _begin(lifted_on)
    _save(row)
    fact = events.DecisionLifted(
        subject_id=row.pk, number=row.lift_number, at=row.lifted_at.isoformat()
    )
    publish(fact, actor=actor)
    return row


@transaction.atomic
def void_decision(decision: Decision, *, reason: str, actor: Actor, rev: Rev = None) -> Decision:
    """Take back a row that repeats no decision: it excludes nobody and stays on record.

    Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    row = _locked(decision, actor, rev)
    errors: dict[str, list[object]] = {}
    row.void_reason = _text(reason, "reason", MOST_REASON, _("请写明作废的原因"), errors)
    if errors:
        raise InvalidInput(errors)
    row.voided_at = clock.now()
    _save(row)
    publish(events.DecisionVoided(subject_id=row.pk, reason=row.void_reason), actor=actor)
    return row


@transaction.atomic
def keep_run(run: Run, *, actor: Actor) -> Run:
    """Keep what became of a sheet. Raises Forbidden."""
    if not actor.has_perm("exclusions.record_decisions"):
        raise Forbidden
    insert(run)
    fact = events.DecisionsImported(subject_id=run.pk, recorded=run.recorded, refused=run.refused)
    publish(fact, actor=actor)
    return run


def is_recorded(content: Content) -> bool:
    """Whether a row of a sheet repeats a decision that is recorded already, in every column."""
    try:
        found = _judged(content, has_file=False)
    except InvalidInput:
        return False
    found = {name: value for name, value in found.items() if name not in _LINKED}
    return Decision.objects.filter(voided_at__isnull=True, **found).exists()


def faults(content: Content, *, has_file: bool) -> dict[str, list[object]]:
    """Everything that is wrong with what was filled in, at the fields of `Content`: a form tells it all at once."""
    try:
        _judged(content, has_file=has_file)
    except InvalidInput as error:
        return error.errors
    return {}


#: What is found out beside what a sheet says, and may have changed since.
_LINKED = frozenset({"person_id", "scope_version"})


# --- parts ------------------------------------------------------------------------------------
def _locked(decision: Decision, actor: Actor, rev: Rev) -> Decision:
    rows = Decision.objects.select_for_update(of=("self",))
    row = rows.get(pk=decision.pk)
    if not actor.has_perm("exclusions.correct_decision", row):
        raise Forbidden(_("由平台运营或主管部门办理，且不能办理针对本人或本单位的决定"))
    if row.voided_at is not None:
        raise Refused(_("这条记录已经作废"))
    check(row.rev, rev, row)
    return row


def _save(row: Decision) -> None:
    row.rev += 1
    row.updated_at = clock.now()
    row.save()


def _refuse_own(row: Decision, actor: Actor) -> None:
    """Raises Forbidden where a row would be about the one who keeps it, or his organisation: others record that."""
    if not actor.has_perm("exclusions.correct_decision", row):
        raise Forbidden(_("由平台运营或主管部门办理，且不能办理针对本人或本单位的决定"))


def _refuse_doubled(row: Decision) -> None:
    known = Decision.objects.filter(
        body=row.body,
        number=row.number,
        uscc=row.uscc,
        plain=row.plain,
        note=row.note,
        voided_at__isnull=True,
    )
    if known.exclude(pk=row.pk).exists():
        raise InvalidInput({"number": [_KNOWN]})


def _judged(content: Content, *, has_file: bool) -> Mapping[str, Any]:
    """The columns of a row. Raises InvalidInput at the fields of `Content`."""
    errors: dict[str, list[object]] = {}
    found: dict[str, Any] = _subject(content, errors)
    found["body"] = _text(content.body, "body", MOST_NAME, _("请填写作出决定的机关"), errors)
    found["number"] = _text(content.number, "number", MOST_NUMBER, _("请填写文号"), errors)
    found["source"] = _url(content.source, errors, at="source")
    if not found["source"] and not has_file and "source" not in errors:
        errors["source"] = [_("请给出决定的链接，或上传决定书")]
    found |= _scope(content, errors)
    found |= _period(content, errors)
    if errors:
        raise InvalidInput(errors)
    return found


def _subject(content: Content, errors: dict[str, list[object]]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": content.kind,
        "name": _text(content.name, "name", MOST_NAME, _("请填写名称或姓名"), errors),
        "uscc": "",
        "note": "",
        "person_id": None,
    }
    found["plain"] = plain(found["name"])[:MOST_NAME]
    if content.kind == Decision.Kind.ORGANIZATION:
        try:
            found["uscc"] = normalize_uscc(content.uscc)
        except UnfitCode as error:
            errors["uscc"] = [error.args[0]]
    elif content.kind == Decision.Kind.PERSON:
        needed = _("请写明能辨认本人的信息，如原单位和职务；这一栏不公开")
        found["note"] = _text(content.note, "note", MOST_NOTE, needed, errors)
        if account := content.account.strip():
            person = parties.user_by_contact(account)
            if person is None:
                errors["account"] = [_("没有使用这个邮箱或手机号的账号")]
            else:
                found["person_id"] = person.pk
    else:
        errors["kind"] = [_("请从列表中选择")]
    return found


def _scope(content: Content, errors: dict[str, list[object]]) -> dict[str, Any]:
    scopes = list(dict.fromkeys(content.scopes))
    areas, fields = list(dict.fromkeys(content.areas)), list(dict.fromkeys(content.fields))
    if not scopes or not set(scopes) <= set(scopes_of(VERSION)):
        errors["scopes"] = [_("请从列表中选择")]
    if len(areas) > MOST_AREAS or not all(map(is_area, areas)):
        errors["areas"] = [_("请填写六位行政区划代码，如 370000；全国不填")]
    if len(fields) > MOST_FIELDS or not all(taxonomy.is_valid(FIELDS, one) for one in fields):
        errors["fields"] = [_("请从列表中选择")]
    return {"scopes": scopes, "scope_version": VERSION, "areas": areas, "fields": fields}


def _period(content: Content, errors: dict[str, list[object]]) -> dict[str, Any]:
    decided, first, last = content.decided_on, content.starts_on, content.last_on
    if decided is None:
        errors["decided_on"] = [_("请填写作出决定的日期")]
    elif decided > clock.today():
        errors["decided_on"] = [_("日期不能晚于今天")]
    for name, day in (("decided_on", decided), ("starts_on", first), ("last_on", last)):
        if day is not None and not EARLIEST <= day <= LATEST:
            errors[name] = [_OUTSIDE]
    if first is None:
        errors["starts_on"] = [_("请填写期限的第一天")]
    elif last is not None and last < first and "last_on" not in errors:
        errors["last_on"] = [_("最后一天不能早于第一天")]
    if first is None or errors.keys() & {"decided_on", "starts_on", "last_on"}:
        return {}
    return {
        "decided_on": decided,
        "starts_at": _begin(first),
        "ends_at": clock.end_of_day(last) if last is not None else None,
    }


def _begin(day: date) -> datetime:
    """The first instant of a day in Shanghai, UTC."""
    return clock.end_of_day(day - timedelta(1))


def _text(text: str, at: str, most: int, needed: object, errors: dict[str, list[object]]) -> str:
    found = text.strip()
    if not found:
        errors[at] = [needed]
    elif len(found) > most:
        errors[at] = [_("最多 %(most)d 个字") % {"most": most}]
    return found


def _url(text: str, errors: dict[str, list[object]], *, at: str) -> str:
    found = text.strip()
    if not found:
        return ""
    try:
        _IS_URL(found)
    except ValidationError:
        errors[at] = [_("请填写以 http:// 或 https:// 开头的网址")]
    if len(found) > MOST_URL:
        errors[at] = [_("最多 %(most)d 个字") % {"most": MOST_URL}]
    return found
