"""What a tender looks like as a release of open data: what the public may know now, and nothing else."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from marketplace.files.queries import attachments_of
from marketplace.openings import queries as openings
from marketplace.parties.models import Organization
from marketplace.records.queries.outcome import awards_of, bids_of, contracts_of
from marketplace.records.rulebook.ocds import (
    amount,
    bare,
    lot_status,
    moment,
    party_id,
    tender_status,
)
from marketplace.tenders import queries as tenders
from marketplace.tenders.models import TENDER_FILES, Amendment, Tender
from marketplace.tenders.rulebook import Side
from marketplace.tenders.workflow import AmendmentStatus, Status


def site() -> str:
    """The address of the site without a slash at its end."""
    return str(settings.SITE_URL).rstrip("/")


def ocid_of(tender: Tender) -> str:
    """The identifier of the process: the prefix of the publisher and the code of the tender."""
    return f"{settings.OCDS_PREFIX}-{tender.code}"


class Parties:
    """The organisations of a release, each once, with all its roles."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}

    def add(self, row: Organization, *roles: str) -> dict[str, str]:
        """Name an organisation; the reference to it."""
        key = party_id(row.code, row.uscc)
        known = self._rows.setdefault(
            key,
            {
                "id": key,
                "name": row.name,
                "identifier": {
                    "scheme": key.partition(f"-{row.uscc or row.code}")[0],
                    "id": row.uscc or row.code,
                    "legalName": row.name,
                },
                "roles": [],
            },
        )
        known["roles"] += [role for role in roles if role not in known["roles"]]
        return {"id": key, "name": row.name}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All of them, in the order in which they were named."""
        return list(self._rows.values())


def content_of(tender: Tender) -> dict[str, Any]:
    """The release of a public tender as it is now, without id, date and tags.

    Bids are in it from the opening on, their bidders only where the procedure reads them out; who asked a question
    never is.
    """
    parties = Parties()
    lots = list(tender.lots.all())
    buyer = parties.add(tender.owner, "buyer", "procuringEntity")
    bids, bid_count = bids_of(tender, lots, parties)
    awards = awards_of(tender, lots, parties)
    said = {
        "ocid": ocid_of(tender),
        "language": "zh",
        "initiationType": "tender",
        "buyer": buyer,
        "tender": _tender(tender, lots, buyer, bid_count),
        "bids": bids,
        "awards": awards,
        "contracts": contracts_of(lots, awards),
    }
    return bare({**said, "parties": parties.rows})


def _tender(
    tender: Tender, lots: list[Any], buyer: dict[str, str], bid_count: int | None
) -> dict[str, Any]:
    page = site() + reverse("tenders:detail", args=[tender.code])
    budgets = [lot.budget for lot in lots]
    total = sum(budgets) if all(one is not None for one in budgets) else None
    status = tender.status
    questions = list(tenders.published_questions(tender))
    return {
        "id": tender.code,
        "title": tender.title,
        "description": tender.summary,
        "status": tender_status(status, [lot.stage for lot in lots]),
        "procuringEntity": buyer,
        "value": amount(total),
        "procurementMethod": "open",
        "procurementMethodDetails": str(tender.ruled_by.label),
        "mainProcurementCategory": "services",
        "awardCriteria": "ratedCriteria",
        "awardCriteriaDetails": _criteria(tender),
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": _period(tender.starts_at, tender.deadline),
        "enquiryPeriod": _period(tender.published_at, tender.questions_until),
        "hasEnquiries": bool(questions),
        "awardPeriod": _period(tender.deadline, tender.results_until),
        "numberOfTenderers": bid_count,
        "lots": [
            {
                "id": f"lot-{lot.number}",
                "title": lot.title,
                "status": lot_status(lot.stage, status),
                "value": amount(lot.budget),
            }
            for lot in lots
        ],
        "items": [
            {
                "id": f"item-{lot.number}",
                "description": lot.title,
                "relatedLot": f"lot-{lot.number}",
            }
            for lot in lots
        ],
        "enquiries": [
            {
                "id": row.code,
                "date": moment(row.asked_at),
                "description": row.text,
                "answer": list(row.answers.all())[-1].text,
                "dateAnswered": moment(row.answered_at),
            }
            for row in questions
        ],
        "documents": [
            {
                "id": "notice",
                "documentType": "tenderNotice",
                "title": tender.title,
                "url": page,
                "datePublished": moment(tender.published_at),
                "format": "text/html",
                "language": "zh",
            },
            *(
                {
                    "id": file.code,
                    "documentType": "biddingDocuments",
                    "title": file.name,
                    "url": site() + reverse("files:download", args=[file.code]),
                }
                for file in attachments_of(TENDER_FILES, tender.pk)
                if file.is_ready
            ),
        ],
        "milestones": _milestones(lots),
        "amendments": _amendments(tender),
    }


def _milestones(lots: list[Any]) -> list[dict[str, Any]]:
    """Until when the shortlist of a lot hands in whole plans, where a summary came first."""
    until = openings.plans_until([lot.pk for lot in lots])
    return [
        {
            "id": f"plan-{lot.number}",
            "title": "入围方案提交完整方案",
            "type": "assessment",
            "dueDate": moment(until[lot.pk]),
            "relatedLots": [f"lot-{lot.number}"],
        }
        for lot in lots
        if lot.pk in until
    ]


def _period(start: Any, end: Any) -> dict[str, Any]:
    if start is not None and end is not None and end < start:
        return {"endDate": moment(end)}
    return {"startDate": moment(start), "endDate": moment(end)}


def _criteria(tender: Tender) -> str:
    sides = dict(Side.choices)
    return "；".join(
        f"{row.name}（{sides[row.side]}）{row.weight.normalize():f}"
        for row in tender.criteria.all()
    )


def _amendments(tender: Tender) -> list[dict[str, Any]]:
    """Changes that are in force, and the one move of the deadline for a question without an answer."""
    rows = Amendment.objects.filter(tender=tender, status=AmendmentStatus.EFFECTIVE)
    found = [
        {"id": row.code, "date": moment(row.decided_at), "rationale": row.reason}
        for row in rows.order_by("number")
    ]
    if tender.extended_at is not None:
        found.append(
            {
                "id": f"{tender.code}-extended",
                "date": moment(tender.extended_at),
                "rationale": "有问题未按期答复，截止时间自动顺延",
            }
        )
    return found


def is_told(tender: Tender) -> bool:
    """Whether it is open data: it was published, and it is no sample."""
    return tender.is_public and not tender.is_sample and tender.status in Status.values
