"""Drafting, publishing, prolonging and cancelling a publicity, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.policies import access_of
from marketplace.publicity import events, rulebook
from marketplace.publicity.models import PUBLICITY_FILES, Publicity
from marketplace.publicity.policies import subject_kind
from marketplace.publicity.queries import blocking
from marketplace.publicity.rulebook import (
    FACTS,
    MOST_BODY,
    MOST_FACT,
    MOST_REASON,
    MOST_TITLE,
    Rule,
    Subject,
)
from marketplace.publicity.services.locking import given, locked, save
from marketplace.publicity.workflow import PUBLICITY, UNANSWERED, Status
from marketplace.taxonomy.queries import end_of_days, working_day_end

MOST_FILES = 10


@dataclass(frozen=True)
class Content:
    """What a publicity says: the name of its rule, its length in days of that rule, and its texts."""

    rule: str
    days: int | None
    title: str
    body: str
    facts: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def draft_publicity(subject: Subject, content: Content, *, actor: Actor) -> Publicity:
    """Begin a publicity of a subject. Any member of its publisher drafts.

    Raises Forbidden, Refused for a publisher that is not verified, InvalidInput at the fields of `Content`.
    """
    if not access_of(actor).in_org(subject.owner_id):
        raise Forbidden(_("只能以本单位名义公示"))
    if not actor.has_perm("publicity.draft_publicity"):
        raise Forbidden(_("请先验证邮箱或手机号"))
    row = Publicity(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        owner_id=subject.owner_id,
        created_by_id=actor.pk,
        is_sample=subject.is_sample,
        days=1,
    )
    _take(row, content)
    insert(row)
    publish(events.PublicityDrafted(subject_id=row.pk), actor=actor)
    return row


@transaction.atomic
def edit_draft(
    publicity: Publicity, content: Content, *, actor: Actor, rev: Rev = None
) -> Publicity:
    """Change a draft. Raises Forbidden, Refused once it is public, Stale, InvalidInput."""
    publicity = _draft(publicity, actor, rev)
    _take(publicity, content)
    save(publicity)
    publish(events.PublicityEdited(subject_id=publicity.pk), actor=actor)
    return publicity


@transaction.atomic
def discard_draft(publicity: Publicity, *, actor: Actor, rev: Rev = None) -> None:
    """Delete a draft with its files. Raises Forbidden, Refused once it is public, Stale."""
    publicity = _draft(publicity, actor, rev)
    for row in attachments_of(PUBLICITY_FILES, publicity.pk):
        files.remove(row, actor=actor)
    publish(events.PublicityDiscarded(subject_id=publicity.pk), actor=actor)
    publicity.delete()


def _draft(publicity: Publicity, actor: Actor, rev: Rev) -> Publicity:
    publicity = locked(publicity)
    if not actor.has_perm("publicity.edit_publicity", publicity):
        raise Forbidden
    if publicity.status != Status.DRAFT:
        raise Refused(_("公示发布后不能修改；需要更正的，请撤销后重新公示"))
    check(publicity.rev, rev, publicity)
    return publicity


def _take(row: Publicity, content: Content) -> None:
    """Take over what may be taken; a draft may lack facts that publication will ask for."""
    errors: dict[str, list[object]] = {}
    rule = rulebook.rule_on(content.rule, clock.today())
    if rule is None or rule.name not in subject_kind(row.subject_kind).rules:
        raise InvalidInput({"rule": [_("请从列表中选择")]})
    if reason := rulebook.against_days(rule, content.days):
        errors["days"] = [reason]
    for name, text, most in (
        ("title", content.title, MOST_TITLE),
        ("body", content.body, MOST_BODY),
        *((key, content.facts.get(key, ""), MOST_FACT) for key in FACTS),
    ):
        if len(text.strip()) > most:
            errors[name] = [_("最多 %(most)d 个字") % {"most": most}]
    if not content.title.strip():
        errors["title"] = [_("请填写标题")]
    if errors:
        raise InvalidInput(errors)
    row.rule, row.rule_version, row.days = rule.name, rule.version, content.days or rule.days
    row.title, row.body = content.title.strip(), content.body.strip()
    row.facts = {
        key: content.facts[key].strip() for key in FACTS if content.facts.get(key, "").strip()
    }


@transaction.atomic
def publish_publicity(publicity: Publicity, *, actor: Actor, rev: Rev = None) -> Publicity:
    """Make a draft public from this instant on.

    The period ends at the end (24:00 Asia/Shanghai) of its last day; the day of the start does not count
    (民法典第二百零一条). Raises Forbidden, Refused for a publisher that is not verified or where the calendar of
    working days does not reach, Stale, InvalidInput at what the rule demands and the draft lacks.
    """
    publicity = locked(publicity)
    PUBLICITY.fire("publish", publicity, actor)
    check(publicity.rev, rev, publicity)
    if not publicity.owner.is_verified:
        raise Refused(_("单位通过认证后才能发布公示"))
    rule = rulebook.rule_on(publicity.rule, clock.today())
    if rule is None:
        raise Refused(_("这类公示的规则已经变化，请重新选择"))
    if _is_held_by_authority(publicity):
        raise Refused(_("主管部门已暂停同类公示，恢复之前不能另行发布"))
    _check_complete(publicity, rule)
    publicity.rule_version = rule.version
    publicity.starts_at = clock.database_now()
    publicity.ends_at = end_of(publicity, rule)
    publicity.first_ends_at = publicity.ends_at
    publicity.published_by_id = actor.pk
    save(publicity)
    event = events.PublicityPublished(
        subject_id=publicity.pk,
        of_kind=publicity.subject_kind,
        of_id=publicity.subject_id,
        ends_at=publicity.ends_at.isoformat(),
    )
    publish(event, actor=actor)
    return publicity


@transaction.atomic
def publish_checked(subject: Subject, content: Content, *, actor: Actor) -> Publicity:
    """Make public in one step what another slice has checked; its kind of subject says who publishes.

    No draft of it is ever edited. Raises Forbidden, Refused, InvalidInput like `publish_publicity`.
    """
    row = Publicity(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        owner_id=subject.owner_id,
        created_by_id=actor.pk,
        is_sample=subject.is_sample,
        days=1,
    )
    _take(row, content)
    insert(row)
    return publish_publicity(row, actor=actor)


def _is_held_by_authority(publicity: Publicity) -> bool:
    """Whether one of the same subject and rule is stopped by the authority: the same is not published beside it."""
    others = Publicity.objects.filter(
        subject_kind=publicity.subject_kind,
        subject_id=publicity.subject_id,
        rule=publicity.rule,
        suspended_for=Publicity.Cause.AUTHORITY,
    )
    return others.exists()


def _check_complete(row: Publicity, rule: Rule) -> None:
    errors: dict[str, list[object]] = {
        name: [_("这类公示必须写明")] for name in rulebook.missing_facts(rule, row.facts)
    }
    if reason := rulebook.against_days(rule, row.days):
        errors["days"] = [reason]
    if not row.body:
        errors["body"] = [_("请填写公示内容")]
    if errors:
        raise InvalidInput(errors)


def end_of(publicity: Publicity, rule: Rule) -> datetime:
    """The end that follows from start and days.

    A sample takes Monday to Friday where the holidays of a year are not known: it obliges nobody.
    """
    start = publicity.starts_at
    if start is None:
        raise TypeError("a publicity ends after its start")
    if rule.working:
        return working_day_end(start, publicity.days, legal=not publicity.is_sample).at
    return end_of_days(clock.day_of(start), publicity.days)


@transaction.atomic
def prolong_publicity(
    publicity: Publicity, *, days: int | None, reason: str, actor: Actor, rev: Rev = None
) -> Publicity:
    """Move the end later by calendar days; it never moves earlier. Raises Forbidden, Refused, Stale, InvalidInput."""
    publicity = locked(publicity)
    PUBLICITY.fire("prolong", publicity, actor, at=clock.database_now())
    check(publicity.rev, rev, publicity)
    if days is None or not 1 <= days <= rulebook.MOST_DAYS:
        raise InvalidInput({"days": [_("请填写 1 至 90 日")]})
    text = given(reason, at="reason", most=MOST_REASON, needed=_("请写明延长的原因"))
    # What was said at an earlier prolongation stays on the page.
    publicity.prolong_reason = "\n".join(filter(None, [publicity.prolong_reason, text]))
    if publicity.ends_at is None:
        raise TypeError("a running publicity has an end")
    publicity.ends_at += timedelta(days)
    save(publicity)
    publish(
        events.PublicityProlonged(subject_id=publicity.pk, ends_at=publicity.ends_at.isoformat()),
        actor=actor,
    )
    return publicity


@transaction.atomic
def cancel_publicity(
    publicity: Publicity, *, reason: str, actor: Actor, rev: Rev = None
) -> Publicity:
    """Take a publicity back with a reason that stays on its page; the page itself stays for ever.

    Raises Forbidden, Refused while an objection waits for its answer, Stale, InvalidInput at `reason`.
    """
    publicity = locked(publicity)
    PUBLICITY.fire("cancel", publicity, actor)
    check(publicity.rev, rev, publicity)
    waiting = [
        row
        for row in blocking(publicity.subject_kind, publicity.subject_id)
        if row.publicity_id == publicity.pk and row.status in UNANSWERED
    ]
    if waiting:
        raise Refused(_("有异议尚未答复，答复之后才能撤销公示"))
    stopped = publicity.suspended_for == Publicity.Cause.AUTHORITY
    if stopped and not actor.has_perm("publicity.suspend_publicity", publicity):
        raise Refused(_("主管部门已暂停这份公示，恢复之前只能由主管部门撤销"))
    publicity.cancel_reason = given(
        reason, at="reason", most=MOST_REASON, needed=_("请写明撤销的原因")
    )
    publicity.closed_at = clock.now()
    publicity.suspended_at, publicity.suspended_for, publicity.suspend_reason = None, "", ""
    save(publicity)
    publish(
        events.PublicityCancelled(
            subject_id=publicity.pk,
            of_kind=publicity.subject_kind,
            of_id=publicity.subject_id,
        ),
        actor=actor,
    )
    return publicity


# --- files ------------------------------------------------------------------------------------
def add_file(publicity: Publicity, upload: Any, *, actor: Actor) -> Attachment:
    """Add a public file to a draft. Raises Forbidden, Refused, InvalidInput at `file`, StorageFull."""
    _may_change_files(publicity, actor)
    if upload is None:
        raise InvalidInput({"file": [_("请上传文件")]})
    if len(attachments_of(PUBLICITY_FILES, publicity.pk)) >= MOST_FILES:
        raise InvalidInput({"file": [_("最多 %(most)d 个文件") % {"most": MOST_FILES}]})
    file = files.store_upload(
        upload, subject_kind=PUBLICITY_FILES, audience=Attachment.Audience.PUBLIC, actor=actor
    )
    # It was examined without a lock, for that takes its time: it may have become public meanwhile.
    with transaction.atomic():
        publicity = locked(publicity)
        _may_change_files(publicity, actor)
        files.bind(file, publicity.pk, actor=actor)
    return file


@transaction.atomic
def remove_file(publicity: Publicity, code: str, *, actor: Actor) -> None:
    """Remove a file from a draft. Raises Forbidden, Refused, NotVisible."""
    publicity = locked(publicity)
    _may_change_files(publicity, actor)
    rows = attachments_of(PUBLICITY_FILES, publicity.pk)
    row = next((one for one in rows if one.code == code), None)
    if row is None:
        raise NotVisible
    files.remove(row, actor=actor)


def _may_change_files(publicity: Publicity, actor: Actor) -> None:
    if not actor.has_perm("publicity.edit_publicity", publicity):
        raise Forbidden
    if publicity.status != Status.DRAFT:
        raise Refused(_("公示发布后不能更换附件；需要更正的，请撤销后重新公示"))
