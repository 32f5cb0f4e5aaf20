"""`search/` is a library over declared indexes: it knows no noun of this market."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

#: Nouns of the product. English ones count as whole words, also within a name such as `is_need`.
ENGLISH = frozenset(
    [
        "need",
        "needs",
        "achievement",
        "achievements",
        "listing",
        "listings",
        "offering",
        "offerings",
        "organization",
        "organizations",
        "organisation",
        "organisations",
        "enterprise",
        "enterprises",
        "university",
        "universities",
        "industry",
        "industries",
        "patent",
        "patents",
        "trl",
        "tender",
        "tenders",
        "broker",
        "brokers",
        "contract",
        "contracts",
        "turnover",
        "marketplace",
        "publisher",
        "publishers",
    ]
)
CHINESE = ("需求", "成果", "揭榜", "企业", "高校", "行业", "专利", "招标")
_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def business_words(source: str) -> list[str]:
    """The nouns of the product in a source text: names, strings, comments, docstrings."""
    english = [word for word in _WORD.findall(source) if word.lower() in ENGLISH]
    return english + [word for word in CHINESE if word in source]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def match(text, *, is_need=True): ...", ["need"]),
        ("class NeedPreparer: ...", ["Need"]),
        ("# A listing has few words.", ["listing"]),
        ('PHRASES = ("针对现有需求",)', ["需求"]),
        ("def needed(): return fields['kind']", []),
    ],
)
def test_a_business_word_is_seen(source: str, found: list[str]) -> None:
    assert business_words(source) == found


def test_search_knows_no_business_word() -> None:
    found = {
        str(path.relative_to(ROOT)): words
        for path in sorted(Path(ROOT / "search").rglob("*.py"))
        if (words := business_words(path.read_text(encoding="utf-8")))
    }
    assert found == {}
