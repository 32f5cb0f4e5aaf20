"""“Describe your problem”: matched at once, and stored nowhere.

The text comes by POST only, so it appears in no address and no log; it is not stored, not cached, and
left out of error reports.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from marketplace.matching import queries
from marketplace.matching.forms import ProblemForm
from marketplace.matching.models import Side
from marketplace.matching.views.cards import lacking_words, previews
from marketplace.web.costs import counted, is_posted
from marketplace.web.views import render_page


# Exempt from CSRF: it changes nothing and knows nobody, and asking for a token would make every page
# with the box set a cookie.
@csrf_exempt
@counted("match", when=is_posted)
@sensitive_post_parameters()
@sensitive_variables()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def describe_problem(request: HttpRequest) -> HttpResponse:
    """A box for a problem in one's own words, and the achievements that come nearest."""
    form = ProblemForm(request.POST if request.method == "POST" else None)
    cards, asked, lacking, status = [], False, "", 200
    if request.method == "POST":
        asked = form.is_valid()
        status = 200 if asked else 400
    if asked:
        found = queries.describe(form.cleaned_data["problem"])
        cards = previews(found.matches, shown=Side.ACHIEVEMENT.value, unfolded=len(found.matches))
        lacking = lacking_words(found.lacking)
    context = {"form": form, "cards": cards, "asked": asked, "lacking": lacking}
    return render_page(
        request, "matching/problem_describe.html", context, partial="results", status=status
    )
