"""The states of a service offer and the moves between them.

A service is offered again and again, so no sale ends the offer: it expires, or its owner withdraws it (ADR 39).
"""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.workflow import listing_flow

OFFERING = listing_flow("offerings.offering", published=_("可委托"), ending=None)
Status = OFFERING.states
