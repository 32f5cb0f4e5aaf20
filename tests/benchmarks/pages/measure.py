"""Asks the pages of a prepared site in this process and counts what each costs."""

import gc
import io
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from cms.models import NewsPage  # noqa: E402
from marketplace.achievements.models import Achievement  # noqa: E402
from marketplace.brokerage.models import Broker  # noqa: E402
from marketplace.needs.models import Need  # noqa: E402
from marketplace.offerings.models import Offering  # noqa: E402
from marketplace.parties.models import User  # noqa: E402
from marketplace.publicity import queries as publicities  # noqa: E402
from marketplace.tenders import queries as tenders  # noqa: E402
from tests.benchmarks.pages import bare  # noqa: E402
from tests.factories.needs import make_need  # noqa: E402

BARE = "bare list"
WARM_ROUNDS = 5
#: Visitors of so many networks, so that no limit is reached.
NETWORKS = 200
#: The accounts whose first page of the workbench is measured.
WORKERS = (
    *("member", "approver", "university", "broker", "expert", "custodian"),
    *("county", "registrar", "operator", "authority", "auditor"),
)
Application = Callable[..., Iterable[bytes]]


@dataclass
class Page:
    """One page: who opens it, at what address, what it may cost beside the bare list, what it does."""

    path: str
    wanted: float = 0
    session: str = ""
    status: int = 200
    application: Application | None = None
    body: bytes = b""
    queries: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        """Whether visitors open it."""
        return not self.session and self.application is None

    @property
    def milliseconds(self) -> float:
        """The median."""
        return statistics.median(self.times)


def measured(rounds: int, names: list[str]) -> dict[str, Page]:
    """Every page (or those of these names), asked so often."""
    site = WSGIHandler()
    pages = {name: page for name, page in _pages().items() if not names or name in [BARE, *names]}
    for number in range(WARM_ROUNDS + rounds):
        if number == WARM_ROUNDS:
            gc.freeze()
        for name, page in pages.items():
            ask = page.application or site
            if number == WARM_ROUNDS - 1:
                with CaptureQueriesContext(connection) as captured:
                    page.body = _ask(ask, page, number, name)[1]
                page.queries = len(captured)
                continue
            spent, _body = _ask(ask, page, number, name)
            if number >= WARM_ROUNDS:
                page.times.append(spent)
    return pages


def _ask(application: Application, page: Page, number: int, name: str) -> tuple[float, bytes]:
    """Milliseconds of CPU and the body of one request."""
    statuses: list[str] = []

    def start_response(status: str, _headers: Any, _exc_info: Any = None) -> None:
        statuses.append(status)

    environ = _environ(page, number)
    # The rounds are so alike that the collector would always strike on the same page, for all of them.
    gc.collect()
    began = time.process_time()
    response = application(environ, start_response)
    body = b"".join(response)
    response.close()  # type: ignore[attr-defined]
    spent = (time.process_time() - began) * 1000
    if not statuses[0].startswith(str(page.status)):
        raise SystemExit(f"{name}: {page.path} answers {statuses[0]}")
    return spent, body


def _environ(page: Page, number: int) -> dict[str, Any]:
    path, _, query = page.path.partition("?")
    cookies = f"{settings.SESSION_COOKIE_NAME}={page.session}" if page.session else ""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": quote(query, safe="=&"),
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": "text/html",
        "HTTP_ACCEPT_LANGUAGE": "zh-CN",
        "HTTP_COOKIE": cookies,
        "REMOTE_ADDR": f"10.0.{number % NETWORKS}.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _pages() -> dict[str, Page]:
    need = Need.objects.filter(status="published").order_by("code")[0]
    achievement = Achievement.objects.filter(status="published").order_by("code")[0]
    service = Offering.objects.filter(status="published").order_by("code")[0]
    broker = Broker.objects.filter(status="entered").order_by("code")[0]
    call = tenders.published().order_by("code")[0]
    publicity = publicities.published().order_by("code")[0]
    member, registrar = _signed_in("member"), _signed_in("registrar")
    edited, waiting = _own_need("draft"), _own_need("in_review")
    return {
        BARE: Page("/achievements/", 1, application=bare.application()),
        "home": Page("/", 3),
        "needs": Page("/needs/", 3),
        "achievements": Page("/achievements/", 3),
        "achievements, in English": Page("/en/achievements/", 3),
        "organisations": Page("/orgs/", 3),
        "need": Page(f"/needs/{need.code}/", 3),
        "achievement": Page(f"/achievements/{achievement.code}/", 3),
        "services": Page(reverse("offerings:list"), 3),
        "service": Page(reverse("offerings:detail", args=[service.code]), 3),
        "brokers": Page(reverse("brokerage:list"), 3),
        "broker": Page(reverse("brokerage:detail", args=[broker.code]), 3),
        "calls": Page(reverse("tenders:list"), 3),
        "call": Page(reverse("tenders:detail", args=[call.code]), 3),
        "publicities": Page(reverse("publicity:list"), 3),
        "publicity": Page(reverse("publicity:detail", args=[publicity.code]), 3),
        "statistics": Page(reverse("statistics:dashboard"), 3),
        "organisation": Page(f"/orgs/{achievement.owner.code}/", 3),
        "news": Page("/news/", 3),
        "news item": Page(f"/news/{NewsPage.objects.live().order_by('path')[0].slug}/", 3),
        "404": Page("/nothing-stands-here/", 1, status=404),
        "search": Page("/search/?q=轴承", 0),
        "achievements, searched": Page("/achievements/?q=轴承", 0),
        "needs, signed in": Page("/needs/", 4, session=member),
        **{
            f"workbench of the {name}": Page("/workbench/", 4, session=_signed_in(name))
            for name in WORKERS
        },
        "own needs": Page("/workbench/needs/", 4, session=member),
        "manage a need": Page(f"/workbench/needs/{waiting.code}/", 4, session=member),
        "wizard step": Page(f"/workbench/needs/{edited.code}/edit/basics/", 4, session=member),
        "own calls": Page(reverse("tenders:own"), 4, session=member),
        "call, signed in": Page(reverse("tenders:detail", args=[call.code]), 4, session=member),
        "panels": Page(reverse("evaluation:desk"), 4, session=_signed_in("expert")),
        "figures": Page(reverse("statistics:overview"), 4, session=registrar),
        "review queue": Page("/workbench/review/", 4, session=registrar),
        "review": Page(f"/workbench/review/needs/{waiting.code}/", 4, session=registrar),
    }


def _signed_in(name: str) -> str:
    """The key of a session of a sample account."""
    user = User.objects.get(email=f"{name}@sample.example")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _own_need(state: str) -> Need:
    """A complete need of the sample member in this state."""
    author = User.objects.get(email="member@sample.example")
    owner = author.memberships.get(left_at=None).organization
    found = Need.objects.filter(owner=owner, status=state).order_by("code").first()
    return found or make_need(owner, author, state=state)
