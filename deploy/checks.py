"""What is wrong with a site's own values: what refuses to start, and what `check --deploy` names.

`check --deploy` reads the environment that it is called with: that of the units.
"""

import ast
import difflib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 -- Django's name
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.utils.module_loading import import_string

from marketplace.notices.sms import FileBackend, MemoryBackend
from marketplace.parties.queries import sample_accounts_that_work
from search import active_backends
from search.model.runtime_folder import MAX_ADDRESS, is_too_long

PRODUCTION = Path(__file__).with_name("settings") / "production.py"
#: Variables of others that look like ours.
_OTHERS = {"DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "SITE_ID"}
#: How near a name must be to one of ours to be a misspelling of it, 0 to 1.
_NEAR = 0.84
#: What stands in the footer until somebody says better.
_SAMPLE = ("示例", "0000000")
_LOOPBACK = {"127.0.0.1", "localhost", "::1", ""}


def at_start() -> None:
    """Refuse to start where no page would answer. ImproperlyConfigured, without a password in it.

    Web processes and workers run no checks, and `/health/ready/` asks no engine.
    """
    for name, engine in (
        ("SEARCH_URL", active_backends.backend),
        ("SEARCH_STANDBY_URL", active_backends.standby),
    ):
        try:
            engine()
        except ValueError as error:
            said = str(error).removeprefix("SEARCH_URL").removeprefix(":").strip()
            raise ImproperlyConfigured(f"{name}: {said}") from None
    if is_too_long(settings.RUNTIME_DIR):
        raise ImproperlyConfigured(
            f"RUNTIME_DIR: the path of a socket has at most {MAX_ADDRESS} bytes: {settings.RUNTIME_DIR}"
        )


@register(Tags.compatibility)
def text_messages(**_: Any) -> list[CheckMessage]:
    """SMS_BACKEND names a class that can be imported and sends."""
    name = settings.SMS_BACKEND
    try:
        backend = import_string(name)
    except ImportError as error:
        return [Error(f"SMS_BACKEND cannot be imported: {error}", id="site.E001")]
    if not callable(getattr(backend, "send", None)):
        return [Error(f"SMS_BACKEND: {name} has no method send()", id="site.E001")]
    return []


@register(Tags.security, deploy=True)
def misspelt_variables(**_: Any) -> list[CheckMessage]:
    """A variable of the environment that is nearly one of ours: it is read by nobody."""
    known = variables()
    return [
        Warning(f"{given} is read by nobody. Is {near[0]} meant?", id="site.W001")
        for given in sorted(os.environ.keys() - known - _OTHERS)
        if given.isupper() and (near := difflib.get_close_matches(given, known, n=1, cutoff=_NEAR))
    ]


@register(Tags.security, deploy=True)
def proxies(**_: Any) -> list[CheckMessage]:
    """Behind https there is a proxy; uncounted, all visitors share one address, and https one redirect."""
    if not settings.SITE_URL.startswith("https://") or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "SITE_URL is https://, but TRUSTED_PROXIES is 0",
            "gunicorn itself speaks no TLS: without the number of proxies before it each request looks "
            "like http from the proxy's address, so visitors share their rate limits, and the redirect "
            "to https never ends.",
            id="site.W002",
        )
    ]


@register(Tags.security, deploy=True)
def senders(**_: Any) -> list[CheckMessage]:
    """Mail and text messages that go to files reach nobody."""
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2] in {
        "filebased",
        "console",
        "dummy",
        "locmem",
    }:
        found.append(
            Warning(
                "EMAIL_URL is not set: mail reaches nobody, no account can be confirmed by it",
                id="site.W003",
            )
        )
    elif settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        found.append(
            Warning(
                "DEFAULT_FROM_EMAIL is not set: mail from localhost is refused by most",
                id="site.W003",
            )
        )
    try:
        backend = import_string(settings.SMS_BACKEND)
    except ImportError:
        return found  # said by `text_messages`
    if backend in {FileBackend, MemoryBackend}:
        found.append(
            Warning("SMS_BACKEND is not set: codes by text message reach nobody", id="site.W004")
        )
    return found


@register(Tags.security, deploy=True)
def sample_texts(**_: Any) -> list[CheckMessage]:
    """The footer says who answers for the site: sample texts are no answer."""
    names = [name for name in dir(settings) if name.startswith(("FOOTER_", "SITE_NAME"))]
    return [
        Warning(f"{name} is still a sample: {getattr(settings, name)}", id="site.W005")
        for name in sorted(names)
        if any(mark in str(getattr(settings, name)) for mark in _SAMPLE)
    ]


@register(Tags.security, deploy=True)
def sample_accounts(**_: Any) -> list[CheckMessage]:
    """The password of the sample accounts is published."""
    if settings.SAMPLE_ACCOUNTS:
        return [Error("SAMPLE_ACCOUNTS is on: anybody signs in as operator", id="site.E002")]
    try:
        count = sample_accounts_that_work().count()
    except DatabaseError:
        return []  # no tables yet, or no database: `bootstrap` and `/health/ready/` say so
    if not count:
        return []
    return [
        Error(
            f"{count} sample accounts are in this database, one setting away from signing in",
            "manage.py load_samples --remove",
            id="site.E002",
        )
    ]


@register(Tags.security, deploy=True)
def loopback(**_: Any) -> list[CheckMessage]:
    """Links in mails lead to SITE_URL, and only ALLOWED_HOSTS are answered."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if host in _LOOPBACK:
        return [
            Warning(f"SITE_URL is {settings.SITE_URL}: links in mails lead nowhere", id="site.W006")
        ]
    if not any(_covers(pattern, host) for pattern in settings.ALLOWED_HOSTS):
        return [Warning(f"ALLOWED_HOSTS has not the host of SITE_URL, {host}", id="site.W006")]
    return []


def _covers(pattern: str, host: str) -> bool:
    return pattern in {"*", host} or (pattern.startswith(".") and f".{host}".endswith(pattern))


@cache
def variables() -> frozenset[str]:
    """Every variable of the environment that the settings read."""
    return frozenset(_read(ast.parse(PRODUCTION.read_text(encoding="utf-8"))))


def _read(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="secret"), args=[ast.Constant(value=str(name)), *_]):
                yield name
                yield f"{name}_FILE"
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name
