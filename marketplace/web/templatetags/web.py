"""The design system in templates: icons, tags, money, time, blocks and form parts."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Page
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from marketplace.kernel import clock
from marketplace.kernel import money as kernel_money
from marketplace.web import formats
from marketplace.web.cards import mark
from marketplace.web.facets import Option, drawn
from marketplace.web.icons import icon as draw_icon
from marketplace.web.lines import drawn as drawn_line
from marketplace.web.marks import mark_of
from marketplace.web.navigation import Link, home_address, links_in
from marketplace.web.shell import footer, header
from marketplace.web.slices import scopes
from marketplace.web.slots import Contribution, draw
from search.highlight import as_html, highlight

register = template.Library()

HTML_LANGS = {"zh-hans": "zh-Hans"}


# --- words and numbers ------------------------------------------------------------------------
@register.filter
def html_lang(code: str) -> str:
    """Django's language code as the BCP 47 tag of the `lang` attribute."""
    return HTML_LANGS.get(code, code)


@register.filter
def local(row: Any, name: str) -> str:
    """A text in the page's language when the row has it, else the Chinese one."""
    english = (get_language() or "").startswith("en")
    translated = str(getattr(row, f"{name}_en", "")) if english else ""
    return translated or str(getattr(row, name))


@register.filter
def local_lang(row: Any, name: str) -> str:
    """The language that `local` really answers with, for the `lang` attribute."""
    english = (get_language() or "").startswith("en")
    translated = getattr(row, f"{name}_en", "") if english else ""
    return "en" if translated else "zh-Hans"


@register.filter
def marked(text: str, query: str) -> str:
    """The text with the searched words marked; escaped, so no markup of its own survives."""
    return as_html(highlight(text, query)) if query else text


@register.filter
def money(fen: int | None) -> str:
    """Fen as a listing shows them: `120 万元`, `1.2 亿元`, `CNY 1.2 million`, 面议 when None."""
    return kernel_money.format_listing(fen)


@register.filter
def money_exact(fen: int | None) -> str:
    """The same to the fen, for prices that are compared: `12.345678 万元`; a dash when None."""
    return kernel_money.format_exact(fen)


@register.filter
def money_range(low: int | None, high: int | None) -> str:
    """`{{ low|money_range:high }}` → `120–180 万元`."""
    return kernel_money.format_range(low, high)


@register.filter
def yi(fen: int) -> str:
    """Fen as statistics show them: 亿元 with two decimals."""
    return kernel_money.format_yi(fen)


@register.filter
def wan(fen: int) -> str:
    """Fen as a contract table shows them: 万元 with two decimals, unit in the header."""
    return kernel_money.format_wan(fen)


@register.simple_tag
def price(low: int | None, high: int | None = None, *, single: bool = False) -> SafeString:
    """The large price figure. One amount with `single=True`, else a range open where None."""
    text = kernel_money.format_listing(low) if single else kernel_money.format_range(low, high)
    number, space, unit = text.rpartition(" ")
    if formats.in_english() or not space or " " in number:
        word = " c-price--word" if not any(sign.isdigit() for sign in text) else ""
        return format_html('<span class="c-price{}">{}</span>', word, text)
    return format_html('<span class="c-price">{}<small>{}</small></span>', number, unit)


# --- time -------------------------------------------------------------------------------------
@register.filter
def listdate(value: date | datetime | None) -> SafeString | str:
    """`<time>2025-10-16</time>` for lists; a dash for None."""
    return _time(value, formats.list_date(value)) if value else "—"


@register.filter
def lastday(end: datetime | None) -> SafeString | str:
    """`<time>2025-10-16</time>` of a half-open period's end: its last day; a dash for None."""
    return listdate(clock.last_day(end)) if end else "—"


@register.filter
def detaildate(value: datetime | None) -> SafeString | str:
    """`<time>2025-10-08 09:00</time>` for detail pages; a dash for None."""
    return _time(value, formats.detail_time(value)) if value else "—"


@register.filter
def longdate(value: date | datetime | None) -> SafeString | str:
    """`<time>2025 年 11 月 3 日 17:00（周一）</time>`; a dash for None."""
    return _time(value, formats.long_time(value)) if value else "—"


@register.filter
def timeleft(value: date | datetime) -> str:
    """`还剩 3 天 5 小时` until an instant, or until the end of a day."""
    return formats.time_left(value)


@register.simple_tag
def deadline(value: date | datetime | None) -> SafeString | str:
    """A deadline in full with what is left of it."""
    if not value:
        return "—"
    return format_html(
        '<span class="c-deadline">{} <b>{}</b></span>',
        _time(value, formats.long_time(value)),
        formats.time_left(value),
    )


