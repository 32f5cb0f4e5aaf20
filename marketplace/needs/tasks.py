"""Celery's way into needs: the clock asks the service what is due."""

from celery import shared_task

from marketplace.needs import services


@shared_task(name="needs.expire", ignore_result=True)
def expire() -> None:
    """Close needs whose validity is over."""
    services.expire_needs()
