"""What tests of pages of contracts share: who is signed in, what a browser would send."""

from typing import Any

from django.test import Client
from django.urls import reverse

from marketplace.deals.models import Contract
from tests.filled import form_with, sent_by


def signed_in(user: Any) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def at(name: str, contract: Contract, *more: Any) -> str:
    """The address of a page of a contract."""
    return reverse(f"deals:{name}", args=[contract.code, *more])


def filled(client: Client, address: str, field: str) -> dict[str, list[str]]:
    """What a browser would send from the form of this field when nothing was touched."""
    return sent_by(form_with(client.get(address).content.decode(), field))


def edited(client: Client, contract: Contract, section: str, field: str, **typed: Any) -> Any:
    """Open a section, type, send."""
    address = at("edit", contract, section)
    return client.post(address, filled(client, address, field) | typed)
