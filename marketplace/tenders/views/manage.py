"""The page on which a tender is managed: by its purchaser, the operator, the authority."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.files.queries import attachments_of, file_rows
from marketplace.journal.queries import history
from marketplace.kernel import clock
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    NotVisible,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.tenders import events, queries, services
from marketplace.tenders.forms import (
    AnswerForm,
    ArgumentForm,
    CancelForm,
    FileForm,
    ReasonForm,
    ScreeningForm,
)
from marketplace.tenders.models import TENDER_FILES, Tender
from marketplace.tenders.views.own import STEPS
from marketplace.tenders.views.shared import PersonRequest, one, parts_of
from marketplace.tenders.workflow import (
    AMENDMENT,
    CANCELLATION,
    EDITABLE,
    LIVE,
    OPEN,
    OVER,
    TENDER,
    Status,
)
from marketplace.web.acts import Act, at_fields
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: PersonRequest, code: str) -> HttpResponse:
    """Everything about a tender, and what the reader may do with it."""
    row = one(request, code, "tenders.manage_tender")
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    acts = _acts(request, row, chosen)
    seen, status = Seen(request, row.rev), 200
    problem: Refused | Forbidden | None = None
    if request.method == "POST":
        act = next((one for one in acts if one.name == chosen), None)
        status = 400
        try:
            if act is None:
                problem = Refused(_("当前状态不能这样办理，请刷新页面"))
                status = 409 if chosen else 400
            elif act.form is None or act.form.is_valid():
                held = act.form.cleaned_data if act.form else {}
                _DO[chosen](row, held, {"actor": request.user, "rev": seen.rev})
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                if chosen == "discard":
                    return redirect("tenders:own")
                return redirect("tenders:manage", row.code)
        except InvalidInput as error:
            if act is not None and act.form is not None:
                at_fields(act.form, error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(getattr(error.row, "rev", ""))
        if status != 400:
            row = one(request, code)
            acts = _acts(request, row, "")
    return render_page(
        request,
        "tenders/manage.html",
        _context(request, row) | {"acts": acts, "seen": seen, "problem": problem},
        status=status,
    )


def _context(request: PersonRequest, row: Tender) -> dict[str, Any]:
    edits = row.status in EDITABLE and request.user.has_perm("tenders.edit_tender", row)
    answers = row.status in OPEN and request.user.has_perm("tenders.answer_tender", row)
    of_purchaser = request.user.access.in_org(row.owner_id)
    return {
        "tender": row,
        **parts_of(row),
        "now": clock.now(),
        "steps": STEPS,
        "edits": edits,
        "amends": row.status in OPEN and request.user.has_perm("tenders.bind_tender", row),
        "missing": services.missing(row) if edits or row.status == Status.IN_REVIEW else [],
        "files": file_rows(
            attachments_of(TENDER_FILES, row.pk), remove_name="remove" if edits else ""
        ),
        "file_form": FileForm(),
        "questions": list(queries.published_questions(row)),
        "waiting": list(queries.unanswered(row)) if of_purchaser else [],
        "answer_form": AnswerForm() if answers else None,
        "amendments": queries.amendments_of(row, request.user),
        "cancellations": queries.cancellations_of(row, request.user),
        "history": history(events.TENDER, row.pk),
        "rounds": queries.rounds_of(row),
        "goes_on": of_purchaser
        and row.status in OVER
        and row.need.is_open
        and not queries.under_way_of([row.need_id])
        and not queries.unopened_of([row.need_id]),
    }


def _acts(request: PersonRequest, row: Tender, chosen: str) -> list[Act]:
    def form(name: str, made: Callable[..., Any]) -> Any:
        return made(request.POST if chosen == name else None, prefix=name)

    user = request.user
    return [
        *_flow_acts(user, row, form),
        *_change_acts(user, row, form),
        *_stopping_acts(user, row, form),
    ]


def _flow_acts(user: Any, row: Tender, form: Callable[..., Any]) -> list[Act]:
    """From the draft to the public notice."""
    moves = {move.name: move for move in TENDER.available(row, user)}
    found: list[Act] = []
    if "submit" in moves:
        note = _("提交后由平台运营审核，通过即公告。")
        if row.awaits_county:
            note = _(
                "提交后先由县区初审、主管部门组织专家论证和财务审核，再由平台运营审核，通过即公告。"
            )
        elif row.is_city_funded:
            note = _("提交后先由主管部门组织专家论证和财务审核，再由平台运营审核，通过即公告。")
        found.append(Act("submit", moves["submit"].label, note=note))
    if "publish" in moves:
        note = _("公告后任何人都能看到；截止时间、密钥和评审权重随公告固定。")
        found.append(Act("publish", moves["publish"].label, note=note))
    if "return" in moves:
        found.append(Act("return", moves["return"].label, form("return", ReasonForm)))
    if "recall" in moves:
        found.append(Act("recall", moves["recall"].label))
    funded = row.status == Status.IN_REVIEW and row.is_city_funded
    if funded and row.argued_at is None and user.has_perm("tenders.screen_tender", row):
        note = _("推荐的，记录初审意见；不推荐的，写明理由退回，发布单位修改后重新提交。")
        found.append(Act("screen", _("记录县区初审"), form("screen", ScreeningForm), note=note))
    if funded and user.has_perm("tenders.argue_tender", row) and not row.awaits_county:
        note = _("通过的，记录论证和财务审核意见；不通过的，写明理由退回，修改后重新初审和论证。")
        found.append(
            Act("argue", _("记录专家论证和财务审核"), form("argue", ArgumentForm), note=note)
        )
    found += [
        Act(name, moves[name].label, form(name, ReasonForm), danger=True)
        for name in ("return_by_county", "return_by_authority")
        if name in moves
    ]
    return found


def _stopping_acts(user: Any, row: Tender, form: Callable[..., Any]) -> list[Act]:
    """Suspending, cancelling, deleting."""
    found: list[Act] = []
    if row.status in LIVE and user.has_perm("tenders.suspend_tender", row):
        if row.suspended_for == Tender.Cause.AUTHORITY:
            found.append(Act("resume", _("恢复"), form("resume", ReasonForm)))
        else:
            found.append(Act("suspend", _("暂停"), form("suspend", ReasonForm), danger=True))
    cancels = row.status in LIVE and user.has_perm("tenders.bind_tender", row)
    if cancels and queries.open_cancellation(row) is None:
        note = _("审核通过后公告终止，公告期满生效；此后不能恢复，已提交的方案不再开启。")
        held = form("cancel", CancelForm)
        found.append(Act("cancel", _("申请终止"), held, danger=True, note=note, asks=True))
    drafts = row.status == Status.DRAFT and row.submitted_at is None
    if drafts and user.has_perm("tenders.edit_tender", row):
        note = _("草稿和附件一并删除，不能恢复；需求不受影响。")
        found.append(Act("discard", _("删除草稿"), danger=True, note=note, asks=True))
    return found


def _change_acts(user: Any, row: Tender, form: Callable[..., Any]) -> list[Act]:
    """What the reader may do with an amendment or a cancellation that waits."""
    found: list[Act] = []
    amendment, cancellation = queries.proposed(row), queries.open_cancellation(row)
    if amendment is not None:
        amendment.tender = row
        moves = {move.name: move for move in AMENDMENT.available(amendment, user)}
        if "approve" in moves and amendment.proposed_by_id != user.pk:
            found.append(Act("approve", moves["approve"].label))
        if "refuse" in moves:
            label = _("不通过变更")
            found.append(Act("refuse", label, form("refuse", ReasonForm), danger=True))
        if "withdraw" in moves:
            found.append(Act("withdraw", moves["withdraw"].label, danger=True))
    if cancellation is not None:
        cancellation.tender = row
        moves = {move.name: move for move in CANCELLATION.available(cancellation, user)}
        if "announce" in moves and cancellation.asked_by_id != user.pk:
            note = _("公告后不再接收方案，公告期满终止生效。")
            label = moves["announce"].label
            found.append(Act("announce", label, note=note, danger=True, asks=True))
        if "refuse" in moves:
            label = _("不同意终止")
            found.append(Act("keep", label, form("keep", ReasonForm)))
        if "withdraw" in moves:
            found.append(Act("go_on", moves["withdraw"].label))
    return found


def _proposed(row: Tender) -> Any:
    found = queries.proposed(row)
    if found is None:
        raise Refused(_("没有等待审核的变更"))
    return found


def _cancellation(row: Tender) -> Any:
    found = queries.open_cancellation(row)
    if found is None:
        raise Refused(_("没有等待处理的终止申请"))
    return found


_DO: dict[str, Callable[[Tender, dict[str, Any], dict[str, Any]], Any]] = {
    "submit": lambda row, _held, how: services.submit_tender(row, **how),
    "recall": lambda row, _held, how: services.recall_tender(row, **how),
    "publish": lambda row, _held, how: services.publish_tender(row, **how),
    "return": lambda row, held, how: services.return_tender(row, **held, **how),
    "return_by_county": lambda row, held, how: services.return_tender(
        row, move="return_by_county", **held, **how
    ),
    "return_by_authority": lambda row, held, how: services.return_tender(
        row, move="return_by_authority", **held, **how
    ),
    "screen": lambda row, held, how: services.screen_tender(row, **held, **how),
    "argue": lambda row, held, how: services.argue_tender(row, **held, **how),
    "suspend": lambda row, held, how: services.suspend_tender(row, **held, **how),
    "resume": lambda row, held, how: services.resume_tender(row, **held, **how),
    "discard": lambda row, _held, how: services.discard_tender(row, **how),
    "cancel": lambda row, held, how: services.ask_to_cancel(row, **held, **how),
    "approve": lambda row, _held, how: services.approve_amendment(_proposed(row), **how),
    "refuse": lambda row, held, how: services.drop_amendment(
        _proposed(row), "refuse", **held, **how
    ),
    "withdraw": lambda row, _held, how: services.drop_amendment(_proposed(row), "withdraw", **how),
    "announce": lambda row, _held, how: services.announce_cancellation(_cancellation(row), **how),
    "keep": lambda row, held, how: services.drop_cancellation(
        _cancellation(row), "refuse", **held, **how
    ),
    "go_on": lambda row, _held, how: services.drop_cancellation(
        _cancellation(row), "withdraw", **how
    ),
}


@login_required
@require_POST
@limited("uploads", per_user="60/h")
def change_files(request: PersonRequest, code: str) -> HttpResponse:
    """Add a document to a draft, or remove one (`remove` is its code)."""
    row = one(request, code, "tenders.edit_tender")
    try:
        if remove := request.POST.get("remove", ""):
            services.remove_file(row, remove[:16], actor=request.user)
            messages.success(request, _("已删除文件"))
        else:
            services.add_file(row, request.FILES.get("file"), actor=request.user)
            messages.success(request, _("已添加文件"))
    except InvalidInput as error:
        for reasons in error.errors.values():
            messages.error(request, " ".join(map(str, reasons)))
    except (Refused, StorageFull, NotVisible) as error:
        messages.error(request, str(error) or _("没有这个文件"))
    return redirect("tenders:manage", row.code)
