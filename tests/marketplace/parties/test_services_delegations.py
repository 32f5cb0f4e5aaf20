"""Deputies of registrars: from the first day to the last, in the holder's district, never further."""

from datetime import date, timedelta

from django.urls import reverse

import pytest

from marketplace.journal.services import drain
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.notices.models import Notice
from marketplace.parties import services
from marketplace.parties.models import Delegation, User
from tests.cast import Cast
from tests.factories.parties import make_staff

pytestmark = pytest.mark.django_db


def roles_of(user: User, after: timedelta = timedelta()) -> frozenset[str]:
    with clock.shift(after):
        return User.objects.get(pk=user.pk).access.roles


def days(first: int, last: int) -> dict[str, date]:
    return {
        "starts": clock.today() + timedelta(days=first),
        "until": clock.today() + timedelta(days=last),
    }


def delegate(cast: Cast, **changes: object) -> Delegation:
    given = {"role": "registrar_county", "deputy": cast.expert, "actor": cast.registrar_county}
    return services.delegate_role(**{**given, **days(1, 3), "reason": "年休假", **changes})


def test_a_deputy_has_the_role_from_the_first_day_to_the_last(cast: Cast) -> None:
    row = delegate(cast)
    before = row.starts_at - clock.now()
    after = row.ends_at - clock.now()
    second = timedelta(seconds=2)
    assert roles_of(cast.expert) == {"expert"}
    assert roles_of(cast.expert, before - second) == {"expert"}
    assert roles_of(cast.expert, before) == {"expert", "registrar_county"}
    assert roles_of(cast.expert, after - second) == {"expert", "registrar_county"}
    assert roles_of(cast.expert, after) == {"expert"}
    assert row.last_day == clock.today() + timedelta(days=3)
    drain()
    notice = Notice.objects.get(kind="parties.delegated")
    assert (notice.recipient, notice.params["holder"]) == (cast.expert, "钱县区")


def test_the_district_is_that_of_the_holder(cast: Cast) -> None:
    holder, other = make_staff(), make_staff()
    for person, district in ((holder, "371302"), (other, "371311")):
        services.grant_role(person, "registrar_county", district=district, actor=None)
    delegate(cast, actor=holder, deputy=other, **days(0, 1))
    access = User.objects.get(pk=other.pk).access
    assert access.districts == {"registrar_county": frozenset({"371302", "371311"})}
    assert access.covers("registrar_county", "371302")
    assert not access.covers("registrar_county", "371312")


def test_the_role_ends_with_the_holder_and_when_it_is_ended(cast: Cast) -> None:
    row = delegate(cast, **days(0, 1))
    assert "registrar_county" in roles_of(cast.expert)
    with pytest.raises(NotVisible):
        services.end_delegation(row.code, actor=cast.outsider)
    services.end_delegation(row.code, actor=cast.expert)
    services.end_delegation(row.code, actor=cast.registrar_county)
    assert roles_of(cast.expert) == {"expert"}
    delegate(cast, **days(0, 1))
    services.revoke_role(cast.registrar_county, "registrar_county", actor=cast.security_admin)
    assert roles_of(cast.expert) == {"expert"}


def test_a_deputy_has_no_deputy(cast: Cast) -> None:
    delegate(cast, **days(0, 1))
    deputy = User.objects.get(pk=cast.expert.pk)
    assert deputy.has_perm("parties.delegate_role")
    with pytest.raises(Forbidden):
        delegate(cast, actor=deputy, deputy=cast.member)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("deputy", {"deputy": None}),
        ("starts", {"starts": date(2026, 1, 1)}),
        ("until", {"until": date(2026, 1, 1)}),
        ("until", days(1, 91)),
    ],
)
def test_bad_input_is_told_at_the_field(cast: Cast, field: str, changes: dict) -> None:
    with pytest.raises(InvalidInput) as refused:
        delegate(cast, **changes)
    assert list(refused.value.errors) == [field]


def test_who_may_not_be_a_deputy(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        delegate(cast, deputy=cast.registrar_county)
    with pytest.raises(Refused):
        delegate(cast, deputy=cast.broker)
    for role in ("operator", "member", "security_admin"):
        with pytest.raises(Forbidden):
            delegate(cast, actor=cast[role])


def test_the_page_keeps_what_was_typed_and_names_a_deputy(cast: Cast, client) -> None:
    client.force_login(cast.registrar_county)
    page, today = reverse("parties:delegations"), clock.today()
    typed = {
        "role": "registrar_county",
        "deputy": "nobody@example.com",
        "starts": today.isoformat(),
        "until": (today + timedelta(days=5)).isoformat(),
        "reason": "外出学习",
    }
    answer = client.post(page, typed)
    assert (answer.status_code, Delegation.objects.count()) == (400, 0)
    assert "没有找到这个账号" in answer.text
    assert 'value="nobody@example.com"' in answer.text
    assert "外出学习" in answer.text
    answer = client.post(page, {**typed, "deputy": cast.expert.email}, follow=True)
    assert "已委托代理" in answer.text
    assert Delegation.objects.get().last_day == today + timedelta(days=5)
