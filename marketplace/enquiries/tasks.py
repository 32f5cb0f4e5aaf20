"""What the clock does with enquiries."""

from celery import shared_task

from marketplace.enquiries import services


@shared_task(name="enquiries.purge_codes", ignore_result=True)
def purge_codes() -> None:
    """Forget the hashes of codes that have ended."""
    services.purge_codes()
