"""What is known of a tender, chapter by chapter in the order in which it happened: the content of its pack."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.awards import models as awards
from marketplace.bids import models as bids
from marketplace.bids.adapters import store
from marketplace.evaluation import models as evaluation
from marketplace.files import storage
from marketplace.files.models import Attachment
from marketplace.files.queries import attachments_of
from marketplace.files.rulebook import extension_of
from marketplace.journal.models import Entry, Seal
from marketplace.kernel.actors import Actor
from marketplace.openings import models as openings
from marketplace.parties.policies import Role, access_of
from marketplace.publicity import models as publicity
from marketplace.publicity.models import OBJECTION_FILES, PUBLICITY_FILES
from marketplace.publicity.workflow import ObjectionStatus
from marketplace.records.queries.plain import Plain
from marketplace.tenders import models as tenders
from marketplace.tenders import queries
from marketplace.tenders.models import AMENDMENT_FILES, TENDER_FILES, Tender


@dataclass(frozen=True)
class Paper:
    """A stored file of a chapter: its name in the pack, where it lies, its size."""

    name: str
    place: Path
    size: int


@dataclass
class Chapter:
    """One chapter: tables of rows, and papers."""

    folder: str
    label: Any
    tables: dict[str, Any] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)

    def attach(self, kind: str, pk: int, prefix: str = "") -> None:
        """Add the attachments of a subject."""
        self.papers += [
            Paper(f"{prefix}{row.code}{extension_of(row.name)}", place, row.size)
            for row in attachments_of(kind, pk)
            if row.status == Attachment.Status.READY and (place := storage.locate(row.path))
        ]


def chapters_of(tender: Tender, reader: Actor) -> Iterator[Chapter]:
    """Every chapter in order. Of lots that were never opened there is no bid in it.

    Who tried to influence an expert is for the authority alone.
    """
    plain = Plain()
    lots = list(tender.lots.all())
    opened = [lot.pk for lot in lots if lot.opened_at is not None]
    yield _notice(tender, lots, plain)
    yield _talk(tender, plain)
    yield _sealing(tender, opened, plain)
    yield _opening(tender, opened, plain)
    yield _evaluation(opened, plain, approaches=access_of(reader).has(Role.AUTHORITY))
    yield _results(opened, plain)
    yield _publicity(opened, plain)
    yield _work(opened, plain)
    yield _journal(tender, opened)


def _notice(tender: Tender, lots: list[Any], plain: Plain) -> Chapter:
    found = Chapter("01-notice", _("公告"))
    found.tables = {
        "tender": plain.row(tender),
        "terms": queries.terms(tender),
        "lots": plain.rows(lots),
        "requirements": plain.rows(tender.requirements.all()),
        "criteria": plain.rows(tender.criteria.all()),
        "keepers": plain.rows(tender.keepers.all()),
    }
    found.attach(TENDER_FILES, tender.pk)
    return found


def _talk(tender: Tender, plain: Plain) -> Chapter:
    found = Chapter("02-questions-and-changes", _("答疑、变更和终止"))
    questions = tenders.Question.objects.filter(tender=tender).order_by("id")
    changes = list(tenders.Amendment.objects.filter(tender=tender).order_by("id"))
    found.tables = {
        "questions": plain.rows(questions),
        "answers": plain.rows(tenders.Answer.objects.filter(question__in=questions)),
        "amendments": plain.rows(changes),
        "cancellations": plain.rows(
            tenders.Cancellation.objects.filter(tender=tender).order_by("id")
        ),
    }
    for row in changes:
        found.attach(AMENDMENT_FILES, row.pk, f"{row.code}-")
    return found


def _sealing(tender: Tender, opened: list[int], plain: Plain) -> Chapter:
    found = Chapter("03-bids-as-handed-in", _("收到的方案和回执"))
    envelopes = list(
        bids.Envelope.objects.filter(bid__lot__in=opened).select_related("bid").order_by("id")
    )
    found.tables = {
        "closing": plain.rows(bids.Closing.objects.filter(tender=tender)),
        "bids": plain.rows(bids.Bid.objects.filter(lot__in=opened).order_by("id")),
        "envelopes": plain.rows(envelopes),
        "receipts": plain.rows(
            bids.Receipt.objects.filter(envelope__in=envelopes).order_by("number")
        ),
    }
    for row in envelopes:
        for number, file in enumerate(row.files):
            if "path" in file and (place := store.locate(file["path"])).exists():
                name = f"{row.bid.code}-{row.revision}-{number:02d}.sealed"
                found.papers.append(Paper(name, place, int(file["size"])))
    return found


def _opening(tender: Tender, opened: list[int], plain: Plain) -> Chapter:
    found = Chapter("04-opening", _("方案开启"))
    rows = list(
        openings.OpenedBid.objects.filter(lot__in=opened).select_related("bid").order_by("id")
    )
    own = openings.Opening.objects.filter(tender=tender)
    found.tables = {
        "opening": plain.rows(own),
        "bids": plain.rows(rows),
        "shares": plain.rows(openings.Share.objects.filter(opened__in=rows).order_by("id")),
        "absences": plain.rows(openings.Absence.objects.filter(opening__in=own)),
        "reveals": plain.rows(openings.Reveal.objects.filter(opened__in=rows)),
        "undertakings": plain.rows(openings.Undertaking.objects.filter(opening__in=own)),
        "readings": plain.rows(openings.Reading.objects.filter(opened__in=rows).order_by("id")),
    }
    for row in rows:
        found.attach(openings.OPENED_FILES, row.pk, f"{row.bid.code}-")
        found.attach(bids.BID_FILES, row.bid_id, f"{row.bid.code}-")
    return found


def _evaluation(opened: list[int], plain: Plain, *, approaches: bool) -> Chapter:
    found = Chapter("05-evaluation", _("评审"))
    panels = evaluation.Panel.objects.filter(lot__in=opened).order_by("id")
    seats = evaluation.Seat.objects.filter(panel__in=panels).order_by("id")
    sheets = evaluation.Sheet.objects.filter(seat__in=seats).order_by("id")
    found.tables = {
        "panels": plain.rows(panels),
        "seats": plain.rows(seats),
        "sheets": plain.rows(sheets),
        "requests": plain.rows(
            evaluation.PanelRequest.objects.filter(lot__in=opened).order_by("id")
        ),
        "scores": plain.rows(evaluation.Score.objects.filter(sheet__in=sheets).order_by("id")),
        "rejections": plain.rows(evaluation.Rejection.objects.filter(panel__in=panels)),
        "explanations": plain.rows(evaluation.Explanation.objects.filter(panel__in=panels)),
    }
    if approaches:
        told = evaluation.Approach.objects.filter(panel__in=panels)
        found.tables["approaches"] = plain.rows(told)
    return found


def _results(opened: list[int], plain: Plain) -> Chapter:
    found = Chapter("06-results", _("结果"))
    rows = awards.Result.objects.filter(lot__in=opened).order_by("id")
    taken = list(awards.Award.objects.filter(lot__in=opened).order_by("id"))
    found.tables = {
        "results": plain.rows(rows),
        "entries": plain.rows(awards.Entry.objects.filter(result__in=rows).order_by("id")),
        "awards": plain.rows(taken),
    }
    for row in taken:
        found.attach(awards.AWARD_FILES, row.pk)
    return found


def _publicity(opened: list[int], plain: Plain) -> Chapter:
    found = Chapter("07-publicity-and-objections", _("公示、异议和投诉"))
    taken = awards.Award.objects.filter(lot__in=opened, publicity__isnull=False)
    rows = list(publicity.Publicity.objects.filter(pk__in=taken.values("publicity")))
    raised = publicity.Objection.objects.filter(publicity__in=rows).exclude(
        status__in=[ObjectionStatus.DRAFT, ObjectionStatus.LAPSED]
    )
    found.tables = {
        "publicities": plain.rows(rows),
        "objections": plain.rows(raised.order_by("id")),
    }
    for row in rows:
        found.attach(PUBLICITY_FILES, row.pk)
    for one in raised:
        found.attach(OBJECTION_FILES, one.pk, f"{one.code}-")
    return found


def _work(opened: list[int], plain: Plain) -> Chapter:
    found = Chapter("08-contract-and-work", _("合同和履行"))
    rows = list(awards.TaskBook.objects.filter(lot__in=opened).order_by("id"))
    found.tables = {
        "deliveries": plain.rows(rows),
        "milestones": plain.rows(awards.Milestone.objects.filter(delivery__in=rows)),
        "judgements": plain.rows(awards.Judgement.objects.filter(delivery__in=rows)),
        "inspections": plain.rows(awards.Inspection.objects.filter(delivery__in=rows)),
    }
    for row in rows:
        found.attach(awards.DELIVERY_FILES, row.pk, f"{row.code}-")
    return found


def _journal(tender: Tender, opened: list[int]) -> Chapter:
    """Every fact about the tender and its bids, with its link of the hash chain where it was sealed already."""
    found = Chapter("09-journal", _("操作记录和校验链"))
    kinds = {"tenders.tender": [tender.pk]}
    kinds["bids.bid"] = list(bids.Bid.objects.filter(lot__in=opened).values_list("pk", flat=True))
    kinds["awards.result"] = list(
        awards.Result.objects.filter(lot__in=opened).values_list("pk", flat=True)
    )
    entries = [
        row
        for kind, pks in kinds.items()
        for row in Entry.objects.filter(subject_kind=kind, subject_id__in=pks)
    ]
    entries.sort(key=lambda row: row.pk)
    seals = {row.entry_id: row for row in Seal.objects.filter(entry__in=entries)}
    plain = Plain()
    found.tables = {
        "entries": [
            plain.row(row)
            | (
                {"seal": seals[row.pk].seq, "seal_hash": seals[row.pk].hash}
                if row.pk in seals
                else {}
            )
            for row in entries
        ]
    }
    return found
