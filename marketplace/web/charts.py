"""Server-made SVG charts: pure functions without inline style, so they work under a strict CSP.

x positions are percentages and y positions pixels: the drawing stretches with its box while text
and strokes keep their size. Curves live in a nested viewBox with preserveAspectRatio="none".
Colours come from classes (k1…k5, s1…), so dark mode and print need nothing here. Every mark has
data-tip (shown on hover by app.js), and `figure` pairs each chart with a table of its numbers.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Number = int | float
_BASES = (1, 2, 2.5, 3, 4, 5)


class Series(NamedTuple):
    """One line: values are None where there is nothing yet; `css` is s1…s5, with `dash` if wanted."""

    name: str
    css: str
    values: Sequence[Number | None]
    filled: bool = False


class _Frame(NamedTuple):
    axis: str
    grid: str
    y: Callable[[Number], float]


def nice(top: Number, ticks: int = 4) -> tuple[float, float]:
    """A round axis maximum and its step; 1 for an empty chart."""
    if top <= 0:
        return float(ticks), 1.0
    power = 10.0**-3
    while True:
        for base in _BASES:
            if base * power * ticks >= top:
                return base * power * ticks, base * power
        power *= 10


def columns(
    rows: Sequence[tuple[str, Number, Number | None]],
    *,
    height: int = 300,
    unit: str = "亿元",
    minor: Collection[int] = (),
) -> SafeString:
    """Columns with a dashed outline for the plan. Rows: (label, value, plan or None).

    `minor` labels are hidden where space is short.
    """
    if not rows:
        return _nothing()
    top, step = nice(max(max(value or 0, plan or 0) for _label, value, plan in rows) * 1.02)
    frame = _frame(height, top, step, unit)
    width, out = 100 / len(rows), [frame.grid]
    for i, (label, value, plan) in enumerate(rows):
        mid, bar = (i + 0.5) * width, width * 0.46
        tip = _("%(label)s\n实际 %(value)s %(unit)s") % {
            "label": label,
            "value": f"{value:g}",
            "unit": unit,
        }
        if plan:
            tip += _("\n目标 %(value)s %(unit)s") % {"value": f"{plan:g}", "unit": unit}
            out.append(_column("plan", mid, bar * 1.28, frame.y, plan))
        out.append(_column("k1", mid, bar, frame.y, value))
        out.append(
            f'<text class="val" x="{mid:.2f}%" y="{frame.y(value) - 7:.1f}" text-anchor="middle">{_short(value)}</text>'
        )
        out.append(_label(label, mid, height, minor=i in minor))
        out.append(_hit(i * width, width, height, tip))
    return _plot(height, frame.axis, out)


def lines(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    height: int = 280,
    unit: str = "亿元",
    minor: Collection[int] = (),
) -> SafeString:
    """Curves over the same labels, such as a year's turnover against the pace of its plan."""
    values = [value for one in series for value in one.values if value is not None]
    if not labels or not values:
        return _nothing()
    top, step = nice(max(values) * 1.02)
    frame = _frame(height, top, step, unit)
    width = 100 / len(labels)
    out = [
        frame.grid,
        f'<svg viewBox="0 0 100 {height}" preserveAspectRatio="none" width="100%" height="{height}">',
    ]
    for one in series:
        out.extend(_curve(one, width, frame.y))
    out.append("</svg>")
    for i, label in enumerate(labels):
        here = [(one, one.values[i]) for one in series if one.values[i] is not None]
        out += [
            f'<circle class="dot {one.css}" cx="{(i + 0.5) * width:.2f}%" cy="{frame.y(v or 0):.1f}" r="4"/>'
            for one, v in here
            if one.filled
        ]
        tip = label + "".join(f"\n{one.name} {v:g} {unit}" for one, v in here)
        out.append(_label(label, (i + 0.5) * width, height, minor=i in minor))
        out.append(_hit(i * width, width, height, tip))
    return _plot(height, frame.axis, out)


def bars(
    rows: Sequence[tuple[str, Number, str]], *, unit: str = "亿元", css: str = "k1"
) -> SafeString:
    """Horizontal bars. Rows: (label, value, note). A list: labels wrap, zoom and are read aloud."""
    if not rows:
        return _nothing()
    top = max(value for _label, value, _note in rows) or 1
    items = format_html_join(
        "",
        '<li><span>{}</span><svg aria-hidden="true" focusable="false"><rect class="k0" width="100%" height="14" rx="3"/>'
        '<rect class="{}" width="{}%" height="14" rx="3"/></svg>'
        '<data value="{}"><b>{}</b> {}{}</data></li>',
        (
            (
                label,
                css,
                f"{100 * value / top:.1f}",
                value,
                f"{value:g}",
                unit,
                note and f"　{note}",
            )
            for label, value, note in rows
        ),
    )
    return format_html('<ul class="c-bars">{}</ul>', items)


