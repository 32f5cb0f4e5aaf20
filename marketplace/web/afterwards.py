"""Work that a request begins and whose length its answer must not tell: done when it has been sent."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)
Work = Callable[[], Any]


def after_response(request: HttpRequest | None, work: Work) -> None:
    """Do this after the response of `request`, in the same process; at once when there is none.

    For mails and text messages that may be lost when the process is killed in that moment, because
    whoever waits for one asks again. Whatever must happen is published as an event instead.
    """
    waiting = getattr(request, "afterwards", None)
    if waiting is None:
        work()
    else:
        waiting.append(work)


class AfterwardsMiddleware:
    """Runs what `after_response` has collected, once the server has sent the whole answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        waiting: list[Work] = []
        request.afterwards = waiting  # type: ignore[attr-defined]
        response = self.get_response(request)
        # What Django closes when the server has finished with a response (PEP 3333).
        closers = response._resource_closers  # type: ignore[attr-defined]  # noqa: SLF001
        closers.extend(lambda work=work: _run(work) for work in waiting)
        return response


def _run(work: Work) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 -- the answer has been given; nobody is left to tell
        # Only its kind: the text of an error may quote an address or a code.
        logger.warning("after a response: %s", type(error).__name__)
