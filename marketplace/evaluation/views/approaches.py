"""Recording an approach, and the authority's list of them."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.evaluation import queries, services
from marketplace.evaluation.forms import ApproachForm
from marketplace.evaluation.views.shared import PersonRequest, sent
from marketplace.journal.once import once
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused
from marketplace.parties.policies import Role, access_of
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import paginate, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("evaluation", per_user="60/h")
def approach(request: PersonRequest, code: str) -> HttpResponse:
    """Record that somebody tried to influence the panel of this code."""
    row = queries.panel_to_report_on(request.user, code)
    if row is None:
        raise Http404
    sits = queries.own_seat(row, request.user) is not None
    back = reverse("evaluation:seat" if sits else "evaluation:panel", args=[row.code])
    form = ApproachForm(sent(request))
    form_key, reused, problem, status = FormKey(request), None, None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            held = form.cleaned_data
            try:
                once(
                    form_key.ticket(),
                    lambda: services.record_approach(
                        row,
                        who=held["who"],
                        happened_on=held["happened_on"],
                        text=held["text"],
                        actor=request.user,
                    ),
                    actor=request.user,
                    code=lambda made: str(made.pk),
                )
            except InvalidInput as error:
                at_fields(form, error)
            except KeyReused as error:
                reused, status = {"url": ""}, error.status
            except (Refused, Forbidden) as error:
                problem, status = error, error.status
            else:
                messages.success(request, _("已记录，只有主管部门能看到"))
                return redirect(back)
    context = {
        "panel": row,
        "back": back,
        "tender": row.lot.tender,
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "problem": problem,
    }
    return render_page(request, "evaluation/approach.html", context, status=status)


@login_required
@require_safe
def approaches(request: PersonRequest) -> HttpResponse:
    """What was recorded, for the authority alone."""
    if not access_of(request.user).has(Role.AUTHORITY):
        raise Forbidden(_("只有主管部门可以查看"))
    page = paginate(request, queries.approaches_visible_to(request.user))
    return render_page(request, "evaluation/approaches.html", {"page": page})
