"""Ordered grades: E1 < E0 < ENF, IP54 < IP65, 能效 2级 < 1级. One table; compared like figures.

A grade is written as an indicator (防护等级 65 IP, 精度等级 0.2 级) or within a text (达到 ENF 级). Whatever
the comparator, a wanted grade means this grade or a better one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext_noop

from marketplace.matching.rulebook.numbers import exact

#: A grade may have several parts (IP65 has two); each must be at least as good as wanted.
Rank = tuple[Fraction, ...]

_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


@dataclass(frozen=True)
class Ladder:
    """One kind of grade.

    `name` is how indicators of it are called; `text` finds a grade in lower-case text, the grade in its
    first group that matched; `about` must stand in the same text, where signs alone say too little.
    `steps` are the grades from the worst to the best; empty where the grade is a number, of which the
    lower is the better one. `prefix` stands before the number when it is typed as value and unit.
    """

    label: str
    name: re.Pattern[str]
    text: re.Pattern[str]
    about: re.Pattern[str] = re.compile("")
    steps: tuple[str, ...] = ()
    prefix: str = ""

    def rank(self, grade: str) -> Rank | None:
        """The position of a grade in its ladder; None for a text that is not a grade of it."""
        plain = grade.strip().lower().replace(" ", "").translate(_DIGITS).removesuffix("级")
        if self.steps:
            plain = plain.replace("-", "")
            return (Fraction(self.steps.index(plain)),) if plain in self.steps else None
        if self is PROTECTION:
            match = re.fullmatch(r"(?:ip)?([0-6x])([0-9x])k?", plain)
            # X means not tested: as a wish it is always met, as an offer it meets nothing.
            return (
                tuple(Fraction(0 if sign == "x" else int(sign)) for sign in match.groups())
                if match
                else None
            )
        number = exact(plain.removeprefix(self.prefix))
        return None if number is None else (-number,)


#: GB 4208 / IEC 60529: the first digit is for solids, the second for water.
PROTECTION = Ladder(
    gettext_noop("防护等级"),
    re.compile("防护等级|防护级别|外壳防护|ip等级|ip级"),
    re.compile(r"(?<![a-z0-9])(ip ?[0-6x][0-9x]k?)(?![a-z0-9])"),
    prefix="ip",
)
LADDERS = (
    PROTECTION,
    # GB/T 39600-2021.
    Ladder(
        gettext_noop("甲醛释放等级"),
        re.compile("甲醛.*(?:等级|级别)|环保等级|环保级别"),
        re.compile(r"(?<![a-z0-9])(enf|e[012])(?![a-z0-9.])"),
        re.compile("甲醛|人造板|胶|板材|家具|木"),
        steps=("e2", "e1", "e0", "enf"),
        prefix="e",
    ),
    Ladder(
        gettext_noop("能效等级"),
        re.compile("能效"),
        re.compile(
            r"([1-5一二三四五]) ?级能效|能效(?:等级|标准|级别)?(?:为|达到|达|不低于|：|:)? ?(?:国家)?([1-5一二三四五]) ?级"
        ),
    ),
    # GB/T 1800.1.
    Ladder(
        gettext_noop("公差等级"),
        re.compile("公差等级|尺寸公差|标准公差"),
        re.compile(r"(?<![a-z0-9])(it ?(?:1[0-8]|[0-9]))(?![a-z0-9.])"),
        re.compile("公差|精度|加工|配合"),
        prefix="it",
    ),
    Ladder(
        gettext_noop("精度等级"),
        re.compile("(?:精度|准确度|精确度)(?:等级|级别|级)"),
        re.compile(
            r"(?:精度|准确度|精确度)(?:等级)?(?:为|达到|达|优于|不低于|：|:)? ?([0-9](?:\.[0-9]{1,2})?) ?级"
            r"|(?<![0-9.])([0-9](?:\.[0-9]{1,2})?) ?级(?:精度|准确度)"
        ),
    ),
    # UL 94.
    Ladder(
        gettext_noop("阻燃等级"),
        re.compile("阻燃|ul ?94"),
        re.compile(r"(?<![a-z0-9])(5v[ab]|v-?[012])(?![a-z0-9])"),
        re.compile("阻燃|ul ?-?94"),
        steps=("hb", "v2", "v1", "v0", "5vb", "5va"),
        prefix="v",
    ),
    # GB/T 11021: heat that the insulation stands.
    Ladder(
        gettext_noop("绝缘等级"),
        re.compile("绝缘等级|绝缘级别|耐热等级"),
        re.compile(
            r"(?<![a-z0-9])([aebfhnrc]) ?级绝缘|绝缘等级(?:为|达到|达|：|:)? ?([aebfhnrc])(?![a-z0-9])"
        ),
        steps=("y", "a", "e", "b", "f", "h", "n", "r", "c"),
    ),
    # GB/T 20438: safety integrity.
    Ladder(
        gettext_noop("安全完整性等级"),
        re.compile("安全完整性|sil"),
        re.compile(r"(?<![a-z0-9])(sil ?-?[1-4])(?![a-z0-9])"),
        steps=("sil1", "sil2", "sil3", "sil4"),
        prefix="sil",
    ),
)


@dataclass(frozen=True)
class Graded:
    """The grades of both sides on one ladder, as written, and whether the offer is as good as wanted."""

    label: str
    wanted: str
    offered: str
    met: bool
    #: The offer names several grades, so the best of them may describe something else.
    open: bool = False


def ladder_of(name: str, unit: str = "") -> Ladder | None:
    """The ladder of an indicator, recognised by its name or by a unit such as IP, IT or SIL."""
    plain, sign = name.lower(), unit.strip().lower()
    by_name = (ladder for ladder in LADDERS if ladder.name.search(plain))
    by_unit = (
        ladder for ladder in LADDERS if ladder.prefix and ladder.prefix == sign and len(sign) > 1
    )
    return next(by_name, None) or next(by_unit, None)


def written(ladder: Ladder, value: object, unit: str) -> Rank | None:
    """The grade of an indicator typed as value and unit: 65 IP, 0.2 级, 0 E."""
    number = exact(value)
    if number is None:
        return None
    text = f"{float(number):g}"
    sign = unit.strip().lower()
    if sign not in {"", "级", "等级", ladder.prefix, f"{ladder.prefix}级"}:
        return None
    return ladder.rank(f"{ladder.prefix}{text}") if ladder.prefix else ladder.rank(text)


def met(wanted: Rank, offered: Rank, *, strictly: bool = False) -> bool:
    """Whether an offered grade is as good as the wanted one in each of its parts."""
    enough = all(has >= asked for asked, has in zip(wanted, offered, strict=True))
    return enough and (not strictly or wanted != offered)


def in_texts(need: str, offer: str, but: Iterable[Ladder] = ()) -> list[Graded]:
    """Grades that both texts name, ladder by ladder. Of several in one text the best one counts.

    A need may name its current and its wanted grade, an offer those of others and its own.
    """
    passed = set(map(id, but))
    found = []
    for ladder in LADDERS:
        asked, has = _named(ladder, need), _named(ladder, offer)
        if id(ladder) in passed or not asked or not has:
            continue
        wanted, offered = max(asked, key=asked.__getitem__), max(has, key=has.__getitem__)
        is_met = met(asked[wanted], has[offered])
        found.append(
            Graded(ladder.label, wanted.upper(), offered.upper(), is_met, is_met and len(has) > 1)
        )
    return found


def _named(ladder: Ladder, text: str) -> dict[str, Rank]:
    if not ladder.about.search(text):
        return {}
    grades = {
        next(group for group in match.groups() if group).replace(" ", "")
        for match in ladder.text.finditer(text)
    }
    ranks = {grade: ladder.rank(grade) for grade in grades}
    return {grade: rank for grade, rank in ranks.items() if rank is not None}
