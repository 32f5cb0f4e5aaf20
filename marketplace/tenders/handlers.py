"""Who learns what of a tender. Who asks, and who may bid, is told to nobody."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.files.policies import register_reader
from marketplace.kernel.events import Event, on
from marketplace.matching import queries as matching
from marketplace.notices import kinds
from marketplace.notices.services import notify
from marketplace.parties import queries as parties
from marketplace.parties.events import SHOWN_CHANGES
from marketplace.parties.policies import Role
from marketplace.publicity.events import PublicityResumed, PublicitySuspended
from marketplace.publicity.models import Publicity
from marketplace.tenders import events, queries, services
from marketplace.tenders.models import AMENDMENT_FILES, TENDER_FILES, Tender
from marketplace.tenders.workflow import PUBLIC, Status
from search import engine

kinds.register("tenders.review", _("征集待审核"))
kinds.register("tenders.state", _("征集的进展"))
kinds.register("tenders.question", _("征集收到问题"))
kinds.register("tenders.changed", _("所关注的征集有变化"))
kinds.register("tenders.matched", _("与本单位成果匹配的征集"))

register_reader(TENDER_FILES, queries.reads_file)
register_reader(AMENDMENT_FILES, queries.reads_amendment_file)

#: So many holders of matching achievements are told of a new tender.
MOST_TOLD = 50


@on(events.TenderSubmitted, events.TenderChangeProposed, events.TenderCancellationAsked)
def tell_operator(event: Event) -> None:
    """Those who may decide on it learn that something waits."""
    row = _tender(event)
    if row is None:
        return
    people = parties.people_with_role(Role.OPERATOR)
    may = [one for one in people if one.has_perm("tenders.review_tender", row)]
    words = {
        events.TenderSubmitted: _("“%(title)s”等待审核"),
        events.TenderChangeProposed: _("“%(title)s”有变更等待审核"),
        events.TenderCancellationAsked: _("“%(title)s”申请终止，等待审核"),
    }
    _tell("tenders.review", row, may, words[type(event)], manage=True)


@on(events.TenderSubmitted)
def tell_county(event: events.TenderSubmitted) -> None:
    """The county learns of a challenge with money of the city that waits for its first look."""
    row = _tender(event)
    if row is None or not row.is_city_funded or row.screened_at is not None:
        return
    people = parties.people_with_role(Role.REGISTRAR_COUNTY)
    may = [one for one in people if one.has_perm("tenders.screen_tender", row)]
    _tell("tenders.review", row, may, _("“%(title)s”等待县区初审"), manage=True)


@on(events.TenderSubmitted, events.TenderScreened)
def tell_authority(event: Event) -> None:
    """The authority learns of a challenge that the county has looked at: it waits for the argument."""
    row = _tender(event)
    if row is None or not row.is_city_funded or row.argued_at or row.awaits_county:
        return
    people = parties.people_with_role(Role.AUTHORITY)
    may = [one for one in people if one.has_perm("tenders.argue_tender", row)]
    _tell("tenders.review", row, may, _("“%(title)s”等待专家论证和财务审核"), manage=True)


@on(
    events.TenderReturned,
    events.TenderReturnedByCounty,
    events.TenderReturnedByAuthority,
    events.TenderPublished,
    events.TenderExtended,
    events.TenderSuspended,
    events.TenderResumed,
    events.TenderClosed,
    events.TenderAmended,
    events.TenderChangeDropped,
    events.TenderCancellationAnnounced,
    events.TenderCancellationDropped,
    events.TenderCancelled,
)
def tell_purchaser(event: Event) -> None:
    """Those who bind the purchaser learn what became of their tender."""
    row = _tender(event)
    if row is not None:
        people = parties.binders_of(row.owner_id)
        _tell("tenders.state", row, people, _WORDS[type(event)], manage=True)


_WORDS: dict[type[Event], Any] = {
    events.TenderReturned: _("“%(title)s”已退回修改"),
    events.TenderReturnedByCounty: _("“%(title)s”县区初审不推荐，已退回修改，理由见页面"),
    events.TenderReturnedByAuthority: _("“%(title)s”论证没有通过，已退回修改，理由见页面"),
    events.TenderPublished: _("“%(title)s”已公告，%(deadline)s 截止"),
    events.TenderExtended: _("“%(title)s”有问题未答复，截止时间顺延至 %(deadline)s"),
    events.TenderSuspended: _("“%(title)s”已暂停"),
    events.TenderResumed: _("“%(title)s”已恢复，%(deadline)s 截止"),
    events.TenderClosed: _("“%(title)s”已截止"),
    events.TenderAmended: _("“%(title)s”的变更已公告，%(deadline)s 截止"),
    events.TenderChangeDropped: _("“%(title)s”的变更没有生效"),
    events.TenderCancellationAnnounced: _("“%(title)s”的终止已公告"),
    events.TenderCancellationDropped: _("“%(title)s”没有终止"),
    events.TenderCancelled: _("“%(title)s”已终止"),
}


@on(events.QuestionAsked)
def tell_of_question(event: events.QuestionAsked) -> None:
    """The purchaser learns that somebody asked, and not who."""
    row = _tender(event)
    if row is not None:
        people = parties.binders_of(row.owner_id)
        _tell("tenders.question", row, people, _("“%(title)s”收到一个问题，请答复"), manage=True)


@on(
    events.QuestionAnswered,
    events.TenderAmended,
    events.TenderExtended,
    events.TenderSuspended,
    events.TenderResumed,
    events.TenderCancellationAnnounced,
    events.TenderCancelled,
)
def tell_askers(event: Event) -> None:
    """Whoever asked learns of answers and of what changed, each in a notice of his own."""
    row = _tender(event)
    if row is None:
        return
    words = _WORDS.get(type(event), _("“%(title)s”公布了答疑"))
    _tell("tenders.changed", row, queries.askers_of(row), words)


@on(events.TenderPublished)
def tell_holders(event: events.TenderPublished) -> None:
    """The holders of achievements that match the need learn of the tender."""
    row = _tender(event)
    if row is None or row.status not in {Status.PUBLISHED, Status.TENDERING}:
        return
    matches = matching.open_matches().filter(need_id=row.need_id)[:MOST_TOLD]
    owners = {one.achievement.owner_id for one in matches} - {row.owner_id}
    for owner in sorted(owners):
        words = _("“%(title)s”与贵单位的成果匹配，%(deadline)s 截止")
        _tell("tenders.matched", row, parties.binders_of(owner), words)


@on(
    events.TenderPublished,
    events.TenderOpened,
    events.TenderClosed,
    events.TenderExtended,
    events.TenderSuspended,
    events.TenderResumed,
    events.TenderAmended,
    events.TenderCancellationAnnounced,
    events.TenderCancellationDropped,
    events.TenderCancelled,
    events.LotMoved,
    batch=True,
)
def refresh_index(batch: list[Event]) -> None:
    """Bring the search index in step with the tenders as they are now."""
    ids = {event.subject_id for event in batch}
    rows = Tender.objects.filter(pk__in=ids)
    engine.refresh("tenders", list(rows.values_list("code", flat=True)))


@on(events.TenderSamplesRemoved)
def forget_samples(event: events.TenderSamplesRemoved) -> None:
    """Samples that were deleted are not found any more."""
    engine.refresh("tenders", event.codes)


@on(*SHOWN_CHANGES, batch=True)
def follow_organizations(batch: list[Event]) -> None:
    """An organisation has another name: its tenders are found by the one that is shown now."""
    ids = {event.subject_id for event in batch}
    rows = Tender.objects.filter(owner_id__in=ids, status__in=PUBLIC)
    engine.refresh("tenders", list(rows.values_list("code", flat=True)))


@on(PublicitySuspended, PublicityResumed)
def follow_window(event: Event) -> None:
    """An objection to its documents stops a tender at once, and the answer lets it go on: not at its next visit."""
    window = Publicity.objects.filter(pk=event.subject_id, subject_kind=queries.TENDER).first()
    row = None if window is None else Tender.objects.filter(pk=window.subject_id).first()
    if row is not None:
        services.catch_up(row)


def _tender(event: Event) -> Tender | None:
    return Tender.objects.select_related("owner").filter(pk=event.subject_id).first()


def _tell(kind: str, row: Tender, people: Any, title: Any, *, manage: bool = False) -> None:
    notify(
        kind,
        people,
        title=title,
        params={"title": row.title, "deadline": row.deadline_words},
        url=reverse("tenders:manage" if manage else "tenders:detail", args=[row.code]),
        subject=(events.TENDER, row.pk),
    )
