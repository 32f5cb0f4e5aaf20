"""Staff without a second factor reach nothing but its set-up."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.test import Client
from django.urls import reverse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from marketplace.journal.models import Entry
from marketplace.parties.adapters import MFAAdapter
from marketplace.parties.policies import STAFF_ROLES, Role
from tests.factories.parties import PASSWORD, UserFactory, make_staff

pytestmark = pytest.mark.django_db
SETUP = "/accounts/2fa/totp/activate/"


def code_now(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.parametrize("role", Role.values)
def test_staff_is_led_to_the_set_up(as_: Callable[[Any], Client], role: str) -> None:
    client = as_(make_staff(role, factor=False))
    response = client.get(reverse("parties:profile"))
    if role in STAFF_ROLES:
        assert (response.status_code, response["Location"]) == (302, SETUP)
        assert client.get(reverse("parties:organizations")).status_code == 302
        assert client.post(reverse("parties:tokens"), {"name": "x"}).status_code == 302
    else:
        assert response.status_code == 200


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_with_a_factor_passes(as_: Callable[[Any], Client], role: str) -> None:
    assert as_(make_staff(role)).get(reverse("parties:profile")).status_code == 200


def test_superuser_counts_as_staff(as_: Callable[[Any], Client]) -> None:
    client = as_(UserFactory(is_superuser=True, is_staff=True))
    assert client.get(reverse("parties:profile"))["Location"] == SETUP


def test_everybody_else_passes(as_: Callable[[Any], Client], client: Client) -> None:
    assert as_(UserFactory()).get(reverse("parties:profile")).status_code == 200
    assert client.get(reverse("parties:organizations")).status_code == 200


@pytest.mark.parametrize(
    ("switch", "is_sample", "passes"),
    [(True, True, True), (True, False, False), (False, True, False), (False, False, False)],
)
def test_sample_accounts_pass_where_samples_are_on(
    as_: Callable[[Any], Client], settings: Any, switch: bool, is_sample: bool, passes: bool
) -> None:
    settings.SAMPLE_ACCOUNTS = switch
    client = as_(make_staff("operator", factor=False, is_sample=is_sample))
    assert (client.get(reverse("parties:profile")).status_code == 200) == passes


def test_api_answers_with_a_problem(as_: Callable[[Any], Client]) -> None:
    response = as_(make_staff("auditor", factor=False)).get("/api/v1/needs/")
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 403


def test_way_through_the_set_up(client: Client) -> None:
    user = make_staff("registrar_city", factor=False, email="r@example.com")
    client.post(reverse("account_login"), {"login": "r@example.com", "password": PASSWORD})
    assert client.get(reverse("parties:security"))["Location"] == SETUP
    response = client.get(SETUP)
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(response["Location"]).status_code == 200
    response = client.post(response["Location"], {"password": PASSWORD, "next": SETUP})
    page = client.get(SETUP)
    assert page.status_code == 200
    assert "data:image/svg+xml;base64," in page.text
    secret = page.context["form"].secret
    wrong = client.post(SETUP, {"code": "000000"})
    assert wrong.status_code == 200
    response = client.post(SETUP, {"code": code_now(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    page = client.get(response["Location"])
    assert page.text.count("<code>") == 10
    assert len(client.get(reverse("mfa_download_recovery_codes")).text.split()) == 10
    assert client.get(reverse("parties:security")).status_code == 200
    assert secret not in str(list(Authenticator.objects.values("data")))
    assert Authenticator.objects.filter(user=user).count() == 2


def test_second_factor_is_asked_for_once_each(client: Client) -> None:
    user = make_staff("operator", email="o@example.com")
    secret = Authenticator.objects.get(user=user).wrap().instance.data["secret"]
    secret = MFAAdapter().decrypt(secret)
    code = code_now(secret)
    response = client.post(
        reverse("account_login"), {"login": "o@example.com", "password": PASSWORD}
    )
    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(response["Location"]).status_code == 200
    assert client.post(response["Location"], {}).status_code == 200
    assert client.post(response["Location"], {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(response["Location"], {"code": code})
    assert "_auth_user_id" in client.session
    other = Client()
    response = other.post(
        reverse("account_login"), {"login": "o@example.com", "password": PASSWORD}
    )
    other.post(response["Location"], {"code": code})
    assert "_auth_user_id" not in other.session
    assert Entry.objects.filter(event="SignedIn", payload__method="mfa").count() == 1


def test_reset_does_not_go_around_the_second_factor(
    client: Client, mailed_code: Callable[[], str]
) -> None:
    make_staff("operator", email="o@example.com")
    response = client.post(reverse("account_reset_password"), {"email": "o@example.com"})
    response = client.post(response["Location"], {"code": mailed_code()})
    new = "another long pass-phrase"
    client.post(response["Location"], {"password1": new, "password2": new})
    cache.clear()
    response = client.post(reverse("account_login"), {"login": "o@example.com", "password": new})
    assert response["Location"] == reverse("mfa_authenticate")


def test_staff_does_not_switch_it_off(as_: Callable[[Any], Client]) -> None:
    user = make_staff("operator")
    client = as_(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_deactivate_totp"))
    assert "您的平台角色要求两步验证，不能关闭" in page.text
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_others_switch_it_off(as_: Callable[[Any], Client]) -> None:
    user = make_staff("expert")
    client = as_(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_index")).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=user).exists()


def test_account_made_by_a_command_sets_it_up_too(as_: Callable[[Any], Client]) -> None:
    client = as_(make_staff("operator", factor=False))
    assert client.get(reverse("account_email")).status_code == 200
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(SETUP).status_code == 200
