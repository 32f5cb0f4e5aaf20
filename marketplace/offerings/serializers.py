"""A service offer in the API."""

from marketplace.listings.serializers import ListingRead, ListingWrite
from marketplace.offerings.forms import STEPS


class OfferingRead(ListingRead):
    """A service offer as the public sees it; nothing confidential, no contact."""

    steps = STEPS
    shown = (
        *("category", "description", "standards", "deliverables", "client_provides", "cases"),
        *("regions", "turnaround", "price_mode", "price_min", "price_max", "price_note"),
    )


class OfferingWrite(ListingWrite):
    """A new service offer. Only the title is demanded; submission says what else is missing."""

    steps = STEPS
