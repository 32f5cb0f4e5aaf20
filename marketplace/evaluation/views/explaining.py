"""A bidder's answers to the questions of a panel."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from marketplace.evaluation import queries, services
from marketplace.evaluation.forms import ExplainForm
from marketplace.evaluation.views.shared import PersonRequest, sent
from marketplace.kernel import clock
from marketplace.kernel.codes import is_valid_code
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.kernel.revisions import check, state_of
from marketplace.web.acts import at_fields
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def explain(request: PersonRequest, bid: str) -> HttpResponse:
    """The questions about one bid, with the one that waits; `bid` is the code of the bid."""
    rows = list(
        queries.explanations_visible_to(request.user).filter(bid__code=bid)[:50]
        if is_valid_code(bid)
        else []
    )
    if not rows or not request.user.has_perm("evaluation.view_explanation", rows[0]):
        raise Http404
    open_one = next((one for one in rows if one.answered_at is None), None)
    state = state_of(*[(one.pk, one.answered_at) for one in rows])
    form, seen, status = ExplainForm(sent(request)), Seen(request, state), 200
    problem: object = None
    if request.method == "POST":
        status = 400
        try:
            check(state, seen.rev)
            if form.is_valid():
                services.answer_explanation(
                    open_one or rows[0], form.cleaned_data["answer"], actor=request.user
                )
                messages.success(request, _("说明已送交评审组"))
                return redirect("evaluation:explain", bid)
        except InvalidInput as error:
            if "rev" in error.errors:
                problem = error
            else:
                at_fields(form, error)
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(state)
    context = {
        "rows": rows,
        "bid": rows[0].bid,
        "tender": rows[0].panel.lot.tender,
        "form": form,
        "seen": seen,
        "problem": problem,
        "answers": open_one is not None
        and clock.now() < open_one.due_at
        and request.user.has_perm("evaluation.answer_explanation", open_one),
    }
    return render_page(request, "evaluation/explain.html", context, status=status)
