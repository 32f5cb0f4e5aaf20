"""One cell of the matrix asked for real: the status, what was written, and the answer's text."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass
from typing import Any
from unittest import mock
from urllib.parse import quote
from zlib import crc32

from django.conf import settings
from django.contrib.auth import middleware as auth_middleware
from django.db import connection
from django.http import HttpResponse
from django.template import Template
from django.urls import reverse
from django.utils.safestring import SafeString

from wagtail.contrib.redirects import middleware as redirects

from marketplace.journal.models import Entry
from marketplace.parties.queries import people
from tests.access.matrix import METHODS, Rule, Status
from tests.access.roles import likeness
from tests.access.world import World, rolled_back

LOGIN = "login"
#: Bookkeeping that any request may do.
ALWAYS_WRITTEN = frozenset({"django_session", "web_ratebucket"})
JOURNAL = frozenset({"journal_entry", "journal_delivery"})
_WRITE = re.compile(
    r"^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE
)
_SAVEPOINT = re.compile(r"^(SAVEPOINT|ROLLBACK TO SAVEPOINT|RELEASE SAVEPOINT)\s+\"?(\w+)")


class Writes:
    """Tables that statements changed and that no rollback to a savepoint took back."""

    def __init__(self) -> None:
        self._log: list[tuple[str, str]] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        text = str(sql)
        if found := _WRITE.match(text):
            self._log.append(("write", found[1]))
        elif found := _SAVEPOINT.match(text):
            if found[1] == "SAVEPOINT":
                self._log.append(("savepoint", found[2]))
            elif found[1].startswith("ROLLBACK"):
                self._forget_since(found[2])
        return result

    def _forget_since(self, name: str) -> None:
        if ("savepoint", name) in self._log:
            del self._log[self._log.index(("savepoint", name)) :]

    @property
    def tables(self) -> frozenset[str]:
        """What was changed."""
        return frozenset(name for kind, name in self._log if kind == "write")


@contextmanager
def watched() -> Iterator[Writes]:
    """Records what is written inside."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


@dataclass
class Answer:
    """What came back for one cell."""

    status: Status
    body: str
    tables: frozenset[str]
    events: tuple[str, ...]
    response: HttpResponse


@contextmanager
def brief(world: World, role: str) -> Iterator[None]:
    """The same decision at a third of the cost, for cells like one that was asked in full.

    Templates come out empty, and the session, the second factor and Wagtail's redirects, which are
    the same for every route, are not looked up again.
    """
    person = copy(world.people[role])
    with ExitStack() as stack:
        for target, name, value in (
            (Template, "render", lambda *_args: SafeString("")),
            (auth_middleware, "get_user", lambda _request: person),
            (people, "has_second_factor", lambda _user: True),
            (redirects, "get_redirect", lambda *_args: None),
        ):
            stack.enter_context(mock.patch.object(target, name, value))
        yield


def ask(
    world: World, rule: Rule, method: str, state: str, role: str, *, whole: bool = True
) -> Answer:
    """Send the request of this cell; everything it changed is undone."""
    path = address(world, rule, state)
    with rolled_back(), nullcontext() if whole else brief(world, role):
        with watched() as writes:
            response = world.ask(role, method, path, signed=whole, **_least(method, path))
        events: Iterable[str] = ()
        if JOURNAL & writes.tables:
            new = Entry.objects.filter(pk__gt=world.last_entry).order_by("pk")
            events = new.values_list("event", flat=True)
        body = b"" if response.streaming else response.content
        return Answer(
            status=_status(response),
            body=neutral(body.decode("utf-8", "replace"), world, rule, state),
            tables=writes.tables - ALWAYS_WRITTEN,
            events=tuple(events),
            response=response,
        )


def _least(method: str, path: str) -> dict[str, Any]:
    """The emptiest body that a browser or a program would send."""
    if method in {"get", "head", "options"}:
        return {}
    if path.startswith("/api/"):
        return {"data": "{}", "content_type": "application/json"}
    return {"data": "csrfmiddlewaretoken=x", "content_type": "application/x-www-form-urlencoded"}


def address(world: World, rule: Rule, state: str) -> str:
    """The path of a rule for the subject in this state."""
    if rule.name.startswith("/") or "path" in rule.args:
        return str(rule.args.get("path", rule.name))
    kwargs = dict(rule.args)
    if rule.subject:
        kwargs |= world.subjects[rule.subject][state]
    if "path" in kwargs:
        return f"/{kwargs['path']}"  # Wagtail's pattern for pages has no named group
    return reverse(rule.name, kwargs=kwargs or None)


def _status(response: HttpResponse) -> Status:
    sign_in = reverse(settings.LOGIN_URL)
    if response.status_code == 302 and response["Location"].startswith(f"{sign_in}?"):
        return LOGIN
    if response.status_code == 401 and response.get("WWW-Authenticate") == "Form":
        return LOGIN
    return response.status_code


