"""Declarations of slices: none is missing, and what they name exists. Each failure names what to do."""

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse

import pytest

from deploy.celery import app
from marketplace.web.slices import Slice, parts, slices
from marketplace.web.slots import SLOTS
from marketplace.workbench.menu import GROUPS
from search.schema import all_specs
from tests.architecture.source import ROOT, modules, templates

#: The slices that every shell may know: people, organisations, code lists, and what lies below them.
BASE = {"parties", "taxonomy", "files", "notices", "journal", "sheets"}
#: The shells themselves.
SHELLS = {"portal", "workbench", "api"}
ADDRESSES = {"public", "workbench", "api"}
PLACES = {"header", "find", "deal", "help", "start", "editor", "browse", "unmet"}
CODE = "XQ2026-7KQ4ZM-H"


def named(declared: Slice) -> str:
    return declared.name


def reversed_or_none(page: str, *args: object) -> str | None:
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        return None


# --- the declaration --------------------------------------------------------------------------
def test_every_app_with_addresses_is_declared() -> None:
    """A slice with `urls.py` has a `slice.py` that names it, registered when its app is ready."""
    with_urls = {
        config.label: f"{config.name}.urls"
        for config in apps.get_app_configs()
        if config.name.startswith(("marketplace.", "tests."))
        and config.label not in SHELLS | {"web"}
        and (Path(config.path) / "urls.py").exists()
        # `listings` has functions that make the addresses of the slices above it, and none of its own.
        and any(
            isinstance(getattr(import_module(f"{config.name}.urls"), name, None), list)
            for name in ADDRESSES
        )
    }
    assert with_urls == {one.name: one.urls for one in slices() if one.urls}


def test_every_declaration_is_registered() -> None:
    """A `slice.py` with a SLICE that no `apps.py` registers."""
    written = {
        import_module(f"{config.name}.slice").SLICE.name
        for config in apps.get_app_configs()
        if (Path(config.path) / "slice.py").exists()
        and hasattr(import_module(f"{config.name}.slice"), "SLICE")
    }
    assert written == {one.name for one in slices()}


@pytest.mark.parametrize("declared", slices(), ids=named)
def test_workbench_pages_have_a_menu_entry_or_a_reason(declared: Slice) -> None:
    pages = bool(declared.addresses("workbench") or declared.addresses("public"))
    assert not (declared.menu and declared.no_menu)
    assert not pages or declared.menu or declared.no_menu


@pytest.mark.parametrize("declared", slices(), ids=named)
def test_lists_of_addresses_have_the_known_names(declared: Slice) -> None:
    if declared.urls:
        module = import_module(declared.urls)
        lists = {
            name
            for name, value in vars(module).items()
            if isinstance(value, list) and not name.startswith("__")
        }
        assert lists
        assert lists <= ADDRESSES


def test_every_page_that_is_named_exists() -> None:
    plain = [*parts("menu"), *parts("links"), *parts("sections"), *parts("overviews")]
    of_a_code = [*parts("codes"), *parts("sitemaps"), *parts("reviews")]
    missing = [one.page for one in plain if reversed_or_none(one.page) is None]
    missing += [one.page for one in of_a_code if reversed_or_none(one.page, CODE) is None]
    assert missing == []


def test_every_template_that_is_named_exists() -> None:
    for one in [*parts("sections"), *parts("slots"), *parts("reviews")]:
        if one.template:
            get_template(one.template)


def test_groups_places_and_slots_are_known() -> None:
    assert {item.group for item in parts("menu")} <= dict(GROUPS).keys()
    assert {link.place for link in parts("links")} == PLACES
    assert {one.slot for one in parts("slots")} <= SLOTS.keys()


def test_orders_are_told_apart() -> None:
    """Two parts with one order would swap places with INSTALLED_APPS."""
    for name, key in (
        ("menu", lambda one: (one.group, one.order)),
        ("links", lambda one: (one.place, one.order)),
        ("sections", lambda one: one.order),
        ("overviews", lambda one: one.order),
        ("slots", lambda one: (one.slot, one.order)),
        ("reviews", lambda one: (bool(one.template), one.order)),
    ):
        keys = [key(one) for one in parts(name)]
        assert len(keys) == len(set(keys)), name
    samples = [one.samples.order for one in slices() if one.samples]
    assert len(samples) == len(set(samples))


# --- search, sitemap, codes -------------------------------------------------------------------
def test_every_index_has_a_section_and_every_section_an_index() -> None:
    assert {one.name for one in parts("sections")} == {spec.name for spec in all_specs()}


@pytest.mark.django_db
def test_sitemaps_and_sections_answer() -> None:
    names = [one.name for one in parts("sitemaps")]
    assert len(names) == len(set(names))
    for sitemap in parts("sitemaps"):
        rows = sitemap.rows()
        assert rows.ordered, sitemap.name
        assert list(rows.values_list("code", "updated_at")) == []
    for section in parts("sections"):
        assert section.rows(None, []) == []


