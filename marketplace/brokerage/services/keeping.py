"""What of the register is not kept for ever: refused applications."""

from datetime import datetime

from django.db import transaction

from marketplace.brokerage.models import Broker
from marketplace.brokerage.services.entry import remove_files_of
from marketplace.brokerage.workflow import BrokerStatus

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
