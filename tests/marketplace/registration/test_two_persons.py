"""Four eyes are two persons: a deputy who has the role from the first one alone is that one."""

from datetime import date, timedelta
from typing import Any

from django.test import Client

import pytest

from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden
from marketplace.parties.models import Delegation, PlatformRole, User
from marketplace.registration import queries
from marketplace.registration.models import Filing, LedgerPeriod
from marketplace.registration.policies import represented
from marketplace.registration.services import filing as services
from marketplace.registration.services import periods
from tests.cast import Cast
from tests.factories.ledger import make_registered
from tests.factories.parties import make_member, make_staff
from tests.factories.registration import make_filing, signed_contract

pytestmark = pytest.mark.django_db
LARGE = 600_000_000


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def deputy(cast: Cast, holder: User, role: str = "registrar_city", who: User | None = None) -> User:
    who = who or make_member(cast.other_enterprise)
    now = clock.now()
    Delegation.objects.create(
        holder=holder,
        deputy=who,
        role=role,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=3),
        reason="休假",
    )
    return fresh(who)


def reviewed(cast: Cast, by: User) -> Filing:
    return services.pass_first(make_filing(cast, "accepted", total=LARGE), actor=by)


def test_a_deputy_of_the_first_reviewer_does_not_review_second(cast: Cast) -> None:
    filing = reviewed(cast, cast.registrar_city)
    with pytest.raises(Forbidden):
        services.pass_second(filing, actor=deputy(cast, cast.registrar_city))
    filing.refresh_from_db()
    assert filing.second_by_id is None


def test_nor_does_the_registrar_after_his_deputy_or_another_deputy_of_his(cast: Cast) -> None:
    filing = reviewed(cast, deputy(cast, cast.registrar_city))
    for second in (cast.registrar_city, deputy(cast, cast.registrar_city)):
        with pytest.raises(Forbidden):
            services.pass_second(filing, actor=second)


def test_a_deputy_of_somebody_else_or_with_a_role_of_his_own_does(cast: Cast) -> None:
    other = deputy(cast, make_staff("registrar_city"))
    assert services.pass_second(reviewed(cast, cast.registrar_city), actor=other).second_by == other
    own = make_staff("registrar_city")
    deputy(cast, cast.registrar_city, who=own)
    filing = services.pass_second(reviewed(cast, cast.registrar_city), actor=fresh(own))
    assert filing.second_by_id == own.pk


def test_a_deputy_of_the_proposer_does_not_close_a_month(cast: Cast) -> None:
    make_registered(on=date(2026, 10, 9))
    period = periods.close_period(LedgerPeriod.objects.get(), actor=cast.registrar_city)
    with pytest.raises(Forbidden):
        periods.second_close(period, actor=deputy(cast, cast.registrar_city))
    assert LedgerPeriod.objects.get().status == "closing"
    other = deputy(cast, make_staff("registrar_city"))
    assert periods.second_close(period, actor=other).status == "closed"


def test_nor_does_the_registrar_whose_deputy_proposed_it(cast: Cast) -> None:
    make_registered(on=date(2026, 10, 9))
    by = deputy(cast, cast.registrar_city)
    period = periods.close_period(LedgerPeriod.objects.get(), actor=by)
    with pytest.raises(Forbidden):
        periods.second_close(period, actor=cast.registrar_city)


def test_a_deputy_of_a_member_of_a_party_does_not_decide(cast: Cast) -> None:
    filing = make_filing(cast, "submitted")
    PlatformRole.objects.create(user=cast.approver, role="registrar_city")
    by = deputy(cast, fresh(cast.approver), who=cast.outsider)
    with pytest.raises(Forbidden):
        services.accept(filing, actor=by)


def test_the_holder_of_another_district_is_not_the_one_represented(cast: Cast) -> None:
    """One filter: the role and the district are those of one row."""
    holder = make_staff("registrar_county")
    PlatformRole.objects.filter(user=holder).update(district="371311")
    PlatformRole.objects.create(user=holder, role="expert")
    by = deputy(cast, holder, "registrar_county")
    assert represented(by, "371302") is None
    assert represented(fresh(by), "371311") == holder


# --- a broker that the contract names -------------------------------------------------------------
@pytest.fixture
def brokered(cast: Cast) -> Any:
    row = {"side": "broker", "organization": cast.other_enterprise.code, "nature": "150"}
    contract = signed_contract(cast, parties=[row])
    return queries.filings().get(pk=make_filing(cast, "registered", contract=contract).pk)


def test_an_organisation_named_as_broker_sees_no_filing(cast: Cast, brokered: Any) -> None:
    for action in ("view", "dispute", "use", "decide"):
        assert not cast.outsider.has_perm(f"registration.{action}_registration", brokered)
    assert not queries.visible_to(cast.outsider).exists()
    assert not queries.own_filings(cast.outsider).exists()
    assert queries.visible_to(cast.university_admin).get() == brokered
    with pytest.raises(Forbidden):
        services.dispute(brokered, reason="有异议", actor=cast.outsider)
    browser = Client()
    browser.force_login(cast.outsider)
    for path in ("", "form/", "verification/", "uses/"):
        page = browser.get(f"/workbench/registrations/{brokered.code}/{path}")
        assert page.status_code == 404
    assert browser.get(f"/api/v1/filings/{brokered.code}/").status_code == 404


def test_its_members_still_decide_nothing_on_it(cast: Cast, brokered: Any) -> None:
    PlatformRole.objects.create(user=cast.outsider, role="registrar_city")
    registrar = fresh(cast.outsider)
    assert not registrar.has_perm("registration.decide_registration", brokered)
    assert not queries.desk(registrar).exists()