def test_no_two_slices_share_a_prefix_of_codes() -> None:
    prefixes = [one.prefix for one in parts("codes")]
    assert len(prefixes) == len(set(prefixes))
    fields = {
        prefix
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if (prefix := getattr(field, "prefix", ""))
    }
    assert set(prefixes) <= fields


# --- the clock --------------------------------------------------------------------------------
def test_every_task_is_scheduled_and_every_schedule_names_a_task() -> None:
    """What is started by hand or by an event is a job or a handler, so every task belongs to the clock."""
    app.loader.import_default_modules()
    tasks = {name for name in app.tasks if not name.startswith("celery.")}
    assert {one.task for one in parts("schedules")} == tasks


# --- nobody names a slice above ---------------------------------------------------------------
def above_base() -> set[str]:
    return {one.name for one in slices()} - BASE - SHELLS - {"cms"}


def shell_modules() -> dict[Path, ast.Module]:
    single = {"deploy/celery.py", "deploy/beat.py", "cms/market.py", "cms/targets.py"}
    return {
        path: tree
        for path, tree in modules().items()
        if (path.parts[0] == "marketplace" and path.parts[1] in SHELLS | {"web"})
        or path.as_posix() in single
        if path.name != "gallery.py"  # samples for developers
    }


def test_shells_name_no_slice() -> None:
    """A shell reads the register; a slice that it names by hand is one that the next lacks."""
    slice_word = re.compile(rf"^(?:marketplace\.)?({'|'.join(above_base())})(?:[:.][\w.]+)?$")
    found = []
    for path, tree in shell_modules().items():
        for node in ast.walk(tree):
            words = []
            if isinstance(node, ast.ImportFrom):
                words = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
            elif isinstance(node, ast.Import):
                words = [alias.name for alias in node.names]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = [node.value]
            found += [f"{path}:{node.lineno} {word}" for word in words if slice_word.match(word)]
    assert found == []


def floors() -> dict[str, int]:
    """The floor of each slice, counted from the top, as the import contract has it."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [
        one
        for one in table["tool"]["importlinter"]["contracts"]
        if one["name"] == "Floors of the marketplace"
    ]
    return {
        name: number
        for number, floor in enumerate(contract["layers"])
        for name in re.findall(r"\w+", floor)
    }


def test_every_slice_has_its_rooms_checked() -> None:
    """A slice that is missing from the contract may import in any order, and have files of any name."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [
        one
        for one in table["tool"]["importlinter"]["contracts"]
        if one["name"] == "Rooms of a slice"
    ]
    checked = {name.removeprefix("marketplace.") for name in contract["containers"]}
    ours = {
        config.label for config in apps.get_app_configs() if config.name.startswith("marketplace.")
    }
    assert ours - SHELLS - {"web", "kernel", "journal", "files", "notices", "sheets"} == checked


#: Any page may lead back to where signed-in people work; the frame of every page leads to the shells and
#: to a person's messages.
ALWAYS, FRAME = {"workbench:"}, {"portal:", "workbench:", "notices:"}
NAMED = re.compile(r"""{%\s*(?:url|url_or_empty|include|extends)\s+['"]((\w+)[:/])""")


def test_no_template_names_a_slice_above_it_or_beside_it() -> None:
    """What a slice above has to show on a page of a lower one, it contributes to a slot."""
    floor = floors()
    found = []
    for path, text in templates().items():
        here = path.parts[1]
        for start, name in NAMED.findall(text) if path.parts[0] == "marketplace" else ():
            if name not in floor or name == here or start in (FRAME if here == "web" else ALWAYS):
                continue
            if floor[name] <= floor[here]:
                found.append(f"{path}: {name}")
    assert found == []


#: Modules of the articles that name a kind of listing, and why.
NAMING_MODULES = {
    "cms/blocks/links.py": "an example in the preview for editors",
}


def of_a_shell(path: Path) -> bool:
    """Whether the file belongs to a shell or to the articles."""
    return path.parts[0] == "cms" or (path.parts[0] == "marketplace" and path.parts[1] in SHELLS)


def test_pages_of_shells_name_no_slice() -> None:
    """Addresses, templates and figures of a slice, as text: a link is declared with a place instead."""
    word = re.compile(rf"""['".]({"|".join(above_base())})(?:['":/]|\b(?=[|\s%}}]))""")
    found = {
        path.as_posix()
        for path, text in templates().items()
        if of_a_shell(path) and word.search(text)
    }
    assert found == set()


def test_modules_of_shells_and_articles_write_no_address_of_a_slice() -> None:
    """Also in f-strings, whose text stands in parts."""
    start = re.compile(
        rf"^(?:{'|'.join(above_base())})(?::|$)|^/(?:workbench/)?(?:{'|'.join(above_base())})/"
    )
    found = {
        path.as_posix()
        for path, tree in modules().items()
        if of_a_shell(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and start.match(node.value)
    }
    assert found == NAMING_MODULES.keys()
