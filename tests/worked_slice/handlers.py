"""What follows for visits from facts elsewhere."""

from marketplace.kernel.events import on
from marketplace.parties.events import OrganizationSuspended
from tests.worked_slice import services


@on(OrganizationSuspended)
def cancel_visits(event: OrganizationSuspended) -> None:
    """A suspended organisation neither visits nor is visited."""
    services.cancel_visits_of(event.subject_id, because=event)
