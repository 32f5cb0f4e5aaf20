"""What the clock does to pages."""

from django.core.management import call_command

from celery import shared_task


@shared_task(name="cms.publish_scheduled")
def publish_scheduled() -> None:
    """Publish and take down pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)
