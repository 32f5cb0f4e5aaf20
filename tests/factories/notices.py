"""Readers of notices, and notices."""

from typing import Any

from django.contrib.auth import get_user_model

from marketplace.kernel import clock
from marketplace.notices.models import Notice


def make_reader(email: str = "reader@example.com", **fields: Any) -> Any:
    """A person whose address is confirmed."""
    fields.setdefault("email_verified_at", clock.now())
    fields.setdefault("name", "李明")
    return get_user_model().objects.create_user(email=email, **fields)


def make_notice(recipient: Any, **fields: Any) -> Notice:
    """An unread notice without mail."""
    fields.setdefault("kind", "tests.returned")
    fields.setdefault("title_id", "需求被退回")
    fields.setdefault("dedupe", Notice._meta.get_field("code").get_default())
    return Notice.objects.create(recipient=recipient, **fields)
