"""What the clock does with brokers."""

from celery import shared_task

from marketplace.brokerage import services


@shared_task(name="brokerage.remind_of_certificates", ignore_result=True)
def remind_of_certificates() -> None:
    """Remind holders of certificates that end."""
    services.remind_of_certificates()
