"""A form that was sent after the session had ended comes back filled in, and nothing is stored."""

import ast
import re
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse, set_urlconf
from django.views.decorators.csrf import csrf_exempt

import pytest

from marketplace.needs.models import Need
from marketplace.taxonomy import services as taxonomy
from marketplace.web import signed_out
from tests.architecture.source import modules
from tests.cast import Cast
from tests.factories.files import pdf_bytes, upload
from tests.filled import form_with, sent_by

pytestmark = pytest.mark.django_db
NEW = "/workbench/needs/new/"
ORIGIN = {"Origin": "http://testserver", "Host": "testserver"}
TEXT = "第一行 <b>“A & B”</b>\n第二行"


@pytest.fixture
def browser(cast: Cast) -> Client:
    """A browser that checks CSRF, signed in as a member, with the form of a new need open."""
    taxonomy.load_seeds()
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)
    return client


def typed(client: Client) -> dict[str, list[str]]:
    return {
        **sent_by(form_with(client.get(NEW).text, "title")),
        "title": ["过期后提交的需求"],
        "problem": [TEXT],
    }


def session_ends(client: Client) -> None:
    del client.cookies[settings.SESSION_COOKIE_NAME]


def test_what_was_typed_comes_back_and_is_saved_after_signing_in_elsewhere(
    browser: Client, cast: Cast
) -> None:
    sent = typed(browser)
    session_ends(browser)
    page = browser.post(NEW, sent, headers=ORIGIN)
    assert page.status_code == 401
    assert page["Cache-Control"] == "no-store"
    assert 'target="_blank"' in page.text
    assert reverse("account_login") in page.text
    kept = sent_by(form_with(page.text, "title"))
    assert kept["title"] == ["过期后提交的需求"]
    assert [text.replace("\r\n", "\n") for text in kept["problem"]] == [TEXT]
    assert not Need.objects.exists()

    # Signing in in another tab gives the browser another CSRF secret: the token of this page is old.
    browser.force_login(cast.member)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32
    page = browser.post(NEW, kept, headers=ORIGIN)
    assert page.status_code == 403
    assert not Need.objects.exists()
    again = sent_by(form_with(page.text, "title"))
    done = browser.post(NEW, again, headers=ORIGIN)
    assert done.status_code == 302
    made = Need.objects.get()
    assert (made.title, made.problem) == ("过期后提交的需求", TEXT)


@pytest.mark.parametrize(
    ("value", "is_shown"),
    [
        *(
            ("rd", False),
            ("materials.magnetic", False),
            ("371302", False),
            ("XQ2026-7KQ4ZM-H", False),
        ),
        *(("降本", True), ("two words", True), ("x" * 41, True)),
    ],
)
def test_what_a_person_wrote_is_shown_and_codes_of_lists_are_not(
    value: str, is_shown: bool
) -> None:
    assert signed_out._is_text(value) is is_shown


def test_another_sites_form_does_not_come_back(browser: Client) -> None:
    """Only what the browser says comes from here: a forged form must not get a token that holds."""
    forged = {"title": "伪造的需求", "csrfmiddlewaretoken": "y" * 64}
    for origin in ("https://evil.example", "null", None):
        headers = {"Origin": origin} if origin else {}
        page = browser.post(NEW, forged, headers=headers)
        assert page.status_code == 403
        assert "伪造的需求" not in page.text
    assert not Need.objects.exists()


def test_files_are_named_and_not_kept(browser: Client, cast: Cast) -> None:
    session_ends(browser)
    address = reverse("parties:verification", args=[cast.enterprise.code])
    body = {"note": "一段说明", "documents": [upload(pdf_bytes(), "营业执照.pdf")]}
    client = Client()
    page = client.post(address, body)
    assert page.status_code == 401
    assert "营业执照.pdf" in page.text
    assert "%PDF" not in page.text
    assert sent_by(form_with(page.text, "note"))["note"] == ["一段说明"]


def test_passwords_never_come_back(client: Client) -> None:
    secret = "correct-horse-battery"
    page = client.post("/workbench/profile/", {"name": "甲", "password": secret})
    assert page.status_code == 302
    assert page["Location"].startswith(reverse("account_login"))
    strict = Client(enforce_csrf_checks=True)
    page = strict.post(reverse("account_login"), {"password": secret}, headers=ORIGIN)
    assert page.status_code == 403
    assert secret not in page.text


def test_nothing_typed_stands_in_the_session_or_in_an_address(client: Client) -> None:
    page = client.post("/workbench/profile/", {"name": "只在这一页上", "language": "en"})
    assert page.status_code == 401
    assert not client.cookies.get(settings.SESSION_COOKIE_NAME)
    assert not any(
        "只在这一页上" in link for link in re.findall(r'(?:href|action)="([^"]*)"', page.text)
    )


def test_htmx_is_led_to_the_sign_in_page(client: Client) -> None:
    page = client.post("/workbench/profile/", {"name": "甲"}, headers={"HX-Request": "true"})
    assert page.status_code == 302


def test_every_page_uses_the_guard_that_keeps_what_was_typed() -> None:
    found = [
        str(file)
        for file, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "django.contrib.auth.decorators"
        and file.parts[0] in {"marketplace", "cms"}
    ]
    assert found == []


def test_upload_handlers_can_be_set_in_a_view(rf: Any) -> None:
    """No middleware of ours reads the body: a view may put off Django's check and choose its handlers."""
    seen = []

    @csrf_exempt
    def view(request: Any) -> HttpResponse:
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
        seen.append(type(request.FILES["file"]).__name__)
        return HttpResponse("ok")

    handler = BaseHandler()
    handler.load_middleware()
    request = rf.post("/", {"file": upload(b"x" * 10, "a.txt")})
    request.urlconf = _urls(view)
    try:
        response = handler.get_response(request)
    finally:
        # The handler leaves the request's addresses active in the thread.
        set_urlconf(None)
    assert (response.status_code, seen) == (200, ["TemporaryUploadedFile"])


def _urls(view: Any) -> Any:
    module = ModuleType("urls_of_one_view")
    module.urlpatterns = [path("", view, name="one")]  # type: ignore[attr-defined]
    return module
