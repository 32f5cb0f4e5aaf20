"""Scheduled tasks of the registration."""

from celery import shared_task

from marketplace.registration.services import verification


@shared_task(name="registration.verify_ledger", ignore_result=True)
def verify_ledger() -> None:
    """Check the ledger, and tell auditors and operators when something is wrong."""
    verification.verify_and_tell()
