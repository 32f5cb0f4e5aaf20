"""Where a contract is registered, and whether a second review is needed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.money import format_listing as format_amount
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.facts import BUYER, HOME, SELLER, Facts
from marketplace.registration.rulebook.settings import Setting, setting_on

CITY, PROVINCE, ELSEWHERE = "city", "province", "elsewhere"


@dataclass(frozen=True)
class Route:
    """`route` is CITY, PROVINCE (转省办理) or ELSEWHERE; `reasons` say why, with the settings used."""

    route: str
    needs_second_review: bool
    reasons: tuple[Any, ...]
    used: tuple[Setting, ...] = ()
    district: str = ""


def registrant_district(facts: Facts) -> str:
    """The district that decides: the first seller's; of an import the domestic buyer's; "" when unknown."""
    sellers = facts.side(SELLER)
    if sellers and all(party.country != HOME for party in sellers):
        sellers = tuple(party for party in facts.side(BUYER) if party.country == HOME)
    return sellers[0].district if sellers else ""


def route(facts: Facts, today: date) -> Route:
    """The route of a contract that is handed in today."""
    district = registrant_district(facts)
    reasons: list[Any] = []
    used: list[Setting] = []
    sellers = facts.side(SELLER)
    if sellers and all(party.country != HOME for party in sellers):
        reasons.append(_("卖方在境外，由境内买方办理登记"))
    limit = setting_on(settings.SECOND_REVIEW_FROM, today)
    second = bool(limit and facts.total is not None and facts.total >= limit.value)
    if limit and second:
        text = _("成交额达到 %(amount)s，需要另一人复审")
        reasons.append(text % {"amount": format_amount(limit.value)})
        used.append(limit)
    if district and not district.startswith(settings.CITY):
        return Route(
            ELSEWHERE,
            second,
            (_("卖方不在本市，应由卖方所在地登记"), *reasons),
            tuple(used),
            district,
        )
    above = setting_on(settings.PROVINCE_ABOVE, today)
    if above and facts.total is not None and facts.total > above.value:
        return Route(
            PROVINCE,
            second,
            (
                _("成交额超过 %(amount)s，转省办理") % {"amount": format_amount(above.value)},
                *reasons,
            ),
            (*used, above),
            district,
        )
    return Route(
        CITY, second, tuple(reasons) or (_("由市、县区登记点办理"),), tuple(used), district
    )