def stack(
    rows: Sequence[tuple[str, Number]], *, unit: str = "亿元", height: int = 28
) -> SafeString:
    """One stacked bar with a legend of values: easier to compare than a pie. At most 5 rows."""
    total = sum(value for _label, value in rows)
    if not total:
        return _nothing()
    x, out, legend_rows = 0.0, [], []
    for i, (label, value) in enumerate(rows, 1):
        width = 100 * value / total
        shown = width if i == len(rows) else max(width - 0.35, 0.2)
        tip = _("%(label)s\n%(value)s %(unit)s，占 %(share)s%%") % {
            "label": label,
            "value": f"{value:g}",
            "unit": unit,
            "share": f"{width:.1f}",
        }
        out.append(
            f'<rect class="k{i}" x="{x:.2f}%" width="{shown:.2f}%" height="{height}" data-tip="{escape(tip)}"/>'
        )
        legend_rows.append((f"k{i}", label, f"{value:g} {unit}", f"{width:.1f}%"))
        x += width
    bar = mark_safe("".join(out))  # noqa: S308 -- numbers and escaped tips only
    listed = format_html_join(
        "",
        '<li><svg aria-hidden="true" focusable="false"><rect class="{}" width="100%" height="12" rx="2"/></svg>{} <b>{}</b> {}</li>',
        legend_rows,
    )
    return format_html(
        '<svg height="{}" aria-hidden="true" focusable="false">{}</svg><ul class="c-legend">{}</ul>',
        height,
        bar,
        listed,
    )


