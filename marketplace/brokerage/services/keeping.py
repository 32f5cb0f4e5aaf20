"""What is not kept for ever, and what is kept longer: refused applications, enquiries in dispute."""

from datetime import datetime

from django.db import transaction

from marketplace.brokerage import queries
from marketplace.brokerage.models import Broker, BrokerFeedback, Introduction
from marketplace.brokerage.models.introductions import INTRODUCTION_FILES
from marketplace.brokerage.services.entry import remove_files_of
from marketplace.brokerage.workflow import BrokerStatus, IntroductionStatus
from marketplace.enquiries import services as enquiries
from marketplace.files import services as files
from marketplace.files.models import Attachment

AT_ONCE = 200


@transaction.atomic
def purge_declined(before: datetime) -> int:
    """Delete applications refused before this instant that were never public; how many.

    The period stands in the table of record kinds (`enquiries`), whose daily job calls this.

    They go with certificates, training, scans and letters. What was in the register once stays: mandates
    and introductions name it.
    """
    over = Broker.objects.filter(
        status=BrokerStatus.DECLINED, decided_at__lt=before, entered_at=None
    )
    rows = list(over.select_for_update().order_by("pk")[:AT_ONCE])
    for row in rows:
        remove_files_of(row)
        row.delete()
    return len(rows)


def purge_introduction_notes(before: datetime) -> int:
    """Erase note and evidence of introductions whose protection ended before this instant; how many.

    Who was introduced to whom, when and what both sides said stays: contracts are checked against it.
    A claim in dispute keeps its evidence.
    """
    over = Introduction.objects.filter(protected_until__lt=before).exclude(evidence_note="")
    over = over.exclude(status=IntroductionStatus.DISPUTED)
    pks = list(over.select_for_update().order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    stored = Attachment.objects.filter(
        subject_kind=INTRODUCTION_FILES, subject_id__in=pks, removed_at=None
    )
    for attachment in stored:
        files.remove(attachment, actor=None)
    return Introduction.objects.filter(pk__in=pks).update(evidence_note="")


def purge_feedback(before: datetime) -> int:
    """Erase the texts of what parties said about brokers before this instant; the scores stay; how many."""
    rows = BrokerFeedback.objects.filter(at__lt=before).exclude(text="")
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return BrokerFeedback.objects.filter(pk__in=pks).update(text="")


def hold_while_disputed(introduction: Introduction) -> None:
    """Keep the enquiry of a claim as long as claims about it are disputed or a ruling may be appealed.

    What was written there is the evidence that the operator decides on.
    """
    if introduction.enquiry_id is None:
        return
    code = queries.disputed_claim_about(introduction.enquiry_id)
    reason = f"对接记录 {code} 有争议" if code else ""
    enquiries.hold_for_dispute(introduction.enquiry_id, reason)
