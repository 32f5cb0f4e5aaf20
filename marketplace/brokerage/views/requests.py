"""Pages of messages to a broker: write one, and the broker's list of them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.brokerage import queries
from marketplace.brokerage.forms.mandates import sent
from marketplace.brokerage.forms.requests import RequestForm
from marketplace.brokerage.models import Broker
from marketplace.brokerage.services import requests
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, paginate, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("brokerage-write", per_user="20/d")
def write(request: Any, code: str) -> HttpResponse:
    """Write to the broker of this code."""
    broker = fetch(
        queries.entered_brokers(),
        code,
        actor=request.user,
        view="brokerage.view_broker",
        action="brokerage.write_to_broker",
    )
    form = RequestForm(sent(request), addresses=queries.addresses_of(request.user))
    form_key, status = FormKey(request), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                once(
                    form_key.ticket(),
                    lambda: requests.write_to_broker(
                        broker, actor=request.user, **form.cleaned_data
                    ),
                    actor=request.user,
                )
            except InvalidInput as error:
                form.take(error)
            except (KeyReused, Refused) as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                messages.success(request, _("已发送，经纪人会用您选择的方式回复"))
                return redirect("brokerage:detail", broker.code)
    context = {"broker": broker, "form": form, "form_key": form_key}
    return render_page(request, "brokerage/request_new.html", context, status=status)


def _entered(user: Any) -> Broker:
    broker = queries.broker_of(user)
    if broker is None or not broker.is_entered:
        raise Forbidden(_("这是在库技术经纪人的页面"))
    return broker


@login_required
@require_safe
def request_list(request: Any) -> HttpResponse:
    """What was written to the broker, open ones first."""
    broker = _entered(request.user)
    context = {"page": paginate(request, queries.requests_to(broker.pk))}
    return render_page(request, "brokerage/request_list.html", context)


@login_required
@require_POST
def request_mark(request: Any, code: str) -> HttpResponse:
    """Mark a message as answered, or as open again."""
    broker = _entered(request.user)
    row = queries.request_to(broker.pk, code)
    if row is None:
        raise Http404
    requests.mark_request(row, done=request.POST.get("done") != "0", actor=request.user)
    return redirect("brokerage:requests")
