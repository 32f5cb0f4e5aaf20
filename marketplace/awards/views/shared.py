"""What the pages of this slice share: a page with acts, of which a POST does one."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from marketplace.awards import queries
from marketplace.awards.models import Result
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale, StorageFull
from marketplace.parties.models import User
from marketplace.web.acts import Act, at_fields
from marketplace.web.seen import Seen
from marketplace.web.views import fetch, render_page


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


#: `(row, cleaned data of the form, {"actor", "rev"})`.
Deed = Callable[[Any, dict[str, Any], dict[str, Any]], Any]


def result_of(request: HttpRequest, code: str, action: str = "") -> Result:
    """A result of this code. Raises Http404 for one that the reader may not see, Forbidden."""
    return fetch(
        queries.visible_to(request.user),
        code,
        actor=request.user,
        view="awards.view_lotresult",
        **({"action": action} if action else {}),
    )


def form_maker(request: HttpRequest, chosen: str) -> Callable[..., Any]:
    """`form(name, class, **how)`: bound to what was sent where its act was chosen."""

    def form(name: str, made: Callable[..., Any], **how: Any) -> Any:
        sent = request.POST if chosen == name else None
        files = request.FILES if chosen == name else None
        return made(sent, files, prefix=name, **how)

    return form


def act_on(
    request: PersonRequest,
    row: Any,
    *,
    acts_of: Callable[[Any, str], Sequence[Act]],
    deeds: dict[str, Deed],
    again: Callable[[], Any],
    shown: Callable[[Any], tuple[str, dict[str, Any]]],
    leads_to: tuple[str, Sequence[Any]],
) -> HttpResponse:
    """Show a page with its acts, or do the one that was sent. `row.rev` is the version of the page."""
    chosen = request.POST.get("act", "") if request.method == "POST" else ""
    acts = acts_of(row, chosen)
    seen, status = Seen(request, row.rev), 200
    problem: object = None
    if request.method == "POST":
        act = next((one for one in acts if one.name == chosen), None)
        status = 400
        try:
            if act is None:
                problem = Refused(_("当前状态不能这样办理，请刷新页面"))
                status = 409 if chosen else 400
            elif act.form is None or act.form.is_valid():
                held = act.form.cleaned_data if act.form else {}
                deed = deeds[chosen.partition("-")[0]]
                deed(row, held | {"act": chosen, "form": act.form}, _how(request, seen))
                messages.success(request, _("已办理：%(move)s") % {"move": act.label})
                return redirect(leads_to[0], *leads_to[1])
        except InvalidInput as error:
            if act is not None and act.form is not None:
                at_fields(act.form, error)
            else:
                problem = Refused(
                    " ".join(str(one) for rows in error.errors.values() for one in rows)
                )
        except (Refused, Forbidden, StorageFull) as error:
            problem, status = error, error.status
            if isinstance(error, Stale):
                seen.renew(getattr(error.row, "rev", ""))
        if status != 400:
            row = again()
            acts = acts_of(row, "")
    template, context = shown(row)
    context |= {"acts": acts, "seen": seen, "problem": problem}
    return render_page(request, template, context, status=status)


def _how(request: PersonRequest, seen: Seen) -> dict[str, Any]:
    return {"actor": request.user, "rev": seen.rev}
