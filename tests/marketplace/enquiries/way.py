"""What the tests of the way to an intent share."""

from datetime import timedelta
from typing import Any

from django.test import Client

from marketplace.enquiries import rulebook
from marketplace.kernel import clock

CHECKS = {code: {"answer": "clear", "note": ""} for code in rulebook.CHECKS}


def values(**more: Any) -> dict[str, Any]:
    """A proposal in which nothing is wrong."""
    return {
        "contract_kind": "license",
        "subject": "胶黏剂配方及工艺许可",
        "amount_fen": 80_000_000,
        "milestones": [
            {"what": "小试", "due": clock.today() + timedelta(days=30), "share": 30},
            {"what": "中试", "due": clock.today() + timedelta(days=90), "share": 70},
        ],
        "checks": CHECKS,
        "pricing_mode": "negotiated",
        **more,
    }


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
