"""Messages to a broker as such."""

from typing import Any

from django.db.models import F, QuerySet

from marketplace.brokerage.models import BrokerRequest
from marketplace.kernel.codes import is_valid_code


def addresses_of(user: Any) -> dict[str, str]:
    """By which confirmed contacts a person can be answered: "email", "phone"."""
    found = {}
    if user.email and user.email_verified_at:
        found["email"] = user.email
    if user.phone and user.phone_verified_at:
        found["phone"] = user.phone
    return found


def requests_to(broker_id: int) -> QuerySet[BrokerRequest]:
    """What was written to a broker: open ones first, the newest first in each part."""
    rows = BrokerRequest.objects.filter(broker_id=broker_id)
    return rows.select_related("sender", "organization", "broker").order_by(
        F("done_at").desc(nulls_first=True), "-id"
    )


def open_requests_to(broker_id: int) -> QuerySet[BrokerRequest]:
    """Those that wait for the broker, newest first."""
    rows = BrokerRequest.objects.filter(broker_id=broker_id, done_at=None)
    return rows.select_related("sender", "organization", "broker").order_by("-id")


def open_requests_for(user: Any) -> QuerySet[BrokerRequest]:
    """The same for a person who is a broker."""
    return BrokerRequest.objects.filter(broker__user_id=user.pk, done_at=None)


def request_to(broker_id: int, code: str) -> BrokerRequest | None:
    """The message of this code to this broker."""
    rows = requests_to(broker_id)
    return rows.filter(code=code).first() if is_valid_code(code) else None
