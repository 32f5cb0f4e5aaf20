"""Everything that changes introductions and rulings. Claims about one pair are locked in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries
from marketplace.brokerage.models import (
    Answer,
    Broker,
    Evidence,
    Introduction,
    IntroductionSide,
    Ruling,
)
from marketplace.brokerage.models.introductions import INTRODUCTION_FILES, claims_of, pairs_like
from marketplace.brokerage.rulebook import keys, periods
from marketplace.brokerage.services.keeping import hold_while_disputed
from marketplace.brokerage.workflow import (
    INTRODUCTION,
    RULING,
    IntroductionStatus,
    RulingStatus,
)
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.queries import owner_named
from marketplace.enquiries.rulebook import names_in
from marketplace.files import services as files
from marketplace.files.services import Uploaded
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.listings.kind import ListingKind, kind_named
from marketplace.listings.workflow import PUBLIC
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of
from marketplace.taxonomy.queries import working_day_end

#: Both sides read the note and the reasons.
_NAMED = _("内容里出现了尚未公开的单位名称“%(name)s”，对方会由此知道是谁，请修改")
MAX_REASON = 500
MAX_TEXT = 2_000
AT_ONCE = 500
#: A meeting longer ago than this is evidence of nothing that is claimed today.
OLDEST_MEETING = timedelta(days=1_095)


@dataclass(frozen=True)
class Party:
    """A party as a claim names it: an organisation here, or the credit code and name of another."""

    organization: Organization | None = None
    uscc: str = ""
    name: str = ""
    hidden: bool = False

    @property
    def key(self) -> str:
        """Its key in the pair."""
        org = self.organization
        return keys.party_key(org.uscc, org.code) if org is not None else keys.party_key(self.uscc)


@dataclass(frozen=True)
class Claim:
    """What a broker records: two parties, a listing as subject, and what shows it."""

    parties: tuple[Party, Party]
    kind: ListingKind
    listing: Any
    evidence: str
    happened_at: datetime
    note: str = ""
    enquiry: Enquiry | None = None


def claim_of_enquiry(enquiry: Enquiry, *, note: str, evidence: str, at: datetime) -> Claim:
    """The claim that follows from an enquiry. Raises Refused for a visitor's, who is no organisation."""
    if enquiry.asker is None:
        raise Refused(_("咨询人是访客，尚无单位。请对方注册单位后再登记对接"))
    kind = kind_named(enquiry.kind)
    owner = Party(enquiry.owner, hidden=enquiry.owner_is_hidden)
    listing = _Listing(enquiry.listing_id, enquiry.listing_code, enquiry.listing_title)
    return Claim((owner, Party(enquiry.asker)), kind, listing, evidence, at, note, enquiry)


@dataclass(frozen=True)
class _Listing:
    """A listing as an enquiry kept it: it may be gone or changed by now."""

    pk: int
    code: str
    title: str


@transaction.atomic
def record_introduction(broker: Broker, claim: Claim, *, actor: Any) -> Introduction:
    """Record that the broker brought two parties together.

    Raises Forbidden for anybody but the broker, Refused for a broker who is not entered, for the own
    organisation and for a claim that exists already; InvalidInput at `evidence`, `note`, `happened_at`,
    `listing` or `parties`.
    """
    if broker.user_id != actor.pk:
        raise Forbidden(_("对接由技术经纪人本人登记"))
    # Two claims of one broker at the same time wait for each other here.
    broker = Broker.objects.select_for_update(of=("self",)).select_related("user").get(pk=broker.pk)
    if not broker.is_entered:
        raise Refused(_("不在库的技术经纪人不能登记对接"))
    at = clock.now()
    _check(claim, actor, at)
    one, other = claim.parties
    for party in claim.parties:
        org = party.organization
        if org is None:
            continue
        # Only who works there knows a hidden party: what the broker's entry names would give it away.
        named_in_entry = not party.hidden and broker.organization_id == org.pk
        if access_of(actor).in_org(org.pk) or named_in_entry:
            raise Refused(_("本人所在单位是其中一方，不能登记为对接"))
    pair, subject = (
        keys.pair_key(one.key, other.key),
        keys.subject_key(claim.kind.name, claim.listing.code),
    )
    earlier = (
        Introduction.objects.filter(broker=broker, pair__in=pairs_like(pair), subject=subject)
        .exclude(status__in=[IntroductionStatus.WITHDRAWN, IntroductionStatus.REJECTED])
        .first()
    )
    if earlier is not None:
        raise Refused(_("您已登记过这次对接：%(code)s") % {"code": earlier.code})
    orgs = [party.organization.pk for party in claim.parties if party.organization is not None]
    mandate = queries.mandate_for(broker.pk, orgs, claim.kind.name, claim.listing.pk, at)
    days = (
        mandate.protection_days
        if mandate is not None
        else periods.in_force(periods.PROTECTION_DAYS, at)
    )
    due = working_day_end(at, periods.in_force(periods.ANSWER_DAYS, at), legal=False)
    row = Introduction(
        broker=broker,
        mandate=mandate,
        enquiry=claim.enquiry,
        pair=pair,
        subject=subject,
        kind=claim.kind.name,
        listing_id=claim.listing.pk,
        listing_code=claim.listing.code,
        listing_title=claim.listing.title,
        evidence=claim.evidence,
        evidence_note=claim.note.strip(),
        at=at,
        happened_at=claim.happened_at,
        protected_until=periods.protected_until(at, days),
        answer_due_at=due.at,
        due_is_estimated=due.estimated,
    )
    insert(row)
    for party in claim.parties:
        org = party.organization
        IntroductionSide.objects.create(
            introduction=row,
            organization=org,
            key=party.key,
            name=org.name if org is not None else party.name,
            hidden=party.hidden,
        )
    enquiry_id = claim.enquiry.pk if claim.enquiry is not None else 0
    publish(events.IntroductionRecorded(subject_id=row.pk, enquiry_id=enquiry_id), actor=actor)
    return row


