"""The report of a panel: fixed by the chair, signed by each member, then handed on as the result."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.awards import services as awards
from marketplace.awards.rulebook import Basis, Verdict
from marketplace.evaluation import events, queries, rulebook
from marketplace.evaluation.models import Panel, Seat
from marketplace.evaluation.queries import Judged
from marketplace.evaluation.rulebook import GROUNDS, MOST_REASON, MOST_TEXT
from marketplace.evaluation.services.locking import given, locked, locked_seat, save
from marketplace.evaluation.workflow import PANEL, SEAT, SITTING, SeatStatus
from marketplace.exclusions.rulebook import plain
from marketplace.journal.services import publish
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.tenders import queries as tender_queries
from marketplace.tenders import services as tenders

#: 2 says the public reason of each bid where one reader judged.
VERSION = 2


@transaction.atomic
def issue_report(
    panel: Panel,
    *,
    conclusion: str,
    reasons: Mapping[str, str] | None = None,
    actor: Actor,
    rev: Rev = None,
) -> Panel:
    """Fix the report: everything that the ranking follows from, as canonical JSON, with its SHA-256.

    One reader of the purchaser gives a public reason for each bid that he did not reject: `reasons` by code of the bid.
    Raises Forbidden for anybody but the chair, Refused, Stale, InvalidInput at `conclusion` and `reason_<code>`, and at
    `reasons` for a bid that takes none.
    """
    panel, now = locked(panel)
    PANEL.fire("report", panel, actor, at=now)
    check(panel.rev, rev, panel)
    if panel.lot.tender.is_suspended:
        raise Refused(_("项目已暂停"))
    rows, errors = queries.judged(panel), Errors()
    panel.conclusion = errors.text(conclusion, "conclusion", MOST_TEXT, _("请填写评审意见"))
    said = reasons or {}
    asked = {row.code for row in rows if row.rejection is None} if panel.by_reader else set()
    if not said.keys() <= asked:
        errors.found["reasons"] = [
            _("有方案不需要写理由：不属于这个标段、已被否决，或者由评审组评审")
        ]
    if panel.by_reader:
        panel.reasons = {
            row.code: errors.text(
                said.get(row.code, ""),
                f"reason_{row.code}",
                MOST_REASON,
                _("请写明对这份方案的理由：投标人会读到，未选中的也要写"),
            )
            for row in rows
            if row.rejection is None
        }
    _refuse_names(panel, rows, errors)
    if errors.found:
        raise InvalidInput(errors.found)
    panel.report = report_of(panel, rows)
    panel.report_hash = rulebook.sha256(rulebook.canonical(panel.report))
    panel.reported_at = now
    save(panel)
    publish(events.ReportIssued(subject_id=panel.pk, sha256=panel.report_hash), actor=None)
    return panel


def _refuse_names(panel: Panel, rows: list[Judged], errors: "Errors") -> None:
    """Reasons are read by everybody, and the names of those who are not chosen by nobody: they must not stand in them."""
    names = {plain(name): name for row in rows for name in queries.names_of(row.opened)}
    own, words = panel.reasons or {}, _("理由随结果公开，请不要写出单位名称“%(name)s”")
    for row in rows:
        said = plain(own.get(row.code, ""))
        if found := [name for key, name in names.items() if key and key in said]:
            errors.found[f"reason_{row.code}"] = [words % {"name": found[0]}]
            continue
        # What the members wrote while they scored and rejected becomes public with the result as well.
        said = plain(_written(row))
        if found := [name for key, name in names.items() if key and key in said]:
            text = _("%(bid)s 的评语或否决理由写了单位名称“%(name)s”，评语随结果公开，请先改写")
            errors.found.setdefault("conclusion", []).append(
                text % {"bid": row.code, "name": found[0]}
            )


def _written(row: Judged) -> str:
    """The comments on a bid and the reason of its rejection, in one text."""
    comments = [score.comment for scores in row.scores.values() for score in scores.values()]
    return "\n".join([*comments, row.rejection.text if row.rejection else ""])


class Errors:
    """Errors of several texts, so that all of them are told at once."""

    def __init__(self) -> None:
        self.found: dict[str, list[object]] = {}

    def text(self, text: str, at: str, most: int, needed: object) -> str:
        """A text that must be there; what is wrong with it is kept at `at`."""
        try:
            return given(text, at=at, most=most, needed=needed)
        except InvalidInput as error:
            self.found |= error.errors
            return ""


def report_of(panel: Panel, rows: list[Judged]) -> dict[str, Any]:
    """The report as plain JSON values: whoever has it can compute the ranking again."""
    seats = queries.sitting_of(panel)
    return {
        "version": VERSION,
        "panel": panel.code,
        "round": panel.round,
        "tender": panel.lot.tender.code,
        "lot": panel.lot.number,
        "terms": tender_queries.terms_hash(panel.lot.tender),
        "seed_hash": panel.seed_hash,
        "pool_hash": panel.pool_hash,
        "price_rule": rulebook.PRICE_RULE.version,
        "criteria": [
            [row.number, row.side, row.name, f"{row.weight:f}"]
            for row in queries.criteria_of(panel.lot)
        ],
        "members": [seat.number for seat in seats],
        "bids": [_bid(row, panel.reasons or {}) for row in rows],
        "conclusion": panel.conclusion,
    }


def _bid(row: Judged, reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        "bid": row.code,
        "price": row.opened.price,
        "received_at": row.opened.bid.submitted_at.isoformat(),
        "rank": row.place.rank if row.place else None,
        "total": f"{row.place.total:f}" if row.place else None,
        "technical": f"{row.place.technical:f}" if row.place else None,
        "reason": reasons.get(row.code),
        "rejected": [row.rejection.ground, row.rejection.text] if row.rejection else None,
        "scores": [
            [seat, number, f"{score.points:f}", score.comment]
            for seat, scores in sorted(row.scores.items())
            for number, score in sorted(scores.items())
        ],
    }


@transaction.atomic
def sign_report(
    seat: Seat, *, report_hash: str, dissent: str = "", actor: Actor, rev: Rev = None
) -> Seat:
    """Confirm the report of this SHA-256, with a dissent where there is one. The last signature hands the result on.

    Raises Forbidden, Refused for another report or while the tender is suspended, Stale, InvalidInput at `dissent`.
    """
    # An earlier round may have left a result: its publicities come first in the one order of locks, then the opening's.
    awards.lock_windows(seat.panel.lot_id, seat.panel.lot.tender)
    seat, now = locked_seat(seat)
    panel = seat.panel
    SEAT.fire("sign", seat, actor, at=now)
    check(seat.rev, rev, seat)
    if report_hash != panel.report_hash:
        raise Refused(_("报告与您看到的不同，请刷新后核对"))
    said = dissent.strip()
    if len(said) > MOST_TEXT:
        raise InvalidInput({"dissent": [_("最多 %(most)d 个字") % {"most": MOST_TEXT}]})
    seat.dissent, seat.signed_at = said, now
    save(seat)
    publish(events.ReportSigned(subject_id=panel.pk), actor=None)
    left = panel.seats.filter(status__in=sorted(SITTING)).exclude(status=SeatStatus.SIGNED)
    if not left.exists():
        _finish(panel, now)
    return seat


def _finish(panel: Panel, now: Any) -> None:
    """Propose the result, also where no bid is left: bidders read why. What is kept of it is in the language of the site."""
    if panel.lot.tender.is_suspended:
        raise Refused(_("项目已暂停"))
    rows = queries.judged(panel)
    PANEL.fire("finish", panel, None, at=now, because=panel)
    panel.finished_at = now
    save(panel)
    lot = tenders.lot_of(panel.lot.tender, panel.lot_id)
    # Stored in the language of the site; `awards.rulebook.in_reader_language` reads it in another.
    with translation.override(settings.LANGUAGE_CODE):
        verdicts = _verdicts(panel, rows)
    awards.propose_result(lot, verdicts, basis=Basis(panel.code, panel.report_hash), actor=None)
    publish(events.PanelReported(subject_id=panel.pk), actor=None)


def _verdicts(panel: Panel, rows: list[Judged]) -> list[Verdict]:
    return [
        Verdict(
            bid=row.opened.bid,
            is_valid=row.place is not None,
            rank=row.place.rank if row.place else None,
            total=row.place.total if row.place else None,
            reasons=reasons_of(panel, row),
            detail=detail_of(panel, row),
        )
        for row in rows
    ]


def reasons_of(panel: Panel, row: Judged) -> str:
    """What the public reads: why the bid is out, or that it was judged by its total.

    Where the purchaser judged by one reader, his reason for the bid and his comments; comments of experts stay in the
    panel. The mean of each criterion is public only where prices are read out: with the total it gives the price away.
    """
    own = [panel.reasons[row.code]] if panel.reasons and row.code in panel.reasons else []
    if row.rejection is not None:
        ground = GROUNDS[row.rejection.ground]
        return gettext("否决：%(ground)s。%(text)s") % {
            "ground": str(ground),
            "text": row.rejection.text,
        }
    if row.opened.price is None:
        return "\n".join([gettext("否决：没有报价。"), *own])
    names = {one.number: one.name for one in queries.criteria_of(panel.lot)}
    comments = _comments(row, names) if panel.by_reader else []
    said = means_of(panel, row) if panel.lot.tender.ruled_by.reads_out else ""
    judged = said or ("" if own or comments else gettext("评审有效，按总分排名。"))
    return "\n".join(filter(None, [*own, judged, *comments]))


def detail_of(panel: Panel, row: Judged) -> str:
    """What the bidder alone reads beside the reasons: the mean of each criterion of its own bid."""
    if row.place is None or panel.lot.tender.ruled_by.reads_out:
        return ""
    return means_of(panel, row)


def means_of(panel: Panel, row: Judged) -> str:
    """The mean of each criterion in a line."""
    names = {one.number: one.name for one in queries.criteria_of(panel.lot)}
    parts = [f"{names[number]} {points:f}" for number, points in sorted(row.means.items())]
    return gettext("各项平均分：%(parts)s") % {"parts": "；".join(parts)}


def _comments(row: Judged, names: dict[int, str]) -> list[str]:
    return [
        gettext("%(name)s：%(text)s") % {"name": names[number], "text": score.comment}
        for scores in row.scores.values()
        for number, score in sorted(scores.items())
        if score.comment
    ]
