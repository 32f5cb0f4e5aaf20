"""The rows that explain a match: what is asked, what is offered, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from marketplace.matching.rulebook import affinity as words_of
from marketplace.matching.rulebook import grades, indicators, phrases
from marketplace.matching.rulebook.affinity import Affinity, Text
from marketplace.matching.rulebook.indicators import Figure
from marketplace.matching.rulebook.phrases import Phrase
from search.analysis import clean, tokenize

MOST_KEYWORDS = 12
_EVIDENCE = 24
_CITY, _PROVINCE = 4, 2
#: The credit from which two texts are called near.
_NEARNESS = 0.6
#: What is left of the nearness of texts that share too little to be called near: less than _NEARNESS.
_THIN = 0.59

#: Pairs of cooperation modes that are compatible: half credit.
_RELATED = (
    {"transfer", "license", "open_license", "equity"},
    {"joint_dev", "commissioned_dev"},
    {"service", "consulting", "use_first"},
)


@dataclass(frozen=True)
class NeedFacts:
    """The facts of a need that are compared; money in fen."""

    text: Text
    industry: tuple[str, ...] = ()  # from the top down
    field: str = ""
    district: str = ""
    keywords: Sequence[str] = ()
    cooperation: Sequence[str] = ()
    trl_min: int | None = None
    budget: tuple[int | None, int | None] = (None, None)
    indicators: Sequence[Figure] = ()


@dataclass(frozen=True)
class OfferFacts:
    """The facts of an achievement that are compared; money in fen."""

    text: Text
    industry: tuple[str, ...] = ()
    field: str = ""
    district: str = ""
    keywords: Sequence[str] = ()
    cooperation: Sequence[str] = ()
    trl: int | None = None
    trl_evidence: str = ""
    price: tuple[int | None, int | None] = (None, None)
    indicators: Sequence[Figure] = ()


@dataclass(frozen=True)
class Row:
    """One compared thing. `kind` is yes, part, no or unknown; `credit` 0 to 1 counts when known."""

    key: str
    label: Phrase
    wanted: Phrase
    offered: Phrase
    words: Phrase
    kind: str
    credit: float = 0.0
    must: bool = False


_SAME = gettext_noop("一致")
_SAME_BRANCH = gettext_noop("同一大类")
_OTHER = gettext_noop("不同")
_MET = gettext_noop("满足")
_HITS = gettext_noop("命中 %(hits)s / %(all)s")
_HIT_LIST = gettext_noop("命中 %(words)s")
_NO_HIT = gettext_noop("没有命中")
_WHOLE_TEXT = gettext_noop("难题与要求的全文")
_SHARED = gettext_noop("共同用词：%(words)s")
_NONE_SHARED = gettext_noop("没有共同的专门用词")
_SENSE_NEAR = gettext_noop("；语义相近")
_IN_TEXT = gettext_noop("文中写到 %(grade)s")
_SEVERAL_GRADES = gettext_noop("文中写到几个等级，待确认")
_NEAR, _HALF, _FAR = gettext_noop("相近"), gettext_noop("部分相近"), gettext_noop("不相近")
_TRL_MIN = gettext_noop("TRL ≥ %(level)s")
_TRL = gettext_noop("TRL %(level)s")
_TRL_WHY = gettext_noop("TRL %(level)s，%(text)s")
_BELOW = gettext_noop("低 %(levels)s 级")
_UP_TO = gettext_noop("最高 ")
_IN_BUDGET = gettext_noop("在预算内")
_PARTLY = gettext_noop("部分超出预算")
_OVER = gettext_noop("超出预算 %(share)s%%")
_FACE = gettext_noop("面议，待确认")
_RELATED_MODE = gettext_noop("方式相近，可商量")
_SAME_DISTRICT = gettext_noop("同区县")
_SAME_CITY = gettext_noop("同城")
_SAME_PROVINCE = gettext_noop("同省")
_OUTSIDE = gettext_noop("外地")

LABELS = {
    "industry": gettext_noop("行业"),
    "field": gettext_noop("技术领域"),
    "keywords": gettext_noop("关键词"),
    "meaning": gettext_noop("语义"),
    "trl": gettext_noop("成熟度"),
    "budget": gettext_noop("预算"),
    "cooperation": gettext_noop("合作方式"),
    "district": gettext_noop("区县"),
}


def compare(need: NeedFacts, offer: OfferFacts, affinity: Affinity) -> list[Row]:
    """Every row of the comparison, in the order shown. What the need does not ask has no row."""
    rows = [
        _industry(need, offer),
        _field(need, offer),
        _keywords(need, offer),
        _meaning(need, offer, affinity),
        *_indicators(need, offer),
        *_grades(need, offer),
        _trl(need, offer),
        _budget(need, offer),
        _cooperation(need, offer),
        _district(need, offer),
    ]
    return [row for row in rows if row is not None]


def _row(key: str, wanted: Phrase, offered: Phrase, verdict: tuple[str, float, Phrase]) -> Row:
    kind, credit, words = verdict
    return Row(key, phrases.say(LABELS[key]), wanted, offered, words, kind, credit)


def _unknown(key: str, wanted: Phrase) -> Row:
    missing, words = phrases.say(phrases.NOT_GIVEN), phrases.say(phrases.UNKNOWN)
    return _row(key, wanted, missing, ("unknown", 0.0, words))


def _industry(need: NeedFacts, offer: OfferFacts) -> Row | None:
    if not need.industry:
        return None
    wanted = phrases.terms("industry", need.industry, path=True)
    if not offer.industry:
        return _unknown("industry", wanted)
    # A need that names the branch only is answered by whatever lies in it.
    if offer.industry[: len(need.industry)] == tuple(need.industry):
        verdict = ("yes", 1.0, phrases.say(_SAME))
    elif offer.industry[0] == need.industry[0]:
        verdict = ("part", 0.6, phrases.say(_SAME_BRANCH))
    else:
        verdict = ("no", 0.0, phrases.say(_OTHER))
    return _row("industry", wanted, phrases.terms("industry", offer.industry, path=True), verdict)


def _field(need: NeedFacts, offer: OfferFacts) -> Row | None:
    if not need.field:
        return None
    wanted = phrases.terms("field", [need.field])
    if not offer.field:
        return _unknown("field", wanted)
    same = need.field == offer.field
    verdict = ("yes", 1.0, phrases.say(_SAME)) if same else ("no", 0.0, phrases.say(_OTHER))
    return _row("field", wanted, phrases.terms("field", [offer.field]), verdict)


def _keywords(need: NeedFacts, offer: OfferFacts) -> Row | None:
    asked = sorted({word.strip() for word in need.keywords if word.strip()})[:MOST_KEYWORDS]
    if not asked:
        return None
    in_order = [word for word in dict.fromkeys(w.strip() for w in need.keywords) if word in asked]
    hits = [word for word in in_order if _is_hit(word, offer)]
    wanted = phrases.quote("、".join(in_order))
    share = len(hits) / len(in_order)
    if not hits:
        return _row("keywords", wanted, phrases.say(_NO_HIT), ("no", 0.0, phrases.say(_OTHER)))
    kind = "yes" if share >= 0.6 else "part"
    words = phrases.say(_HITS, hits=len(hits), all=len(in_order))
    offered = phrases.say(_HIT_LIST, words=phrases.encodable("、".join(hits)))
    return _row("keywords", wanted, offered, (kind, min(1.0, 1.25 * share), words))


def _is_hit(word: str, offer: OfferFacts) -> bool:
    """Whether the offer contains the keyword, or every word of it."""
    if clean(word).strip() in offer.text.plain:
        return True
    words = set(tokenize(word).words)
    return len(words) > 1 and words <= offer.text.words


def _meaning(need: NeedFacts, offer: OfferFacts, affinity: Affinity) -> Row:
    """Nearness of the texts, told by the words they share: a figure would promise what none can keep."""
    shared = words_of.shared(need.text, offer.text)
    offered = phrases.say(_NONE_SHARED)
    if shared:
        offered = phrases.say(_SHARED, words=phrases.encodable("、".join(shared)))
    if affinity.sense is not None and affinity.sense >= _NEARNESS:
        offered = offered + phrases.say(_SENSE_NEAR)
    credit = affinity.credit
    if credit >= _NEARNESS and words_of.is_thin(shared):
        credit *= _THIN
    kind = "yes" if credit >= _NEARNESS else "part" if credit >= 0.3 else "no"
    verdict = {"yes": _NEAR, "part": _HALF, "no": _FAR}[kind]
    return _row("meaning", phrases.say(_WHOLE_TEXT), offered, (kind, credit, phrases.say(verdict)))


def _grades(need: NeedFacts, offer: OfferFacts) -> list[Row]:
    """Grades that both texts name (E0, ENF, IP65), unless an indicator of the need states its own."""
    stated = [
        ladder
        for figure in need.indicators
        if (ladder := grades.ladder_of(figure.name, figure.unit)) is not None
    ]
    rows = []
    for found in grades.in_texts(need.text.plain, offer.text.plain, but=stated):
        words, kind, credit = phrases.say(_MET), "yes", 1.0
        if found.open:
            words, kind, credit = phrases.say(_SEVERAL_GRADES), "unknown", 0.0
        elif not found.met:
            words, kind, credit = phrases.say(indicators.GRADE_BELOW), "no", 0.0
        wanted = phrases.say(_IN_TEXT, grade=found.wanted)
        offered = phrases.say(_IN_TEXT, grade=found.offered)
        label = phrases.say(found.label)
        rows.append(Row("indicator", label, wanted, offered, words, kind, credit))
    return rows


def _indicators(need: NeedFacts, offer: OfferFacts) -> list[Row]:
    wanted = need.indicators[: indicators.MOST_ROWS]
    verdicts = indicators.compare_all(wanted, offer.indicators)
    return [
        Row(
            "indicator",
            phrases.quote(figure.name),
            phrases.quote(figure.text),
            verdict.offered,
            verdict.words,
            verdict.kind,
            verdict.credit,
            must=figure.must,
        )
        for figure, verdict in zip(wanted, verdicts, strict=True)
    ]


def _trl(need: NeedFacts, offer: OfferFacts) -> Row | None:
    if need.trl_min is None:
        return None
    wanted = phrases.say(_TRL_MIN, level=need.trl_min)
    if offer.trl is None:
        return _unknown("trl", wanted)
    text = phrases.encodable(offer.trl_evidence)
    short = text if len(text) <= _EVIDENCE else f"{text[:_EVIDENCE]}…"
    offered = (
        phrases.say(_TRL_WHY, level=offer.trl, text=short)
        if short
        else phrases.say(_TRL, level=offer.trl)
    )
    below = need.trl_min - offer.trl
    if below <= 0:
        return _row("trl", wanted, offered, ("yes", 1.0, phrases.say(_MET)))
    words = phrases.say(_BELOW, levels=below)
    verdict = ("part", 0.5, words) if below == 1 else ("no", 0.0, words)
    return _row("trl", wanted, offered, verdict)


def _budget(need: NeedFacts, offer: OfferFacts) -> Row:
    low, high = need.budget
    limit = high if high is not None else low
    prices = [price for price in offer.price if price is not None]
    offered = phrases.amount(*offer.price)
    if limit is None or not prices:
        wanted = phrases.amount(low, high)
        return _row("budget", wanted, offered, ("unknown", 0.0, phrases.say(_FACE)))
    wanted = phrases.amount(low, high) if low == high else phrases.say(_UP_TO)
    if low != high:
        wanted = wanted + phrases.amount(limit, limit)
    if max(prices) <= limit:
        verdict = ("yes", 1.0, phrases.say(_IN_BUDGET))
    elif min(prices) <= limit:
        verdict = ("part", 0.6, phrases.say(_PARTLY))
    else:
        over = 100 * (min(prices) - limit) // limit if limit else 100
        words = phrases.say(_OVER, share=max(1, min(over, 999)))
        # More than half above the budget is another price, not one to talk about: no credit at all.
        credit = 0.4 if over <= 10 else 0.2 if over <= 50 else 0.0
        verdict = ("part" if over <= 10 else "no", credit, words)
    return _row("budget", wanted, offered, verdict)


def _cooperation(need: NeedFacts, offer: OfferFacts) -> Row | None:
    asked, given = set(need.cooperation), set(offer.cooperation)
    if not asked:
        return None
    wanted = phrases.terms("cooperation", need.cooperation)
    if not given:
        return _unknown("cooperation", wanted)
    offered = phrases.terms("cooperation", offer.cooperation)
    if asked & given:
        return _row("cooperation", wanted, offered, ("yes", 1.0, phrases.say(_SAME)))
    if any(asked & family and given & family for family in _RELATED):
        return _row("cooperation", wanted, offered, ("part", 0.5, phrases.say(_RELATED_MODE)))
    return _row("cooperation", wanted, offered, ("no", 0.0, phrases.say(_OTHER)))


def _district(need: NeedFacts, offer: OfferFacts) -> Row | None:
    """A near district is an advantage; a far one is not a reason against: the verdict is never no."""
    if not need.district:
        return None
    wanted = phrases.terms("district", [need.district])
    if not offer.district:
        return _unknown("district", wanted)
    here, there = need.district, offer.district
    verdict = ("part", 0.3, phrases.say(_OUTSIDE))
    if here == there:
        verdict = ("yes", 1.0, phrases.say(_SAME_DISTRICT))
    elif here[:_CITY] == there[:_CITY]:
        verdict = ("yes", 0.8, phrases.say(_SAME_CITY))
    elif here[:_PROVINCE] == there[:_PROVINCE]:
        verdict = ("part", 0.5, phrases.say(_SAME_PROVINCE))
    return _row("district", wanted, phrases.terms("district", [there]), verdict)
