"""From what a decision excludes, as versioned data, and whether it covers an act. No models, no clock.

A decision keeps the version of the scopes under which it was recorded: a later version changes nothing about it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Characters.
MOST_NAME, MOST_NOTE, MOST_NUMBER, MOST_URL, MOST_REASON = 120, 200, 80, 500, 500
#: Codes in one decision.
MOST_AREAS, MOST_FIELDS = 40, 40
#: Rows of one sheet.
MOST_ROWS = 500

#: Judging bids. The other acts are called as the procedures of tenders are.
EXPERT = "expert"
_CALL, _CHALLENGE, _TENDER = "call", "challenge", "tender"

#: The code list of technical fields that tenders and experts name.
FIELDS = "industry"
_AREA = re.compile(r"^[1-9]\d{5}\Z", re.ASCII)


@dataclass(frozen=True)
class Scope:
    """One kind of exclusion: its name, its words, and the acts that it forbids."""

    name: str
    label: Any
    acts: frozenset[str]


#: Version -> the scopes that may be chosen. A version that was used never changes.
SCOPES: Mapping[int, tuple[Scope, ...]] = {
    1: (
        Scope(
            "trade",
            _("参加各类招标、征集和揭榜"),
            frozenset({_CALL, _CHALLENGE, _TENDER}),
        ),
        # 招标投标法 53, 54, 60: the bodies named there forbid to bid for projects that the law has tendered.
        Scope("tender", _("参加依法进行的招标投标"), frozenset({_TENDER})),
        # 科研失信行为调查处理规则: projects that are paid from public funds.
        Scope("research", _("承担财政支持的科研项目（揭榜挂帅）"), frozenset({_CHALLENGE})),
        Scope("expert", _("担任评审专家"), frozenset({EXPERT})),
    ),
}
VERSION = max(SCOPES)


def scopes_of(version: int) -> dict[str, Scope]:
    """The scopes of a version by name."""
    return {scope.name: scope for scope in SCOPES[version]}


@dataclass(frozen=True)
class Act:
    """What somebody is about to do: `kind` is a procedure or EXPERT.

    `district` is the six-digit code of the place, `fields` the code of the field and those above it.
    """

    kind: str
    district: str = ""
    fields: tuple[str, ...] = ()


def covers(
    act: Act,
    *,
    scopes: Collection[str],
    version: int,
    areas: Collection[str],
    fields: Collection[str],
) -> bool:
    """Whether a decision of this scope forbids the act. No areas are the whole country, no fields are all.

    A decision that is limited holds only where the act is known to lie within its limits: the platform repeats
    decisions and does not extend them.
    """
    known = scopes_of(version)
    if not any(act.kind in known[name].acts for name in scopes if name in known):
        return False
    if areas and not any(in_area(act.district, area) for area in areas):
        return False
    return not fields or any(code in fields for code in act.fields)


def is_area(code: str) -> bool:
    """Whether this may be a code of GB/T 2260."""
    return bool(_AREA.match(code))


def in_area(district: str, area: str) -> bool:
    """Whether a district lies in an area: 370000 is a province, 371300 a city, 371302 a district."""
    return bool(district) and district.startswith(re.sub(r"(00)+\Z", "", area))


def plain(name: str) -> str:
    """A name for comparing, by its letters and digits: width, case, blanks, signs and what is invisible do not count."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in text if char.isalnum())
