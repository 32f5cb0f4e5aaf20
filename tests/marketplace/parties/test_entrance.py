"""Who is kept out by wrong passwords and codes, and who is not; what a stranger's inbox receives."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import pytest

from marketplace.kernel import clock
from marketplace.parties import queries, services
from marketplace.parties.adapters import devices
from marketplace.parties.models import User
from marketplace.parties.services import attempts
from tests.cast import Cast
from tests.factories.parties import PASSWORD, OrganizationFactory, UserFactory, make_member

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
OWNER = "owner@example.com"
WRONG = "wrong password 12"


def log_in(client: Client, password: str = PASSWORD, *, at: str = "203.0.113.5") -> HttpResponse:
    """Try a password for the owner's account from an address."""
    cache.clear()  # allauth counts requests of an address for itself, right ones too
    return client.post(LOGIN, {"login": OWNER, "password": password}, REMOTE_ADDR=at)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def owner() -> User:
    return UserFactory(email=OWNER, phone="+8613800138000", phone_verified_at=clock.now())


# --- passwords --------------------------------------------------------------------------------
def test_wrong_passwords_of_an_outsider_keep_the_outsider_out_and_not_the_owner(
    owner: User,
) -> None:
    outsider = Client()
    answers = [log_in(outsider, WRONG, at="198.51.100.7").status_code for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    home = Client()
    assert log_in(home).status_code == 302
    assert signed_in(home)


def test_too_many_is_429_with_a_page_and_the_seconds_to_wait(owner: User) -> None:
    client = Client()
    for _ in range(10):
        log_in(client, WRONG)
    refused = log_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert "或改用验证码登录" in refused.text
    assert not signed_in(client)
    with clock.shift(timedelta(minutes=10)):
        assert log_in(client).status_code == 302


def test_the_right_password_is_counted_nowhere(owner: User) -> None:
    for _ in range(12):
        assert log_in(Client()).status_code == 302
    for _ in range(9):
        log_in(Client(), WRONG)
    assert log_in(Client()).status_code == 302
    log_in(Client(), WRONG)
    assert log_in(Client()).status_code == 429


def test_many_networks_close_an_account_to_unknown_devices_only(
    owner: User, sms: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "ACCOUNT", "5/1h")
    known, unknown = Client(), Client()
    log_in(known)
    known.post(reverse("account_logout"))
    for number in range(5):
        log_in(Client(), WRONG, at=f"198.51.{number}.7")
    assert log_in(unknown).status_code == 429
    assert log_in(known).status_code == 302
    assert signed_in(known)
    # By code, from a device that nobody has seen before.
    asked = unknown.post(reverse("account_request_login_code"), {"login": "13800138000"})
    unknown.post(asked["Location"], {"code": sms[-1]["code"]})
    assert signed_in(unknown)


def test_a_new_password_opens_the_account_again(
    owner: User, monkeypatch: pytest.MonkeyPatch, mailed_code: Callable[[], str]
) -> None:
    monkeypatch.setattr(attempts, "ACCOUNT", "5/1h")
    for number in range(5):
        log_in(Client(), WRONG, at=f"198.51.{number}.7")
    client, fresh = Client(), "another long pass-phrase"
    asked = client.post(reverse("account_reset_password"), {"email": OWNER})
    confirmed = client.post(asked["Location"], {"code": mailed_code()})
    client.post(confirmed["Location"], {"password1": fresh, "password2": fresh})
    assert log_in(Client(), fresh).status_code == 302


def test_one_network_trying_many_accounts_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "NETWORK", "5/10m")
    answers = [
        Client().post(LOGIN, {"login": f"p{number}@example.com", "password": "x"}).status_code
        for number in range(6)
    ]
    assert answers == [200] * 5 + [429]


