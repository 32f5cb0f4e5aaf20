"""RFC 9457 problems: the API says no in the same words and with the same status as a page."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, QueryDict
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from marketplace.kernel.errors import (
    DomainError,
    Forbidden,
    InvalidInput,
    NotVisible,
    Stale,
    TooMany,
)
from marketplace.kernel.revisions import Rev
from marketplace.kernel.tickets import Ticket
from marketplace.kernel.unreadable import RowUnreadable, is_unreadable, name_behind
from marketplace.web.refusals import Gone

CONTENT_TYPE = "application/problem+json"
#: What names the kind of a problem: a stable slug under this address of ours.
TYPE_ROOT = "/api/problems/"

#: More values than this of one filter are nobody's honest choice.
MOST_VALUES = 30
#: How the schema describes what `read_text` and `read_number` take.
MOST_TEXT = 200
MOST_PAGES = 99_999
TEXT: dict[str, Any] = {"type": "string", "maxLength": MOST_TEXT}
PAGE: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}


class TooLarge(exceptions.APIException):
    """The body is longer than the site reads."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too-large"
    default_detail = _lazy("请求正文过大")


class PreconditionRequired(exceptions.APIException):
    """A write that does not say which state of the object its caller has seen."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition-required"
    default_detail = _lazy("请用 If-Match 请求头或正文中的 rev 说明依据的版本，见 GET 返回的 ETag")


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. None (a 500) for whatever is not a refusal."""
    if is_unreadable(error):
        name_behind(error)
        error = RowUnreadable()
    if isinstance(error, DomainError):
        return _refusal(_as_anonymous(error, context))
    if isinstance(error, Gone):
        return _response(problem_body(status.HTTP_410_GONE, "gone", str(error.text)), 410, {})
    if isinstance(error, Http404):
        return _refusal(NotVisible())
    error = _worded(error)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    slug = str(getattr(error, "default_code", "error")).replace("_", "-")
    if isinstance(error, exceptions.ValidationError):
        body = problem_body(error.status_code, "invalid", _("填写的内容有误，请按提示修改"))
        body["errors"] = list(_field_errors(error.detail))
    else:
        body = problem_body(error.status_code, slug, str(error.detail))
    return _response(body, error.status_code, headers)


def _worded(error: Exception) -> Exception:
    """Django's own refusals of a request, as DRF words them."""
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return exceptions.ParseError(_("请求无法读取：地址、请求头或正文的写法有误"))
    return error


def _as_anonymous(error: DomainError, context: dict[str, Any]) -> Exception:
    """Forbidden means 401 as long as nobody has signed in."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if isinstance(error, Forbidden) and not (user is not None and user.is_authenticated):
        return exceptions.NotAuthenticated()
    return error


def _refusal(error: Exception) -> Response:
    if isinstance(error, exceptions.NotAuthenticated):
        body = problem_body(status.HTTP_401_UNAUTHORIZED, "not-authenticated", str(error.detail))
        return _response(body, status.HTTP_401_UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
    if not isinstance(error, DomainError):  # pragma: no cover -- the caller passes nothing else
        raise error
    body = problem_body(error.status, getattr(error, "slug", "error"), str(error.reason))
    headers = {}
    if isinstance(error, InvalidInput):
        body["errors"] = [
            {"field": name, "message": str(message)}
            for name, messages in error.errors.items()
            for message in messages
        ]
    if isinstance(error, TooMany | RowUnreadable):
        headers["Retry-After"] = str(error.retry_after)
    response = _response(body, error.status, headers)
    response.refusal = error  # type: ignore[attr-defined]
    return response


def _field_errors(detail: Any, path: str = "") -> Any:
    """DRF's nested error structure as flat {field, message} rows: `indicators.0.name`."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(part, ".".join(step for step in (path, own) if step))
    elif isinstance(detail, list):
        for number, part in enumerate(detail):
            nested = isinstance(part, dict | list)
            yield from _field_errors(part, f"{path}.{number}".lstrip(".") if nested else path)
    else:
        yield {"field": path, "message": str(detail)}


def problem_body(code: int, slug: str, text: str) -> dict[str, Any]:
    """The members that every problem has."""
    return {"type": f"{TYPE_ROOT}{slug}", "title": text, "status": code}


def _response(body: dict[str, Any], code: int, headers: dict[str, str]) -> Response:
    set_rollback()
    return Response(body, status=code, headers=headers, content_type=CONTENT_TYPE)