def spark(values: Sequence[Number]) -> SafeString:
    """A small curve without axes; nothing for fewer than two values."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = (high - low) or 1
    last = len(values) - 1
    points = " ".join(
        f"{100 * i / last:.1f},{28 - 24 * (value - low) / span:.1f}"
        for i, value in enumerate(values)
    )
    return format_html(
        '<svg viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<polyline class="line s1" points="{}"/></svg>',
        points,
    )


def goal(
    value: Number,
    target: Number,
    pace: Number,
    *,
    unit: str = "亿元",
    share: str = "",
    until: str = "",
) -> SafeString:
    """Progress to a target, with a mark where the year's pace should be, by the end of `until` if it is given.

    `share` is the percentage as the page's text has it: computed from rounded numbers it could differ.
    """
    done, due = min(100 * value / target, 100), min(100 * pace / target, 100)
    inside = done > 15
    return format_html(
        '<svg class="c-chart c-chart--goal" aria-hidden="true" focusable="false"><text x="100%" y="14" text-anchor="end">{}</text>'
        '<rect class="k0" y="24" width="100%" height="24" rx="12"/><rect class="k1" y="24" width="{}%" height="24" rx="12"/>'
        '<text class="{}" x="{}%" dx="{}" y="41" text-anchor="{}">{}%</text>'
        '<line class="s3" x1="{}%" x2="{}%" y1="18" y2="56" stroke-width="3"/>'
        '<text x="{}%" y="72" text-anchor="{}">{}</text></svg>',
        _("目标 %(value)s %(unit)s") % {"value": f"{target:g}", "unit": unit},
        f"{done:.1f}",
        "on" if inside else "val",
        f"{done:.1f}",
        "-12" if inside else "12",
        "end" if inside else "start",
        share or f"{100 * value / target:.1f}",
        f"{due:.1f}",
        f"{due:.1f}",
        f"{due:.1f}",
        "start" if due < 33 else "middle" if due < 67 else "end",
        _("截至 %(until)s 进度 %(value)s %(unit)s")
        % {"until": until, "value": f"{pace:g}", "unit": unit}
        if until
        else _("时间进度 %(value)s %(unit)s") % {"value": f"{pace:g}", "unit": unit},
    )


def progress(value: Number, target: Number, *, unit: str = "亿元", share: str = "") -> SafeString:
    """Progress to a target where no pace is known. `share` as for `goal`."""
    done = min(100 * value / target, 100)
    inside = done > 15
    return format_html(
        '<svg class="c-chart c-chart--goal" aria-hidden="true" focusable="false"><text x="100%" y="14" text-anchor="end">{}</text>'
        '<rect class="k0" y="24" width="100%" height="24" rx="12"/><rect class="k1" y="24" width="{}%" height="24" rx="12"/>'
        '<text class="{}" x="{}%" dx="{}" y="41" text-anchor="{}">{}%</text></svg>',
        _("目标 %(value)s %(unit)s") % {"value": f"{target:g}", "unit": unit},
        f"{max(done, 0):.1f}",
        "on" if inside else "val",
        f"{max(done, 0):.1f}",
        "-12" if inside else "12",
        "end" if inside else "start",
        share or f"{100 * value / target:.1f}",
    )


def trl(level: int, out_of: int = 9) -> SafeString:
    """The maturity gauge: cells filled up to the level."""
    cells = format_html_join(
        "",
        '<rect class="{}" x="{}%" width="{}%" height="10" rx="2"/>',
        (
            (
                "on" if i < level else "off",
                f"{i * 100 / out_of + 0.6:.1f}",
                f"{100 / out_of - 1.6:.1f}",
            )
            for i in range(out_of)
        ),
    )
    return format_html('<svg aria-hidden="true" focusable="false">{}</svg>', cells)


def legend(items: Sequence[tuple[str, str]]) -> SafeString:
    """Labels with their mark: css k1…k5 or plan draws a box, s1…s5 a line."""
    rows = []
    for label, css in items:
        if css.startswith("s"):
            mark = format_html('<line class="line {}" x1="0" x2="100%" y1="6" y2="6"/>', css)
        else:
            mark = format_html('<rect class="{}" x="1" y="1" width="90%" height="10" rx="2"/>', css)
        rows.append((mark, label))
    listed = format_html_join(
        "", '<li><svg aria-hidden="true" focusable="false">{}</svg>{}</li>', rows
    )
    return format_html('<ul class="c-legend">{}</ul>', listed)


def figure(
    title: str,
    chart: SafeString,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    note: str = "",
) -> SafeString:
    """A chart with its caption and the same numbers as a table. The first column heads its row."""
    heads = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        ((mark_safe(' class="is-num"') if i else "", text) for i, text in enumerate(head)),
    )
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in rows))
    return format_html(
        '<figure class="c-chart"><figcaption class="u-vh">{title}</figcaption>{chart}{note}'
        '<details class="c-data"><summary>{summary}</summary>'
        '<div class="c-scroll" tabindex="0" role="region" aria-label="{label}"><table class="c-table">'
        '<caption class="u-vh">{title}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody>'
        "</table></div></details></figure>",
        title=title,
        chart=chart,
        note=format_html('<p class="u-sm u-muted">{}</p>', note) if note else "",
        summary=_("查看数据表"),
        label=_("%(title)s数据表") % {"title": title},
        heads=heads,
        body=body,
    )


def _cells(row: Sequence[object]) -> SafeString:
    first = format_html('<th scope="row">{}</th>', row[0])
    return first + format_html_join("", '<td class="is-num">{}</td>', ((cell,) for cell in row[1:]))


def _frame(height: int, top: float, step: float, unit: str) -> _Frame:
    """The y axis (a drawing of its own, of fixed width), the grid lines, and value → y in pixels."""
    up, down = 22, 26

    def y(value: Number) -> float:
        return up + (height - up - down) * (1 - value / top)

    marks = [step * i for i in range(round(top / step) + 1)]
    axis = (
        f'<svg height="{height}" aria-hidden="true" focusable="false"><text x="0" y="10">{escape(unit)}</text>'
        + "".join(f'<text x="28" y="{y(m) + 4:.1f}" text-anchor="end">{m:g}</text>' for m in marks)
        + "</svg>"
    )
    grid = "".join(
        f'<line class="{"grid" if m else "axis"}" x1="0" x2="100%" y1="{y(m):.1f}" y2="{y(m):.1f}"/>'
        for m in marks
    )
    return _Frame(axis, grid, y)


def _curve(one: Series, width: float, y: Callable[[Number], float]) -> list[str]:
    points = [
        (f"{(i + 0.5) * width:.2f}", f"{y(v):.1f}")
        for i, v in enumerate(one.values)
        if v is not None
    ]
    if not points:
        return []
    path = "L".join(f"{px} {py}" for px, py in points)
    css = escape(one.css)
    out = []
    if one.filled:
        fill = css.replace("s", "k", 1)
        out.append(
            f'<path class="area {fill}" d="M{points[0][0]} {y(0):.1f}L{path}L{points[-1][0]} {y(0):.1f}Z"/>'
        )
    out.append(f'<path class="line {css}" d="M{path}"/>')
    return out


def _column(css: str, mid: float, width: float, y: Callable[[Number], float], value: Number) -> str:
    return (
        f'<rect class="{css}" x="{mid - width / 2:.2f}%" width="{width:.2f}%" '
        f'y="{y(value):.1f}" height="{max(y(0) - y(value), 0):.1f}" rx="3"/>'
    )


def _label(text: str, x: float, height: int, *, minor: bool) -> str:
    css = ' class="minor"' if minor else ""
    return f'<text{css} x="{x:.2f}%" y="{height - 6}" text-anchor="middle">{escape(text)}</text>'


def _short(value: Number) -> str:
    """A value above its column: one decimal, none for a whole number such as 万元."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.1f}"


def _hit(x: float, width: float, height: int, tip: str) -> str:
    return (
        f'<rect class="hit" x="{x:.2f}%" width="{width:.2f}%" y="0" height="{height}" '
        f'data-tip="{escape(tip)}"/>'
    )


def _plot(height: int, axis: str, parts: Sequence[str]) -> SafeString:
    drawing = "".join(parts)
    return mark_safe(  # noqa: S308 -- every text in it went through escape()
        f'<div class="c-chart__plot">{axis}'
        f'<svg height="{height}" aria-hidden="true" focusable="false">{drawing}</svg></div>'
    )


def _nothing() -> SafeString:
    return format_html('<p class="u-muted">{}</p>', _("暂无数据"))
