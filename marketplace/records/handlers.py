"""A release follows each change of a tender that the public may know of."""

from marketplace.awards import events as awards
from marketplace.awards.models import Result
from marketplace.kernel.events import Event, on
from marketplace.openings import events as openings
from marketplace.openings.models import OpenedBid
from marketplace.records import services
from marketplace.tenders import events as tenders
from marketplace.tenders.models import Tender


@on(
    tenders.TenderPublished,
    tenders.TenderOpened,
    tenders.TenderAmended,
    tenders.TenderExtended,
    tenders.TenderSuspended,
    tenders.TenderResumed,
    tenders.TenderClosed,
    tenders.TenderCancellationAnnounced,
    tenders.TenderCancelled,
    tenders.QuestionAnswered,
    tenders.LotMoved,
    openings.BidShortlisted,
    openings.PlanPostponed,
    awards.ResultPublicised,
    awards.AwardConfirmed,
    awards.CandidateReplaced,
    awards.ResultReopened,
    awards.ResultFailed,
    awards.ResultCancelled,
)
def publish_release(event: Event) -> None:
    """Tell what there is to tell now: running twice tells nothing twice."""
    row = _tender(event)
    if row is not None:
        services.release(row)


def _tender(event: Event) -> Tender | None:
    if event.subject_kind == tenders.QUESTION:
        return Tender.objects.filter(questions=event.subject_id).first()
    if event.subject_kind == awards.RESULT:
        result = Result.objects.select_related("tender").filter(pk=event.subject_id).first()
        return result.tender if result is not None else None
    if event.subject_kind == openings.OPENED_BID:
        opened = OpenedBid.objects.select_related("opening__tender").filter(pk=event.subject_id)
        return next((row.opening.tender for row in opened), None)
    return Tender.objects.filter(pk=event.subject_id).first()
