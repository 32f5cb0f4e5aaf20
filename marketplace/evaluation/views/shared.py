"""What the pages of this slice share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.errors import Forbidden, InvalidInput, Refused, Stale
from marketplace.parties.models import User
from marketplace.web.acts import Act, at_fields
from marketplace.web.seen import Seen


class PersonRequest(HttpRequest):
    """A request whose user is a person, never an anonymous visitor."""

    user: User


def sent(request: HttpRequest) -> Any:
    """The data of a form that was sent, or None."""
    return request.POST if request.method == "POST" else None


def chosen(request: HttpRequest) -> str:
    """The act whose button was pressed, or ""."""
    return request.POST.get("act", "") if request.method == "POST" else ""


@dataclass
class Outcome:
    """What became of a POST: `done` with the label of the act, or a `problem` with its status."""

    status: int = 200
    problem: object = None
    done: Any = None
    wrong: list[str] = field(default_factory=list)


def run(
    request: HttpRequest,
    acts: Sequence[Act],
    do: Callable[[Act], object],
    seen: Seen,
    *,
    why_not: Callable[[str], object],
) -> Outcome:
    """Do the act that was chosen. `why_not` gives the reason against a known act that is not on the page, or ""."""
    if request.method != "POST":
        return Outcome()
    found = Outcome(status=400)
    name = chosen(request)
    act = next((one for one in acts if one.name == name), None)
    try:
        if act is None:
            reason = why_not(name)
            found.problem = reason or _("请选择要做的操作")
            found.status = Refused.status if reason else 400
        elif act.form is None or act.form.is_valid():
            do(act)
            found.status, found.done = 200, act.label
    except InvalidInput as error:
        if act is not None and act.form is not None and "rev" not in error.errors:
            at_fields(act.form, error)
        else:
            found.wrong = [str(text) for texts in error.errors.values() for text in texts]
            found.problem = "；".join(found.wrong)
    except (Refused, Forbidden) as error:
        found.problem, found.status = error, error.status
        if isinstance(error, Stale) and error.row is not None:
            seen.renew(error.row.rev)
    return found
