"""Pages of the fees of a mandate: entering one, and its moves."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from marketplace.brokerage import queries
from marketplace.brokerage.forms.mandates import CommissionForm, MoveCommissionForm, sent
from marketplace.brokerage.models import CommissionEntry, Mandate
from marketplace.brokerage.services import commissions
from marketplace.brokerage.workflow import COMMISSION
from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, render_page

Request = Any


def _mandate(request: Request, code: str) -> Mandate:
    return fetch(
        queries.mandates_visible_to(request.user),
        code,
        actor=request.user,
        view="brokerage.view_mandate",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def commission_add(request: Request, code: str) -> HttpResponse:
    """The broker enters a fee that is due."""
    mandate = _mandate(request, code)
    if mandate.broker.user_id != request.user.pk:
        raise Forbidden(_("佣金由技术经纪人登记，委托方确认"))
    if mandate.accepted_at is None:
        raise Refused(_("委托确认后才能登记佣金"))
    form, form_key = CommissionForm(sent(request)), FormKey(request)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                once(
                    form_key.ticket(),
                    lambda: commissions.add_commission(
                        mandate, actor=request.user, **form.cleaned_data
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                form.take(error)
            except (Refused, KeyReused) as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("已登记，委托方会收到通知"))
                return redirect("brokerage:mandate", code)
    context = {"mandate": mandate, "form": form, "form_key": form_key}
    return render_page(request, "brokerage/commission_new.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def commission_show(request: Request, code: str) -> HttpResponse:
    """One fee; a POST fixes it, notes that it was paid, disputes, confirms or cancels it."""
    entry = _entry(request, code)
    seen = Seen(request, entry.rev)
    initial = {"amount_fen": entry.amount_fen, "due_on": entry.due_on, "paid_on": clock.today()}
    names = [move.name for move in COMMISSION.available(entry, request.user)]
    form = MoveCommissionForm(sent(request), initial=initial, moves=names)
    stale = False
    if request.method == "POST" and not _moves_fee(request.user, entry):
        raise Forbidden
    if request.method == "POST" and form.is_valid():
        move = request.POST.get("act", "")
        try:
            commissions.move_commission(
                entry, move, actor=request.user, rev=seen.rev, **form.cleaned_data
            )
        except Stale:
            entry, stale = _entry(request, code), True
            seen.renew(entry.rev)
        except InvalidInput as error:
            form.take(error)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已处理"))
            return redirect("brokerage:mandate", entry.mandate.code)
    context = {
        "entry": entry,
        "expected": queries.expected_fees([entry])[entry.pk],
        "mandate": entry.mandate,
        "form": form,
        "seen": seen,
        "is_stale": stale,
        "moves": COMMISSION.available(entry, request.user),
    }
    status = 409 if stale else 400 if form.errors else 200
    return render_page(request, "brokerage/commission_detail.html", context, status=status)


def _moves_fee(user: Any, entry: CommissionEntry) -> bool:
    return bool(
        user.has_perm("brokerage.keep_commission", entry)
        or user.has_perm("brokerage.confirm_commission", entry)
    )


def _entry(request: Request, code: str) -> CommissionEntry:
    return fetch(
        queries.commissions_visible_to(request.user),
        code,
        actor=request.user,
        view="brokerage.view_commission",
    )
