"""Filings in any state, made through the services."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from marketplace.deals.models import Contract
from marketplace.kernel import clock
from marketplace.parties.models import User
from marketplace.registration.models import Filing
from marketplace.registration.services import filing as services
from marketplace.registration.workflow import FilingStatus
from marketplace.taxonomy.models import CalendarYear
from marketplace.taxonomy.queries import forget_calendar
from tests.cast import Cast
from tests.factories.deals import advance, make_contract
from tests.factories.parties import make_staff

S = FilingStatus
#: The states in the order in which the way to them goes.
_REVIEW = ("submitted", "accepted", "first_passed", "approved", "filed", "registered")
_serial = iter(range(1, 900_000))


def number(year: int | None = None, *, province: str = "37", digits: int = 16) -> str:
    """A well-formed official number that no other test row has."""
    full = year if year is not None else clock.today().year
    head = str(full) if digits == 16 else f"{full % 100:02}"
    return f"{head}{province}1301{next(_serial):06}"


def signed_contract(
    cast: Cast,
    *,
    state: str = "signed",
    seller: dict[str, Any] | None = None,
    buyer_district: str = "",
    **more: Any,
) -> Contract:
    """A contract of the enterprise, as seller, with the university. `seller`: columns of the seller's row."""
    actor = more.pop("actor", cast.approver)
    official = {"industry": "C26", "field": "05", "aim": "10"} | more.pop("official", {})
    contract = make_contract(
        more.pop("org", cast.enterprise),
        actor,
        more.pop("buyer", cast.university),
        official=official,
        **more,
    )
    columns = {"district": "371302", "legal_head": "王法人", "nature": "150"} | (seller or {})
    contract.parties.filter(side="seller").update(**columns)
    place = {"district": buyer_district} if buyer_district else {}
    contract.parties.filter(side="buyer").update(legal_head="李法人", **place)
    contract.acceptance = [
        {"name": "甲醛释放量", "target": "0.05", "unit": "mg/m3", "method": "GB 18580"}
    ]
    contract.save()
    return advance(contract, state, actor, signed_on=more.get("signed_on"))


def know_next_year() -> None:
    """Mark the holidays of next year as known: a legal period that starts today may reach it."""
    year = clock.today().year + 1
    CalendarYear.objects.update_or_create(
        year=year, defaults={"is_known": True, "source": "测试", "stamp": uuid4()}
    )
    forget_calendar()


def make_filing(
    cast: Cast,
    state: str = S.DRAFT,
    *,
    contract: Contract | None = None,
    actor: User | None = None,
    registrar: User | None = None,
    official_on: date | None = None,
    **more: Any,
) -> Filing:
    """A filing of the enterprise's contract in this state; a second reviewer is made where one is needed."""
    know_next_year()
    actor = actor or cast.approver
    registrar = registrar or cast.registrar_city
    if state == S.FORWARDED:
        # Only a contract above the limit of the city is forwarded.
        more.setdefault("total", 2_000_000_000)
    contract = contract or signed_contract(cast, **more)
    filing = services.open_filing(contract, actor=actor)
    if state == S.DRAFT:
        return filing
    filing = services.submit(filing, actor=actor)
    if state == S.RETURNED:
        reasons = [{"code": "seal_missing"}]
        return services.return_for_correction(filing, reasons, actor=registrar)
    if state == S.REFUSED:
        filing = services.accept(filing, actor=registrar)
        return services.refuse(filing, ["not_technical"], actor=registrar)
    if state == S.FORWARDED:
        filing = _reviewed(filing, registrar)
        return services.forward(filing, actor=registrar)
    goal = state if state in _REVIEW else S.REGISTERED
    for step in _REVIEW[1 : _REVIEW.index(goal) + 1]:
        filing = _step(filing, step, actor, registrar, official_on)
    return _after(filing, state, actor, registrar)


def _reviewed(filing: Filing, registrar: User) -> Filing:
    filing = services.accept(filing, actor=registrar)
    filing = services.pass_first(filing, actor=registrar)
    if filing.needs_second:
        other = make_staff("registrar_city", name="复审人")
        filing = services.pass_second(filing, actor=other)
    return filing


def _step(
    filing: Filing, step: str, actor: User, registrar: User, official_on: date | None
) -> Filing:
    if step == S.ACCEPTED:
        return services.accept(filing, actor=registrar)
    if step == S.FIRST_PASSED:
        return services.pass_first(filing, actor=registrar)
    if step == S.APPROVED:
        if filing.needs_second:
            other = make_staff("registrar_city", name="复审人")
            filing = services.pass_second(filing, actor=other)
        return services.approve(filing, actor=registrar)
    if step == S.FILED:
        return services.record_filed(filing, actor=actor)
    day = official_on or clock.today()
    return services.register(filing, number(day.year), day, actor=registrar)


def _after(filing: Filing, state: str, actor: User, registrar: User) -> Filing:
    if state == S.CHANGED:
        return services.change(filing, reason="金额调整", actor=registrar)
    if state == S.DISPUTED:
        return services.dispute(filing, reason="类型有异议", actor=actor)
    if state == S.CANCELLED:
        return services.cancel(filing, reason="双方解除合同", actor=registrar)
    if state == S.REVOKED:
        return services.revoke(filing, reason="不属于技术合同", actor=registrar)
    if state == S.PERFORMED:
        from marketplace.deals import services as deals

        deals.perform(filing.contract, amount_performed_fen=None, actor=actor)
        filing.refresh_from_db()
        return services.confirm_income(
            filing, filing.recognised_technical_fen or 0, actor=registrar
        )
    return filing


def days_ago(days: int) -> date:
    """A day in the past, in Shanghai."""
    return clock.today() - timedelta(days=days)
