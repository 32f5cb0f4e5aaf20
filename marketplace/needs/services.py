"""How the shared writes of listings treat a need."""

from marketplace.listings.services import Lifecycle, register
from marketplace.needs import queries
from marketplace.needs.events import EVENTS
from marketplace.needs.models import Need
from marketplace.needs.workflow import NEED, SOLVED

LIFECYCLE = register(
    Lifecycle(
        model=Need,
        flow=NEED,
        events=EVENTS,
        ending=SOLVED,
        quality=queries.quality_of,
    )
)
