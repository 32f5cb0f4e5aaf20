"""Every pair of tokens that carries text (4.5:1) or meaning (3:1), light, dark and large print."""

import re
from pathlib import Path

from django.conf import settings

import pytest

CSS = (Path(settings.BASE_DIR) / "marketplace/web/static/web/css/tokens.css").read_text()

TEXT = [
    ("text", "surface"), ("text", "page"), ("text", "surface-2"), ("text-2", "surface"), ("text-2", "page"),
    ("text-2", "surface-2"), ("text-3", "surface"), ("text-3", "page"), ("text-2", "surface-brand"),
    ("link", "surface"), ("link", "page"), ("link", "surface-brand"), ("link-hover", "surface-brand"),
    ("on-brand", "brand"), ("on-brand", "brand-hover"), ("on-brand-soft", "brand-soft"),
    ("danger", "surface"), ("danger", "page"), ("on-danger-soft", "danger-soft"), ("on-warn-soft", "warn-soft"),
    ("on-neutral-soft", "neutral-soft"), ("on-band", "band"), ("on-band-muted", "band"),
    ("on-band-muted", "band-2"), ("text", "mark"), ("surface", "danger"),
]  # fmt: skip
MEANING = [
    ("control", "surface"),
    ("warn-mark", "surface"),
    ("chart-1", "surface"),
    ("brand", "surface"),
]


def block(selector: str) -> dict[str, str]:
    body = CSS[CSS.index(selector + " {") + len(selector) + 2 :]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body[: body.index("}")]))


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')
THEMES = {
    "light": LIGHT,
    "dark": DARK,
    "large": LIGHT | block(':root[data-size="large"]'),
    "dark large": DARK | block(':root[data-theme="dark"][data-size="large"]'),
}


def colour(theme: dict[str, str], name: str) -> str:
    value = theme[name].strip()
    if match := re.match(r"var\(--([\w-]+)\)", value):
        return colour(theme, match[1])
    return value


def luminance(value: str) -> float:
    parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: dict[str, str], over: str, under: str) -> float:
    bright, dark = sorted((luminance(colour(theme, n)) for n in (over, under)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", TEXT, ids="/".join)
def test_text_can_be_read(theme: str, pair: tuple[str, str]) -> None:
    assert contrast(THEMES[theme], *pair) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", MEANING, ids="/".join)
def test_marks_can_be_seen(theme: str, pair: tuple[str, str]) -> None:
    assert contrast(THEMES[theme], *pair) >= 3