def test_a_known_device_is_limited_too(owner: User) -> None:
    known = Client()
    log_in(known)
    known.post(reverse("account_logout"))
    answers = [log_in(known, WRONG).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    # That was the device's own count: the account is open elsewhere.
    assert log_in(Client()).status_code == 302


def test_a_device_is_known_for_its_own_accounts_only(owner: User) -> None:
    UserFactory(email="other@example.com")
    client = Client()
    client.post(LOGIN, {"login": "other@example.com", "password": PASSWORD})
    client.post(reverse("account_logout"))
    assert client.cookies[devices.COOKIE]["httponly"]
    for _ in range(10):
        log_in(client, WRONG)
    # As from any device in this network.
    assert log_in(Client()).status_code == 429


@pytest.mark.parametrize("value", ["", "x", "eyJ9:1:2", '{"id": "a", "accounts": [1]}', "\udcff"])
def test_a_forged_device_is_none(owner: User, value: str) -> None:
    client = Client()
    client.cookies[devices.COOKIE] = value.encode("utf-8", "replace").decode()
    assert log_in(client, WRONG).status_code == 200
    assert log_in(client).status_code == 302


# --- codes ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("route", "field"),
    [("account_request_login_code", "login"), ("account_reset_password", "email")],
)
def test_codes_that_an_outsider_asks_for_leave_some_for_the_owner(
    owner: User, route: str, field: str
) -> None:
    def ask(at: str) -> HttpResponse:
        cache.clear()
        return Client().post(reverse(route), {field: OWNER}, REMOTE_ADDR=at)

    answers = [ask("198.51.100.7") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 0
    assert ask("203.0.113.5").status_code == 302
    assert len(mail.outbox) == 6


def test_the_resend_of_a_code_at_once_is_429(client: Client, sms: list[dict[str, str]]) -> None:
    data = {"by": "phone", "phone": "13800138000", "name": "王芳", "agree": "on"}
    first = client.post("/accounts/signup/?by=phone", {**data, "password1": PASSWORD})
    again = client.post(first["Location"], {"action": "resend"})
    assert again.status_code == 429
    assert int(again["Retry-After"]) > 0
    assert len(sms) == 1


def test_a_second_factor_tried_too_often_is_429(client: Client) -> None:
    from tests.factories.parties import make_staff

    make_staff("operator", email="staff@example.com")
    client.post(LOGIN, {"login": "staff@example.com", "password": PASSWORD})
    url = reverse("mfa_authenticate")
    answers = [client.post(url, {"code": "000000"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


# --- equal work -------------------------------------------------------------------------------
@pytest.fixture
def at_the_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The statements of a request up to its answer; what comes after it nobody can time."""

    def statements(send: Callable[[], Any]) -> list[str]:
        counts: list[int] = []
        close = HttpResponse.close

        def closing(response: HttpResponse) -> None:
            counts.append(len(captured.captured_queries))
            close(response)

        with CaptureQueriesContext(connection) as captured, monkeypatch.context() as patch:
            patch.setattr(HttpResponse, "close", closing)
            send()
        return [row["sql"].split(" WHERE")[0][:60] for row in captured.captured_queries][
            : counts[0]
        ]

    return statements


@pytest.mark.parametrize(
    ("known", "unknown"), [(OWNER, "nobody@example.com"), ("13800138000", "13900139000")]
)
@pytest.mark.parametrize(
    ("route", "field"),
    [("account_reset_password", "email"), ("account_request_login_code", "login")],
)
def test_a_known_contact_is_as_much_work_as_an_unknown_one(
    owner: User,
    at_the_answer: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    route: str,
    field: str,
    known: str,
    unknown: str,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(
        "marketplace.parties.adapters.accounts.send_sms", lambda *a, **_k: sent.append(a[0])
    )

    def ask(contact: str) -> list[str]:
        return at_the_answer(lambda: Client().post(reverse(route), {field: contact}))

    # The first request of a contact opens the windows in which it is counted.
    for contact in (unknown, known):
        ask(contact)
    assert len(ask(known)) == len(ask(unknown))


def test_a_mail_that_cannot_be_sent_changes_no_answer(
    owner: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("mail.example.com " + OWNER)

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", broken)
    response = Client().post(reverse("account_reset_password"), {"email": OWNER})
    assert response.status_code == 302
    assert "OSError" in caplog.text
    assert OWNER not in caplog.text


# --- what strangers receive -------------------------------------------------------------------
BAIT = "中奖请点 evil.example/x 领取"


def test_mails_to_an_address_nobody_has_confirmed_carry_no_text_of_the_applicant(
    client: Client, as_: Callable[[Any], Client]
) -> None:
    data = {"by": "email", "email": "victim@example.com", "name": BAIT, "agree": "on"}
    first = client.post("/accounts/signup/", {**data, "password1": PASSWORD})
    assert User.objects.get().name == BAIT
    with clock.shift(timedelta(minutes=1)):
        cache.clear()
        client.post(first["Location"], {"action": "resend"})
        Client().post(reverse("account_reset_password"), {"email": "victim@example.com"})
        Client().post(reverse("account_request_login_code"), {"login": "victim@example.com"})
        Client().post("/accounts/signup/", {**data, "password1": PASSWORD})
    # And from within: a confirmed person who gives a stranger's address as their new one.
    person = UserFactory(email="real@example.com", name=BAIT)
    own = as_(person)
    own.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    own.post(reverse("account_email"), {"email": "victim2@example.com", "action_add": "1"})
    assert {message.to[0] for message in mail.outbox} == {
        "victim@example.com",
        "victim2@example.com",
    }
    assert len(mail.outbox) >= 5
    for message in mail.outbox:
        assert "evil" not in f"{message.subject} {message.body}"
        assert "中奖" not in f"{message.subject} {message.body}"


def test_who_has_confirmed_an_address_is_called_by_name() -> None:
    UserFactory(email=OWNER, name="王芳")
    Client().post(reverse("account_reset_password"), {"email": OWNER})
    assert "王芳，您好：" in mail.outbox[-1].body


def test_an_invitation_names_a_verified_organisation_and_no_other_text(
    cast: Cast, django_capture_on_commit_callbacks: Any, sms: list[dict[str, str]], drain: Any
) -> None:
    User.objects.filter(pk=cast.org_admin.pk).update(name=BAIT)
    cast.org_admin.refresh_from_db()
    reader = UserFactory(email="reader@example.com")
    unproven = OrganizationFactory(name=BAIT, status="draft", verified_at=None)
    admin = make_member(unproven, "org_admin", name=BAIT)
    with django_capture_on_commit_callbacks(execute=True):
        for org, actor in ((cast.enterprise, cast.org_admin), (unproven, admin)):
            services.invite_member(org, role="member", actor=actor, email="new@example.com")
            services.invite_member(org, role="member", actor=actor, email=reader.email)
            services.invite_member(org, role="member", actor=actor, phone="+8613900139000")
        drain()
    texts = [f"{message.subject} {message.body}" for message in mail.outbox]
    texts += [message["text"] for message in sms]
    assert sum("沂蒙磁材有限公司" in text for text in texts) >= 3
    assert sum("一家尚未认证的单位" in text for text in texts) >= 3
    assert not [text for text in texts if "evil" in text]


# --- keys to the API --------------------------------------------------------------------------
def test_a_new_password_ends_the_keys_to_the_api_and_says_so(
    as_: Callable[[Any], Client],
) -> None:
    user = UserFactory(email=OWNER)
    fresh = services.create_token(user, name="同步", scope="write")
    own = as_(user)
    page = own.get(reverse("account_change_password"))
    assert "接口令牌会全部失效" in page.text
    new = "another long pass-phrase"
    own.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert queries.valid_token(fresh.secret) is None
    assert "接口令牌（如有）已全部失效" in mail.outbox[-1].body
