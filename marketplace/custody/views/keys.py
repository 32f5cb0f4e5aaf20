"""Making a key, downloading its record, and answering a rehearsal. Words and private keys stay in the browser."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.custody import queries, sealing, services
from marketplace.custody.views.shared import PersonRequest
from marketplace.custody.workflow import Status
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused, Stale
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.throttle import limited
from marketplace.web.views import fetch, render_page

MOST_SENT = 4000  # characters of a record; a real one has about 600


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("custody-key", per_user="30/h")
def make_key(request: PersonRequest, code: str) -> HttpResponse:
    """The page makes a key; a POST brings its record, and leads to the rehearsal."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="custody.view_custodian",
        action="custody.hold_custodian",
    )
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    if request.method == "POST":
        try:
            record = _record(request.POST.get("record", ""))
            _key, rehearsal = services.keep_key(row, record, actor=request.user, rev=seen.rev)
        except InvalidInput as error:
            problem, status = error.errors["record"][0], 400
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(error.row.rev)
        else:
            messages.success(request, _("密钥已登记，请现在用口令完成演练"))
            return redirect("custody:rehearse", rehearsal.code)
        row.refresh_from_db()
    context = {
        "custodian": row,
        "seen": seen,
        "problem": problem,
        "opens": row.status == Status.ACTIVE,
        "before": queries.live_keys([row.pk]).get(row.pk),
    }
    return render_page(request, "custody/key.html", context, status=status)


def _record(text: str) -> Any:
    """The record that the page of the custodian sent. Raises InvalidInput at `record`."""
    if not text:
        raise InvalidInput({"record": [_("没有收到密钥记录。生成密钥需要启用 JavaScript")]})
    try:
        return sealing.parse(text[:MOST_SENT].encode())
    except (sealing.FormatError, UnicodeEncodeError) as error:
        raise InvalidInput({"record": [_("密钥记录不完整或已损坏，请重新生成")]}) from error


@login_required
@require_safe
def record(request: PersonRequest, code: str) -> HttpResponse:
    """The record of the live key as a file, for the custodian himself: without the words it opens nothing."""
    row = fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="custody.view_custodian",
        action="custody.hold_custodian",
    )
    key = queries.live_keys([row.pk]).get(row.pk)
    if key is None:
        raise NotVisible
    response = HttpResponse(sealing.canonical(key.record), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.code}-{key.key}.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("custody-rehearsal", per_user="60/h")
def rehearse(request: PersonRequest, code: str) -> HttpResponse:
    """A rehearsal: the page opens its box under the words, a POST brings the hash of the content."""
    row = fetch(
        queries.own_rehearsals(request.user),
        code,
        actor=request.user,
        view="custody.answer_rehearsal",
    )
    status = 200
    problem: object = None
    if request.method == "POST":
        try:
            answer = request.POST.get("answer", "")[:100]
            services.answer_rehearsal(row, answer, actor=request.user)
        except InvalidInput as error:
            problem, status = error.errors["answer"][0], 400
        except (Refused, Forbidden) as error:
            problem, status = error, error.status
        else:
            messages.success(request, _("演练已通过，密钥可以使用"))
            return redirect("custody:show", row.key.custodian.code)
        row.refresh_from_db()
    context = {
        "rehearsal": row,
        "custodian": row.key.custodian,
        "record": json.dumps(row.key.record),
        "test": json.dumps(row.test),
        "opens": row.is_open and row.key.custodian.status == Status.ACTIVE,
        "problem": problem,
    }
    return render_page(request, "custody/rehearse.html", context, status=status)
