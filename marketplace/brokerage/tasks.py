"""What the clock does with brokers."""

from celery import shared_task

from marketplace.brokerage import services
from marketplace.kernel import clock


@shared_task(name="brokerage.remind_of_certificates", ignore_result=True)
def remind_of_certificates() -> None:
    """Remind holders of certificates that end."""
    services.remind_of_certificates()


@shared_task(name="brokerage.purge_declined", ignore_result=True)
def purge_declined() -> None:
    """Delete refused applications whose time is over."""
    services.purge_declined(clock.now() - services.DECLINED_KEPT)
