"""Deputies of registrars: name one for a leave, end it early."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.journal.once import once
from marketplace.kernel.errors import DomainError, Forbidden, InvalidInput, KeyReused
from marketplace.parties import queries, services
from marketplace.parties.forms import DelegationForm
from marketplace.parties.models import Delegation
from marketplace.parties.views.signed_in import MemberRequest
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: MemberRequest) -> HttpResponse:
    """Who stands in for the reader, for whom the reader stands in, and a form for a new deputy."""
    own = queries.registrar_roles_of(request.user)
    if request.method == "POST" and not request.user.has_perm("parties.delegate_role"):
        raise Forbidden(_("只有登记员可以委托代理"))
    form, form_key = DelegationForm(request.POST or None, roles=own), FormKey(request)
    reused, problem = None, None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def create() -> Delegation:
            return services.delegate_role(
                data["role"],
                queries.user_by_contact(data["deputy"]),
                starts=data["starts"],
                until=data["until"],
                reason=data["reason"],
                actor=request.user,
            )

        try:
            once(form_key.ticket(), create, actor=request.user)
        except InvalidInput as error:
            at_fields(form, error)
        except KeyReused:
            reused = {"url": ""}
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已委托代理，对方会收到通知"))
            return redirect("parties:delegations")
    context = {
        "form": form,
        "can_delegate": bool(own),
        "delegations": queries.delegations_of(request.user),
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    status = (
        KeyReused.status if reused else problem.status if problem else 400 if form.errors else 200
    )
    return render_page(request, "parties/delegations.html", context, status=status)


@login_required
@require_POST
def delegation_end(request: MemberRequest, code: str) -> HttpResponse:
    """End a delegation of which the reader is holder or deputy."""
    services.end_delegation(code, actor=request.user)
    messages.success(request, _("代理已结束"))
    return redirect("parties:delegations")
