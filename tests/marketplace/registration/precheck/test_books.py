"""The rulebooks as data: which one holds on which day, and what a rule rests on."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from marketplace.kernel.money import FEN_PER_WAN
from marketplace.registration.rulebook import settings
from marketplace.registration.rulebook.books import EFFECTIVE_2026, RULEBOOKS, book_for
from marketplace.registration.rulebook.case import CHECKS
from marketplace.registration.rulebook.case import check as register
from marketplace.registration.rulebook.engine import check, satisfied
from marketplace.registration.rulebook.facts import Facts, Party
from marketplace.registration.rulebook.routing import CITY, ELSEWHERE, PROVINCE, route
from marketplace.registration.rulebook.rules import RULES
from marketplace.registration.rulebook.settings import Setting, setting_on

TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)


def test_a_contract_is_judged_by_the_rules_of_the_day_it_was_signed() -> None:
    assert book_for(EFFECTIVE_2026 - DAY, TODAY).version == "2001"
    assert book_for(EFFECTIVE_2026, TODAY).version == "2026"
    assert book_for(None, EFFECTIVE_2026 - DAY).version == "2001"
    assert book_for(None, EFFECTIVE_2026).version == "2026"
    assert book_for(date(1990, 1, 1), TODAY).version == "2001"


def test_periods_of_the_books_meet_without_gap_or_overlap() -> None:
    assert RULEBOOKS[0].since is None
    assert RULEBOOKS[-1].until is None
    for before, after in pairwise(RULEBOOKS):
        assert before.until == after.since


def test_every_rule_has_its_check_and_stands_in_a_book() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(CHECKS)
    assert all(rule.old or rule.new for rule in RULES)
    with pytest.raises(ValueError, match="not_signed"):
        register("not_signed")(lambda _case: True)


def test_a_rule_that_is_not_verified_only_warns() -> None:
    for book in RULEBOOKS:
        for rule in book.rules.values():
            basis = rule.basis(book.version)
            assert basis
            assert str(basis.article)
            assert not (basis.unverified and rule.level_in(book.version) == "blocks"), rule.code
    by_code = {rule.code: rule for rule in RULES}
    # Seen in 2001 and read there; in 2026 its article was not found.
    assert by_code["not_consulting"].level_in("2001") == "blocks"
    assert by_code["not_consulting"].level_in("2026") == "warns"
    assert by_code["public_domain"].level_in("2001") == "warns"
    assert by_code["public_domain"].level_in("2026") == "blocks"


def test_what_is_not_verified_says_so_in_the_finding() -> None:
    facts = Facts(title="x", contract_type="ZX", subject="提供企业上市的法律咨询和财务分析意见")
    (finding,) = [row for row in check(facts, None, TODAY) if row.code == "not_consulting"]
    assert (finding.level, finding.verified, finding.rulebook) == ("warns", False, "2026")
    assert "未核实" in finding.unverified
    old = replace(facts, signed_on=date(2025, 1, 1))
    (finding,) = [row for row in check(old, None, TODAY) if row.code == "not_consulting"]
    assert (finding.level, finding.verified, finding.rulebook) == ("blocks", True, "2001")
    assert finding.article == "《技术合同认定规则》（2001 年）第38条"
    assert finding.as_dict()["verified"] is True


def test_an_empty_contract_is_told_everything_that_is_missing() -> None:
    codes = {row.code for row in check(Facts(), None, TODAY)}
    assert codes == {
        *("party_missing", "title_missing", "type_missing", "subject_unclear", "price_unclear"),
        *("not_signed", "validity_missing", "payment_mode_missing", "field_missing"),
        *("industry_missing", "aim_missing", "ip_missing"),
    }


def test_findings_come_with_the_weightiest_first() -> None:
    levels = [row.level for row in check(Facts(is_related=True), None, TODAY)]
    assert levels == sorted(levels, key=("blocks", "warns", "info").index)
    assert levels[-1] == "info"


def test_what_is_satisfied_concerns_the_kind_of_the_contract() -> None:
    facts = Facts(contract_type="FW")
    book = book_for(None, TODAY)
    codes = {rule.code for rule in satisfied(book, check(facts, None, TODAY), facts)}
    assert "not_service" in codes
    assert not codes & {"patent_number_missing", "training_excluded", "price_evidence_missing"}


# --- parties and amounts, one by one -----------------------------------------------------------
def _codes(facts: Facts, today: date = TODAY) -> set[str]:
    return {row.code for row in check(facts, None, today)}


@pytest.mark.parametrize(
    ("facts", "code", "is_found"),
    [
        (Facts(total=100, technical=100), "technical_above_total", False),
        (Facts(total=100, technical=101), "technical_above_total", True),
        (Facts(total=100, technical=99), "deductions_missing", True),
        (Facts(total=100, technical=100), "deductions_missing", False),
        (Facts(total=0, technical=0), "price_unclear", True),
        (Facts(currency="USD", rate="7.1", rate_on=TODAY, foreign_amount=1), "rate_missing", False),
        (Facts(currency="USD", rate="7.1", rate_on=TODAY), "rate_missing", True),
        (Facts(currency="USD", rate="7.1", foreign_amount=1), "rate_missing", True),
        (Facts(signed_on=TODAY), "signed_in_future", False),
        (Facts(signed_on=TODAY + DAY), "signed_in_future", True),
        (Facts(starts_on=TODAY, ends_on=TODAY), "dates_reversed", False),
        (Facts(starts_on=TODAY, ends_on=TODAY - DAY), "dates_reversed", True),
        (Facts(ends_on=TODAY), "expired", False),
        (Facts(ends_on=TODAY - DAY), "expired", True),
        (Facts(ends_on=TODAY), "expires_soon", True),
        (Facts(ends_on=TODAY + 30 * DAY), "expires_soon", True),
        (Facts(ends_on=TODAY + 31 * DAY), "expires_soon", False),
        (Facts(unnamed_brokers=("李经纪",)), "broker_unnamed", True),
        (Facts(signed_on=TODAY, has_sealed_text=False), "seal_missing", True),
        (Facts(signed_on=TODAY, has_sealed_text=True), "seal_missing", False),
        (Facts(has_sealed_text=False), "seal_missing", False),
        (Facts(contract_type="ZR1", new_investment=0, new_output=0), "investment_missing", False),
        (Facts(contract_type="ZR1", new_investment=0), "investment_missing", True),
        (Facts(contract_type="XK1"), "investment_missing", False),
    ],
)
def test_edges(facts: Facts, code: str, is_found: bool) -> None:
    assert (code in _codes(facts)) is is_found


def test_both_sides_may_not_be_one() -> None:
    seller = Party("seller", "沂州（集团）公司", identity="A")
    assert "party_twice" in _codes(
        Facts(parties=(seller, Party("buyer", "另一名称", identity="A")))
    )
    assert "party_twice" in _codes(Facts(parties=(seller, Party("buyer", "沂州(集团)公司"))))
    assert "party_twice" not in _codes(
        Facts(parties=(seller, Party("buyer", "别家", identity="B")))
    )


# --- the route -----------------------------------------------------------------------------------
def _facts(total: int | None, district: str = "371302", country: str = "CHN") -> Facts:
    parties = (
        Party("seller", "卖", district=district, country=country),
        Party("buyer", "买", district="371311"),
    )
    return Facts(parties=parties, total=total, technical=total)


@pytest.mark.parametrize(
    ("total", "expected", "second"),
    [
        (None, CITY, False),
        (500 * FEN_PER_WAN - 1, CITY, False),
        (500 * FEN_PER_WAN, CITY, True),
        (1_000 * FEN_PER_WAN, CITY, True),
        (1_000 * FEN_PER_WAN + 1, PROVINCE, True),
    ],
)
def test_the_route_follows_the_amount(total: int | None, expected: str, second: bool) -> None:
    found = route(_facts(total), TODAY)
    assert (found.route, found.needs_second_review) == (expected, second)
    assert found.district == "371302"
    assert all(row.source for row in found.used)


def test_a_seller_elsewhere_registers_there_whatever_the_amount() -> None:
    found = route(_facts(2_000 * FEN_PER_WAN, district="370102"), TODAY)
    assert (found.route, found.district) == (ELSEWHERE, "370102")
    assert "卖方所在地" in str(found.reasons[0])


def test_an_import_is_registered_by_the_buyer() -> None:
    found = route(_facts(100, district="", country="DEU"), TODAY)
    assert (found.route, found.district) == (CITY, "371311")


def test_settings_hold_in_half_open_periods() -> None:
    rows = (
        Setting(1, "a", until=date(2026, 1, 1)),
        Setting(2, "b", since=date(2026, 1, 1), until=date(2027, 1, 1)),
    )
    assert setting_on(rows, date(2025, 12, 31)).value == 1  # type: ignore[union-attr]
    assert setting_on(rows, date(2026, 1, 1)).value == 2  # type: ignore[union-attr]
    assert setting_on(rows, date(2027, 1, 1)) is None
    assert setting_on(settings.PUBLICITY_DAYS, TODAY).value == 15  # type: ignore[union-attr]
