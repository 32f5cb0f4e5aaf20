"""From a draft to the public notice: the purchaser's approver sends it, the operator decides (四眼)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.custody import queries as custody
from marketplace.custody import services as custody_services
from marketplace.custody.models import Custodian
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.revisions import Rev, check
from marketplace.taxonomy.queries import is_working, working_day_end
from marketplace.tenders import events, queries, rulebook
from marketplace.tenders.models import Tender
from marketplace.tenders.rulebook import MOST_REASON, MOST_TEXT
from marketplace.tenders.services.clockwork import advance
from marketplace.tenders.services.locking import given, locked, save
from marketplace.tenders.services.timing import next_check
from marketplace.tenders.services.windows import open_window
from marketplace.tenders.workflow import TENDER, Status


def missing(tender: Tender) -> list[tuple[str, Any]]:
    """What a draft lacks before it can be sent: the step of the wizard, and the reason in words."""
    found: list[tuple[str, Any]] = [
        ("content", reason)
        for name, reason in (
            ("summary", _("请用一段话概括，供公开列表显示")),
            ("content", _("请写明要解决的问题")),
            ("contact", _("请填写联系方式，供不能在线办理的人使用")),
        )
        if not getattr(tender, name).strip()
    ]
    if reason := rulebook.against_weights([row.weight for row in tender.criteria.all()]):
        found.append(("criteria", reason))
    start = max(filter(None, [tender.starts_at, clock.now()]))
    if (reason := rulebook.against_deadline(tender.ruled_by, tender.deadline, start)) or (
        reason := _against_days(tender)
    ):
        found.append(("schedule", reason))
    if tender.is_sealed:
        kinds = [row.custodian.kind for row in tender.keepers.select_related("custodian")]
        if reason := rulebook.against_custodians(kinds, tender.threshold):
            found.append(("keys", reason))
    return found


def _against_days(tender: Tender) -> Any:
    """A deadline lies on a working day, and every legal period within the known calendar.

    Samples take Monday to Friday where the calendar is not known: they oblige nobody.
    """
    if tender.deadline is None:
        return ""
    last = rulebook.last_legal_day(tender.ruled_by, tender.deadline)
    try:
        working_day_end(last, 1, legal=not tender.is_sample)
    except Refused as error:
        return error.reason
    if is_working(clock.last_day(tender.deadline)) is False:
        return _("截止日是休息日，请另选一天")
    return ""


@transaction.atomic
def submit_tender(tender: Tender, *, actor: Actor, rev: Rev = None) -> Tender:
    """Send a draft to the operator, in the name of the purchaser. Raises Forbidden, Refused, Stale."""
    tender = locked(tender)
    TENDER.fire("submit", tender, actor)
    check(tender.rev, rev, tender)
    _check_ready(tender)
    tender.submitted_by_id, tender.submitted_at = actor.pk, clock.now()
    tender.return_reason, tender.returned_by = "", ""
    save(tender)
    ask_rehearsals(tender)
    publish(events.TenderSubmitted(subject_id=tender.pk), actor=actor)
    return tender


def _check_ready(tender: Tender) -> None:
    if not tender.owner.is_verified:
        raise Refused(_("单位通过认证后才能发起征集"))
    if not tender.need.is_open:
        raise Refused(_("需求已不在发布状态"))
    if lacking := missing(tender):
        raise Refused(lacking[0][1])


@transaction.atomic
def recall_tender(tender: Tender, *, actor: Actor, rev: Rev = None) -> Tender:
    """Take it back before a decision. Raises Forbidden, Refused, Stale."""
    tender = locked(tender)
    TENDER.fire("recall", tender, actor)
    check(tender.rev, rev, tender)
    _forget_opinions(tender)
    save(tender)
    publish(events.TenderRecalled(subject_id=tender.pk), actor=actor)
    return tender


#: The three who may send it back, each at its own step, and the fact that each leaves.
_RETURNS: dict[str, tuple[Tender.Returner, type[Event]]] = {
    "return": (Tender.Returner.OPERATOR, events.TenderReturned),
    "return_by_county": (Tender.Returner.COUNTY, events.TenderReturnedByCounty),
    "return_by_authority": (Tender.Returner.AUTHORITY, events.TenderReturnedByAuthority),
}


@transaction.atomic
def return_tender(
    tender: Tender, *, reason: str, actor: Actor, rev: Rev = None, move: str = "return"
) -> Tender:
    """Ask the purchaser for changes: `move` says who does, a key of `_RETURNS`.

    The operator at any time of the review; the county that does not recommend a challenge with money of the city,
    before the argument; the authority whose experts or finance do not agree to it, after the county. What comes
    back is looked at by both again. Raises Forbidden, Refused, Stale, InvalidInput at `reason`.
    """
    tender = locked(tender)
    TENDER.fire(move, tender, actor)
    check(tender.rev, rev, tender)
    tender.return_reason = given(
        reason, at="reason", most=MOST_REASON, needed=_("请写明需要修改的地方")
    )
    tender.returned_by, fact = _RETURNS[move]
    _forget_opinions(tender)
    save(tender)
    publish(fact(subject_id=tender.pk), actor=actor)
    return tender


def _forget_opinions(tender: Tender) -> None:
    """What comes back may say something else: the county looks again, and the experts argue again."""
    tender.screened_at = tender.screened_by = tender.argued_at = tender.argued_by = None


@transaction.atomic
def screen_tender(tender: Tender, *, text: str, actor: Actor, rev: Rev = None) -> Tender:
    """Record the county's first look (县区初审) at a challenge with money of the city, its recommendation included.

    Raises Forbidden, Refused, Stale, InvalidInput at `text`.
    """
    tender = locked(tender)
    if not actor.has_perm("tenders.screen_tender", tender):
        raise Forbidden
    if tender.status != Status.IN_REVIEW or tender.argued_at is not None:
        raise Refused(_("只有待审核、尚未论证的市级资金榜单需要县区初审"))
    check(tender.rev, rev, tender)
    tender.screening = given(text, at="text", most=MOST_TEXT, needed=_("请写明初审意见"))
    tender.screened_at, tender.screened_by_id = clock.now(), actor.pk
    save(tender)
    publish(events.TenderScreened(subject_id=tender.pk), actor=actor)
    return tender


@transaction.atomic
def argue_tender(tender: Tender, *, text: str, actor: Actor, rev: Rev = None) -> Tender:
    """Record that experts argued a challenge with money of the city, and that finance looked at it.

    Raises Forbidden, Refused, Stale, InvalidInput at `text`.
    """
    tender = locked(tender)
    if not actor.has_perm("tenders.argue_tender", tender):
        raise Forbidden
    if tender.status != Status.IN_REVIEW or not tender.is_city_funded:
        raise Refused(_("只有待审核的市级资金榜单需要论证"))
    if tender.awaits_county:
        raise Refused(_("县区尚未初审，初审后再组织论证"))
    check(tender.rev, rev, tender)
    tender.argument = given(
        text, at="text", most=MOST_TEXT, needed=_("请写明论证专家、结论和财务审核意见")
    )
    tender.argued_at, tender.argued_by_id = clock.now(), actor.pk
    save(tender)
    publish(events.TenderArgued(subject_id=tender.pk), actor=actor)
    return tender


@transaction.atomic
def publish_tender(tender: Tender, *, actor: Actor, rev: Rev = None) -> Tender:
    """Make it public. From here on its terms change by an amendment alone.

    The version of the procedure, the calendar, the keys and the hash of the terms are frozen here. Raises Forbidden
    (the author decides on nothing of his own), Stale, and Refused where something is missing, the calendar of working
    days does not reach, a custodian is not ready, or the platform has no standing for a tender under the law.
    """
    tender = locked(tender)
    TENDER.fire("publish", tender, actor)
    check(tender.rev, rev, tender)
    now = clock.database_now()
    rule = rulebook.procedure_on(tender.procedure, clock.day_of(now))
    if rule is None:
        raise Refused(_("这种方式的规则已经变化，请退回修改"))
    if rule.needs_standing and queries.standing_now(now) is None:
        raise Refused(_("平台尚未登记开展招标的资格，不能公告招标项目"))
    if tender.awaits_county and tender.argued_at is None:
        raise Refused(_("市级资金榜单须先由县区初审，再由主管部门论证"))
    if tender.is_city_funded and tender.argued_at is None:
        raise Refused(_("市级资金榜单须先由主管部门记录专家论证和财务审核"))
    tender.procedure_version = rule.version
    _check_ready(tender)
    if tender.deadline is None:
        raise TypeError("what is ready has a deadline")
    if tender.is_sealed:
        freeze_keys(tender, now)
    tender.starts_at = max(filter(None, [tender.starts_at, now]))
    calendar = rulebook.calendar_of(rule, tender.deadline)
    tender.first_deadline = tender.deadline
    tender.questions_until, tender.answers_until = calendar.questions_until, calendar.answers_until
    tender.results_until = calendar.results_until
    tender.published_at, tender.published_by_id = now, actor.pk
    tender.terms_hash = queries.terms_hash(tender)
    tender.next_check = next_check(tender)
    save(tender)
    publish(
        events.TenderPublished(
            subject_id=tender.pk,
            terms_hash=tender.terms_hash,
            deadline=tender.deadline.isoformat(),
        ),
        actor=actor,
    )
    open_window(tender, now)
    # One that starts at once is open before anybody sees it.
    advance(tender, now)
    return tender


def ask_rehearsals(tender: Tender, custodians: Sequence[Custodian] | None = None) -> None:
    """Ask each custodian to open a test box of this tender, so that the operator can publish it."""
    if not tender.is_sealed:
        return
    if custodians is None:
        custodians = [row.custodian for row in tender.keepers.select_related("custodian")]
    for one in custodians:
        custody_services.ask_rehearsal(one, tender=tender.code, lot="")


def freeze_keys(tender: Tender, now: datetime) -> None:
    """Write down the live key of each keeper. Raises Refused with what is wrong where one is not ready."""
    keepers = list(tender.keepers.select_related("custodian").order_by("number"))
    ids = [row.custodian_id for row in keepers]
    if wrong := custody.ready(ids, now) or custody.rehearsed(ids, tender=tender.code, lot=""):
        raise Refused("；".join(str(one) for one in wrong))
    keys = custody.live_keys(ids)
    for row in keepers:
        row.key = keys[row.custodian_id].key
        row.save(update_fields=["key"])
