"""Celery's way into files."""

from celery import shared_task

from marketplace.files import services


@shared_task(name="files.sweep", ignore_result=True)
def sweep() -> None:
    """Erase bytes without a row and mark rows without bytes, once a day."""
    services.sweep_orphans()
