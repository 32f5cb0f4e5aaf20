"""Whether what an achievement has proven meets what a need asks, indicator by indicator."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext_noop

from marketplace.matching.rulebook import grades, names, phrases, senses, units
from marketplace.matching.rulebook.names import Relation
from marketplace.matching.rulebook.numbers import exact, show
from marketplace.matching.rulebook.phrases import Phrase
from marketplace.matching.rulebook.senses import Heat
from marketplace.matching.rulebook.units import Unit

#: A gap of at most this share of the target counts as nearly met: verdict part, with part of the credit.
NEARLY = Fraction(1, 4)
#: From a gap of this share of the target on, the credit is 0.
FAR = Fraction(1, 2)
#: The highest credit of a figure that does not quite meet the target.
BEST_SHORT = 0.8
#: The tolerance for units that are converted by rounded factors, such as oersted and months.
ROUNDING = Fraction(1, 200)
#: The largest number of rows that are compared; the forms take 20.
MOST_ROWS = 40

_EVIDENCE = 24


@dataclass(frozen=True)
class Figure:
    """One row of an indicator table: a name, its value or range, and its text as written.

    `must` counts for needs, `evidence` for achievements.
    """

    name: str
    comparator: str
    low: object
    high: object = None
    unit: str = ""
    text: str = ""
    must: bool = True
    evidence: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a comparison found. `kind`: yes, part, no or unknown; `credit` 0 to 1 when known."""

    kind: str
    words: Phrase
    credit: float = 0.0
    offered: Phrase = field(default_factory=list)


class Span(NamedTuple):
    """A range; None is an open end, and a strict end is excluded."""

    low: Fraction | None
    high: Fraction | None
    strict_low: bool = False
    strict_high: bool = False


class _Gap(NamedTuple):
    """The gap between an offer and the target, in the need's unit and as a share of the target."""

    size: Fraction
    share: Fraction


_MET = gettext_noop("满足")
_POINTS = gettext_noop("差 %(gap)s 个百分点")
_SHARE = gettext_noop("差 %(gap)s%%")
_STEPS = gettext_noop("差 %(gap)s")
_ON_EDGE = gettext_noop("恰在界限上")
_SLIGHT = gettext_noop("差不到 0.1%%")
_OTHER_UNITS = gettext_noop("单位不能换算，待确认")
_GAS = gettext_noop("换算取决于气体种类，待确认")
_NO_UNIT = gettext_noop("有一方未写单位，待确认")
_MEANING = gettext_noop("口径不同，待确认")
_CONDITIONS = gettext_noop("测试条件不同，待确认")
GRADE_BELOW = gettext_noop("等级不够")
_HEAT = gettext_noop("看不出是温度还是温差，不能换算，待确认")
_TOO_COLD = gettext_noop("低于绝对零度，待确认")
_NEGATIVE = gettext_noop("不会小于 0，待确认")
_OPEN = gettext_noop("成果没有给出这一侧的界限，待确认")
_ABOUT = gettext_noop("（约合 %(value)s）")
_EQUALS = gettext_noop("（即 %(value)s）")
_NAMED = gettext_noop("%(name)s：")
_REMARK = gettext_noop("（%(text)s）")

_UNKNOWN_BECAUSE = {Relation.OTHER_MEANING: _MEANING, Relation.OTHER_CONDITIONS: _CONDITIONS}


def span_of(figure: Figure) -> Span | None:
    """The range of a figure; None when it has nothing to compare."""
    low, high = exact(figure.low), exact(figure.high)
    if low is None:
        return None
    if figure.comparator == "between" and high is not None:
        return Span(min(low, high), max(low, high))
    return {
        "ge": Span(low, None),
        "gt": Span(low, None, strict_low=True),
        "le": Span(None, low),
        "lt": Span(None, low, strict_high=True),
        "eq": Span(low, low),
    }.get(figure.comparator)


def compare_all(wanted: Sequence[Figure], offered: Sequence[Figure]) -> list[Verdict]:
    """A verdict for each wanted figure. Each offered figure answers one wanted figure at most."""
    wanted, offered = wanted[:MOST_ROWS], offered[:MOST_ROWS]
    pairs = _pairs(wanted, offered)
    return [
        compare(figure, offered[pairs[place]]) if place in pairs else _missing()
        for place, figure in enumerate(wanted)
    ]


