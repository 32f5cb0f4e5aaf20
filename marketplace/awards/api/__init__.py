"""Results and the work after an award over REST, by the same services as the pages."""

from marketplace.awards.api.deliveries import DeliveryCollection, DeliveryItem, DeliveryMove
from marketplace.awards.api.results import ResultCollection, ResultItem, ResultMove

__all__ = [
    "DeliveryCollection",
    "DeliveryItem",
    "DeliveryMove",
    "ResultCollection",
    "ResultItem",
    "ResultMove",
]
