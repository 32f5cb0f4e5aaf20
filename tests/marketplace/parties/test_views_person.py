"""Pages of one person: the profile and the tokens for the API."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

import pytest

from tests.factories.parties import (
    PASSWORD,
    UserFactory,
)
from tests.filled import post_seen

pytestmark = pytest.mark.django_db
As = Callable[[Any], Client]


def test_profile_is_saved(as_: As) -> None:
    user = UserFactory()
    client = as_(user)
    url = reverse("parties:profile")
    data = {"name": "王小芳", "language": "en", "email": "evil@example.com", "is_superuser": "on"}
    assert post_seen(client, url, data).status_code == 302
    before = user.email
    user.refresh_from_db()
    assert (user.name, user.language, user.email, user.is_superuser) == (
        "王小芳",
        "en",
        before,
        False,
    )
    for bad in (
        {"name": "", "language": "en"},
        {"name": "甲", "language": "xx"},
        {"name": "x" * 61, "language": "en"},
    ):
        assert client.post(url, bad).status_code == 400


def test_token_page_shows_a_secret_once(as_: As) -> None:
    client = as_(UserFactory())
    url = reverse("parties:tokens")
    data = {"name": "同步", "scope": "read", "days": "90"}
    response = client.post(url, data)
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.post(url, data)
    secret = re.search(r"jb_[\w-]{43}", page.text)[0]
    assert secret not in client.get(url).text
    assert client.post(url, data | {"scope": "admin"}).status_code == 400
    assert client.post(url, data | {"days": "99999"}).status_code == 400
    code = re.search(r"/tokens/(LP[^/]+)/revoke/", client.get(url).text)[1]
    revoke = reverse("parties:token_revoke", args=[code])
    assert as_(UserFactory()).post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    assert code not in client.get(url).text
