"""A member's desk: the seats, one seat with what comes next, and the scores of one bid beside it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.evaluation import queries, services
from marketplace.evaluation.forms import (
    AgreeForm,
    DeclareForm,
    QuestionForm,
    ReasonForm,
    RejectForm,
    ReportForm,
    ScoreForm,
    SignForm,
)
from marketplace.evaluation.models import Seat
from marketplace.evaluation.rulebook import PLEDGE, PLEDGES
from marketplace.evaluation.views.shared import PersonRequest, chosen, run, sent
from marketplace.evaluation.workflow import PANEL, SEAT, SeatStatus
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Stale
from marketplace.openings import queries as openings
from marketplace.openings.rulebook import summary_of
from marketplace.openings.services import note_reading
from marketplace.tenders.rulebook import in_words
from marketplace.web.acts import Act
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import paginate, render_page


@login_required
@require_safe
def desk(request: PersonRequest) -> HttpResponse:
    """The reader's own seats, the newest first."""
    page = paginate(request, queries.seats_visible_to(request.user))
    return render_page(request, "evaluation/desk.html", {"page": page})


def _seat(request: PersonRequest, code: str) -> Seat:
    """The reader's own seat in the panel of this code. Raises Http404 for anybody else."""
    rows = queries.seats_visible_to(request.user)
    found = rows.filter(panel__code=code).first() if is_valid_code(code) else None
    if found is None or not request.user.has_perm("evaluation.view_seat", found):
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: PersonRequest, code: str) -> HttpResponse:
    """One seat; a POST answers, declares, locks, reports or signs."""
    row = _seat(request, code)
    name = chosen(request)
    reads = request.user.has_perm("evaluation.read_seat", row)
    # Before the declaration the names of the bidders are all that a member learns.
    knows = row.status not in {SeatStatus.INVITED, SeatStatus.DECLINED, SeatStatus.EXPIRED}
    bids = queries.bids_of(row.panel.lot) if knows and row.panel.is_open else []
    acts = _acts(request, row, name, bids)
    seen = Seen(request, row.rev)
    found = run(
        request,
        acts,
        lambda act: _do(request, row, act, seen),
        seen,
        why_not=lambda move: _why_not(request, row, move),
    )
    if found.done:
        now = _seat(request, code)
        if name == "lock" and now.status == SeatStatus.RECUSED:
            messages.error(request, _("系统发现您与投标人有利害关系，已为您办理回避"))
        else:
            messages.success(request, _("已办理：%(move)s") % {"move": found.done})
        return redirect("evaluation:seat", code)
    context = {
        "seat": row,
        "panel": row.panel,
        "tender": row.panel.lot.tender,
        "acts": acts,
        "seen": seen,
        "problem": found.problem,
        "bids": _rows(row, bids) if reads else [],
        "result": queries.judged(row.panel) if row.panel.is_shared and row.is_clear else [],
        "sheets": _sheets(request, row),
        "plan_until": _plan_until(row),
        "approaches": request.user.has_perm("evaluation.approach_panel", row.panel),
    }
    return render_page(request, "evaluation/seat.html", context, status=found.status)


def _plan_until(row: Seat) -> str:
    """Until when scores cannot be locked because whole plans may still come in; "" where none is waited for."""
    until = openings.plan_awaited(row.panel.lot, clock.now()) if row.panel.is_open else None
    return in_words(until) if until is not None else ""


def _rows(row: Seat, bids: list[Any]) -> list[dict[str, Any]]:
    """Each bid with how far its own scores are."""
    missing = set(queries.missing_of(row, row.panel))
    out = {one.bid_id: one for one in queries.rejections_of(row.panel)}
    odd = queries.abnormal_of(row.panel, bids)
    kin = {
        found.pk for one, other, *_why in openings.kin_in(row.panel.lot) for found in (one, other)
    }
    return [
        {
            "opened": one,
            "names": queries.names_of(one),
            "is_scored": one.bid.code not in missing,
            "rejection": out.get(one.bid_id),
            "abnormal": odd.get(one.bid.code, ""),
            "is_kin": one.pk in kin,
        }
        for one in bids
    ]


def _sheets(request: PersonRequest, row: Seat) -> list[Any]:
    """The scores of all members, once all have locked."""
    if not (row.panel.is_shared and row.is_clear):
        return []
    return list(queries.sheets_visible_to(request.user).filter(seat__panel=row.panel))


_NOTES = {
    "accept": PLEDGES[PLEDGE],
    "decline": gettext_lazy("谢绝后由系统按抽取顺序邀请下一位，不影响您以后参加评审。"),
    "declare": gettext_lazy(
        "请对每一家逐一声明。全体成员都声明没有利害关系之后，才能看到方案内容。"
        "有利害关系的，声明后即回避。"
    ),
    "recuse": gettext_lazy("评审中想起有利害关系的，请立即回避；您已打的分数不再计入。"),
    "lock": gettext_lazy("锁定后不能再修改。全体成员锁定之后，才能互相看到评分。"),
    "report": gettext_lazy("报告固定全部评分和名次，出具后由全体成员签署。"),
    "reasons": gettext_lazy(
        "报告固定全部评分和名次。对每一份方案都要写明理由，未选中的也要写：理由随结果公开，并写入给该单位的通知书。"
    ),
    "sign": gettext_lazy("签署表示您确认报告内容；有不同意见的可以写明，与报告一并保存。"),
}


