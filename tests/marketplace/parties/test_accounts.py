"""Sign-up, sign-in, codes, reset, change of contact: by address and by number."""

import re
from collections.abc import Callable
from typing import Any

from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

import pytest

from marketplace.journal.models import Entry
from marketplace.parties import services
from marketplace.parties.models import User
from tests.factories.parties import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SIGNUP = "/accounts/signup/"
LOGIN = "/accounts/login/"


def signup_data(**changes: str) -> dict[str, str]:
    data = {"name": "王芳", "password1": PASSWORD, "agree": "on"}
    return data | changes


def sign_up(client: Client, **changes: str) -> Any:
    by = "phone" if "phone" in changes else "email"
    return client.post(f"{SIGNUP}?by={by}", signup_data(by=by, **changes))


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- sign-up ----------------------------------------------------------------------------------
def test_sign_up_by_email_and_confirm(client: Client, mailed_code: Callable[[], str]) -> None:
    response = sign_up(client, email="Wang@Example.com")
    assert response.status_code == 302
    assert response["Location"] == reverse("account_email_verification_sent")
    user = User.objects.get()
    assert (user.email, user.phone, user.name, user.is_confirmed) == (
        "wang@example.com",
        None,
        "王芳",
        False,
    )
    assert user.consent_version == services.people.CONSENT_VERSION
    assert not signed_in(client)
    page = client.get(response["Location"])
    assert "wang@example.com" in page.text
    response = client.post(response["Location"], {"code": mailed_code()})
    assert response.status_code == 302
    assert signed_in(client)
    user.refresh_from_db()
    assert user.email_verified_at is not None
    events = list(Entry.objects.order_by("id").values_list("event", flat=True))
    assert events == ["PersonRegistered", "ContactConfirmed", "SignedIn"]


def test_sign_up_by_phone_and_confirm(client: Client, sms: list[dict[str, str]]) -> None:
    response = sign_up(client, phone="138 0013 8000")
    assert response["Location"] == reverse("account_verify_phone")
    user = User.objects.get()
    assert (user.email, user.phone) == (None, "+8613800138000")
    assert sms[-1]["to"] == "+8613800138000"
    assert re.fullmatch(r"\d{6}", sms[-1]["code"])
    client.get(response["Location"])
    client.post(response["Location"], {"code": sms[-1]["code"]})
    assert signed_in(client)
    user.refresh_from_db()
    assert user.phone_verified_at is not None


def test_tabs_are_links_and_keep_next(client: Client) -> None:
    page = client.get(f"{SIGNUP}?next=/orgs/")
    assert 'href="?next=%2Forgs%2F&amp;by=phone"' in page.text
    assert 'name="email"' in page.text
    assert 'name="phone"' not in page.text
    page = client.get(f"{SIGNUP}?next=/orgs/&by=phone")
    assert 'name="phone"' in page.text
    assert 'name="email"' not in page.text
    assert 'name="next" value="/orgs/"' in page.text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"email": ""}, "必填"),
        ({"email": "not an address"}, "有效的 Email|合法的邮件地址"),
        ({"phone": ""}, "必填"),
        ({"phone": "12345"}, "请输入 11 位中国大陆手机号码"),
        ({"phone": "+1 650 253 0000"}, "请输入 11 位中国大陆手机号码"),
        ({"email": "a@example.com", "agree": ""}, "请先阅读并同意服务协议和隐私政策"),
        ({"email": "a@example.com", "name": ""}, "必填"),
        ({"email": "a@example.com", "password1": "short"}, "密码至少 12 个字符，现在是 5 个"),
        ({"email": "a@example.com", "password1": "password1234"}, "常见"),
        ({"email": "a@example.com", "password1": "jiebang12345"}, "jiebang"),
        ({"email": "a@example.com", "password1": "123456789012"}, "数字|常见"),
    ],
)
def test_sign_up_says_what_is_wrong_and_keeps_what_was_typed(
    client: Client, changes: dict[str, str], reason: str
) -> None:
    response = sign_up(client, **changes)
    assert response.status_code == 200
    assert not User.objects.exists()
    text = response.context["form"].errors.as_text()
    assert text
    if "必填" not in reason:
        assert re.search(reason, text), text
    if changes.get("name") != "":
        assert "王芳" in response.text