def compare(wanted: Figure, offered: Figure) -> Verdict:
    """One wanted against one offered figure of the same or a related name."""
    related = names.relation(names.read(wanted.name), names.read(offered.name))
    if related in _UNKNOWN_BECAUSE:
        named = phrases.say(_NAMED, name=phrases.encodable(offered.name))
        return _unknown(_UNKNOWN_BECAUSE[related], named + phrases.quote(offered.text))
    return _by_grade(wanted, offered) or _by_figure(wanted, offered)


def _by_figure(wanted: Figure, offered: Figure) -> Verdict:
    target, has, heat = _measures(wanted, offered)
    if not has.comparable(target):
        return _unknown(_why_not(target, has), phrases.quote(offered.text))
    need, offer = span_of(wanted), span_of(offered)
    if need is None or offer is None:
        return _unknown(phrases.UNKNOWN, phrases.quote(offered.text))
    if heat == Heat.UNSURE and has.offset != target.offset:
        return _unknown(_HEAT, phrases.quote(offered.text))
    shown = _shown(wanted, offered)
    for span, unit in ((need, target), (offer, has)):
        if senses.below_nothing(span.low, span.high, unit, heat):
            return _unknown(_TOO_COLD, phrases.quote(offered.text))
        if senses.is_size(wanted.name) and span.high is not None and span.high < 0:
            return _unknown(_NEGATIVE, phrases.quote(offered.text))
    offer = _converted(offer, has, target, is_difference=heat == Heat.DIFFERENCE)
    slack = Fraction(0) if (has.exact and target.exact) or has == target else ROUNDING
    gaps, undecided = _gaps(need, offer, slack)
    if gaps:
        return _short(max(gaps, key=lambda gap: gap.share), wanted, target, shown)
    if undecided:
        return _unknown(_OPEN, shown)
    return Verdict("yes", phrases.say(_MET), 1.0, shown)


def _by_grade(wanted: Figure, offered: Figure) -> Verdict | None:
    """The verdict on grades of one ladder (防护等级, 能效等级); None for anything else."""
    ladder = grades.ladder_of(wanted.name, wanted.unit) or grades.ladder_of("", offered.unit)
    if ladder is None:
        return None
    asked = grades.written(ladder, wanted.low, wanted.unit)
    has = grades.written(ladder, offered.low, offered.unit)
    if asked is None or has is None or "between" in {wanted.comparator, offered.comparator}:
        return None
    shown = phrases.quote(offered.text)
    if grades.met(asked, has, strictly=wanted.comparator in {"gt", "lt"}):
        return Verdict("yes", phrases.say(_MET), 1.0, shown)
    return Verdict("no", phrases.say(GRADE_BELOW), 0.0, shown)


def _measures(wanted: Figure, offered: Figure) -> tuple[Unit, Unit, Heat]:
    """The units as the indicator means them, and what a figure in degrees is."""
    target = senses.in_sense(units.parse(wanted.unit), wanted.name)
    has = senses.in_sense(units.parse(offered.unit), offered.name)
    return target, has, senses.heat_of(wanted.name, offered.name)


def _pairs(wanted: Sequence[Figure], offered: Sequence[Figure]) -> dict[int, int]:
    """Pairs of wanted and offered figures: the most certain pairs first, each figure used once."""
    rank = {Relation.SAME: 0, Relation.OTHER_CONDITIONS: 1, Relation.OTHER_MEANING: 2}
    found = []
    for place, figure in enumerate(wanted):
        one = names.read(figure.name)
        unit = senses.in_sense(units.parse(figure.unit), figure.name)
        for other_place, other in enumerate(offered):
            two = names.read(other.name)
            related = names.relation(one, two)
            if related in rank:
                has = senses.in_sense(units.parse(other.unit), other.name)
                fits = has.comparable(unit)
                # Ties are broken by content, so that the order of rows never matters.
                ends = (_identity(figure), _identity(other))
                likeness = -names.likeness(one, two)
                found.append((rank[related], not fits, likeness, ends, place, other_place))
    pairs: dict[int, int] = {}
    for *_order, place, other_place in sorted(found):
        if place not in pairs and other_place not in pairs.values():
            pairs[place] = other_place
    return pairs