def _time(value: date | datetime, text: str) -> SafeString:
    stamp = formats.local(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', stamp.isoformat(), text)


@register.simple_tag
def live(name: str) -> SafeString:
    """In a card's template: a place that is filled for each page (`marketplace.web.cards`)."""
    return mark(name)


# --- marks ------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An inlined decorative icon."""
    return draw_icon(name, css)


@register.simple_tag
def tag(label: object, kind: str = "", icon: str = "") -> SafeString:
    """A small label; kind is one of brand, warn, danger, solid, line or empty."""
    return format_html(
        '<span class="c-tag{}">{}{}</span>',
        f" c-tag--{kind}" if kind else "",
        draw_icon(icon) if icon else "",
        label,
    )


@register.simple_tag
def status_tag(status: str, label: object) -> SafeString:
    """A status word in the colour and with the icon that this status always has."""
    mark = mark_of(str(status))
    return tag(label, mark.kind, mark.icon)


@register.simple_tag
def trl(level: int | None) -> SafeString:
    """The nine-cell maturity gauge with its number."""
    if not level:
        return format_html('<span class="u-muted">{}</span>', gettext("未注明"))
    return _gauge(level)


@cache
def _gauge(level: int) -> SafeString:
    cells = format_html_join(
        "",
        '<rect{} x="{}%"/>',
        (
            (mark_safe(' class="on"') if cell < level else "", f"{cell * 100 / 9 + 0.6:.1f}")
            for cell in range(9)
        ),
    )
    return format_html(
        '<span class="c-trl"><svg aria-hidden="true" focusable="false">{}</svg><span>TRL {}</span></span>',
        cells,
        level,
    )


@register.simple_tag
def facet_options(options: Iterable[Option], name: str) -> SafeString:
    """The check boxes of one group of a filter panel."""
    return drawn(options, name)


# --- navigation -------------------------------------------------------------------------------
@register.simple_tag
def search_scopes(chosen: str = "") -> SafeString:
    """The kinds of result that the search box offers by themselves, as options."""
    options = ((one.name, " selected" if one.name == chosen else "", one.scope) for one in scopes())
    return format_html_join("", '<option value="{}"{}>{}</option>', options)


@register.simple_tag
def side_menu(rows: Iterable[Any] | None, label: str) -> SafeString | str:
    """The menu beside a page, drawn once for what it shows: rows of plain values (`workbench.menu.Row`)."""
    return drawn_line("web/partials/side_menu.html", (str(label), tuple(rows))) if rows else ""


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, row: Any) -> SafeString:
    """What slices above this page show in one of its slots (marketplace/web/slots.py)."""
    engine = template.Engine.get_default()

    def render(contribution: Contribution, answer: Mapping[str, Any]) -> str:
        drawn = engine.get_template(contribution.template)
        with context.push(row=row, **answer):
            return str(drawn.render(context))

    user = context.get("user") or AnonymousUser()
    return mark_safe("".join(draw(name, user, row, render)))  # noqa: S308 -- each part is a drawn template


@register.simple_tag(name="links_in")
def declared_links(place: str) -> list[Link]:
    """The links that slices declare for a place."""
    return links_in(place)


