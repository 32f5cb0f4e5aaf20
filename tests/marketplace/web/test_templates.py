"""Rules that hold for every template and style sheet of the repository."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

import pytest

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path
    for tree in ("marketplace", "cms", "deploy", "search")
    for path in (ROOT / tree).glob("**/templates/**/*.html")
)
STATIC = ROOT / "marketplace/web/static/web"

INLINE = re.compile(r"""<[^>]*\s(style|on[a-z]+)\s*=""", re.IGNORECASE)
SCRIPT = re.compile(
    r"<script\b(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE
)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment .*?%\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
TAG_VALUE = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)


def body_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


BODIES = {path: body_of(path) for path in TEMPLATES}


def faults(found: Callable[[str], object], *, leave_out: str = "") -> dict[str, object]:
    """What `found` finds in each template, by its path; one test for all of them, since reading is quick."""
    wrong = {
        str(path.relative_to(ROOT)): found(BODIES[path])
        for path in TEMPLATES
        if path.name != leave_out
    }
    return {path: what for path, what in wrong.items() if what}


def test_nothing_inline() -> None:
    def found(body: str) -> list[str]:
        text = TAG_VALUE.sub("x", body)
        return [
            *(match.group() for match in INLINE.finditer(text)),
            *(word for word in ("<style", "javascript:") if word in text),
            *(script.group() for script in SCRIPT.finditer(text) if not harmless(script)),
        ]

    def harmless(script: re.Match[str]) -> bool:
        data = (
            "application/ld+json" in script["attributes"]
            or "application/json" in script["attributes"]
        )
        return data or ("src=" in script["attributes"] and not script["body"].strip())

    assert faults(found) == {}


def test_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(
        r"""(src|srcset|action)=["'](https?:)?//|<link[^>]+href=["'](https?:)?//"""
    )
    assert faults(elsewhere.search) == {}


def test_posted_forms_carry_a_token() -> None:
    # Two change nothing that belongs to anybody: a choice of looks, and a question.
    safe = ("csrf_token", "web:preference", "matching:describe", 'name="problem"')
    form = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.DOTALL | re.IGNORECASE)

    def found(body: str) -> list[str]:
        return [one[:200] for one in form.findall(body) if not any(mark in one for mark in safe)]

    assert faults(found) == {}


def test_text_is_translatable() -> None:
    """Chinese outside of translate, blocktranslate and _("…") would stay Chinese in English."""
    block = re.compile(r"\{% blocktranslate.*?%\}.*?\{% endblocktranslate %\}", re.DOTALL)

    def found(body: str) -> list[str]:
        return re.findall(r"[\u4e00-\u9fff]+", TAG_VALUE.sub("", block.sub("", body)))

    # The gallery shows samples.
    assert faults(found, leave_out="ui.html") == {}


def test_chinese_text_has_chinese_quotes() -> None:
    straight = re.compile(r"""[\u4e00-\u9fff][“]?&quot;|[\u4e00-\u9fff]'[\u4e00-\u9fff]""")
    assert faults(straight.search) == {}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 30


def packed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_weight() -> None:
    import django_htmx

    # 200 bytes of it are line ends and blanks: a declaration a line is read and compared more easily.
    # The map of tiles, the wall of the turnover page and the ledger are the last 200.
    assert packed("css/tokens.css", "css/app.css", "css/parts.css") <= 15_450
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    assert packed("js/theme.js", "js/app.js") + len(gzip.compress(htmx.read_bytes(), 9)) <= 30_000


@pytest.mark.parametrize("path", sorted(STATIC.glob("css/*.css")), ids=lambda path: path.name)
def test_style_sheets_keep_to_what_browsers_have(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "light-dark(" not in css
    assert "@import" not in css
    assert "http" not in css.replace('[href^="http"]', "")
    assert not re.search(r"\{[^{}]*&", css), "no nesting"
    assert css.count("{") == css.count("}")


def test_every_class_of_our_templates_has_a_rule() -> None:
    css = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("css/*.css"))
    js = (STATIC / "js/app.js").read_text(encoding="utf-8")
    known = set(re.findall(r"\.([a-z][\w-]*)", css)) | set(re.findall(r"\.([a-z][\w-]+)", js))
    unknown = set()
    for path in TEMPLATES:
        if "marketplace/web" not in str(path):
            continue
        for value in re.findall(r"""class=["']([^"']*)["']""", TAG_VALUE.sub(" ", body_of(path))):
            names = set(re.findall(r"\b(?:c|l|u|is)-[\w-]*\w\b(?!-)", value))
            unknown |= names - known
    # hooks without looks of their own
    assert unknown <= {"c-field--file", "c-foot__l", "c-wizard__label"}
