"""What of the register is not kept for ever: refused applications."""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.brokerage.models import Broker
from marketplace.brokerage.services.entry import remove_files_of
from marketplace.brokerage.workflow import BrokerStatus

AT_ONCE = 200
#: A refused application is kept for six months: within them it can be asked about and taken up again.
DECLINED_KEPT = timedelta(days=183)


@transaction.atomic
def purge_declined(before: datetime) -> int:
    """Delete applications refused before this instant that were never public; how many.

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
