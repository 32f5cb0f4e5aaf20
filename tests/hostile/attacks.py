"""The attacks, as data. A new hole that was found and closed gets a line here.

A path or body may hold `{need}` (the code of a public need), `{draft}` (a draft of the attacker's own
organisation) and `{achievement}`; a form's token is added by whoever sends it.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

MIB = 1024 * 1024
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Attack:
    """One request. `by`: nobody, `member` (signed in), or `key` (a program with a write token)."""

    name: str
    path: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    by: str = ""
    #: So many variants at most: a body of many megabytes takes its time.
    most: int = 1_000
    #: What the plain request must be answered with; empty: anything below 500.
    expected: tuple[int, ...] = ()


def form(**values: str) -> bytes:
    """A posted form; halves of characters are sent as the bytes that they would be."""
    return urlencode(values, encoding="utf-8", errors="surrogatepass").encode()


def api(name: str, body: Any, *expected: int, path: str = "/api/v1/needs/", **more: Any) -> Attack:
    """A body for the API's write door."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Attack(name, path, "POST", raw, {"Content-Type": JSON}, "key", expected=expected, **more)


def post(name: str, path: str, body: bytes, *expected: int, **more: Any) -> Attack:
    """A posted form."""
    return Attack(
        name,
        path,
        "POST",
        body,
        {"Content-Type": FORM, **more.pop("headers", {})},
        **more,
        expected=expected,
    )


def indicator(value: str, **more: Any) -> dict[str, Any]:
    """A need whose only indicator is this figure."""
    row = {"name": "甲醛释放量", "comparator": "le", "target": value, "unit": "mg/m³", **more}
    return {"title": "降低人造板甲醛释放量", "indicators": [row]}


#: One character that becomes eighteen when it is normalised.
UNFOLDS = "\ufdfa"

NATIVE = [
    post("ten that unfold", "/match/", form(problem=UNFOLDS * 10), 200, 400),
    post("thirty that unfold", "/match/", form(problem=UNFOLDS * 30), 200, 400),
    post("as many as are taken", "/match/", form(problem=UNFOLDS * 2000), 200, 400),
    post("combining storm", "/match/", form(problem="e" + "\u0301" * 1900), 200, 400),
    post("ideograph squares", "/match/", form(problem="\u3300\u337f\u33ff" * 500), 200, 400),
    post("half a character", "/match/", form(problem="\ud800 甲醛"), 200, 400),
    post("null", "/match/", form(problem="\0甲醛" * 50), 200, 400),
    api("a need that unfolds", {"title": UNFOLDS * 20, "problem": UNFOLDS * 60}, 201, 400),
]

POISON = [
    api("beyond fifteen digits", indicator("999999999999.999999"), 400),
    api("changed by the database", indicator("123456789012.345678"), 400),
    api("negative and long", indicator("-999999999999.999999"), 400),
    api("an exponent", indicator("1e400"), 400),
    api("infinite", b'{"title": "x", "indicators": [{"name": "x", "target": 1e999}]}', 400),
    api("not a number", indicator("NaN"), 400),
    api("other digits", indicator("٣")),
    api("a budget of all figures", {"title": "x", "budget_min": 10**30}, 400),
    api("a day before all days", {"title": "x", "deadline": "0001-01-01"}, 400),
    api("a day after all days", {"title": "x", "deadline": "9999-12-31"}),
    api("no day", {"title": "x", "deadline": "2026-02-30"}, 400),
]

BODIES = [
    api("100,000 lists", b"[" * 100_000, 400, most=200),
    api("100,000 lists, closed", b"[" * 100_000 + b"]" * 100_000, 400, most=200),
    api("50,000 objects", b'{"title":' * 50_000, 400, most=200),
    api("half a character", rb'{"title": "\ud800"}', 400),
    api("a null", rb'{"title": "a\u0000b"}', 400),
    api("not UTF-8", b'{"title": "\xff\xfe"}', 400),
    api("nothing", b"", 400),
    api("a list", [], 400),
    api("another shape", {"title": {"a": [1]}, "keywords": "x", "indicators": {"0": 1}}, 400),
    api(
        "many rows",
        {"title": "x", "indicators": [{"name": "x", "target": "1"}] * 5_000},
        400,
        most=20,
    ),
    api("30 MB", b'{"title": "' + b"x" * (30 * MIB) + b'"}', 413, most=2),
    post("30 MB of a form", "/match/", b"problem=" + b"x" * (30 * MIB), most=2),
    post("3,000 fields", "/match/", b"&".join(b"a%d=1" % n for n in range(3_000)), most=50),
    post(
        "a form without a boundary",
        "/match/",
        b"x",
        headers={"Content-Type": "multipart/form-data"},
    ),
    post(
        "a broken multipart",
        "/match/",
        b'--x\r\nContent-Disposition: form-data; name="problem"\r\nContent-Transfer-Encoding: base64'
        b"\r\n\r\n!!!!\r\n--x--",
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    ),
    Attack(
        "a charset that is none",
        "/api/v1/needs/",
        "POST",
        b"{}",
        {"Content-Type": f"{JSON}; charset=x"},
        "key",
    ),
    Attack(
        "a charset that unpacks",
        "/api/v1/needs/",
        "POST",
        b"{}",
        {"Content-Type": f"{JSON}; charset=bz2"},
        "key",
    ),
    Attack(
        "a form for the API",
        "/api/v1/needs/",
        "POST",
        b"title=x",
        {"Content-Type": FORM},
        "key",
        expected=(415,),
    ),
]

