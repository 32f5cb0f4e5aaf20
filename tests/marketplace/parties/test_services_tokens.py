"""Keys to the API and roles on the platform."""

from datetime import timedelta
from io import StringIO

from django.core.management import CommandError, call_command

import pytest

from marketplace.journal.models import Entry
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.parties import queries, services
from marketplace.parties.models import ApiToken
from tests.cast import Cast
from tests.factories.parties import UserFactory, make_staff

pytestmark = pytest.mark.django_db


def test_token_is_stored_as_hash_and_found_again() -> None:
    user = UserFactory()
    fresh = services.create_token(user, name="同步", scope="write")
    row = ApiToken.objects.values().get()
    assert fresh.secret not in str(row)
    assert row["sha256"] == queries.hash_of(fresh.secret)
    assert fresh.secret.startswith("jb_")
    assert fresh.secret.startswith(row["prefix"])
    assert queries.valid_token(fresh.secret).user == user  # type: ignore[union-attr]
    assert fresh.secret not in str(list(Entry.objects.values()))


def test_two_tokens_differ() -> None:
    user = UserFactory()
    secrets = {services.create_token(user, name="x").secret for _ in range(5)}
    assert len(secrets) == 5
    assert min(len(secret) for secret in secrets) >= 46


@pytest.mark.parametrize(
    "raw", ["", "jb_", "jb_" + "x" * 43, "x", "jb_" + "x" * 10_000, "jb_\ud800", "\x00"]
)
def test_nonsense_is_nobodys_token(raw: str) -> None:
    services.create_token(UserFactory(), name="x")
    assert queries.valid_token(raw) is None


def test_token_ends(cast: Cast) -> None:
    user = UserFactory()
    ends = clock.now() + timedelta(days=1)
    fresh = services.create_token(user, name="x", expires_at=ends)
    with clock.shift(timedelta(days=1, seconds=1)):
        assert queries.valid_token(fresh.secret) is None
    services.revoke_token(fresh.token, actor=user)
    services.revoke_token(fresh.token, actor=user)
    assert queries.valid_token(fresh.secret) is None
    assert Entry.objects.filter(event="ApiTokenRevoked").count() == 1
    with pytest.raises(NotVisible):
        queries.token_of(user, fresh.token.code)


def test_token_of_someone_else_is_not_found() -> None:
    fresh = services.create_token(UserFactory(), name="x")
    with pytest.raises(NotVisible):
        queries.token_of(UserFactory(), fresh.token.code)


def test_token_dies_with_its_person() -> None:
    user = UserFactory()
    fresh = services.create_token(user, name="x")
    user.is_active = False
    user.save()
    assert queries.valid_token(fresh.secret) is None


def test_token_of_staff_without_second_factor_is_void() -> None:
    fresh = services.create_token(make_staff("operator", factor=False), name="x")
    assert queries.valid_token(fresh.secret) is None
    fresh = services.create_token(make_staff("operator"), name="x")
    assert queries.valid_token(fresh.secret) is not None


def test_token_is_bounded() -> None:
    user = UserFactory()
    with pytest.raises(InvalidInput):
        services.create_token(user, name="x", scope="admin")
    with pytest.raises(InvalidInput):
        services.create_token(user, name="x", expires_at=clock.now())
    for _ in range(services.tokens.MOST):
        services.create_token(user, name="x")
    with pytest.raises(Refused):
        services.create_token(user, name="x")


def test_use_is_noted_now_and_then() -> None:
    token = services.create_token(UserFactory(), name="x").token
    services.note_token_use(token)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    services.note_token_use(token)
    token.refresh_from_db()
    assert token.last_used_at == first
    with clock.shift(timedelta(minutes=6)):
        services.note_token_use(token)
    token.refresh_from_db()
    assert token.last_used_at > first


# --- roles ------------------------------------------------------------------------------------
def test_security_admin_gives_and_takes_roles(cast: Cast) -> None:
    services.grant_role(cast.member, "expert", actor=cast.security_admin)
    services.grant_role(cast.member, "expert", actor=cast.security_admin)
    assert cast.member.access.roles == {"expert"}
    assert Entry.objects.filter(event="PlatformRoleGranted").count() == 1
    services.revoke_role(cast.member, "expert", actor=cast.security_admin)
    assert cast.member.access.roles == frozenset()


@pytest.mark.parametrize("role", ["operator", "org_admin", "auditor", "registrar_city", "member"])
def test_nobody_else_gives_roles(cast: Cast, role: str) -> None:
    with pytest.raises(Forbidden):
        services.grant_role(cast.outsider, "operator", actor=cast[role])


def test_nobody_changes_their_own_roles(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        services.grant_role(cast.security_admin, "expert", actor=cast.security_admin)
    with pytest.raises(Forbidden):
        services.revoke_role(cast.security_admin, "security_admin", actor=cast.security_admin)


def test_three_powers_stay_apart(cast: Cast) -> None:
    for person, role in (
        (cast.operator, "auditor"),
        (cast.auditor, "operator"),
        (cast.operator, "security_admin"),
    ):
        with pytest.raises(Refused):
            services.grant_role(person, role, actor=None)
    with pytest.raises(InvalidInput):
        services.grant_role(cast.member, "king", actor=None)


def test_a_county_registrar_may_be_limited_to_one_district(cast: Cast) -> None:
    person = cast.member
    services.grant_role(person, "registrar_county", district="371302", actor=cast.security_admin)
    assert person.access.covers("registrar_county", "371302")
    assert not person.access.covers("registrar_county", "371311")
    assert not person.access.covers("registrar_city", "371302")
    services.grant_role(person, "registrar_county", actor=cast.security_admin)
    assert person.access.covers("registrar_county", "371311")
    given = Entry.objects.filter(event="PlatformRoleGranted").order_by("id")
    assert [entry.payload["district"] for entry in given] == ["371302", ""]
    for role, district in (("registrar_city", "371302"), ("registrar_county", "999999")):
        with pytest.raises(InvalidInput):
            services.grant_role(cast.outsider, role, district=district, actor=None)


def test_first_role_comes_from_the_command_line() -> None:
    user = UserFactory(email="first@example.com")
    out = StringIO()
    call_command("grant_role", "first@example.com", "security_admin", stdout=out)
    assert user.access.roles == {"security_admin"}
    call_command("grant_role", "first@example.com", "security_admin", "--revoke", stdout=out)
    user.forget_access()
    assert user.access.roles == frozenset()
    with pytest.raises(CommandError):
        call_command("grant_role", "nobody@example.com", "operator")
    with pytest.raises(CommandError):
        call_command("grant_role", "first@example.com", "king")