def neutral(body: str, world: World, rule: Rule, state: str) -> str:
    """The text without what names this very request: codes in addresses, form tokens."""
    # The whole address first: it has short arguments too, which alone are no mark of this request.
    path = address(world, rule, state)
    body = body.replace(path, "⟨path⟩").replace(quote(path, safe=""), "⟨path⟩")
    for value in (world.subjects[rule.subject][state] if rule.subject else {}).values():
        # A code or a token; a word, such as the kind of a listing, stands in menus too.
        if len(str(value)) > 8 and any(sign.isdigit() for sign in str(value)):
            body = body.replace(str(value), "⟨arg⟩")
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", body)


def faults(world: World, rule: Rule) -> list[str]:
    """Everything in which the product differs from this rule."""
    found: list[str] = []
    hidden: dict[tuple[str, str], dict[str, str]] = {}
    seen: set[tuple[object, ...]] = set()
    for method, state, role, expected in rule.cells():
        key = _likeness(rule, method, state, role, expected)
        whole = key not in seen
        seen.add(key)
        if not whole and not _is_drawn(rule, method, state, role):
            continue
        answer = ask(world, rule, method, state, role, whole=whole)
        where = f"{rule.label} {method.upper()} {state} as {role}"
        if answer.status != expected:
            found.append(f"{where}: {answer.status}, expected {expected}")
            continue
        found += [f"{where}: {fault}" for fault in _side_effects(rule, method, answer)]
        if answer.status == 404 and whole:
            hidden.setdefault((method, role), {})[state] = answer.body
    for (method, role), bodies in hidden.items():
        missing = bodies.get("missing")
        if missing is not None:
            found += [
                f"{rule.label} {method.upper()} as {role}: 404 of {state} differs from a missing one"
                for state, body in bodies.items()
                if body != missing
            ]
    return [*found, *_other_methods(world, rule)]


#: Of cells like one that was asked in full, one of so many is asked again. With EVERY_CELL=1 (`make proofs`) all are.
ONE_OF = 1 if os.environ.get("EVERY_CELL") == "1" else 16


def _is_drawn(rule: Rule, method: str, state: str, role: str) -> bool:
    """Whether this cell is in the sample: always the same one, so that a run can be repeated."""
    return crc32(f"{rule.label} {method} {state} {role}".encode()) % ONE_OF == 0


def _is_other_drawn(rule: Rule, method: str, role: str) -> bool:
    """A method that the table does not list is asked of one of the two, always the same."""
    drawn = ("org_admin", "visitor")[crc32(f"{rule.label} {method}".encode()) % 2]
    return ONE_OF == 1 or role == drawn


def _likeness(
    rule: Rule, method: str, state: str, role: str, expected: Status
) -> tuple[object, ...]:
    """Cells alike in this are drawn once: each page for each kind of reader, each 404 by state."""
    alike = likeness(role, rule.subject, state)
    if expected == 404:
        return method, expected, state, alike in {"visitor", "specialists"} and alike
    return method, expected, alike


def _side_effects(rule: Rule, method: str, answer: Answer) -> Iterator[str]:
    refused = answer.status == LOGIN or int(answer.response.status_code) >= 400
    if method != "get" and not refused:
        return
    allowed = rule.writes if not refused else frozenset()
    tables = answer.tables - allowed
    if answer.status == 403:
        if answer.events not in {(), ("AccessRefused",)}:
            yield f"403 recorded {answer.events}"
        tables -= JOURNAL
    if answer.events == ("BidRead",) and answer.status in {400, 409}:
        # The refused page shows the bid again, and that reading is written down as well.
        tables -= JOURNAL | {"openings_reading"}
    if tables:
        yield f"{answer.status} wrote {sorted(tables)} ({', '.join(answer.events)})"


def _other_methods(world: World, rule: Rule) -> Iterator[str]:
    """What the table does not list is 405 to people who are in, and never works for a visitor."""
    state, row = next(iter(next(iter(rule.table.values())).items()))
    for method in (*METHODS, "options"):
        if method in rule.table or method in rule.also:
            continue
        for role, good in (("org_admin", {405}), ("visitor", {405, LOGIN, 401})):
            if not _is_other_drawn(rule, method, role):
                continue
            status = ask(world, rule, method, state, role, whole=False).status
            if status not in good:
                yield f"{rule.label} {method.upper()} as {role}: {status}, expected 405"
    for role in ("visitor", "org_admin") if "get" in rule.table else ():
        status = ask(world, rule, "head", state, role).status
        if status != row[role]:
            yield f"{rule.label} HEAD {state} as {role}: {status}, expected {row[role]} as for GET"
