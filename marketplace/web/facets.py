"""The filter panel of a list: groups of counted options, chips of what is active, addresses without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

#: What starts over when a filter changes.
_RESTART = ("page",)


@dataclass
class Option:
    """One check box. `count` None means not counted; `level` 1 is indented under its parent."""

    value: str
    label: Any
    count: int | None = None
    chosen: bool = False
    level: int = 0
    #: Left out until its parent, or another one under the same parent, is chosen.
    folded: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing behind it and not chosen: shown, but can't be taken."""
        return self.count == 0 and not self.chosen


@dataclass
class Group:
    """Options under one name, or (with `is_range`) a lowest and a highest value."""

    name: str
    label: Any
    options: list[Option] = field(default_factory=list)
    is_range: bool = False
    low: str = ""
    high: str = ""
    unit: Any = ""
    open: bool = True

    @property
    def chosen_count(self) -> int:
        """How many conditions of this group are active."""
        return sum(o.chosen for o in self.options) + bool(self.low or self.high)


@dataclass(frozen=True)
class Chip:
    """An active condition and the address without it."""

    label: Any
    url: str


@dataclass(frozen=True)
class Panel:
    """Everything `facets.html`, `chips.html` and `results_bar.html` draw."""

    action: str
    groups: list[Group]
    chips: list[Chip]
    clear_url: str
    kept: list[tuple[str, str]]


@dataclass(frozen=True)
class SortLink:
    """One way to order the list."""

    label: Any
    url: str
    current: bool


def build_panel(
    params: QueryDict, action: str, groups: Iterable[Group], *, keep: Iterable[str] = ("q", "sort")
) -> Panel:
    """The panel for a request's query string.

    Marks chosen options, opens the groups that hold one, and builds the chips. `keep` names the
    parameters that filtering leaves alone.
    """
    groups, chips = list(groups), []
    for group in groups:
        if group.is_range:
            group.low = params.get(f"{group.name}_min", "")[:20]
            group.high = params.get(f"{group.name}_max", "")[:20]
            if group.low or group.high:
                label = f"{group.label} {group.low or '…'}–{group.high or '…'} {group.unit}".strip()
                gone = {f"{group.name}_min": None, f"{group.name}_max": None}
                chips.append(Chip(label, _address(action, params, gone)))
        chosen = set(params.getlist(group.name))
        for option in group.options:
            option.chosen = option.value in chosen
            if option.chosen:
                rest = [value for value in params.getlist(group.name) if value != option.value]
                chips.append(Chip(option.label, _address(action, params, {group.name: rest})))
        group.open = group.open or bool(group.chosen_count)
        _fold(group.options)
    kept = [(name, value) for name in keep for value in params.getlist(name) if value]
    bare = QueryDict(mutable=True)
    for name, value in kept:
        bare.appendlist(name, value)
    return Panel(action, groups, chips, _joined(action, bare), kept)


def _fold(options: list[Option]) -> None:
    """Show what lies under a parent only where something of that family is chosen."""
    family: list[Option] = []
    families = [family]
    for option in options:
        if option.level == 0:
            family = []
            families.append(family)
        family.append(option)
    for family in families:
        wanted = any(option.chosen for option in family)
        for option in family:
            option.folded = option.level > 0 and not wanted


def drawn(options: Iterable[Option], name: str) -> SafeString:
    """The check boxes of one group. A list has a hundred: as template nodes they cost more than its rows."""
    rows = [
        _start(name, option.value, str(option.label), option.level > 0, option.is_empty)
        % _state(option)
        for option in options
        if not option.folded
    ]
    return mark_safe("".join(rows))  # noqa: S308 -- made by format_html from fixed words and numbers


@lru_cache(maxsize=4096)
def _start(name: str, value: str, label: str, is_sub: bool, is_empty: bool) -> str:
    """What stays the same in a check box; its state goes where the two `%s` are."""
    css = f"c-check{' c-check--sub' if is_sub else ''}{' is-zero' if is_empty else ''}"
    words = (part.replace("%", "%%") for part in (css, name, value, name, value, label))
    return format_html(
        '<label class="{}"><input type="checkbox" id="facet-{}-{}" name="{}" value="{}"%s>'
        "<span>{}</span>%s</label>\n",
        *words,
    )


def _state(option: Option) -> tuple[str, str]:
    state = (" checked" if option.chosen else "") + (" disabled" if option.is_empty else "")
    count = option.count
    return state, "" if count is None else f'<data value="{count:d}">{count:d}</data>'


def sort_links(
    params: QueryDict, action: str, orders: Iterable[tuple[str, Any]], current: str
) -> list[SortLink]:
    """Links that order the list anew; the first order is the default and needs no parameter."""
    links = []
    for number, (value, label) in enumerate(orders):
        change = {"sort": value if number else None}
        links.append(SortLink(label, _address(action, params, change), value == current))
    return links


def _address(action: str, params: QueryDict, change: Mapping[str, Any]) -> str:
    copy = params.copy()
    for name in _RESTART:
        copy.pop(name, None)
    for name, value in change.items():
        if value is None or value == []:
            copy.pop(name, None)
        else:
            copy.setlist(name, value if isinstance(value, list) else [value])
    return _joined(action, copy)


def _joined(action: str, params: QueryDict) -> str:
    query = params.urlencode()
    return f"{action}?{query}" if query else action
