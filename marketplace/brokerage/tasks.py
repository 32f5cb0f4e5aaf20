"""What the clock does with brokers."""

from celery import shared_task

from marketplace.brokerage import services
from marketplace.brokerage.services import introductions, mandates, met


@shared_task(name="brokerage.remind_of_certificates", ignore_result=True)
def remind_of_certificates() -> None:
    """Remind holders of certificates that end."""
    services.remind_of_certificates()


@shared_task(name="brokerage.end_mandates", ignore_result=True)
def end_mandates() -> None:
    """End mandates and proposals whose period is over."""
    mandates.end_mandates()


@shared_task(name="brokerage.settle_rulings", ignore_result=True)
def settle_rulings() -> None:
    """Make rulings final that nobody appealed in time."""
    introductions.settle_rulings()


@shared_task(name="brokerage.ask_whether_met", ignore_result=True)
def ask_whether_met() -> None:
    """Ask both sides of introductions without an enquiry whether the other got in touch."""
    met.ask_due_questions()