def _check(claim: Claim, actor: Any, at: datetime) -> None:
    if claim.enquiry is not None and not actor.has_perm("enquiries.view_enquiry", claim.enquiry):
        raise Forbidden
    errors = _evidence_problems(claim, at)
    if claim.enquiry is None:
        owners = [party.organization.pk for party in claim.parties if party.organization]
        if claim.listing.owner_id not in owners:
            errors["listing"] = [_("对接事项应是其中一方发布的信息")]
        elif claim.listing.status not in PUBLIC:
            errors["listing"] = [_("这条信息没有公开过，不能作为对接事项")]
        elif getattr(claim.listing, "hide_owner", False):
            # Whether a named party is the hidden owner must not follow from what is refused here.
            errors["listing"] = [_("匿名发布的需求，请从咨询页面登记对接")]
    elif claim.enquiry.owner_is_hidden and owner_named(actor, claim.enquiry):
        # Who does not know the owner may guess: a refusal would say that the guess was right.
        owner = claim.enquiry.owner
        if found := names_in([claim.note], [owner.name, owner.name_en]):
            errors["note"] = [_NAMED % {"name": found[0]}]
    one, other = claim.parties
    if not errors and one.key == other.key:
        errors["parties"] = [_("对接双方不能是同一个单位")]
    if errors:
        raise InvalidInput(errors)


def _evidence_problems(claim: Claim, at: datetime) -> dict[str, list[object]]:
    errors: dict[str, list[object]] = {}
    if claim.evidence not in Evidence.values:
        errors["evidence"] = [_("请选择依据")]
    if claim.evidence != Evidence.MEETING and claim.enquiry is None:
        errors["evidence"] = [_("以平台上的咨询或消息为依据时，请从该咨询的页面登记")]
    if claim.evidence == Evidence.MEETING and not claim.note.strip():
        errors["note"] = [_("请写明时间、地点、参加人和谈了什么")]
    if len(claim.note) > MAX_TEXT:
        errors["note"] = [_("最多 2000 个字")]
    if claim.happened_at > at:
        errors["happened_at"] = [_("不能晚于现在")]
    elif claim.happened_at < at - OLDEST_MEETING:
        errors["happened_at"] = [_("不能早于三年前")]
    return errors


def add_proofs(introduction: Introduction, uploads: Sequence[Any], *, actor: Any) -> Uploaded:
    """File evidence with a claim. Raises Forbidden."""
    if not actor.has_perm("brokerage.withdraw_introduction", introduction):
        raise Forbidden
    return files.store_uploads(
        uploads, subject_kind=INTRODUCTION_FILES, subject_id=introduction.pk, actor=actor
    )


def _locked(introduction: Introduction) -> Introduction:
    row = Introduction.objects.select_for_update(of=("self",)).get(pk=introduction.pk)
    whole = Introduction.objects.select_related("broker__user").prefetch_related(
        "sides__organization"
    )
    return whole.get(pk=row.pk)


