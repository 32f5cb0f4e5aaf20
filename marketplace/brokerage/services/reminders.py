"""What the clock does with certificates: reminders before the end, and a note when it has come."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.brokerage import events
from marketplace.brokerage.models import Certificate
from marketplace.brokerage.services.register import lock, touch
from marketplace.brokerage.workflow import BrokerStatus
from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.unreadable import readable
from marketplace.notices.services import notify

#: Days before the last day on which the holder is told, the earlier one first.
DAYS = (60, 7)
KIND = "brokerage.certificate_ends"
AT_ONCE = 500
#: `Certificate.reminded` of one whose end was noted.
_OVER = 0


def remind_of_certificates() -> int:
    """Tell the holders in the register whose certificates end within 60 and within 7 days; how many.

    A certificate that ends changes nothing else: it is shown as expired, and the broker stays.
    """
    today, sent = clock.today(), 0
    _note_ends(today)
    for days in sorted(DAYS):
        due = Certificate.objects.filter(
            broker__status=BrokerStatus.ENTERED,
            valid_until__range=(today, today + timedelta(days=days)),
        ).exclude(reminded__lte=days)
        sent += sum(_remind(row.pk, days) for row in readable(due.order_by("pk")[:AT_ONCE]))
    return sent


def _note_ends(today: date) -> None:
    """Say of each certificate that ended that it has: the index counts levels that hold today."""
    over = Certificate.objects.filter(broker__status=BrokerStatus.ENTERED, valid_until__lt=today)
    over = over.exclude(reminded=_OVER).order_by("pk")
    for row in readable(over.select_related("broker")[:AT_ONCE]):
        with transaction.atomic():
            broker = lock(row.broker)
            Certificate.objects.filter(pk=row.pk).update(reminded=_OVER)
            touch(broker, [])
            told = events.CertificateExpired(subject_id=broker.pk, certificate=row.code)
            publish(told, actor=None)


@transaction.atomic
def _remind(pk: int, days: int) -> int:
    row: Any = Certificate.objects.select_for_update().filter(pk=pk).first()
    if row is None or (row.reminded is not None and row.reminded <= days):
        return 0
    row.reminded = days
    row.save(update_fields=["reminded"])
    return notify(
        KIND,
        [row.broker.user],
        title=_("证书“%(name)s”将于 %(day)s 到期"),
        params={"name": str(row.label), "day": row.valid_until.isoformat()},
        body=_("到期后公开页面会标明“已过期”，登记不受影响。续期后请上传新证书。"),
        url=reverse("brokerage:entry", args=[row.broker.code]),
        subject=(events.BROKER, row.broker_id),
        dedupe=f"{KIND}:{row.pk}:{row.valid_until.isoformat()}:{days}",
    )