def test_both_contacts_at_once_take_the_tab(client: Client) -> None:
    client.post(
        f"{SIGNUP}?by=email",
        signup_data(by="email", email="a@example.com", phone="13800138000"),
    )
    user = User.objects.get()
    assert (user.email, user.phone) == ("a@example.com", None)


def test_service_demands_exactly_one_contact() -> None:
    for contact in ({}, {"email": "a@example.com", "phone": "+8613800138000"}):
        with pytest.raises(services.people.InvalidInput):
            services.register_person(User(), name="甲", password=PASSWORD, **contact)


def test_database_demands_a_contact() -> None:
    for fields in ({}, {"email": ""}, {"phone": "13800138000"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(name="甲", **fields)


def test_posted_extra_fields_change_nothing(client: Client) -> None:
    sign_up(
        client,
        email="a@example.com",
        is_superuser="on",
        is_staff="on",
        email_verified_at="2026-01-01",
        is_sample="on",
        platform_roles="operator",
    )
    user = User.objects.get()
    assert (user.is_superuser, user.is_staff, user.is_sample) == (False, False, False)
    assert user.email_verified_at is None
    assert user.access.roles == frozenset()


def test_honeypot_makes_no_account(client: Client) -> None:
    response = sign_up(client, email="a@example.com", homepage="http://spam.example")
    assert response.status_code == 302
    assert not User.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("by", ["email", "phone"])
def test_known_contact_answers_like_a_new_one(
    client: Client, by: str, sms: list[dict[str, str]]
) -> None:
    known = {"email": "known@example.com", "phone": "+8613800138000"}[by]
    UserFactory(**({"email": known} if by == "email" else {"email": None, "phone": known}))
    fresh = {"email": "fresh@example.com", "phone": "13900139000"}[by]
    answers = []
    for contact in (fresh, known):
        cache.clear()
        own = Client()
        first = sign_up(own, **{by: contact})
        page = own.get(first["Location"])
        wrong = own.post(first["Location"], {"code": "000000"})
        answers.append((first.status_code, first["Location"], page.status_code, wrong.status_code))
        plain = page.text.replace(contact, "").replace("+8613900139000", "")
        answers[-1] += (re.sub(r'value="[^"]*"|"csrf[^"]*"', "", plain).count("<"),)
    assert answers[0] == answers[1]
    assert User.objects.count() == 2
    if by == "email":
        assert "您已有账号" in mail.outbox[-1].subject
    else:
        assert sms[-1]["template"] == "already_registered"


def test_code_of_a_known_contact_never_fits(client: Client) -> None:
    UserFactory(email="known@example.com")
    sign_up(client, email="known@example.com")
    url = reverse("account_email_verification_sent")
    for code in ("", "000000", "None"):
        client.post(url, {"code": code})
    assert not signed_in(client)


def test_unconfirmed_account_gives_its_contact_free_after_an_hour(client: Client) -> None:
    sign_up(client, email="a@example.com")
    squatter = User.objects.get()
    assert services.discard_unconfirmed(email="a@example.com") == 0
    User.objects.filter(pk=squatter.pk).update(
        date_joined=squatter.date_joined - services.people.UNCONFIRMED_AGE
    )
    cache.clear()
    sign_up(Client(), email="a@example.com", name="真人")
    assert User.objects.get().name == "真人"


def test_confirmed_account_is_never_discarded() -> None:
    user = UserFactory(email="a@example.com")
    User.objects.filter(pk=user.pk).update(date_joined="2020-01-01T00:00:00Z")
    assert services.discard_unconfirmed(email="a@example.com") == 0


def test_wrong_code_three_times_ends_the_sign_up(
    client: Client, mailed_code: Callable[[], str]
) -> None:
    url = sign_up(client, email="a@example.com")["Location"]
    code = mailed_code()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(3):
        client.post(url, {"code": wrong})
    client.post(url, {"code": code})
    assert not signed_in(client)
    assert not User.objects.get().is_confirmed


# --- sign-in ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "login", ["a@example.com", " A@EXAMPLE.com ", "138-0013-8000", "+86 13800138000"]
)
def test_sign_in_by_either_contact_on_either_tab(client: Client, login: str) -> None:
    UserFactory(email="a@example.com", phone="+8613800138000")
    response = client.post(
        f"{LOGIN}?by=phone", {"login": login, "password": PASSWORD, "by": "phone"}
    )
    assert response.status_code == 302
    assert signed_in(client)
    assert Entry.objects.filter(event="SignedIn").count() == 1


def test_unknown_account_answers_like_a_wrong_password(client: Client) -> None:
    UserFactory(email="known@example.com", phone="+8613800138000")
    for known, unknown in (("known@example.com", "no@example.com"), ("13800138000", "13900139000")):
        pages = [
            client.post(LOGIN, {"login": login, "password": "wrong password 12"})
            for login in (known, unknown)
        ]
        assert pages[0].status_code == pages[1].status_code == 200
        errors = [page.context["form"].non_field_errors() for page in pages]
        assert errors[0] == errors[1]
    assert Entry.objects.filter(event="SignInFailed").count() == 2


@pytest.mark.parametrize("login", ["", "nonsense", "\x00", "\ud800", "a" * 5000, "a@", "++86"])
def test_nonsense_as_login_is_told_at_the_field(client: Client, login: str) -> None:
    response = client.post(
        LOGIN, {"login": login.encode("utf-8", "replace").decode(), "password": "x"}
    )
    assert response.status_code == 200
    assert response.context["form"].errors["login"]


def test_inactive_account_does_not_enter(client: Client) -> None:
    UserFactory(email="a@example.com", is_active=False)
    response = client.post(LOGIN, {"login": "a@example.com", "password": PASSWORD})
    assert not signed_in(client)
    assert response["Location"] == reverse("account_inactive")
    assert client.get(response["Location"]).status_code == 200


def test_unconfirmed_account_confirms_before_it_enters(
    client: Client, mailed_code: Callable[[], str]
) -> None:
    UserFactory(email="a@example.com", email_verified_at=None)
    response = client.post(LOGIN, {"login": "a@example.com", "password": PASSWORD})
    assert not signed_in(client)
    client.post(response["Location"], {"code": mailed_code()})
    assert signed_in(client)


def test_ten_wrong_passwords_close_that_account_only(client: Client) -> None:
    UserFactory(email=None, phone="+8613800138000", phone_verified_at="2026-01-01T00:00:00Z")
    UserFactory(email=None, phone="+8613900139000", phone_verified_at="2026-01-01T00:00:00Z")
    for _ in range(10):
        client.post(LOGIN, {"login": "13800138000", "password": "wrong password 12"})
    page = client.post(LOGIN, {"login": "13800138000", "password": PASSWORD})
    assert "尝试次数过多" in page.text
    assert not signed_in(client)
    client.post(LOGIN, {"login": "13900139000", "password": PASSWORD})
    assert signed_in(client)


def test_sign_in_page_is_limited_by_network(client: Client) -> None:
    statuses = [
        client.post(LOGIN, {"login": f"p{n}@example.com", "password": "x"}).status_code
        for n in range(31)
    ]
    assert statuses[-1] == 429


def test_next_stays_on_this_site(client: Client) -> None:
    UserFactory(email="a@example.com")
    data = {"login": "a@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(LOGIN, data)["Location"] == "/workbench/"


def test_sign_in_by_code(client: Client, sms: list[dict[str, str]]) -> None:
    UserFactory(email=None, phone="+8613800138000", phone_verified_at="2026-01-01T00:00:00Z")
    response = client.post(reverse("account_request_login_code"), {"login": "13800138000"})
    page = client.get(response["Location"])
    assert "如果" in page.text
    client.post(response["Location"], {"code": sms[-1]["code"]})
    assert signed_in(client)


def test_sign_in_code_for_an_unknown_contact_looks_the_same(
    client: Client, sms: list[dict[str, str]]
) -> None:
    UserFactory(email=None, phone="+8613800138000", phone_verified_at="2026-01-01T00:00:00Z")
    url = reverse("account_request_login_code")
    answers = []
    for number in ("13800138000", "13900139000"):
        own = Client()
        first = own.post(url, {"login": number})
        page = own.get(first["Location"])
        answers.append((first.status_code, first["Location"], page.text.count("<")))
    assert answers[0] == answers[1]
    assert [message["to"] for message in sms] == ["+8613800138000"]


# --- reset and change -------------------------------------------------------------------------
def reset(client: Client, contact: str, code: Callable[[], str], password: str) -> Any:
    response = client.post(reverse("account_reset_password"), {"email": contact})
    assert response.status_code == 302, response.context["form"].errors
    client.get(response["Location"])
    response = client.post(response["Location"], {"code": code()})
    return client.post(response["Location"], {"password1": password, "password2": password})


def test_reset_by_mail_ends_other_sessions(
    client: Client, as_: Callable[[Any], Client], mailed_code: Callable[[], str]
) -> None:
    user = UserFactory(email="a@example.com")
    other = as_(user)
    response = reset(client, "a@example.com", mailed_code, "another long pass-phrase")
    assert client.get(response["Location"]).status_code == 200
    assert not signed_in(client)
    assert other.get(reverse("parties:profile")).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long pass-phrase")
    assert Entry.objects.filter(event="PasswordChanged", payload__by="reset").exists()


def test_reset_by_sms(client: Client, sms: list[dict[str, str]]) -> None:
    user = UserFactory(email=None, phone="+8613800138000", phone_verified_at="2026-01-01T00:00:00Z")
    reset(client, "138 0013 8000", lambda: sms[-1]["code"], "another long pass-phrase")
    user.refresh_from_db()
    assert user.check_password("another long pass-phrase")


@pytest.mark.parametrize("contact", ["no@example.com", "13900139000"])
def test_reset_of_an_unknown_contact_looks_the_same(client: Client, contact: str) -> None:
    response = client.post(reverse("account_reset_password"), {"email": contact})
    assert response["Location"] == reverse("account_confirm_password_reset_code")
    assert "如果" in client.get(response["Location"]).text
    assert client.post(response["Location"], {"code": ""}).status_code == 200


def test_reset_refuses_a_weak_password(client: Client, mailed_code: Callable[[], str]) -> None:
    user = UserFactory(email="a@example.com")
    page = reset(client, "a@example.com", mailed_code, "short")
    assert page.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def reauthenticate(client: Client) -> None:
    response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert response.status_code == 302


def test_change_of_email_asks_for_the_password_and_the_code(
    as_: Callable[[Any], Client], mailed_code: Callable[[], str]
) -> None:
    user = UserFactory(email="old@example.com")
    client = as_(user)
    url = reverse("account_email")
    response = client.post(url, {"email": "new@example.com", "action_add": "1"})
    assert response["Location"].startswith(reverse("account_reauthenticate"))
    reauthenticate(client)
    response = client.post(url, {"email": "new@example.com", "action_add": "1"})
    assert response["Location"] == reverse("account_email_verification_sent")
    user.refresh_from_db()
    assert user.email == "old@example.com"
    client.post(response["Location"], {"code": mailed_code()})
    user.refresh_from_db()
    assert user.email == "new@example.com"
    assert user.email_verified_at is not None
    client.post(reverse("account_logout"))
    client.post(LOGIN, {"login": "new@example.com", "password": PASSWORD})
    assert signed_in(client)


def test_change_to_a_taken_email_does_not_tell_before_the_code(
    as_: Callable[[Any], Client],
) -> None:
    UserFactory(email="taken@example.com")
    user = UserFactory(email="old@example.com")
    client = as_(user)
    reauthenticate(client)
    response = client.post(
        reverse("account_email"), {"email": "taken@example.com", "action_add": "1"}
    )
    assert response["Location"] == reverse("account_email_verification_sent")
    user.refresh_from_db()
    assert user.email == "old@example.com"


def test_email_can_not_be_removed(as_: Callable[[Any], Client]) -> None:
    user = UserFactory(email="a@example.com")
    client = as_(user)
    client.get(reverse("account_email"))
    reauthenticate(client)
    client.get(reverse("account_email"))
    client.post(reverse("account_email"), {"email": "a@example.com", "action_remove": "1"})
    user.refresh_from_db()
    assert user.email == "a@example.com"


def test_change_of_phone(as_: Callable[[Any], Client], sms: list[dict[str, str]]) -> None:
    user = UserFactory(email="a@example.com")
    client = as_(user)
    reauthenticate(client)
    response = client.post(reverse("account_change_phone"), {"phone": "13800138000"})
    user.refresh_from_db()
    assert user.phone is None
    client.get(response["Location"])
    client.post(response["Location"], {"code": sms[-1]["code"]})
    user.refresh_from_db()
    assert (user.phone, bool(user.phone_verified_at)) == ("+8613800138000", True)


def test_change_to_a_taken_phone_is_refused_after_the_code(
    as_: Callable[[Any], Client], sms: list[dict[str, str]]
) -> None:
    UserFactory(phone="+8613800138000")
    user = UserFactory()
    client = as_(user)
    reauthenticate(client)
    response = client.post(reverse("account_change_phone"), {"phone": "13800138000"})
    assert response.status_code == 302
    page = client.post(response["Location"], {"code": sms[-1]["code"]})
    assert page.status_code == 200
    user.refresh_from_db()
    assert user.phone is None


def test_change_of_password(as_: Callable[[Any], Client]) -> None:
    user = UserFactory()
    client = as_(user)
    url = reverse("account_change_password")
    new = "another long pass-phrase"
    page = client.post(url, {"oldpassword": "wrong", "password1": new, "password2": new})
    assert page.status_code == 200
    client.post(url, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.check_password(new)
    assert "密码已修改" in mail.outbox[-1].subject
    assert client.get(reverse("parties:profile")).status_code == 200


def test_sessions_elsewhere_are_ended(client: Client) -> None:
    user = UserFactory(email="a@example.com")
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.post(LOGIN, {"login": "a@example.com", "password": PASSWORD})
    page = browsers[0].get(reverse("usersessions_list"))
    assert page.text.count("<tr>") == 3
    browsers[0].post(reverse("usersessions_list"))
    assert browsers[0].get(reverse("parties:profile")).status_code == 200
    assert browsers[1].get(reverse("parties:profile")).status_code == 302
    assert user.is_active


def test_mails_are_in_the_readers_language(client: Client) -> None:
    UserFactory(email="a@example.com", language="en", email_verified_at=None)
    client.post(LOGIN, {"login": "a@example.com", "password": PASSWORD})
    assert mail.outbox[-1].to == ["a@example.com"]
    assert "%" not in mail.outbox[-1].subject
    assert "{{" not in str(mail.outbox[-1].body)


def test_pages_keep_the_name_of_the_site(client: Client, settings: Any) -> None:
    page = client.get(LOGIN)
    title = page.text.partition("<title>")[2].partition("</title>")[0]
    assert settings.SITE_NAME in title
    assert "testserver" not in title
