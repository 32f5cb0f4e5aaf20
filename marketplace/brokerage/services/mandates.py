"""Everything that changes mandates.

Lock order: the client's organisation, then the mandate, then its versions. All acceptances of mandates
of one client wait for each other, so that of two exclusive ones the second sees the first.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events, queries
from marketplace.brokerage.models import Broker, Mandate, MandateSide, MandateVersion
from marketplace.brokerage.models.mandates import MANDATE_FILES
from marketplace.brokerage.policies import speaks_for
from marketplace.brokerage.rulebook import commission, mandate_text, periods
from marketplace.brokerage.rulebook.commission import Terms
from marketplace.brokerage.workflow import MANDATE, VERSION, MandateStatus, VersionStatus
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.files.rulebook import extension_of
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.events import Event
from marketplace.kernel.models import insert
from marketplace.kernel.revisions import Rev, check
from marketplace.kernel.unreadable import readable
from marketplace.listings.kind import ListingKind
from marketplace.listings.workflow import CONTACTABLE
from marketplace.parties.models import Organization
from marketplace.parties.policies import access_of

AT_ONCE = 500
_SCANS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})
MAX_REASON = 500
MAX_NOTE = 2_000


@dataclass(frozen=True)
class Scope:
    """What a mandate is for: one listing of a kind, or all that the client lists."""

    client: Organization
    kind: ListingKind | None = None
    listing: Any = None


@transaction.atomic
def propose_mandate(
    *, broker: Broker, scope: Scope, terms: Terms, starts_on: date, ends_on: date, actor: Any
) -> Mandate:
    """Propose a mandate, as the broker or for the client; days in Shanghai, the last one included.

    Raises Forbidden for who speaks for neither side, Refused for a broker who is not entered, for a
    mandate to oneself, and for a second exclusive mandate where the client itself proposes it;
    InvalidInput at `starts_on`, `ends_on`, `scope` or a name of `Terms`.
    """
    side = _side_of(actor, broker, scope)
    if not broker.is_entered:
        raise Refused(_("这位技术经纪人目前不在库，不能接受委托"))
    listing, client = scope.listing, scope.client
    hides = bool(listing is not None and listing.hide_owner)
    _check_two_parties(broker, client, tell=side == MandateSide.CLIENT or not hides)
    if listing is not None and (listing.owner_id != client.pk or listing.status not in CONTACTABLE):
        raise InvalidInput({"scope": [_("只能委托本单位已发布的信息")]})
    starts_at, ends_at = _period(starts_on, ends_on)
    _check_terms(terms)
    mandate = Mandate(
        broker=broker,
        client=client,
        kind=scope.kind.name if scope.kind else "",
        listing_id=listing.pk if listing is not None else None,
        listing_code=listing.code if listing is not None else "",
        listing_title=listing.title if listing is not None else "",
        hides_client=hides,
        proposed_side=side,
        proposed_by=actor,
        terms=terms.columns(),
        exclusive=terms.exclusive,
        protection_days=terms.protection_days,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    if side == MandateSide.CLIENT:
        _check_nothing_in_the_way(mandate, terms, ends_at, tell=True)
    insert(mandate)
    _new_version(mandate, 1, terms, ends_at, side=side, actor=actor)
    publish(events.MandateProposed(subject_id=mandate.pk, side=side), actor=actor)
    return mandate


def _side_of(actor: Any, broker: Broker, scope: Scope) -> str:
    if broker.user_id == actor.pk:
        return MandateSide.BROKER
    if access_of(actor).binds(scope.client.pk):
        return MandateSide.CLIENT
    raise Forbidden(_("委托由技术经纪人本人，或者委托方的审核人、管理员提出"))


def _check_two_parties(broker: Broker, client: Organization, *, tell: bool) -> None:
    """A broker stands between two others: never for the organisation that they work for.

    The fee of an intermediary who belongs to the client would be the client's own money, and deals of
    related units do not count for the filing of a transfer body. `tell` is False while the answer would
    tell a broker who a hidden owner is: then only a membership counts, which knows the owner anyway.
    """
    works_there = access_of(broker.user).in_org(client.pk)
    if works_there or (tell and broker.organization_id == client.pk):
        raise Refused(_("技术经纪人不能接受本人所在单位的委托"))


def _period(starts_on: date, ends_on: date) -> tuple[datetime, datetime]:
    errors: dict[str, list[object]] = {}
    if starts_on < clock.today():
        errors["starts_on"] = [_("开始日期不能早于今天")]
    if ends_on < starts_on:
        errors["ends_on"] = [_("结束日期不能早于开始日期")]
    elif (ends_on - starts_on).days > periods.MOST_MANDATE_DAYS:
        errors["ends_on"] = [_("委托期限最长 5 年")]
    if errors:
        raise InvalidInput(errors)
    # The first instant of a day is the end of the day before it.
    return clock.end_of_day(starts_on - timedelta(1)), clock.end_of_day(ends_on)


def _check_terms(terms: Terms) -> None:
    found = commission.problems(terms)
    if len(terms.note) > MAX_NOTE:
        found.setdefault("note", []).append(_("最多 2000 个字"))
    if found:
        raise InvalidInput(found)


def _check_nothing_in_the_way(
    mandate: Mandate, terms: Terms, ends_at: datetime, *, tell: bool
) -> None:
    """Raises Refused when another mandate excludes this one. Only the client is told which."""
    other = queries.in_the_way(mandate, exclusive=terms.exclusive, ends_at=ends_at)
    if other is None:
        return
    if tell:
        raise Refused(
            _("与生效中的委托 %(code)s 冲突：独家委托的期限和范围不能与其他委托重叠")
            % {"code": other.code}
        )
    raise Refused(_("委托方现有的安排不允许接受这份委托，请与委托方联系"))


def _new_version(
    mandate: Mandate, number: int, terms: Terms, ends_at: datetime, *, side: str, actor: Any
) -> MandateVersion:
    wording = mandate_text.wording_at(clock.now())
    version = MandateVersion(
        mandate=mandate,
        number=number,
        terms=terms.columns(),
        starts_at=mandate.starts_at,
        ends_at=ends_at,
        wording=wording.version,
        proposed_side=side,
        proposed_by=actor,
    )
    _write(version)
    version.save()
    return version


def _write(version: MandateVersion) -> None:
    """Write the text from the record, and its hash."""
    mandate = version.mandate
    wording = next(one for one in mandate_text.WORDINGS if one.version == version.wording)
    hidden = mandate.hides_client and mandate.accepted_at is None
    scope = (
        f"其在平台发布的“{mandate.listing_title}”（{mandate.listing_code}）"
        if mandate.kind
        else "其在平台发布的全部需求、成果和服务"
    )
    version.text = mandate_text.mandate_text(
        wording,
        version.agreed,
        client=f"{mandate.listing_code} 的发布单位" if hidden else mandate.client.name,
        broker=f"{mandate.broker.name}（{mandate.broker.code}）",
        scope=scope,
        starts_at=version.starts_at,
        ends_at=version.ends_at,
    )
    version.sha256 = mandate_text.hash_of(version.text)


def date_back(mandate: Mandate, days: int) -> None:
    """Let an accepted sample mandate have begun so many days ago, with the text of that period.

    What follows from it in the samples was set back too, and a mandate comes before its introductions.
    """
    if not mandate.is_sample:
        raise ValueError("only a sample is dated back")
    starts_at = clock.end_of_day(clock.today() - timedelta(days=days + 1))
    Mandate.objects.filter(pk=mandate.pk).update(
        starts_at=starts_at, created_at=starts_at, accepted_at=starts_at, updated_at=starts_at
    )
    for version in mandate.versions.select_related("mandate__broker", "mandate__client"):
        version.starts_at = version.proposed_at = version.decided_at = starts_at
        _write(version)
        version.save()


def _locked(mandate: Mandate) -> Mandate:
    Organization.objects.select_for_update().get(pk=mandate.client_id)
    rows = Mandate.objects.select_for_update(of=("self",))
    return rows.select_related("broker__user", "client").get(pk=mandate.pk)


def _open(mandate: Mandate) -> MandateVersion | None:
    version = mandate.versions.select_for_update().filter(status=VersionStatus.PROPOSED).first()
    if version is not None:
        version.mandate = mandate
    return version


@transaction.atomic
def accept_mandate(mandate: Mandate, *, actor: Any, rev: Rev = None) -> Mandate:
    """Accept what the other side proposed (在线确认). Raises Forbidden, Refused, Stale."""
    mandate = _locked(mandate)
    MANDATE.fire("accept", mandate, actor, at=clock.database_now())
    check(mandate.rev, rev, mandate)
    if not mandate.broker.is_entered:
        raise Refused(_("这位技术经纪人目前不在库，不能接受委托"))
    is_client = access_of(actor).binds(mandate.client_id)
    _check_two_parties(mandate.broker, mandate.client, tell=is_client)
    _check_nothing_in_the_way(mandate, mandate.agreed, mandate.ends_at, tell=is_client)
    version = _open(mandate)
    if version is None:
        raise Refused(_("没有待确认的条款"))
    mandate.accepted_at = clock.now()
    # From here on a hidden client is named to the broker, and in the text that both agreed to.
    _write(version)
    _decide(version, "agree", actor)
    _save(mandate)
    publish(events.MandateAccepted(subject_id=mandate.pk), actor=actor)
    return mandate


@transaction.atomic
def close_mandate(
    mandate: Mandate, move: str, *, reason: str = "", actor: Any, rev: Rev = None
) -> Mandate:
    """Make the move `decline`, `withdraw` or `terminate`.

    Raises Forbidden, Refused, Stale; InvalidInput at `reason`, which a termination must have.
    """
    reason = reason.strip()
    mandate = _locked(mandate)
    MANDATE.fire(move, mandate, actor)
    check(mandate.rev, rev, mandate)
    if move == "terminate" and not reason:
        raise InvalidInput({"reason": [_("请说明解除的理由，对方会看到")]})
    if len(reason) > MAX_REASON:
        raise InvalidInput({"reason": [_("最多 500 个字")]})
    event = events.MandateClosed(subject_id=mandate.pk, because=move)
    _close(mandate, reason, event)
    publish(event, actor=actor)
    return mandate


def _close(mandate: Mandate, reason: str, event: Event) -> None:
    version = _open(mandate)
    if version is not None:
        VERSION.fire("close", version, None, because=event)
        version.decided_at = clock.now()
        version.save(update_fields=["status", "decided_at"])
    mandate.closed_at, mandate.closing_reason = clock.now(), reason
    _save(mandate)


def end_mandates() -> int:
    """End the mandates and proposals whose period is over; how many. Called by the clock."""
    over = Mandate.objects.filter(
        status__in=[MandateStatus.PROPOSED, MandateStatus.ACCEPTED], ends_at__lte=clock.now()
    ).order_by("ends_at", "pk")
    return sum(_end("end", row) for row in readable(over[:AT_ONCE]))


def remove_mandates_of(broker_id: int, *, because: Event) -> int:
    """Terminate what a broker had who is in the register no more; how many."""
    rows = Mandate.objects.filter(
        broker_id=broker_id, status__in=[MandateStatus.PROPOSED, MandateStatus.ACCEPTED]
    )
    return sum(_end("remove", row, because=because) for row in readable(rows))


@transaction.atomic
def _end(move: str, mandate: Mandate, *, because: Event | None = None) -> bool:
    mandate = _locked(mandate)
    if MANDATE.refusal(move, mandate, None):
        return False
    MANDATE.fire(move, mandate, None, because=because)
    event = events.MandateClosed(subject_id=mandate.pk, because=move)
    _close(mandate, "", because or event)
    publish(event, actor=None)
    return True


# --- amendments -------------------------------------------------------------------------------
@transaction.atomic
def propose_amendment(
    mandate: Mandate, *, terms: Terms, ends_on: date, actor: Any, rev: Rev = None
) -> MandateVersion:
    """Propose other terms or another end for a running mandate. What is agreed holds until both agree.

    Raises Forbidden, Refused, Stale, InvalidInput.
    """
    mandate = _locked(mandate)
    if not actor.has_perm("brokerage.amend_mandate", mandate):
        raise Forbidden
    if mandate.status != MandateStatus.ACCEPTED:
        raise Refused(_("只有已确认的委托可以变更"))
    check(mandate.rev, rev, mandate)
    _check_in_register(mandate)
    if _open(mandate) is not None:
        raise Refused(_("已有一份变更等待确认，请先处理"))
    _check_terms(terms)
    ends_at = clock.end_of_day(ends_on)
    if ends_at <= clock.now():
        raise InvalidInput({"ends_on": [_("结束日期不能早于今天")]})
    if (ends_at - mandate.starts_at).days > periods.MOST_MANDATE_DAYS + 1:
        raise InvalidInput({"ends_on": [_("委托期限最长 5 年")]})
    side = MandateSide.BROKER if speaks_for(actor, mandate, "broker") else MandateSide.CLIENT
    if side == MandateSide.CLIENT:
        _check_nothing_in_the_way(mandate, terms, ends_at, tell=True)
    number = (mandate.versions.order_by("-number").values_list("number", flat=True)[0]) + 1
    version = _new_version(mandate, number, terms, ends_at, side=side, actor=actor)
    _save(mandate)
    publish(events.AmendmentProposed(subject_id=mandate.pk, side=side, number=number), actor=actor)
    return version


@transaction.atomic
def decide_amendment(
    mandate: Mandate, move: str, *, reason: str = "", actor: Any, rev: Rev = None
) -> Mandate:
    """`agree`, `refuse` or `drop` the terms that wait. Raises Forbidden, Refused, Stale."""
    mandate = _locked(mandate)
    version = _open(mandate)
    if version is None or mandate.status != MandateStatus.ACCEPTED:
        raise Refused(_("没有待确认的变更"))
    VERSION.fire(move, version, actor, at=clock.database_now())
    check(mandate.rev, rev, mandate)
    if move == "agree":
        _check_in_register(mandate)
        is_client = access_of(actor).binds(mandate.client_id)
        _check_nothing_in_the_way(mandate, version.agreed, version.ends_at, tell=is_client)
        mandate.version, mandate.terms = version.number, version.terms
        mandate.exclusive = version.agreed.exclusive
        mandate.protection_days = version.agreed.protection_days
        mandate.ends_at = version.ends_at
    version.reason = reason.strip()[:MAX_REASON]
    _keep_decision(version, actor)
    _save(mandate)
    publish(
        events.AmendmentDecided(subject_id=mandate.pk, because=move, number=version.number),
        actor=actor,
    )
    return mandate


def _check_in_register(mandate: Mandate) -> None:
    """Raise Refused while the broker is suspended: what is agreed goes on, nothing new is agreed."""
    if not mandate.broker.is_entered:
        raise Refused(_("这位技术经纪人目前不在库，恢复入库后才能变更委托"))


def _decide(version: MandateVersion, move: str, actor: Any) -> None:
    VERSION.fire(move, version, actor)
    _keep_decision(version, actor)


def _keep_decision(version: MandateVersion, actor: Any) -> None:
    version.decided_by, version.decided_at = actor, clock.now()
    version.save()


# --- sealed copies ----------------------------------------------------------------------------
def file_copy(mandate: Mandate, upload: Any, *, actor: Any) -> Attachment:
    """File a sealed copy: a PDF or a picture of it. Raises Forbidden, Refused, InvalidInput at `file`."""
    if not actor.has_perm("brokerage.amend_mandate", mandate):
        raise Forbidden
    if mandate.accepted_at is None:
        raise Refused(_("委托确认后才能存入盖章文本"))
    if extension_of(upload.name or "") not in _SCANS:
        raise InvalidInput({"file": [_("请上传 PDF、jpg 或 png 文件")]})
    stored = files.store_upload(
        upload, subject_kind=MANDATE_FILES, subject_id=mandate.pk, actor=actor
    )
    publish(events.MandateCopyFiled(subject_id=mandate.pk), actor=actor)
    return stored


def _save(mandate: Mandate) -> None:
    mandate.rev += 1
    mandate.updated_at = clock.now()
    mandate.save()
