"""Open data: what it is, the feed, one release, the record of a process, a package for each year."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.kernel import clock
from marketplace.records import queries
from marketplace.records.models import Release
from marketplace.records.rulebook.ocds import compiled, package, record_package
from marketplace.records.rulebook.retention import retentions_on
from marketplace.web.costs import counted
from marketplace.web.rest import problem_body
from marketplace.web.views import render_page

#: Releases in one answer of the feed.
MOST = 100
#: Numbers of a BIGINT end here.
_LARGEST = 2**63 - 1


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What is published, under which licence, and how a reader follows it without missing anything."""
    context = {
        "newest": queries.newest(),
        "years": queries.release_years(),
        "retentions": retentions_on(clock.today()),
        "most": MOST,
    }
    return render_page(request, "records/about.html", context)


@require_safe
@counted("export")
def feed(request: HttpRequest) -> HttpResponse:
    """The releases after `after`, in the order in which they were committed. `Link: rel="next"` leads on.

    Whoever asks again with the number that he got last misses nothing and gets nothing twice.
    """
    asked = request.GET.get("after", "0")
    if not (asked.isascii() and asked.isdecimal()) or len(asked) > 19 or int(asked) > _LARGEST:
        text = _("after 应为不小于 0 的整数")
        return JsonResponse(problem_body(400, "validation", text), status=400)
    rows = queries.after(int(asked), MOST)
    last = rows[-1].seq if rows else int(asked)
    here = reverse("records:feed")
    answer = package(
        [row.data for row in rows],
        uri=f"{queries.site()}{here}?after={int(asked)}",
        published=rows[-1].date if rows else clock.now(),
        publisher=_publisher(),
        site=queries.site(),
    )
    response = _json({**answer, "links": {"next": f"{queries.site()}{here}?after={last}"}})
    response["Link"] = f'<{queries.site()}{here}?after={last}>; rel="next"'
    return response


@require_safe
def one(_request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One release for ever at its address."""
    found = next((row for row in _of(code) if row.number == number), None)
    if found is None:
        raise Http404
    return _json(_package([found], reverse("records:release", args=[code, number])))


@require_safe
def record(_request: HttpRequest, code: str) -> HttpResponse:
    """Every release of a process and what they say together."""
    rows = _of(code)
    if not rows:
        raise Http404
    data = [row.data for row in rows]
    return _json(
        record_package(
            rows[0].ocid,
            data,
            compiled(data),
            uri=queries.site() + reverse("records:record", args=[code]),
            published=rows[-1].date,
            publisher=_publisher(),
            site=queries.site(),
        )
    )


@require_safe
@counted("export")
def year(_request: HttpRequest, year: int) -> HttpResponseBase:
    """All releases of a year as one package, sent as it is read from the database."""
    if year not in queries.release_years():
        raise Http404
    uri = reverse("records:year", args=[year])
    response = StreamingHttpResponse(_year(year, uri), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="ocds-{year}.json"'
    return response


def _year(year: int, uri: str) -> Iterator[str]:
    head = json.dumps(_package([], uri, clock.now()), ensure_ascii=False)
    yield head.removesuffix("]}")
    for number, row in enumerate(queries.of_year(year).iterator(chunk_size=200)):
        yield ("," if number else "") + json.dumps(row.data, ensure_ascii=False)
    yield "]}"


def _of(code: str) -> list[Release]:
    tender = queries.published_tender(code)
    return queries.of_tender(tender) if tender is not None else []


def _package(rows: list[Release], path: str, published: Any = None) -> dict[str, Any]:
    return package(
        [row.data for row in rows],
        uri=queries.site() + path,
        published=published or rows[-1].date,
        publisher=_publisher(),
        site=queries.site(),
    )


def _publisher() -> str:
    return str(settings.SITE_NAME)


def _json(body: Any) -> HttpResponse:
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    # Open data is for programs of other sites too.
    response["Access-Control-Allow-Origin"] = "*"
    return response
