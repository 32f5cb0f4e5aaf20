from typing import Any

from django.test import Client, RequestFactory

import pytest

from marketplace.kernel.errors import Forbidden, Refused
from marketplace.web.middleware import RefusalMiddleware
from marketplace.web.refusals import back_address, refusal_response

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.marketplace.web.urls")]
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/page/"}


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("refused", 409, "已截止，不能再提交"),
        ("hidden", 404, "没有找到这个页面"),
        ("missing", 404, "没有找到这个页面"),
        ("invalid", 400, "标题 &lt;b&gt;太长&lt;/b&gt;"),
        ("toomany", 429, "操作过于频繁"),
        ("denied", 403, "不可以"),
        ("odd", 400, "请求有误"),
        ("gone", 410, "单位已撤回这条需求。"),
    ],
)
def test_status_and_reason(client: Client, kind: str, status: int, text: str) -> None:
    answer = client.get(f"/refuse/{kind}/")
    assert answer.status_code == status
    body = answer.content.decode()
    assert text in body
    assert "回到首页" in body
    assert "0539-0000000" in body


def test_hidden_and_missing_are_the_same_body(client: Client) -> None:
    hidden = client.get("/refuse/hidden/").content.replace(b"/refuse/hidden/", b"")
    missing = client.get("/refuse/missing/").content.replace(b"/refuse/missing/", b"")
    for word in (b"%2Frefuse%2Fhidden%2F", b"%2Frefuse%2Fmissing%2F"):
        hidden, missing = hidden.replace(word, b""), missing.replace(word, b"")
    assert hidden == missing


def test_a_gone_page_shows_similar_ones_escaped(client: Client) -> None:
    body = client.get("/refuse/gone/").content.decode()
    assert "钕铁硼 &lt;i&gt;重稀土&lt;/i&gt;" in body
    assert '<a href="/needs/x/">相近 &lt;b&gt;一&lt;/b&gt;</a>' in body


def test_too_many_says_when_to_come_back(client: Client) -> None:
    assert client.get("/refuse/toomany/")["Retry-After"] == "90"


def test_htmx_gets_a_fragment_with_the_reason(client: Client) -> None:
    answer = client.get("/refuse/refused/", headers=HTMX)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "<html" not in body
    assert 'role="alert"' in body
    assert "已截止，不能再提交" in body


def test_an_anonymous_visitor_is_sent_to_sign_in(client: Client) -> None:
    answer = client.get("/refuse/forbidden/?a=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/refuse/forbidden/%3Fa%3D1"
    fragment = client.get("/refuse/forbidden/", headers=HTMX)
    assert fragment.status_code == 204
    assert fragment["HX-Redirect"].startswith("/accounts/login/")


def test_a_member_is_told_why(rf: RequestFactory, person: Any) -> None:
    request = rf.get("/refuse/forbidden/")
    request.user = person()
    answer = refusal_response(request, Forbidden("只有本单位审核人可以提交"))
    assert answer.status_code == 403
    assert "只有本单位审核人可以提交" in answer.content.decode()


def test_the_refusal_stands_in_the_response(rf: RequestFactory, person: Any) -> None:
    request = rf.get("/")
    request.user = person()
    middleware = RefusalMiddleware(lambda _request: None)
    error = Refused("不行")
    assert middleware.process_exception(request, error).refusal is error
    assert middleware.process_exception(request, RuntimeError()) is None


def test_a_crash_shows_a_page_without_its_cause() -> None:
    answer = Client(raise_request_exception=False).get("/refuse/crash/")
    assert answer.status_code == 500
    assert "服务器出错" in answer.content.decode()
    assert "boom" not in answer.content.decode()


def test_the_500_page_asks_no_database(django_assert_num_queries: Any, rf: RequestFactory) -> None:
    from marketplace.web.views import server_error

    with django_assert_num_queries(0):
        assert server_error(rf.get("/")).status_code == 500


def test_csrf_failure_explains(client: Client) -> None:
    answer = client.get("/csrf/", headers={"Referer": "http://testserver/page/"})
    assert answer.status_code == 403
    assert "页面停留过久" in answer.content.decode()
    assert 'href="http://testserver/page/"' in answer.content.decode()


@pytest.mark.parametrize("referer", ["http://evil.example/", "javascript:alert(1)", ""])
def test_the_way_back_never_leads_elsewhere(rf: RequestFactory, referer: str) -> None:
    assert back_address(rf.get("/", headers={"Referer": referer})) == ""


class TestHeaders:
    def test_on_every_response(self, client: Client) -> None:
        for address in ("/page/", "/refuse/refused/", "/nothing-here/"):
            headers = client.get(address).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "camera=()" in headers["Permissions-Policy"]
            assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"

    def test_the_policy_is_strict(self, client: Client) -> None:
        policy = client.get("/page/")["Content-Security-Policy"]
        rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in policy

    def test_the_cms_alone_is_looser(self, rf: RequestFactory) -> None:
        from django.http import HttpResponse

        from marketplace.web.middleware import SecurityHeadersMiddleware

        middleware = SecurityHeadersMiddleware(lambda _request: HttpResponse())
        assert "'unsafe-inline'" in middleware(rf.get("/cms/pages/"))["Content-Security-Policy"]
        assert "Content-Security-Policy" not in middleware(rf.get("/cmsx/")).headers

    def test_pages_of_members_are_stored_nowhere(self, rf: RequestFactory, person: Any) -> None:
        from django.http import HttpResponse

        from marketplace.web.middleware import PreferencesMiddleware

        middleware = PreferencesMiddleware(lambda _request: HttpResponse())
        request = rf.get("/")
        request.user = person()
        assert middleware(request)["Cache-Control"] == "no-store, private"
        request.user = person(signed_in=False)
        assert middleware(request)["Cache-Control"] == "no-cache"