@transaction.atomic
def answer_introduction(
    introduction: Introduction,
    *,
    side: str,
    answer: str,
    reason: str = "",
    actor: Any,
    rev: Rev = None,
) -> Introduction:
    """Acknowledge or dispute for one side: by the code of its organisation, or "" for the own one.

    What a side has acknowledged binds it: it is not taken back. A dispute needs a reason, and may be
    taken back by an acknowledgement. An answer after its time counts as well. Raises Forbidden,
    Refused, Stale, InvalidInput at `side`, `answer` or `reason`.
    """
    row = _locked(introduction)
    if not actor.has_perm("brokerage.answer_introduction", row):
        raise Forbidden(_("需要单位审核人或管理员在线确认"))
    sides = list(row.sides.all())
    held = [one for one in sides if access_of(actor).binds(one.organization_id)]
    named = [one for one in sides if one.organization is not None and one.organization.code == side]
    mine = named[0] if named else held[0] if not side and len(held) == 1 else None
    if mine is None:
        raise InvalidInput({"side": [_("请选择以哪一方答复")]})
    if not access_of(actor).binds(mine.organization_id):
        raise Forbidden(_("需要单位审核人或管理员在线确认"))
    if answer not in (Answer.ACKNOWLEDGED, Answer.DISPUTED):
        raise InvalidInput({"answer": [_("请选择确认属实或提出异议")]})
    reason = reason.strip()
    if answer == Answer.DISPUTED and not reason:
        raise InvalidInput({"reason": [_("请说明异议的理由，技术经纪人和对方会看到")]})
    if len(reason) > MAX_REASON:
        raise InvalidInput({"reason": [_("最多 500 个字")]})
    org = mine.organization
    if mine.hidden and org is not None and (found := names_in([reason], [org.name, org.name_en])):
        raise InvalidInput({"reason": [_NAMED % {"name": found[0]}]})
    if mine.has_acknowledged:
        raise Refused(_("本单位已确认属实，不能再改变"))
    others = {one.answer for one in sides if one is not mine}
    INTRODUCTION.fire(_move(mine, others, answer), row, actor)
    check(row.rev, rev, row)
    mine.answer = answer
    mine.reason = reason if answer == Answer.DISPUTED else ""
    mine.answered_by, mine.answered_at = actor, clock.now()
    mine.save()
    _save(row)
    publish(
        events.IntroductionAnswered(
            subject_id=row.pk, answer=str(answer), organization_id=mine.organization_id or 0
        ),
        actor=actor,
    )
    return row


def _move(mine: IntroductionSide, others: set[str], answer: str) -> str:
    """The name of the move in the table, by what the other side has said."""
    if answer == Answer.DISPUTED:
        return "dispute"
    if Answer.ACKNOWLEDGED in others:
        return "acknowledge_last"
    if Answer.DISPUTED in others:
        return "acknowledge_disputed"
    return "retract" if mine.answer == Answer.DISPUTED else "acknowledge"


@transaction.atomic
def withdraw_introduction(
    introduction: Introduction, *, reason: str = "", actor: Any, rev: Rev = None
) -> Introduction:
    """Take a claim back. It stays in the log. Raises Forbidden, Refused, Stale, InvalidInput."""
    row = _locked(introduction)
    INTRODUCTION.fire("withdraw", row, actor)
    check(row.rev, rev, row)
    if len(reason.strip()) > MAX_REASON:
        raise InvalidInput({"reason": [_("最多 500 个字")]})
    row.closing_reason = reason.strip()
    _save(row)
    publish(events.IntroductionWithdrawn(subject_id=row.pk), actor=actor)
    return row


# --- rulings ----------------------------------------------------------------------------------
def _claims(pair: str, subject: str) -> list[Introduction]:
    """The claims, locked in their order, without those that were taken back."""
    ids = Introduction.objects.filter(pair__in=pairs_like(pair), subject=subject).order_by("pk")
    list(ids.select_for_update(of=("self",)).values_list("pk", flat=True))
    return [row for row in claims_of(pair, subject) if row.status != IntroductionStatus.WITHDRAWN]


