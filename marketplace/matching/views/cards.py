"""A match as a page shows it, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.kernel.actors import Actor
from marketplace.listings.kind import kinds
from marketplace.matching import scoring
from marketplace.matching.models import Match, Side
from marketplace.matching.policies import sides_of
from marketplace.matching.queries import Lacking, Preview
from marketplace.matching.rulebook.phrases import render


@dataclass(frozen=True)
class Card:
    """One match. `other` is the listing that is shown, `kind` its side, need or achievement.

    `alike` describes in words a match for which only texts could be compared: it shows no score.
    `reweighed` says that a group could have more or fewer points than its weight: some row was open.
    """

    kind: str
    other: Any
    score: int
    rows: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    reweighed: bool = False
    note: str = ""
    alike: str = ""
    summary: str = ""
    code: str = ""
    side: str = ""
    verdict: str = ""
    folded: bool = False
    mine: Any = None

    @property
    def url(self) -> str:
        """The page of the shown listing."""
        shown = next(kind for kind in kinds() if kind.noun == self.kind)
        return shown.url("detail", self.other.code)


def cards_of(
    matches: Iterable[Match], actor: Actor, *, shown: str, unfolded: int = 1
) -> list[Card]:
    """Stored matches; `shown` is the side whose listing the card shows."""
    return [
        card_of(match, actor, shown=shown, folded=place >= unfolded)
        for place, match in enumerate(matches)
    ]


def card_of(match: Match, actor: Actor, *, shown: str, folded: bool) -> Card:
    """One stored match, with the judgement of the reader's side."""
    mine = Side.NEED.value if shown == Side.ACHIEVEMENT else Side.ACHIEVEMENT.value
    speaks_for = sides_of(actor, match)
    side = mine if mine in speaks_for else next(iter(speaks_for), "")
    return Card(
        kind=shown,
        other=getattr(match, shown),
        score=match.score,
        rows=[in_words(row) for row in match.rows],
        groups=_groups(match.rows),
        reweighed=_reweighed(match.rows),
        note=_cap_note(match.evidence.get("cap"), match.rows),
        alike=_alike(match.rows, text_only=match.evidence.get("text_only", False)),
        summary=summary_of(match.rows),
        code=match.code,
        side=side,
        verdict=getattr(match, f"{side}_verdict") if side else "",
        folded=folded,
        mine=getattr(match, mine),
    )


def previews(found: Sequence[Preview], *, shown: str, unfolded: int = 1) -> list[Card]:
    """Cards of live matches, which cannot be judged because they are not stored."""
    return [
        Card(
            kind=shown,
            other=one.other,
            score=one.score,
            rows=[in_words(row) for row in one.rows],
            groups=[] if one.text_only else _groups(one.rows),
            reweighed=_reweighed(one.rows),
            note=_cap_note(one.cap, one.rows),
            alike=_alike(one.rows, text_only=one.text_only),
            summary=summary_of(one.rows),
            folded=place >= unfolded,
        )
        for place, one in enumerate(found)
    ]


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A stored row as the component shows it."""
    label = render(row["label"])
    return {
        "label": _("%(name)s（必须）") % {"name": label} if row.get("must") else label,
        "wanted": render(row["wanted"]),
        "offered": render(row["offered"]),
        "words": render(row["words"]),
        "verdict": row["kind"],
    }


def summary_of(rows: Sequence[dict[str, Any]]) -> str:
    """How many rows are met, open or missed, in one line for a folded card."""
    counts = {
        kind: sum(row["kind"] == kind for row in rows) for kind in ("yes", "part", "no", "unknown")
    }
    parts = [
        ngettext("%(n)s 项符合", "%(n)s 项符合", counts["yes"]) % {"n": counts["yes"]},
        _("%(n)s 项部分符合") % {"n": counts["part"]} if counts["part"] else "",
        _("%(n)s 项不符合") % {"n": counts["no"]} if counts["no"] else "",
        _("%(n)s 项待确认") % {"n": counts["unknown"]} if counts["unknown"] else "",
    ]
    return _("，").join(part for part in parts if part)


def weights_note() -> str:
    """The weights in one sentence: the same for every match."""
    weights = scoring.WEIGHTS
    named = [f"{_(group.label)} {round(group.weight)}%" for group in weights.groups]
    return _(
        "匹配度由%(weights)s加权得出。未填写或不能换算的项不计分，也不扣分；必须指标差得多时最高 "
        "%(missed)s 分，差得不多或有待确认时最高 %(nearly)s 分，全部待确认时最高 %(open)s 分；"
        "价格远超预算时最高 %(price)s 分。只能比较文字时不给分。权重版本 %(version)s。"
    ) % {
        "weights": _("、").join(named),
        "missed": weights.cap_missed,
        "nearly": weights.cap_nearly,
        "open": weights.cap_all_open,
        "price": weights.cap_price,
        "version": weights.version,
    }


def lacking_words(lacking: Lacking | None) -> str:
    """Why nothing is shown, in one or two sentences; empty when something is."""
    if lacking is None:
        return ""
    if not lacking.looked_at:
        return _("现在还没有公开的信息可以比对。")
    said = ngettext(
        "比对了最接近的 %(n)s 项，都没有达到列出的标准。",
        "比对了最接近的 %(n)s 项，都没有达到列出的标准。",
        lacking.looked_at,
    ) % {"n": lacking.looked_at}
    if not lacking.reasons:
        return said
    reasons = [
        _("%(name)s（%(n)s 项）") % {"name": render(label), "n": count}
        for label, count in lacking.reasons
    ]
    return said + _("主要差在：%(reasons)s。") % {"reasons": _("、").join(reasons)}


def _alike(rows: Sequence[dict[str, Any]], *, text_only: bool) -> str:
    if not text_only:
        return ""
    meaning = next((row for row in rows if row["key"] == "meaning"), None)
    parts = meaning["offered"] if meaning else []
    shares_words = any(part.get("p", {}).get("words") for part in parts)
    return _("文字相近") if shares_words else _("语义相近")


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**group, "label": _(group["label"])}
        for group in scoring.breakdown(rows)
        if group["judged"] or group["points"]
    ]


def _reweighed(rows: Sequence[dict[str, Any]]) -> bool:
    return any(group["judged"] != group["weight"] for group in scoring.breakdown(rows))


def _cap_note(cap: int | None, rows: Sequence[dict[str, Any]]) -> str:
    """The reason for a cap on the score."""
    if cap is None:
        return ""
    musts = [row for row in rows if row.get("must")]
    missed = [row for row in musts if row["kind"] in {"no", "part"}]
    over = any(row["key"] == "budget" and row["kind"] == "no" for row in rows)
    if over and cap == scoring.WEIGHTS.cap_price and not any(m["kind"] == "no" for m in missed):
        return _("价格远超预算，匹配度最高计 %(cap)s。") % {"cap": cap}
    names = _("、").join(render(row["label"]) for row in missed)
    if names and cap != scoring.WEIGHTS.cap_all_open:
        return _("必须指标“%(names)s”没有达到，匹配度最高计 %(cap)s。") % {
            "names": names,
            "cap": cap,
        }
    if not musts:
        return ""
    names = _("、").join(render(row["label"]) for row in musts if row["kind"] == "unknown")
    return _("必须指标“%(names)s”还待确认，匹配度最高计 %(cap)s。") % {"names": names, "cap": cap}
