"""Celery's way into achievements: the clock asks the service what is due."""

from celery import shared_task

from marketplace.achievements import services


@shared_task(name="achievements.expire", ignore_result=True)
def expire() -> None:
    """Close achievements whose validity is over."""
    services.expire_achievements()
