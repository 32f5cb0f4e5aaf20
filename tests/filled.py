"""A form of a page as a browser holds it: what it would send when nothing was touched."""

from collections.abc import Callable
from typing import Any

from bs4 import BeautifulSoup, Tag

Sent = dict[str, list[str]]
#: Types of input that send nothing of their own while no button is pressed.
_SILENT = {"submit", "button", "reset", "image", "file"}


def form_with(html: str, name: str) -> Tag:
    """The form of `<main>` that holds a field of this name."""
    page = BeautifulSoup(html, "lxml")
    main = page.find("main") or page
    assert isinstance(main, Tag)
    for form in main.find_all("form"):
        if form.find(attrs={"name": name}):
            for blank in form.find_all("template"):
                blank.decompose()
            return form
    raise AssertionError(f"no form with a field {name!r}")


def sent_by(form: Tag) -> Sent:
    """Names and values in the order of the fields, as HTML's “constructing the form data set” says."""
    sent: Sent = {}
    for part in form.find_all(["input", "select", "textarea"]):
        name = part.get("name")
        if not name or part.has_attr("disabled"):
            continue
        for value in _values(part):
            sent.setdefault(str(name), []).append(value)
    return sent


def _values(part: Tag) -> list[str]:
    if part.name == "textarea":
        # A browser drops the line break that follows the tag.
        return [part.get_text().removeprefix("\n")]
    if part.name == "select":
        options = part.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")]
        if not chosen and not part.has_attr("multiple"):
            chosen = options[:1]
        return [str(option.get("value", option.get_text())) for option in chosen]
    kind = str(part.get("type", "text")).lower()
    if kind in _SILENT or (kind in {"checkbox", "radio"} and not part.has_attr("checked")):
        return []
    return [str(part.get("value", "on" if kind == "checkbox" else ""))]


def choices_in(form: Tag) -> dict[str, list[list[str]]]:
    """For each choice of the form every answer that it allows: an option, a radio, boxes or none."""
    found: dict[str, list[list[str]]] = {}
    for select in form.find_all("select"):
        found[str(select["name"])] = [[str(o.get("value", ""))] for o in select.find_all("option")]
    boxes: dict[str, list[str]] = {}
    for part in form.find_all("input"):
        if part.get("type") == "radio":
            found.setdefault(str(part["name"]), []).append([str(part["value"])])
        elif part.get("type") == "checkbox":
            boxes.setdefault(str(part["name"]), []).append(str(part.get("value", "on")))
    for name, values in boxes.items():
        found[name] = [[], *([value] for value in values), values]
    return found


def send(client: Any, address: str, sent: Sent, **buttons: str) -> Any:
    """Post what a form would send, with the button that was pressed."""
    return client.post(address, {**sent, **{name: [value] for name, value in buttons.items()}})


def opened(client: Any, address: str, name: str) -> Tag:
    """Open a page and take the form that holds a field of this name."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status_code)
    return form_with(page.text, name)


def saved_twice(
    client: Any, address: str, name: str, typed: Sent, state: Callable[[], Any], **buttons: str
) -> tuple[Any, Any]:
    """Type and save, open and save untouched; the stored state after each of both."""
    first = send(client, address, {**sent_by(opened(client, address, name)), **typed}, **buttons)
    assert first.status_code == 302, problems(first.text)
    before = state()
    again = send(client, address, sent_by(opened(client, address, name)), **buttons)
    assert again.status_code == 302, problems(again.text)
    return before, state()


def problems(html: str) -> str:
    """What a refused form says is wrong."""
    page = BeautifulSoup(html, "lxml")
    return " ".join(part.get_text(" ", strip=True) for part in page.select(".c-errors, .c-notice"))


def post_seen(client: Any, address: str, typed: Any = None, page: str = "", **extra: Any) -> Any:
    """Post what was typed with the state that the page (of the same address, or `page`) shows."""
    shown = BeautifulSoup(client.get(page or address).text, "lxml")
    field = shown.find("input", attrs={"name": "rev"})
    assert isinstance(field, Tag), f"{page or address} does not say what it shows"
    return client.post(address, {**(typed or {}), "rev": field["value"]}, **extra)
