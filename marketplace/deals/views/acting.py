"""Signature, performance and end of a contract: each act has a page of its own that says what it means."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.deals import services
from marketplace.deals.forms import (
    CopyForm,
    InvoiceForm,
    MilestoneDoneForm,
    PaymentForm,
    PerformForm,
    ReasonForm,
    SignForm,
    TerminateForm,
)
from marketplace.deals.models import Contract
from marketplace.deals.services import performing
from marketplace.deals.views.shared import (
    BIND,
    RECORD,
    UPLOADS,
    Request,
    at_fields,
    contract_of,
    files_of,
    sent,
)
from marketplace.journal.once import once
from marketplace.kernel.errors import (
    Forbidden,
    InvalidInput,
    KeyReused,
    Refused,
    Stale,
    StorageFull,
)
from marketplace.web.forms import JiebangForm
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import render_page


class NothingForm(JiebangForm):
    """An act that asks for nothing."""


def act_page(
    request: Request,
    contract: Contract,
    form: Any,
    do: Callable[[Seen], Any],
    *,
    title: Any,
    button: Any,
    explain: Any = "",
    done: Any = "",
    is_danger: bool = False,
    key: FormKey | None = None,
) -> HttpResponse:
    """The page of an act: its form, what it means, its errors. `do` calls the service."""
    seen, status, problem = Seen(request, contract.rev), 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if key is None:
                    do(seen)
                else:
                    once(key.ticket(), lambda: do(seen), actor=request.user, code=_key_of)
            except InvalidInput as error:
                at_fields(form, error)
            except (Refused, Forbidden, KeyReused, StorageFull) as error:
                problem, status = error, error.status
                if isinstance(error, Stale):
                    seen.renew(error.row.rev)
            else:
                messages.success(request, done or _("已办理：%(move)s") % {"move": title})
                return redirect("deals:show", contract.code)
    context = {
        "contract": contract,
        "form": form,
        "seen": seen,
        "form_key": key,
        "problem": problem,
        "title": title,
        "explain": explain,
        "button": button,
        "is_danger": is_danger,
    }
    return render_page(request, "deals/contract_act.html", context, status=status)


def _key_of(row: Any) -> str:
    """What a one-time key remembers of a payment or an invoice, which have no code."""
    return str(row.pk)


# --- signature --------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def sign(request: Request, code: str) -> HttpResponse:
    """Record the day of the signature with the signed copy."""
    contract = contract_of(request, code, action=BIND)
    form = SignForm(sent(request), files_of(request), initial={"form": "scan"})

    def do(seen: Seen) -> None:
        held = form.cleaned_data
        services.sign(
            contract,
            signed_on=held["signed_on"],
            form=held["form"],
            upload=held["file"],
            fully_sealed=held["fully_sealed"],
            actor=request.user,
            rev=seen.rev,
        )

    return act_page(
        request,
        contract,
        form,
        do,
        title=_("登记签订"),
        explain=_(
            "登记签订之后，合同条款只能由双方同意变更。签订日期以盖章文本上的日期为准；盖章文本保存在合同记录中，只有合同当事人和登记机构能查阅。"
        ),
        button=_("登记签订"),
        done=_("已登记签订"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("uploads", per_user=UPLOADS)
def add_copy(request: Request, code: str) -> HttpResponse:
    """Add a better copy of the signed contract."""
    contract = contract_of(request, code, action=RECORD)
    form = CopyForm(sent(request), files_of(request))

    def do(seen: Seen) -> None:
        services.add_copy(
            contract,
            form.cleaned_data["file"],
            fully_sealed=form.cleaned_data["fully_sealed"],
            signed_on=form.cleaned_data["signed_on"],
            actor=request.user,
            rev=seen.rev,
        )

    return act_page(
        request,
        contract,
        form,
        do,
        title=_("补充盖章文本"),
        explain=_("例如原来的扫描件缺少印章，或者登记的签订日期有误。原来的文件保留，不会被替换。"),
        button=_("存入"),
    )


# --- performance ------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request, code: str) -> HttpResponse:
    """Performance has begun."""
    contract = contract_of(request, code, action=RECORD)
    return act_page(
        request,
        contract,
        NothingForm(sent(request)),
        lambda seen: performing.start(contract, actor=request.user, rev=seen.rev),
        title=_("开始履行"),
        explain=_("双方开始按合同履行，例如已支付首期款或者研究开发已经启动。"),
        button=_("开始履行"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: Request, code: str) -> HttpResponse:
    """Record a payment."""
    contract = contract_of(request, code, action=RECORD)
    form = PaymentForm(sent(request), instalments=list(contract.instalments.all()))

    def do(seen: Seen) -> Any:
        held = form.cleaned_data
        return performing.record_payment(
            contract,
            paid_on=held["paid_on"],
            amount_fen=held["amount_fen"],
            instalment_id=int(held["instalment"]) if held["instalment"] else None,
            note=held["note"],
            actor=request.user,
            rev=seen.rev,
        )

    return act_page(
        request,
        contract,
        form,
        do,
        title=_("登记一笔付款"),
        explain=_("登记之后不能修改；登记有误的，用冲销更正。"),
        button=_("登记一笔付款"),
        key=FormKey(request),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_payment(request: Request, code: str, payment: int) -> HttpResponse:
    """Take a payment back that was recorded by mistake."""
    contract = contract_of(request, code, action=RECORD)
    row = contract.payments.filter(pk=payment).first()
    if row is None:
        raise Http404
    form = ReasonForm(sent(request))
    return act_page(
        request,
        contract,
        form,
        lambda seen: performing.reverse_payment(
            row, reason=form.cleaned_data["reason"], actor=request.user, rev=seen.rev
        ),
        title=_("冲销付款"),
        explain=_("原来的记录保留，另记一笔相同金额的负数。"),
        button=_("冲销"),
        is_danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: Request, code: str) -> HttpResponse:
    """Record an invoice."""
    contract = contract_of(request, code, action=RECORD)
    payments = list(contract.payments.filter(amount_fen__gt=0))
    form = InvoiceForm(sent(request), payments=payments)

    def do(seen: Seen) -> Any:
        held = form.cleaned_data
        return performing.record_invoice(
            contract,
            number=held["number"],
            issued_on=held["issued_on"],
            amount_fen=held["amount_fen"],
            payment_id=int(held["payment"]) if held["payment"] else None,
            actor=request.user,
            rev=seen.rev,
        )

    return act_page(
        request,
        contract,
        form,
        do,
        title=_("登记一张发票"),
        button=_("登记一张发票"),
        key=FormKey(request),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reach(request: Request, code: str, milestone: int) -> HttpResponse:
    """Record that a milestone was reached."""
    contract = contract_of(request, code, action=RECORD)
    row = contract.milestones.filter(pk=milestone).first()
    if row is None:
        raise Http404
    form = MilestoneDoneForm(sent(request))
    return act_page(
        request,
        contract,
        form,
        lambda seen: performing.record_milestone(
            row, actor=request.user, rev=seen.rev, **form.cleaned_data
        ),
        title=_("登记节点完成"),
        explain=row.what,
        button=_("登记完成"),
    )


# --- the end ----------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def perform(request: Request, code: str) -> HttpResponse:
    """The contract is performed."""
    contract = contract_of(request, code, action=BIND)
    form = PerformForm(sent(request))
    return act_page(
        request,
        contract,
        form,
        lambda seen: performing.perform(
            contract, actor=request.user, rev=seen.rev, **form.cleaned_data
        ),
        title=_("确认履行完毕"),
        explain=_("确认后合同进入“履行完毕”，不能退回。"),
        button=_("确认履行完毕"),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terminate(request: Request, code: str) -> HttpResponse:
    """A signed contract ended early."""
    contract = contract_of(request, code, action=BIND)
    form = TerminateForm(sent(request))
    return act_page(
        request,
        contract,
        form,
        lambda seen: performing.terminate(
            contract, actor=request.user, rev=seen.rev, **form.cleaned_data
        ),
        title=_("登记终止"),
        explain=_("已认定登记的合同终止后，还要到原登记机构办理注销；已享受优惠的应当报告。"),
        button=_("登记终止"),
        is_danger=True,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: Request, code: str) -> HttpResponse:
    """Give a contract up before signature."""
    contract = contract_of(request, code, action="deals.cancel_contract")
    form = ReasonForm(sent(request))
    return act_page(
        request,
        contract,
        form,
        lambda seen: performing.cancel(
            contract, actor=request.user, rev=seen.rev, **form.cleaned_data
        ),
        title=_("取消合同"),
        explain=_("合同还没有签订。取消之后记录保留，不能再修改。"),
        button=_("取消合同"),
        is_danger=True,
    )
