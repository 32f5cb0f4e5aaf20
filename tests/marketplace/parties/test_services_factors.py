"""Second factors outlive a change of SECRET_KEY, and what no key opens is said in words."""

import io
from collections.abc import Callable
from typing import Any

from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from marketplace.journal.models import Entry
from marketplace.kernel.errors import Refused
from marketplace.parties import services
from tests.factories.parties import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(settings: Any) -> str:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the first key", []
    return generate_totp_secret()


@pytest.fixture
def person(secret: str) -> Any:
    user = UserFactory(email="lin@example.com")
    TOTP.activate(user, secret)
    return user


def sign_in(client: Client, secret: str) -> Any:
    """Password, then the code of the app; the last answer."""
    typed = {"login": "lin@example.com", "password": PASSWORD, "by": "email"}
    answer = client.post(reverse("account_login"), typed)
    assert answer["Location"] == reverse("mfa_authenticate")
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return client.post(reverse("mfa_authenticate"), {"code": code})


def test_an_earlier_key_still_opens(
    person: Any, secret: str, client: Client, settings: Any
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    assert sign_in(client, secret)["Location"] == "/workbench/"


def test_once_renewed_the_earlier_key_can_go(
    person: Any, secret: str, client: Client, settings: Any
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    out = io.StringIO()
    call_command("renew_second_factors", stdout=out)
    assert out.getvalue() == "renewed: 1\n"
    settings.SECRET_KEY_FALLBACKS = []
    assert sign_in(client, secret)["Location"] == "/workbench/"


def test_without_the_key_it_is_said_and_can_be_reset(
    person: Any, secret: str, client: Client, settings: Any
) -> None:
    settings.SECRET_KEY = "a key from nowhere"
    answer = sign_in(client, secret)
    assert answer.status_code == 409
    assert "服务器更换过密钥" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 people"):
        call_command("renew_second_factors", stdout=out)
    assert out.getvalue() == "renewed: 0\ncannot be read: lin@example.com\n"
    call_command("reset_second_factor", "Lin@example.com", stdout=io.StringIO())
    assert not Authenticator.objects.exists()
    assert Entry.objects.get(event="SecondFactorReset").subject_id == person.pk
    # The page that was left open asks for a code of a factor that is gone: back to the beginning.
    assert client.post(reverse("mfa_authenticate"), {"code": "123456"}).status_code == 302
    typed = {"login": "lin@example.com", "password": PASSWORD, "by": "email"}
    assert Client().post(reverse("account_login"), typed)["Location"] == "/workbench/"


def test_one_who_cannot_be_read_keeps_nobody_else_back(
    secret: str, settings: Any, as_: Callable[[Any], Client]
) -> None:
    lost, kept = UserFactory(), UserFactory()
    settings.SECRET_KEY = "a lost key"
    TOTP.activate(lost, secret)
    settings.SECRET_KEY = "the first key"
    TOTP.activate(kept, secret)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    assert services.renew_factors() == (1, [lost])
    settings.SECRET_KEY_FALLBACKS = []
    row = Authenticator.objects.get(user=kept)
    assert services.decrypt(row.data["secret"]) == secret
    with pytest.raises(Refused):
        services.decrypt(Authenticator.objects.get(user=lost).data["secret"])


def test_nobody_of_that_name() -> None:
    with pytest.raises(CommandError, match="no such account"):
        call_command("reset_second_factor", "nobody@example.com")