def _reasoned(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput({name: [_("请写明理由，各方都会看到")]})
    if len(text) > MAX_TEXT:
        raise InvalidInput({name: [_("最多 2000 个字")]})
    return text


def _chosen(claims: Sequence[Introduction], code: str) -> Introduction | None:
    """The claim of this code that shall stand; None for "none"."""
    if code == "none":
        return None
    found = next((row for row in claims if row.code == code), None)
    if found is None:
        raise InvalidInput({"winner": [_("请选择哪一项对接成立，或者都不成立")]})
    return found


def _place(claims: Sequence[Introduction], winner: Introduction | None, actor: Any) -> None:
    for row in claims:
        stands = winner is not None and row.pk == winner.pk
        INTRODUCTION.fire("uphold" if stands else "reject", row, actor)
        _save(row)


@transaction.atomic
def rule(
    introduction: Introduction, *, winner: str, reason: str, actor: Any, rev: Rev = None
) -> Ruling:
    """The operator says which claim stands, by its code, or "none". `rev` is `claims_state`.

    Only where claims rival or a side disputes. Raises Forbidden, Refused, Stale, InvalidInput at
    `winner` or `reason`.
    """
    claims = _claims(introduction.pair, introduction.subject)
    if not actor.has_perm("brokerage.judge_introduction", introduction) or not claims:
        raise Forbidden
    earlier = queries.ruling_on(introduction.pair, introduction.subject)
    if earlier is not None and earlier.status != RulingStatus.FINAL:
        raise Refused(_("这组对接记录已经裁定"))
    is_disputed = any(row.status == IntroductionStatus.DISPUTED for row in claims)
    rivals = [row for row in claims if row.status != IntroductionStatus.REJECTED]
    if not is_disputed and len(rivals) < 2:
        raise Refused(_("没有争议，不需要裁定"))
    check(claims_state(claims), rev, introduction)
    found, text = _chosen(claims, winner), _reasoned("reason", reason)
    at = clock.now()
    until = working_day_end(at, periods.in_force(periods.APPEAL_DAYS, at), legal=False).at
    ruling = Ruling.objects.create(
        pair=introduction.pair,
        subject=introduction.subject,
        winner=found,
        reason=text,
        ruled_by=actor,
        ruled_at=at,
        appeal_until=until,
    )
    _place(claims, found, actor)
    for row in claims:
        stands = found is not None and row.pk == found.pk
        publish(events.RulingMade(subject_id=row.pk, stands=stands), actor=actor)
    return ruling


def claims_state(claims: Sequence[Introduction]) -> str:
    """What a person saw of the claims who rules on them: changes with each answer and each new claim."""
    return "-".join(
        f"{row.code}.{row.rev}" for row in claims if row.status != IntroductionStatus.WITHDRAWN
    )[-100:]


def _ruling(ruling: Ruling) -> Ruling:
    return Ruling.objects.select_for_update(of=("self",)).get(pk=ruling.pk)


@transaction.atomic
def appeal(ruling: Ruling, *, text: str, actor: Any, rev: Rev = None) -> Ruling:
    """Appeal once, within the period: a claimant or one of the parties.

    Raises Forbidden, Refused, Stale, InvalidInput at `text`.
    """
    ruling = _ruling(ruling)
    RULING.fire("appeal", ruling, actor, at=clock.database_now())
    check(ruling.rev, rev, ruling)
    ruling.appeal = _reasoned("text", text)
    ruling.appealed_by, ruling.appealed_at = actor, clock.now()
    _keep(ruling)
    for row in ruling.claims:
        publish(events.RulingAppealed(subject_id=row.pk), actor=actor)
    return ruling


@transaction.atomic
def decide_appeal(
    ruling: Ruling, *, winner: str, reason: str, actor: Any, rev: Rev = None
) -> Ruling:
    """Another operator or the authority decides finally.

    Raises Forbidden, Refused, Stale, InvalidInput at `winner` or `reason`.
    """
    claims = _claims(ruling.pair, ruling.subject)
    ruling = _ruling(ruling)
    if ruling.ruled_by_id == actor.pk:
        raise Forbidden(_("申诉由作出裁定的人以外的人员决定"))
    RULING.fire("decide", ruling, actor)
    check(ruling.rev, rev, ruling)
    found, text = _chosen(claims, winner), _reasoned("reason", reason)
    ruling.winner, ruling.decision = found, text
    ruling.decided_by, ruling.decided_at = actor, clock.now()
    _keep(ruling)
    _place(claims, found, actor)
    for row in claims:
        stands = found is not None and row.pk == found.pk
        publish(events.AppealDecided(subject_id=row.pk, stands=stands), actor=actor)
    return ruling


def settle_rulings() -> int:
    """Make rulings final that nobody appealed in time; how many. Called by the clock."""
    late = Ruling.objects.filter(status=RulingStatus.RULED, appeal_until__lte=clock.now())
    return sum(_settle(row) for row in readable(late.order_by("pk")[:AT_ONCE]))


@transaction.atomic
def _settle(ruling: Ruling) -> bool:
    ruling = _ruling(ruling)
    if RULING.refusal("settle", ruling, None):
        return False
    RULING.fire("settle", ruling, None)
    _keep(ruling)
    for row in ruling.claims:
        hold_while_disputed(row)
    return True


def _keep(ruling: Ruling) -> None:
    ruling.rev += 1
    ruling.save()


def _save(row: Introduction) -> None:
    row.rev += 1
    row.updated_at = clock.now()
    row.save()