def seen_rev(request: Request) -> Rev:
    """Which state the caller has seen: `If-Match: "7"`, else `rev` in the body.

    `If-Match: *` says that any will do: None. Raises PreconditionRequired when nothing was said.
    """
    tag = request.headers.get("If-Match")
    if tag is not None:
        # A proxy that compresses makes our tags weak; the number in them still says what was seen.
        tag = tag.strip().removeprefix("W/").strip('"')
        return None if tag == "*" else tag[:40] or "?"
    sent = request.data.get("rev") if isinstance(request.data, dict) else None
    if isinstance(sent, int | str) and not isinstance(sent, bool) and str(sent):
        return str(sent)[:40]
    raise PreconditionRequired


def tagged(body: Any, rev: int, **options: Any) -> Response:
    """An object with its state as `ETag`, for the next write."""
    response = Response(body, **options)
    response["ETag"] = f'"{rev}"'
    return response


def stale_problem(request: Request, error: Stale, present: Any, rev: int) -> Response:
    """The object has changed since: 412 after `If-Match`, else 409; `present` is what it is now."""
    code = 412 if "If-Match" in request.headers else error.status
    body = {**problem_body(code, error.slug, str(error.reason)), "present": present}
    response = _response(body, code, {"ETag": f'"{rev}"'})
    response.refusal = error  # type: ignore[attr-defined]
    return response


def once_ticket(request: Request) -> Ticket | None:
    """The `Idempotency-Key` with the body sent under it; None when there is no key."""
    key = request.headers.get("Idempotency-Key")
    match = request.resolver_match
    if key is None or match is None:
        return None
    body = json.dumps(request.data, sort_keys=True, default=str)
    # The same words sent to another object are another thing.
    of = repr(sorted(match.kwargs.items()))
    content = [part.encode("utf-8", "backslashreplace") for part in (of, body)]
    return Ticket.of(match.view_name, key, content)


def read_parameters(request: Request, *known: str) -> QueryDict:
    """The parameters of the address. Raises InvalidInput for a name that is not among `known`.

    A misspelt filter would otherwise be no filter, and its caller would take all for some.
    """
    asked = request.query_params
    refused = {
        name: [_("没有这个参数；可用的有：%(names)s") % {"names": "、".join(known) or _("无")}]
        for name in asked
        if name not in known
    }
    if refused:
        raise InvalidInput({shown(name): texts for name, texts in refused.items()})
    return asked


def shown(text: str) -> str:
    """What a caller sent, fit to be named in an answer: short, and without halves of characters."""
    return text[:40].encode("utf-8", "replace").decode()


def read_number(asked: QueryDict, name: str, *, most: int, default: int) -> int:
    """A whole number from 1 to `most`. Raises InvalidInput for anything else."""
    typed = asked.get(name)
    if typed is None:
        return default
    if typed.isascii() and typed.isdecimal() and len(typed) < 10 and 1 <= int(typed) <= most:
        return int(typed)
    raise InvalidInput({name: [_("须为 1 至 %(most)d 的整数") % {"most": most}]})


def read_choice(asked: QueryDict, name: str, known: Iterable[str], *, default: str = "") -> str:
    """One of the values that exist. Raises InvalidInput, which names them."""
    choices = list(known)
    typed = asked.get(name)
    if typed is None:
        return default
    if typed in choices:
        return typed
    raise InvalidInput({name: [_no_such_value(choices)]})


def read_text(asked: QueryDict, name: str, *, most: int, required: bool = False) -> str:
    """A text of at most `most` characters. Raises InvalidInput."""
    typed = asked.get(name, "")
    if len(typed) > most:
        raise InvalidInput({name: [_("最多 %(most)d 个字符") % {"most": most}]})
    if "\0" in typed:
        raise InvalidInput({name: [_("不能包含空字符")]})
    if required and not typed.strip():
        raise InvalidInput({name: [_("必须填写")]})
    return typed


def read_codes(
    asked: QueryDict, name: str, known: Collection[str], *, scheme: str = ""
) -> list[str]:
    """The values of a filter that may be given several times. Raises InvalidInput.

    `scheme` is the code list they are from; its address is named, for it may be long.
    """
    typed = asked.getlist(name)
    if len(typed) > MOST_VALUES:
        raise InvalidInput({name: [_("最多 %(most)d 个值") % {"most": MOST_VALUES}]})
    if all(value in known for value in typed):
        return typed
    if scheme:
        where = f"/api/v1/taxonomy/{scheme}/"
        raise InvalidInput({name: [_("没有这个代码；代码表在 %(where)s") % {"where": where}]})
    raise InvalidInput({name: [_no_such_value(known)]})


def _no_such_value(known: Iterable[str]) -> str:
    return _("没有这个值；可用的有：%(values)s") % {"values": "、".join(known)}
