"""What the slice of enquiries asks of contracts: which enquiries are kept, which intents have led to one."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from marketplace.deals.models import Contract
from marketplace.deals.workflow import CONCLUDED, ContractStatus
from marketplace.kernel import clock

#: Days after the end of a contract: 电子商务法 art. 31 asks for three years after the transaction.
KEPT_DAYS = 3 * 365 + 1


def enquiries_kept() -> Exists:
    """The enquiries with a contract that is not over, or ended less than three years ago."""
    since = clock.today() - timedelta(days=KEPT_DAYS)
    rows = Contract.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=since))
    rows = rows.exclude(status=ContractStatus.CANCELLED)
    return Exists(rows.filter(enquiry=OuterRef("pk")))


def with_contract() -> Exists:
    """The intents from which a contract was signed, to be asked of a query of intents."""
    rows = Contract.objects.filter(status__in=sorted(CONCLUDED))
    return Exists(rows.filter(Q(intent=OuterRef("pk")) | Q(enquiry=OuterRef("enquiry"))))
