"""The golden thread: one sample that goes from a need to an agreed intent, for the public page of an example."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef

from marketplace.brokerage.models import Broker, Introduction
from marketplace.enquiries.models import Enquiry, Intent
from marketplace.enquiries.queries import evidence_of, shown_evidence
from marketplace.enquiries.workflow import IntentStatus
from marketplace.kernel.counting import Counting, counting
from marketplace.matching.models import Match
from marketplace.matching.queries import matches_of_need
from marketplace.needs.models import Need
from marketplace.web.samples import read


@dataclass(frozen=True)
class GoldenThread:
    """The rows of the thread. `match` is None when the pair is not matched (any more).

    `reasons` are the reasons of the match in the reader's language, as `web/components/why.html` draws them.
    """

    need: Need
    match: Match | None
    reasons: list[dict[str, Any]]
    enquiry: Enquiry
    broker: Broker
    introduction: Introduction
    intent: Intent


def golden_thread() -> GoldenThread | None:
    """The sample whose two sides acknowledged their broker and agreed on an intent.

    None where samples are not loaded, or when its need is not public (any more).
    """
    agreed = Intent.objects.filter(enquiry=OuterRef("enquiry"), status=IntentStatus.ACCEPTED)
    found = (
        Introduction.objects.filter(Exists(agreed), is_sample=True, kind="needs")
        .select_related("enquiry__owner", "enquiry__asker", "broker")
        .prefetch_related("sides")
        .order_by("id")
        .first()
    )
    if found is None or found.enquiry is None or found.listing_id is None:
        return None
    need = Need.objects.select_related("owner").filter(pk=found.listing_id).first()
    nobody = AnonymousUser()
    if need is None or not nobody.has_perm("needs.view_need", need):
        return None
    enquiry = found.enquiry
    matches = matches_of_need(need, nobody)
    of_asker = matches.filter(achievement__owner_id=enquiry.asker_id)
    match = of_asker.filter(achievement__title=_told()).first() or of_asker.first()
    evidence = evidence_of(nobody, match.code, need) if match is not None else {}
    return GoldenThread(
        need=need,
        match=match,
        reasons=shown_evidence(evidence).get("rows", []),
        enquiry=enquiry,
        broker=found.broker,
        introduction=found,
        intent=Intent.objects.filter(enquiry=enquiry, status=IntentStatus.ACCEPTED).latest("id"),
    )


def _told() -> str:
    """The title of the achievement that the thread is about; the institute has several that match."""
    rows = read("mandates")
    return next((row["achievement"] for row in rows if row["what"] == "golden"), "")


def has_golden_thread() -> bool:
    """Whether there is such a sample; one query without its rows, whose statement is written once."""
    return bool(_golden_statement(connection.vendor).run()["golden"])


@lru_cache
def _golden_statement(_vendor: str) -> Counting:
    agreed = Intent.objects.filter(enquiry=OuterRef("enquiry"), status=IntentStatus.ACCEPTED)
    rows = Introduction.objects.filter(Exists(agreed), is_sample=True, kind="needs")
    return counting({"golden": rows[:1]})