def _acts(request: PersonRequest, row: Seat, name: str, bids: list[Any]) -> list[Act]:
    """What the member may do now, in the order of the work."""
    moves = {move.name: move for move in SEAT.available(row, request.user)}

    def form(kind: Any, act: str, **more: Any) -> Any:
        return kind(sent(request) if name == act else None, prefix=act, **more)

    found: list[Act] = []
    if "accept" in moves and not row.is_late():
        found.append(
            Act("accept", moves["accept"].label, form(AgreeForm, "accept"), note=_NOTES["accept"])
        )
    if "decline" in moves:
        label = moves["decline"].label
        found.append(Act("decline", label, danger=True, note=_NOTES["decline"]))
    if "clear" in moves and not row.is_late():
        named = [(one.bid.code, queries.names_of(one)) for one in bids]
        declare = form(DeclareForm, "declare", bids=named)
        found.append(Act("declare", _("声明利害关系"), declare, note=_NOTES["declare"]))
    if "lock" in moves and openings.plan_awaited(row.panel.lot, clock.now()) is None:
        found.append(Act("lock", moves["lock"].label, note=_NOTES["lock"]))
    if "report" in {move.name for move in PANEL.available(row.panel, request.user)}:
        note, judged = _NOTES["report"], []
        if row.panel.by_reader:
            note = _NOTES["reasons"]
            judged = [
                (one.code, queries.names_of(one.opened))
                for one in queries.judged(row.panel)
                if one.rejection is None
            ]
        report = form(ReportForm, "report", bids=judged, initial={"panel_rev": row.panel.rev})
        found.append(Act("report", _("出具报告"), report, note=note))
    if "sign" in moves:
        found.append(Act("sign", moves["sign"].label, form(SignForm, "sign"), note=_NOTES["sign"]))
    if "recuse" in moves and row.status == SeatStatus.CLEARED:
        recuse = form(ReasonForm, "recuse")
        found.append(
            Act("recuse", moves["recuse"].label, recuse, danger=True, note=_NOTES["recuse"])
        )
    return found


_MOVES = {"accept", "decline", "lock", "sign", "recuse"}


def _why_not(request: PersonRequest, row: Seat, name: str) -> object:
    if name == "declare":
        return SEAT.refusal("clear", row, request.user)
    if name == "report":
        return PANEL.refusal("report", row.panel, request.user) or _("只有组长可以出具报告")
    if name == "accept" and row.is_late():
        return _("答复期限已过")
    if name == "lock" and (at := _plan_until(row)):
        return _("入围单位可在 %(at)s 之前提交完整方案，截止或全部提交后再锁定评分") % {"at": at}
    return SEAT.refusal(name, row, request.user) if name in _MOVES else ""


def _do(request: PersonRequest, row: Seat, act: Act, seen: Seen) -> None:
    how: dict[str, Any] = {"actor": request.user, "rev": seen.rev}
    held = act.form.cleaned_data if act.form else {}
    if act.name == "accept":
        services.accept_seat(row, pledge=PLEDGE, **how)
    elif act.name == "decline":
        services.decline_seat(row, **how)
    elif act.name == "declare":
        services.declare(row, act.form.said, **how)
    elif act.name == "lock":
        services.lock_scores(row, **how)
    elif act.name == "recuse":
        services.recuse(row, reason=held["reason"], **how)
    elif act.name == "report":
        _report(row, act, request.user)
    else:
        services.sign_report(row, report_hash=row.panel.report_hash, dissent=held["dissent"], **how)


