"""How the shared writes of listings treat a service offer."""

from marketplace.listings.services import Lifecycle, register
from marketplace.offerings import queries
from marketplace.offerings.events import EVENTS
from marketplace.offerings.models import Offering
from marketplace.offerings.workflow import OFFERING

LIFECYCLE = register(
    Lifecycle(
        model=Offering,
        flow=OFFERING,
        events=EVENTS,
        ending=None,
        quality=queries.quality_of,
    )
)