def _identity(figure: Figure) -> tuple[str, ...]:
    parts = (figure.name, figure.comparator, figure.low, figure.high, figure.unit, figure.text)
    return (*map(str, parts), str(figure.must), figure.evidence)


def _converted(span: Span, source: Unit, target: Unit, *, is_difference: bool) -> Span:
    ends = [
        None if end is None else units.convert(end, source, target, is_difference=is_difference)
        for end in span[:2]
    ]
    return Span(ends[0], ends[1], span.strict_low, span.strict_high)


def _gaps(need: Span, offer: Span, slack: Fraction) -> tuple[list[_Gap], bool]:
    """The certain gaps of an offer, and whether one end cannot be decided.

    An offer of "≥ 20" counts as 20, the value that is certain.
    """
    gaps, undecided = [], False
    sides = (
        (need.low, need.strict_low, offer.low, offer.strict_low, offer.high, 1),
        (need.high, need.strict_high, offer.high, offer.strict_high, offer.low, -1),
    )
    for bound, strict, sure, sure_strict, other, sign in sides:
        if bound is None:
            continue
        reach = sure if sure is not None else other
        missing = sign * (bound - reach) if reach is not None else Fraction(0)
        if missing > slack * abs(bound):
            gaps.append(_Gap(missing, missing / abs(bound) if bound else Fraction(1)))
        elif sure is None:
            undecided = True
        elif strict and not sure_strict and missing == 0:
            gaps.append(_Gap(Fraction(0), Fraction(0)))
    return gaps, undecided


def _short(gap: _Gap, wanted: Figure, unit: Unit, shown: Phrase) -> Verdict:
    kind = "part" if gap.share <= NEARLY else "no"
    credit = BEST_SHORT * float(max(Fraction(0), 1 - gap.share / FAR))
    return Verdict(kind, _gap_words(gap, wanted, unit), credit, shown)


def _gap_words(gap: _Gap, wanted: Figure, unit: Unit) -> Phrase:
    if gap.size == 0:
        return phrases.say(_ON_EDGE)
    if unit.is_percent:
        return phrases.say(_POINTS, gap=show(gap.size, 3))
    is_zero_based = not unit.is_stepped and exact(wanted.low) != 0
    if is_zero_based and not unit.blank:
        share = gap.share * 100
        if share < Fraction(1, 10):
            return phrases.say(_SLIGHT)
        return phrases.say(_SHARE, gap=show(share, 2 if share < 100 else 3))
    return phrases.say(_STEPS, gap=f"{show(gap.size, 3)} {wanted.unit}".strip())


def _shown(wanted: Figure, offered: Figure) -> Phrase:
    """The offer as written, also in the need's unit where that differs, and its evidence."""
    shown = phrases.quote(offered.text)
    target, has, heat = _measures(wanted, offered)
    ends = span_of(offered)
    if units.tidy(wanted.unit) != units.tidy(offered.unit) and has.comparable(target) and ends:
        span = _converted(ends, has, target, is_difference=heat == Heat.DIFFERENCE)
        figures = [show(end) for end in dict.fromkeys(span[:2]) if end is not None]
        is_exact = has.exact and target.exact
        value = f"{'–'.join(figures)} {phrases.encodable(wanted.unit)}"
        shown = shown + phrases.say(_EQUALS if is_exact else _ABOUT, value=value)
    if offered.evidence:
        text = phrases.encodable(offered.evidence)
        short = text if len(text) <= _EVIDENCE else f"{text[:_EVIDENCE]}…"
        shown = shown + phrases.say(_REMARK, text=short)
    return shown


def _why_not(target: Unit, has: Unit) -> str:
    if target.blank or has.blank:
        return _NO_UNIT
    density = (("kg", 1), ("m", -3))
    if {(), density} <= {target.dimensions, has.dimensions}:
        return _GAS
    return _OTHER_UNITS


def _missing() -> Verdict:
    return _unknown(phrases.UNKNOWN, phrases.say(phrases.NOT_GIVEN))


def _unknown(msgid: str, offered: Phrase) -> Verdict:
    return Verdict("unknown", phrases.say(msgid), 0.0, offered)
