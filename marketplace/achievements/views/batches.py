"""The page of a reviewer for an imported batch: all rows, one decision for all of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from marketplace.achievements import queries, services
from marketplace.achievements.kind import RETURN_REASONS
from marketplace.files import storage
from marketplace.journal.queries import history
from marketplace.kernel.errors import InvalidInput, Refused, Stale
from marketplace.listings.forms import ReturnForm
from marketplace.web.differences import NOTHING, Difference
from marketplace.web.seen import Seen
from marketplace.web.signed_out import login_required
from marketplace.web.views import fetch, paginate, render_page

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_review(request: HttpRequest, code: str) -> HttpResponse:
    """Look through a batch, leave out single rows, publish or return all of it."""
    batch = fetch(
        queries.batches_visible_to(request.user),
        code,
        actor=request.user,
        view="achievements.view_batch",
        action="achievements.review_batch",
    )
    seen, changed = Seen(request, queries.batch_state(batch)), None
    returning = request.method == "POST" and "publish" not in request.POST
    form = ReturnForm(request.POST if returning else None, templates=list(RETURN_REASONS))
    status, refusal = 200, ""
    if request.method == "POST" and (not returning or form.is_valid()):
        try:
            messages.success(request, _decide(request, batch, form, seen.rev))
            return redirect("achievements:batch_review", batch.code)
        except InvalidInput as error:
            if not form.is_bound:
                raise
            status = error.status
            for texts in error.errors.values():
                for text in texts:
                    form.add_error("other", str(text))
        except Stale as error:
            status, batch = error.status, error.row
            changed = _changed(batch, seen.rev)
            seen.renew(queries.batch_state(batch))
        except Refused as error:
            status, refusal = error.status, str(error)
    elif request.method == "POST":
        status = 400
    waiting = queries.waiting_in(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "seen": seen,
        "is_stale": changed is not None,
        "changed": changed,
        "refusal": refusal,
        "page": paginate(request, waiting, size=PAGE),
        "total": waiting.count(),
        "lacking": _lacking(batch),
        "namesakes": queries.namesakes_of(batch),
        "states": queries.states_in(batch),
        "is_stuck": batch.is_stuck,
        "chosen": set(request.POST.getlist("codes")),
        "has_file": bool(batch.result_path) and storage.exists(batch.result_path),
        "history": history(queries.BATCH, batch.pk, limit=20),
    }
    return render_page(
        request, "achievements/batch_review.html", context, partial="state", status=status
    )


def _changed(batch: Any, rev: str) -> list[Difference]:
    """The rows that are not as the page showed them: what each is called and where it stands now."""
    return [
        Difference(row.code, NOTHING, f"{row.title} · {row.get_status_display()}")
        for row in queries.changed_since(batch, rev)
    ]


def _decide(request: HttpRequest, batch: Any, form: ReturnForm, rev: str) -> str:
    if "publish" in request.POST:
        services.decide_batch(batch, actor=request.user, act="publish", rev=rev)
        return _("已开始整批发布")
    if "return_all" in request.POST:
        services.decide_batch(batch, actor=request.user, act="return", reasons=form.chosen, rev=rev)
        return _("已开始整批退回")
    count = services.leave_out(
        batch,
        actor=request.user,
        codes=request.POST.getlist("codes"),
        reasons=form.chosen,
        rev=rev,
    )
    return ngettext("已退回 %(n)s 条", "已退回 %(n)s 条", count) % {"n": count}


def _lacking(batch: Any) -> list[tuple[str, int]]:
    """What the rows of a batch lack, in words, most frequent first."""
    words = {
        "proposed": _("名称由正文提取，待核对"),
        "industry": _("未填应用行业"),
        "field": _("未填技术领域"),
        "scenario": _("未填应用场景"),
        "trl": _("未填技术成熟度"),
        "cooperation": _("未填合作方式"),
        "contact": _("没有联系方式，不能发布"),
        "short": _("技术方案不足 50 字"),
    }
    found = queries.lacking_in(batch)
    rows = [(words[name], count) for name, count in found.items() if count]
    return sorted(rows, key=lambda row: -row[1])
