"""A match as a page shows it, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.matching import scoring
from marketplace.matching.models import Match, Side
from marketplace.matching.policies import sides_of
from marketplace.matching.queries import Preview
from marketplace.matching.rulebook.phrases import render


@dataclass(frozen=True)
class Card:
    """One match. `other` is the listing that is shown, `kind` need or achievement."""

    kind: str
    other: Any
    score: int
    rows: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    note: str = ""
    summary: str = ""
    code: str = ""
    side: str = ""
    verdict: str = ""
    folded: bool = False
    mine: Any = None

    @property
    def url(self) -> str:
        """The page of the shown listing."""
        return reverse(f"{self.kind}s:detail", args=[self.other.code])


def cards_of(matches: Iterable[Match], actor: Any, *, shown: str, unfolded: int = 1) -> list[Card]:
    """Stored matches; `shown` names the side whose listing the reader is looking for."""
    return [
        card_of(match, actor, shown=shown, folded=place >= unfolded)
        for place, match in enumerate(matches)
    ]


def card_of(match: Match, actor: Any, *, shown: str, folded: bool) -> Card:
    """One stored match, with what the reader's side has said about it."""
    mine = Side.NEED.value if shown == Side.ACHIEVEMENT else Side.ACHIEVEMENT.value
    speaks_for = sides_of(actor, match)
    side = mine if mine in speaks_for else next(iter(speaks_for), "")
    return Card(
        kind=shown,
        other=getattr(match, shown),
        score=match.score,
        rows=[in_words(row) for row in match.rows],
        groups=_groups(match.rows),
        note=_cap_note(match.evidence.get("cap"), match.rows),
        summary=summary_of(match.rows),
        code=match.code,
        side=side,
        verdict=getattr(match, f"{side}_verdict") if side else "",
        folded=folded,
        mine=getattr(match, mine),
    )


def previews(found: Sequence[Preview], *, shown: str, unfolded: int = 1) -> list[Card]:
    """Matches that are not stored, so there is nothing to judge."""
    return [
        Card(
            kind=shown,
            other=one.other,
            score=one.score,
            rows=[in_words(row) for row in one.rows],
            groups=_groups(one.rows),
            note=_cap_note(one.cap, one.rows),
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
        "%(missed)s 分，差得不多时最高 %(nearly)s 分。权重版本 %(version)s。"
    ) % {
        "weights": _("、").join(named),
        "missed": weights.cap_missed,
        "nearly": weights.cap_nearly,
        "version": weights.version,
    }


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**group, "label": _(group["label"])}
        for group in scoring.breakdown(rows)
        if group["judged"] or group["points"]
    ]


def _cap_note(cap: int | None, rows: Sequence[dict[str, Any]]) -> str:
    if cap is None:
        return ""
    missed = [row for row in rows if row.get("must") and row["kind"] in {"no", "part"}]
    names = _("、").join(render(row["label"]) for row in missed)
    return _("必须指标“%(names)s”没有达到，匹配度最高计 %(cap)s。") % {"names": names, "cap": cap}