ADDRESSES = [
    Attack(
        "unknown names and values", "/needs/?srt=1&industry=%00&page=-1&sort=%ff&owner=%ed%a0%80"
    ),
    Attack(
        "the same of the API", "/api/v1/needs/?srt=1&industry=%00&page=-1&sort=%ff", expected=(400,)
    ),
    Attack("a long question", "/search/?q=" + "甲".encode().hex() * 1_000),
    Attack("a question in nulls", "/search/?q=%00%00&in=%00"),
    Attack("half a character", "/search/?q=%ed%a0%80"),
    Attack(
        "the query language", "/api/v1/search/?q=" + quote_from_bytes(b'"(*:^~AND OR) [1 TO 9]{')
    ),
    Attack("suggestions", "/search/suggest/?q=%ef%b7%ba%ef%b7%ba&in=%2e%2e"),
    Attack("a page far away", "/needs/?page=99999999999999999999"),
    Attack("matches", "/api/v1/needs/{need}/matches/?limit=1e9", expected=(400,)),
    Attack("up and up", "/needs/../../../etc/passwd"),
    Attack("encoded dots", "/static/%2e%2e/%2e%2e/jiebang.sqlite3"),
    Attack("a null in the path", "/needs/%00/"),
    Attack("not UTF-8 in the path", "/needs/%ff%fe/"),
    Attack("many slashes", "//////needs////"),
    Attack("a long path", "/needs/" + "x" * 3_000 + "/"),
    Attack("a code of other letters", "/needs/XQ２０２６-{need}/"),
    Attack("a draft of others", "/api/v1/needs/{draft}/", expected=(404,)),
    Attack("a wizard step that is none", "/workbench/needs/{draft}/edit/nothing/", by="member"),
    Attack("a preview", "/workbench/needs/{draft}/", by="member"),
    Attack("an export", "/needs/export/?format=%00&page=x"),
    Attack("a visit to a form's address", "/needs/{need}/contact/", by="member", expected=(405,)),
    Attack("where next", "/accounts/login/?next=//evil.example/%0d%0aSet-Cookie:x=1"),
]

HEADERS = [
    Attack("a host that is none", "/", headers={"Host": "evil.example"}, expected=(400,)),
    Attack("a host of nothing", "/", headers={"Host": "a b@c:x"}),
    Attack(
        "a host for the API", "/api/v1/needs/", headers={"Host": "evil.example"}, expected=(400,)
    ),
    Attack("languages", "/", headers={"Accept-Language": "zh;q=" + "9" * 500 + ",*;q=x," * 300}),
    Attack("languages of the API", "/api/v1/needs/", headers={"Accept-Language": "x" * 5_000}),
    Attack(
        "cookies", "/", headers={"Cookie": 'session="\\xff; csrf==; theme=%00; device=eyJ9:1:2;;;='}
    ),
    Attack(
        "a key",
        "/api/v1/needs/",
        headers={"Authorization": "Bearer \xff\xfe" + "x" * 2_000},
        expected=(401,),
    ),
    Attack("a scheme", "/api/v1/needs/", headers={"Authorization": "Basic ====:"}),
    Attack(
        "where from",
        "/needs/{need}/contact/",
        "POST",
        headers={"Referer": "http://[::1", "Origin": "null"},
    ),
    Attack(
        "htmx",
        "/needs/",
        headers={"HX-Request": "true", "HX-Current-URL": "http://[x", "HX-Target": "\xff"},
    ),
    Attack("a range", "/static/", headers={"Range": "bytes=9-1,-,a"}),
    Attack("since when", "/", headers={"If-Modified-Since": "x" * 200, "If-None-Match": "W/\xff"}),
    Attack("whom it was sent for", "/", headers={"X-Forwarded-For": "x, ::ffff:1.2.3.4%25, \xff"}),
    Attack(
        "what is accepted", "/api/v1/needs/", headers={"Accept": "a/b;q=\xff, */*;q=2," + "x" * 900}
    ),
    Attack("a method", "/api/v1/needs/", "FOO", by="key", expected=(405,)),
    Attack("another method", "/", "TRACE"),
]

ENTRANCE = [
    post("a login of bytes", "/accounts/login/", form(login="\ud800@\0", password="\0" * 300)),
    post(
        "a long password",
        "/accounts/login/",
        form(login="a@example.com", password="x" * 100_000),
        most=50,
    ),
    post(
        "a sign-up",
        "/accounts/signup/",
        form(by="\0", email="a@" + "b." * 900, name=UNFOLDS * 60, agree="on"),
        most=100,
    ),
    post("a code", "/accounts/login/code/", form(login="+86" + "9" * 500), most=100),
    post(
        "a preference", "/preferences/", form(back="//evil.example", language="\0", theme=UNFOLDS)
    ),
]

ATTACKS = [*NATIVE, *POISON, *BODIES, *ADDRESSES, *HEADERS, *ENTRANCE]
