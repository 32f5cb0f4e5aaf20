"""The sample files keep what their README says: codes, pairs, lengths, valid credit codes."""

import json
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from marketplace.taxonomy.services import SEEDS

SAMPLES = Path(__file__).parents[2] / "deploy" / "samples"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PREFIXES = {
    "enterprise": "91",
    "service": "91",
    "university": "12",
    "institute": "12",
    "government": "11",
}


def load(name):
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def seeds():
    return {
        scheme["code"]: {term[0] for term in scheme["terms"]}
        for path in SEEDS.glob("*.toml")
        for scheme in tomllib.loads(path.read_text(encoding="utf-8"))["scheme"]
    }


ORGANIZATIONS = load("organizations")
ACHIEVEMENTS = load("achievements")
NEEDS = load("needs")
OFFERINGS = load("offerings")
NEWS = load("news")
CODES = seeds()
LEAVES = {
    code
    for code in CODES["industry"]
    if not any(other.startswith(f"{code}.") for other in CODES["industry"])
}
OWNERS = {organization["key"]: organization for organization in ORGANIZATIONS}


def ids(row):
    return row["key"]


ENQUIRIES = load("enquiries")


def test_enquiries_are_about_listings_and_from_organisations_that_exist():
    rows = {"needs": NEEDS, "achievements": ACHIEVEMENTS, "offerings": OFFERINGS}
    known = {f"{kind}:{row['key']}": row for kind, found in rows.items() for row in found}
    assert len(ENQUIRIES) == 25
    assert sum("visitor" in row for row in ENQUIRIES) == 4
    for row in ENQUIRIES:
        assert row.get("asker", "") != known[row["listing"]]["owner"]
        assert row.get("asker") in {None, *OWNERS}
        days = [ago for _side, ago, _text in row["messages"]]
        assert days == sorted(days, reverse=True)


def test_there_is_enough_of_everything():
    assert len(ORGANIZATIONS) >= 26
    assert len(ACHIEVEMENTS) >= 62
    assert len(NEEDS) >= 42
    assert Counter(page["kind"] for page in NEWS) == {"news": 8, "policy": 4}
    kinds = Counter(organization["kind"] for organization in ORGANIZATIONS)
    assert kinds["enterprise"] >= 14
    assert (kinds["university"], kinds["institute"], kinds["service"]) == (4, 4, 3)
    assert kinds["government"] == 1
    assert {organization["verified"] for organization in ORGANIZATIONS} == {True, False}


def test_every_leaf_industry_has_offers_and_needs():
    assert {row["industry"] for row in ACHIEVEMENTS} == LEAVES
    assert {row["industry"] for row in NEEDS} == LEAVES


def test_every_field_of_technology_and_kind_of_need_occurs():
    assert {row["field"] for row in ACHIEVEMENTS} == CODES["field"]
    assert {row["kind"] for row in NEEDS} == CODES["need_kind"]
    assert {mode for row in ACHIEVEMENTS + NEEDS for mode in row["cooperation"]} == CODES[
        "cooperation"
    ]


@pytest.mark.parametrize("rows", [ORGANIZATIONS, ACHIEVEMENTS, NEEDS, OFFERINGS, NEWS])
def test_nothing_stands_twice(rows):
    for name in ("key", "title", "title_en", "name", "uscc", "summary", "description", "body"):
        values = [row[name] for row in rows if name in row]
        assert [value for value, count in Counter(values).items() if count > 1] == []
    assert all(row["is_sample"] is True for row in rows)


