"""Questions about brokers, mandates and introductions."""

from marketplace.brokerage.queries.register import (
    broker_of,
    brokers,
    brokers_to_decide,
    content_of,
    entered_brokers,
    holders_of_number,
    missing_of,
    visible_to,
)

__all__ = [
    "broker_of",
    "brokers",
    "brokers_to_decide",
    "content_of",
    "entered_brokers",
    "holders_of_number",
    "missing_of",
    "visible_to",
]
