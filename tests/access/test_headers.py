"""Every kind of answer carries exactly the headers of `golden_headers.txt`.

A header that appears, changes or goes is read in the diff of that file before it lands:
`UPDATE_GOLDEN=1 pytest tests/access/test_headers.py` writes it anew.
"""

import os
import re
from pathlib import Path

from django.http import HttpResponse
from django.urls import reverse

import pytest

from tests.access.world import World, rolled_back

GOLDEN = Path(__file__).parents[1] / "golden_headers.txt"


def answers(world: World) -> dict[str, HttpResponse]:
    """One answer of each kind that the product gives, in the order of the file."""
    subjects = world.subjects

    def get(role: str, name: str, **kwargs: str) -> HttpResponse:
        return world.ask(role, "get", reverse(name, kwargs=kwargs or None))

    need, own_file = subjects["need"], subjects["need_restricted_file"]["published"]
    public_file = subjects["need_public_file"]["published"]
    return {
        "a public page, for a visitor": get("visitor", "needs:list"),
        "a public page, signed in": get("member", "needs:list"),
        "a page that the editors write": get("visitor", "cms:home"),
        "a page of the workbench": get("member", "workbench:home"),
        "on to sign-in": get("visitor", "workbench:home"),
        "the sign-in page": get("visitor", "account_login"),
        "not found": get("visitor", "needs:detail", **need["missing"]),
        "gone": get("visitor", "needs:detail", **need["withdrawn"]),
        "forbidden": get("member", "workbench:review"),
        "a form with errors": world.ask("visitor", "post", reverse("account_login")),
        "a file for everybody": get("visitor", "files:download", **public_file),
        "a file for its owners": get("org_admin", "files:download", **own_file),
        "an export": get("visitor", "needs:export"),
        "the API": get("visitor", "api:need_list"),
        "a problem of the API": get("visitor", "api:need_detail", **need["missing"]),
        "the API's documentation": get("visitor", "api:docs"),
        "the sitemap": get("visitor", "sitemap_index"),
        "robots": get("visitor", "robots"),
        "health": get("visitor", "health"),
        "the editors' desk": get("editor", "wagtailadmin_home"),
    }


def plain(response: HttpResponse) -> list[str]:
    """Status, headers and cookies as lines, without what differs from run to run."""
    lines = [str(response.status_code)]
    for name, value in sorted(response.headers.items()):
        if name == "Content-Security-Policy":
            lines.append(f"{name}: " + "; ".join(sorted(value.split("; "))))
        elif name == "ETag":
            lines.append("ETag: …")
        elif name == "Content-Disposition":
            lines.append(f"{name}: " + re.sub(r"filename.*", "filename=…", value))
        elif name not in ("Content-Length", "Expires", "X-Request-Id"):
            lines.append(f"{name}: {value}")
    for cookie in sorted(morsel.OutputString() for morsel in response.cookies.values()):
        dateless = re.sub(r"expires=[^;]+", "expires=…", cookie)
        lines.append("Set-Cookie: " + re.sub(r"=[^;]*", "=…", dateless, count=1))
    return lines


def written(world: World) -> str:
    """The file's text as the product answers now: what every answer carries, then each one's own."""
    with rolled_back():
        found = {title: plain(response) for title, response in answers(world).items()}
    first = next(iter(found.values()))
    common = [line for line in first if all(line in lines for lines in found.values())]
    parts = ["\n".join(("# every answer", *common))]
    for title, lines in found.items():
        own = (line for line in lines if line not in common)
        parts.append("\n".join((f"# {title}", *own)))
    return "\n\n".join(parts) + "\n"


@pytest.mark.django_db
def test_headers_are_the_golden_ones(world: World) -> None:
    now = written(world)
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(now, encoding="utf-8")
    assert now.split("\n\n") == GOLDEN.read_text(encoding="utf-8").split("\n\n")


@pytest.mark.django_db
def test_pages_of_the_site_allow_no_script_but_their_own(world: World) -> None:
    """Whatever the golden file was updated to; the editors' desk is Wagtail's and asks for more."""
    with rolled_back():
        policies = {
            title: response.headers["Content-Security-Policy"]
            for title, response in answers(world).items()
            if title != "the editors' desk"
        }
    assert [title for title, policy in policies.items() if "unsafe" in policy] == []
    assert [
        t for t, policy in policies.items() if not re.search("default-src '(self|none)'", policy)
    ] == []
