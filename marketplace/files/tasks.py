"""Celery tasks of files."""

from celery import shared_task

from marketplace.files import services


@shared_task(name="files.sweep", ignore_result=True)
def sweep() -> None:
    """Reconcile rows and stored files, once a day."""
    services.sweep_orphans()