def _report(row: Seat, act: Act, actor: Any) -> None:
    """The page shows the panel through the seat: what was seen of it has a version of its own."""
    held = act.form.cleaned_data
    try:
        services.issue_report(
            row.panel,
            conclusion=held["conclusion"],
            reasons=act.form.reasons,
            actor=actor,
            rev=held["panel_rev"],
        )
    except Stale as error:
        act.form.renew(error.row.rev)
        error.row = row
        raise


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: PersonRequest, code: str, bid: str) -> HttpResponse:
    """One bid with the own scores beside it. Each look is written down before the bid is shown, a refusal's too."""
    row = _seat(request, code)
    sheet = queries.sheet_of(row, bid) if is_valid_code(bid) else None
    opened = next((one for one in queries.bids_of(row.panel.lot) if one.bid.code == bid), None)
    if sheet is None or opened is None or not request.user.has_perm("openings.read_bid", opened):
        raise Http404
    name = chosen(request)
    criteria = queries.criteria_of(row.panel.lot)
    scored = queries.to_score(criteria)
    form = ScoreForm(
        sent(request) if name in _SAVE else None, criteria=scored, initial=_initial(sheet)
    )
    works = request.user.has_perm("evaluation.score_seat", row)
    more = _more(request, row, bid, name) if works else []
    saves = [Act(one, label, form) for one, label in _SAVE.items()]
    seen = Seen(request, sheet.rev)
    found = run(
        request,
        [*saves, *more],
        lambda act: _judge(request, row, bid, act, seen),
        seen,
        why_not=lambda _move: "" if works else _("评分已锁定或评审组不在评分中"),
    )
    if found.done:
        messages.success(request, _("已办理：%(move)s") % {"move": found.done})
        if name in _SAVE:
            return redirect(*_following(row, bid, name))
        return redirect("evaluation:score", code, bid)
    if request.method != "HEAD":
        note_reading(opened, actor=request.user)
    # Where a summary comes first a reader of the purchaser has no more of the plan than the page of the bid gives.
    whole = openings.may_see_files(opened, request.user)
    content = opened.form if whole else summary_of(opened.form)
    requirements = {one.number: one for one in row.panel.lot.tender.requirements.all()}
    context = {
        "seat": row,
        "panel": row.panel,
        "tender": row.panel.lot.tender,
        "opened": opened,
        "whole": whole,
        "content": content,
        "files": openings.file_lines(opened) if whole else [],
        "names": queries.names_of(opened),
        "answers": [
            (requirements[one["number"]], one["text"])
            for one in content.get("answers", [])
            if one.get("number") in requirements
        ],
        "prices": [one for one in criteria if one not in scored],
        "abnormal": queries.abnormal_of(row.panel, queries.bids_of(row.panel.lot)).get(bid, ""),
        "rejection": next(
            (one for one in queries.rejections_of(row.panel) if one.bid_id == sheet.bid_id), None
        ),
        "explanations": queries.explanations_of(row.panel).get(bid, []),
        "form": form,
        "sheet": sheet,
        "works": works,
        "acts": more,
        "seen": seen,
        "problem": found.problem,
    }
    return render_page(request, "evaluation/score.html", context, status=found.status)


#: The two buttons that keep the draft.
_SAVE = {"save": gettext_lazy("保存评分"), "next": gettext_lazy("保存评分，下一份")}


def _judge(request: PersonRequest, row: Seat, bid: str, act: Act, seen: Seen) -> None:
    if act.name in _SAVE:
        form = act.form
        services.save_scores(row, bid, form.points, form.comments, actor=request.user, rev=seen.rev)
    else:
        _do_more(request, row, bid, act)


def _initial(sheet: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in sheet.scores.all():
        found[f"points_{one.criterion.number}"] = f"{one.points.normalize():f}"
        found[f"comment_{one.criterion.number}"] = one.comment
    return found


def _following(row: Seat, bid: str, name: str) -> list[str]:
    """The next bid that is not scored, or the seat when all are."""
    missing = [code for code in queries.missing_of(row, row.panel) if code != bid]
    if name == "next" and missing:
        return ["evaluation:score", row.panel.code, missing[0]]
    return ["evaluation:seat", row.panel.code]


def _more(request: PersonRequest, row: Seat, bid: str, name: str) -> list[Act]:
    """Questions to the bidder, and the exclusion of the bid."""

    def form(kind: Any, act: str) -> Any:
        return kind(sent(request) if name == act else None, prefix=act)

    asked = queries.explanations_of(row.panel).get(bid, [])
    found: list[Act] = []
    if all(one.answered_at for one in asked):
        found.append(Act("ask", _("请投标人说明"), form(QuestionForm, "ask")))
    standing = next((one for one in queries.rejections_of(row.panel) if one.bid.code == bid), None)
    if standing is None:
        note = (
            _("否决后这份方案不再参加排名。")
            if row.panel.by_reader
            else _("由另一位成员同意后生效；生效后这份方案不再参加排名。")
        )
        found.append(
            Act("reject", _("提议否决"), form(RejectForm, "reject"), danger=True, note=note)
        )
    elif not standing.is_agreed:
        if standing.proposed_by_id != row.pk:
            found.append(Act("agree", _("同意否决"), danger=True))
        found.append(Act("drop", _("不予否决"), note=_("提议终止，这份方案继续评分。")))
    return found


def _do_more(request: PersonRequest, row: Seat, bid: str, act: Act) -> None:
    held = act.form.cleaned_data if act.form else {}
    if act.name == "ask":
        services.ask_explanation(row, bid, text=held["text"], days=held["days"], actor=request.user)
    elif act.name == "reject":
        services.propose_rejection(
            row, bid, ground=held["ground"], text=held["text"], actor=request.user
        )
    else:
        services.decide_rejection(row, bid, agree=act.name == "agree", actor=request.user)
