"""What the clock does with statistics."""

from celery import shared_task

from marketplace.statistics import services


@shared_task(name="statistics.issue_figures", ignore_result=True)
def issue_figures() -> None:
    """Publish the figures that the rules of disclosure let through."""
    services.issue_all()