@register.simple_tag
def url_or_empty(name: str, *args: object) -> str:
    """The address of a URL name, or an empty string while no such page exists."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("web/components/crumb.html")
def crumbs(*parts: object) -> dict[str, Any]:
    """`{% crumbs "科技成果" list_url "详情" %}`: label, address, label, address, …, last label."""
    return {
        "home": home_address(),
        "pairs": list(zip(parts[:-1:2], parts[1::2], strict=True)),
        "here": parts[-1],
    }


@register.inclusion_tag("web/components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], target: str = "") -> dict[str, Any]:
    """Page numbers that keep the rest of the query string; `target` is an htmx target."""
    numbers: Iterable[int | str] = page.paginator.get_elided_page_range(
        page.number, on_each_side=2, on_ends=1
    )
    return {
        "page": page,
        "numbers": list(numbers),
        "gap": page.paginator.ELLIPSIS,
        "request": context["request"],
        "target": target,
    }


@register.simple_tag(takes_context=True)
def page_header(context: template.Context) -> str:
    """The head of the page."""
    return header(context)


@register.simple_tag(takes_context=True)
def page_footer(context: template.Context) -> str:
    """The foot of the page."""
    return footer(context)


# --- blocks -----------------------------------------------------------------------------------
@register.simple_block_tag
def panel(
    content: str,
    title: object = "",
    icon: str = "",
    id: str = "",  # noqa: A002 -- named like the attribute it becomes
    flush: bool = False,
) -> str:
    """A white box with a heading."""
    return _block("panel", content, title=title, icon=icon, id=id, flush=flush)


@register.simple_block_tag
def scroll(content: str, label: object) -> str:
    """A focusable region in which a wide table scrolls sideways."""
    return _block("scroll", content, label=label)


@register.simple_block_tag
def notice(content: str, kind: str = "warn", icon: str = "", role: str = "") -> str:
    """A remark in the page: kind brand (information), warn, danger or ok."""
    icons = {"brand": "info", "ok": "check", "warn": "warn", "danger": "warn"}
    return _block("notice", content, kind=kind, icon=icon or icons[kind], role=role)


@register.simple_block_tag
def empty(content: str, title: object, icon: str = "search") -> str:
    """What stands where nothing was found; the content says why and shows two ways on."""
    return _block("empty", content, title=title, icon=icon)


@register.simple_block_tag
def dialog(content: str, id: str, title: object) -> str:  # noqa: A002
    """A `<dialog>`; put a `<form>` inside, and open it with `data-open="#id"` on a link."""
    return _block("dialog", content, id=id, title=title)


def _block(name: str, content: str, **context: object) -> str:
    drawn = template.Engine.get_default().get_template(f"web/components/{name}.html")
    return str(drawn.render(template.Context({"content": content, **context})))


# --- two versions -----------------------------------------------------------------------------
@register.inclusion_tag("web/components/differences.html")
def differences(rows: Iterable[Any], before: object, after: object) -> dict[str, Any]:
    """The fields that differ as a table; `before` and `after` head its columns."""
    return {"rows": rows, "before": before, "after": after}


@register.inclusion_tag("web/components/guard.html", takes_context=True)
def form_guard(context: template.Context) -> dict[str, Any]:
    """Inside every `<form method="post">` that changes or makes something, after the CSRF token.

    The hidden fields of `seen` (what the page was made from) and `form_key` (once only), and, after
    a refusal, what differs: `conflict` between what is stored and what was typed, `changed` since
    the page was made, with `is_stale`.
    """
    names = ("seen", "form_key", "conflict", "is_stale", "changed", "key_reused")
    return {name: context.get(name) for name in names}


# --- forms ------------------------------------------------------------------------------------
@register.simple_tag
def field(bound: Any) -> SafeString:
    """One field with label, hint, error and counter."""
    return bound.as_field_group()


@register.simple_tag
def attributes(attrs: dict[str, Any]) -> SafeString:
    """The attributes of a widget, each with a space before it, as Django's `attrs.html` writes them."""
    return mark_safe(_attributes(attrs))  # noqa: S308 -- escaped in _attributes


def _attributes(attrs: dict[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_escaped(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _escaped(value: Any) -> str:
    """`conditional_escape` for what is asked hundreds of times on a page and is hardly ever lazy."""
    text = str(value)
    return text if hasattr(text, "__html__") else escape(text)


@register.simple_tag
def input_of(widget: dict[str, Any]) -> SafeString:
    """The `<input>` of a widget's context, as Django's `input.html` writes it."""
    value = widget["value"]
    attrs = {
        "type": widget["type"],
        "name": widget["name"],
        "value": False if value is None else str(value),
        **widget["attrs"],
    }
    return mark_safe(f"<input{_attributes(attrs)}>")  # noqa: S308 -- escaped in _attributes


@register.simple_tag
def options(groups: Iterable[tuple[Any, list[dict[str, Any]], int]]) -> SafeString:
    """The options of a `<select>`, in their groups."""
    return mark_safe("".join(_group(title, found) for title, found, _index in groups))  # noqa: S308 -- escaped in _group


def _group(title: Any, found: list[dict[str, Any]]) -> str:
    html = mark_safe("".join(map(_option, found)))  # noqa: S308 -- escaped in _option
    return format_html('<optgroup label="{}">{}</optgroup>', title, html) if title else html


def _option(one: dict[str, Any]) -> str:
    """One of often a hundred on a page."""
    attrs = _attributes({"value": str(one["value"]), **one["attrs"]})
    return f"<option{attrs}>{_escaped(one['label'])}</option>"


@register.inclusion_tag("web/components/errors.html")
def form_errors(*forms: Any, also: Iterable[tuple[str, Any, Any]] = ()) -> dict[str, Any]:
    """The one error summary of a page: of a form, several, or lists of them, linking to each field.

    `also` are problems that belong to no form: (id of what is wrong, its label, message).
    """
    every = [one for form in forms for one in (form if isinstance(form, list) else [form])]
    return {"problems": [*also, *(problem for form in every for problem in _problems(form))]}


def _problems(form: Any) -> Iterable[tuple[str, str, str]]:
    """(target id, label, message) of each error of a form or formset."""
    if hasattr(form, "forms"):
        for message in form.non_form_errors():
            yield f"{form.prefix}-rows", "", message
        for row in form.forms:
            yield from _problems(row)
        return
    for message in form.non_field_errors():
        yield "", "", message
    for bound in form:
        for message in bound.errors:
            yield bound.error_target, bound.label, message
