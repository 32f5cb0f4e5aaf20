"""Statistics of tenders, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.records import queries
from marketplace.records.queries.figures import LEAST
from marketplace.web.views import render_page


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The tenders of a year by procedure; `year` chooses it."""
    years = queries.years_of()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else 0
    if year not in years:
        year = years[0] if years else clock.today().year
    rows = queries.figures_of(year) if years else []
    context = {"years": years, "year": year, "rows": rows, "least": LEAST}
    return render_page(request, "records/figures.html", context)