@pytest.mark.parametrize("organization", ORGANIZATIONS, ids=ids)
def test_organization(organization):
    uscc = organization["uscc"]
    assert len(uscc) == 18
    assert uscc.startswith(PREFIXES[organization["kind"]] + "3713")
    # GB 32100-2015: weights 3^i mod 31; GB 11714 for the nine characters of the organisation.
    total = sum(ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(uscc[:17]))
    assert uscc[17] == ALPHABET[(31 - total % 31) % 31]
    body = sum(
        int(char, 36) * weight
        for char, weight in zip(uscc[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    assert uscc[16] == "0123456789X"[(11 - body % 11) % 11]
    assert organization["kind"] in CODES["org_kind"]
    assert organization["scale"] in CODES["scale"] | {""}
    assert organization["district"] in CODES["district"]
    assert organization["summary"]
    assert organization["name_en"].isascii()


def check_listing(row):
    assert row["owner"] in OWNERS
    assert row["industry"] in LEAVES
    assert row["field"] in CODES["field"]
    assert row["chain"] in CODES["chain"] | {None}
    assert row["district"] in CODES["district"]
    assert row["contact_route"] in CODES["contact_route"]
    assert row["cooperation"]
    assert set(row["cooperation"]) <= CODES["cooperation"]
    assert 3 <= len(row["keywords"]) <= 8
    assert len(row["title"]) <= 80
    assert 120 <= len(row["summary"]) <= 300
    assert row["title_en"]
    assert row["summary_en"]
    assert row["contact_email"].endswith(".example")
    assert row["published_days_ago"] > 0
    assert row["valid_days"] > 0


def check_indicator(indicator, value):
    assert indicator["name"]
    assert indicator["method"]
    assert indicator["comparator"] in CODES["comparator"]
    assert isinstance(indicator[value], int | float)
    assert abs(indicator[value]) < 10**12, "the column holds twelve digits and six decimals"
    assert round(indicator[value], 6) == indicator[value]
    between = indicator["comparator"] == "between"
    high = indicator[f"{value}_high"]
    assert (high is not None and high > indicator[value]) if between else high is None


def check_range(low, high):
    assert (low is None) == (high is None)
    assert low is None or 0 < low <= high


@pytest.mark.parametrize("row", ACHIEVEMENTS, ids=ids)
def test_achievement(row):
    check_listing(row)
    assert 250 <= len(row["description"]) <= 700
    assert 1 <= len(row["innovation"].splitlines()) <= 3
    assert row["scenario"]
    assert row["comparison"]
    assert row["trl_evidence"]
    assert str(row["trl"]) in CODES["trl"]
    assert row["attribute"] in CODES["attribute"]
    assert row["level"] in CODES["level"]
    assert row["stage"] in CODES["stage"]
    assert 2 <= len(row["indicators"]) <= 6
    for indicator in row["indicators"]:
        check_indicator(indicator, "value")
        assert indicator["evidence"]
    assert row["patents"]
    for patent in row["patents"]:
        assert patent["kind"] in CODES["ip_kind"]
        assert patent["status"] in CODES["ip_status"]
        assert patent["title"]
        assert patent["number"].endswith("（示例）") or patent["kind"] == "secret"
    assert sum(owner["share"] for owner in row["owners"]) == 100
    assert OWNERS[row["owner"]]["name"] in [owner["name"] for owner in row["owners"]]
    assert row["inventors"]
    assert row["pricing_mode"] in CODES["pricing"]
    check_range(row["price_min_wan"], row["price_max_wan"])
    assert row["is_state_owned"] == (OWNERS[row["owner"]]["kind"] in {"university", "institute"})


def test_service_offers_are_of_every_category_in_every_state():
    assert len(OFFERINGS) == 15
    assert {row["category"] for row in OFFERINGS} == CODES["service_category"]
    assert {row.get("state", "published") for row in OFFERINGS} == {
        *("draft", "in_review", "returned", "published", "expired", "withdrawn"),
    }


@pytest.mark.parametrize("row", OFFERINGS, ids=ids)
def test_service_offer(row):
    assert OWNERS[row["owner"]]["verified"]
    assert row["industry"] in CODES["industry"] | {""}
    assert row["field"] in CODES["field"] | {""}
    assert row["chain"] in CODES["chain"] | {""}
    assert set(row["regions"]) <= CODES["service_region"]
    assert row["price_mode"] in CODES["service_pricing"]
    assert (row["price_min_yuan"] is None) == (row["price_mode"] == "free")
    assert 50 <= len(row["summary"]) <= 300
    assert row["title_en"]
    assert row["summary_en"]
    assert row["contact_email"].endswith(".example")
    for held in row["qualifications"]:
        assert held["scheme"] in CODES["qualification"]
        assert "示例" in held["number"]


@pytest.mark.parametrize("row", NEEDS, ids=ids)
def test_need(row):
    check_listing(row)
    assert row["kind"] in CODES["need_kind"]
    assert 250 <= len(row["background"] + row["problem"] + row["content"]) <= 700
    assert 2 <= len(row["indicators"]) <= 5
    for indicator in row["indicators"]:
        check_indicator(indicator, "target")
        assert isinstance(indicator["must"], bool)
        assert indicator["current"] is None or isinstance(indicator["current"], int | float)
    assert any(indicator["must"] for indicator in row["indicators"])
    assert row["trl_min"] is None or str(row["trl_min"]) in CODES["trl"]
    assert row["deadline_days"] > 30
    check_range(row["budget_min_wan"], row["budget_max_wan"])
    offers = {offer["key"]: offer for offer in ACHIEVEMENTS}
    names = {indicator["name"] for indicator in row["indicators"]}
    for key in row["answered_by"]:
        proven = {indicator["name"] for indicator in offers[key]["indicators"]}
        assert names & proven, f"{key} names no indicator of {row['key']}"
        assert offers[key]["owner"] != row["owner"]


def test_many_needs_are_truly_answered():
    answered = [row for row in NEEDS if row["answered_by"]]
    assert len(answered) >= 20
    assert any("甲醛释放量太高" in row["title"] for row in answered)
    assert any("重稀土减量" in row["title"] for row in answered)


@pytest.mark.parametrize("page", NEWS, ids=ids)
def test_news(page):
    assert 200 <= len(page["body"].replace("\n", "")) <= 500
    assert page["title_en"].isascii() or "’" in page["title_en"]
    assert page["summary"]
    assert page["published_days_ago"] > 0
