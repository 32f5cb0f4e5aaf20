"""The operator records by which act the platform may run tenders under the law."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.journal.once import once
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, KeyReused, Refused, Stale
from marketplace.tenders import queries, services
from marketplace.tenders.forms import StandingForm
from marketplace.tenders.views.shared import PersonRequest
from marketplace.web.acts import at_fields
from marketplace.web.onetime import FormKey
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def standing(request: PersonRequest) -> HttpResponse:
    """The record that holds now, with the button that ends it; or the form that makes one."""
    if not request.user.has_perm("tenders.record_standing"):
        raise Forbidden
    current = queries.standing_now(clock.now())
    form = StandingForm(request.POST if request.POST.get("act") == "record" else None)
    form_key, reused = FormKey(request), None
    seen, problem, status = Seen(request, current.rev if current else ""), None, 200
    if request.method == "POST":
        status = 400
        try:
            if request.POST.get("act") == "end" and current is not None:
                services.end_standing(current, actor=request.user, rev=seen.rev)
                messages.success(request, _("已终止，不再公告新的招标项目"))
                return redirect("tenders:standing")
            if form.is_bound and form.is_valid():
                once(
                    form_key.ticket(),
                    lambda: services.record_standing(**form.cleaned_data, actor=request.user),
                    actor=request.user,
                )
                messages.success(request, _("已记录，可以公告招标项目"))
                return redirect("tenders:standing")
        except InvalidInput as error:
            at_fields(form, error)
        except KeyReused as error:
            reused, status = {"url": ""}, error.status
        except Refused as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
    context = {
        "current": current,
        "past": queries.past_standings(),
        "form": form,
        "form_key": form_key,
        "key_reused": reused,
        "seen": seen,
        "problem": problem,
    }
    return render_page(request, "tenders/standing.html", context, status=status)
