"""What every page knows: the site's names, its menus, the reader's choices, the page's other language."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import (
    get_language,
    get_language_from_path,
    gettext,
    gettext_noop,
)

from marketplace.web.navigation import footer_columns, home_address, main_links
from marketplace.web.preferences import read_preferences

HTMX_CONFIG = json.dumps(
    {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "400|409|413|422|429", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    },
    separators=(",", ":"),
)
# The default names, for the catalogue; the settings hold the names in use.
_DEFAULT_NAMES = (
    gettext_noop("临沂技术市场"),
    gettext_noop("科技成果转移转化公共服务平台"),
    gettext_noop("某市科学技术局（示例）"),
    gettext_noop("某市技术市场服务中心（示例）"),
    gettext_noop("0539-0000000（示例）"),
    gettext_noop("工作日 09:00—17:30"),
    gettext_noop("ICP 备案号 示例"),
    gettext_noop("公安备案号 示例"),
)
#: As `reverse` leaves them.
_UNQUOTED = "!$&'()*+,;=/~:@"
_languages_of: dict[tuple[str, str], bool] = {}
#: The legal lines: `FOOTER_SPONSOR` and so on.
_FOOTER = (
    *("sponsor", "operator", "phone", "email", "hours", "address"),
    *("site_code", "icp", "police"),
)
_SETTINGS = ("SITE_NAME", "SITE_TAGLINE", "SITE_NOTICE", *(f"FOOTER_{n.upper()}" for n in _FOOTER))


def site(request: HttpRequest) -> dict[str, Any]:
    """The variables of `web/base.html`. A later processor may replace `navigation`."""
    return {
        "site": SimpleLazyObject(lambda: _site(request)),
        "preferences": SimpleLazyObject(lambda: read_preferences(request)),
        "navigation": SimpleLazyObject(lambda: main_links(request)),
        "footer_columns": SimpleLazyObject(footer_columns),
        "alternates": SimpleLazyObject(lambda: alternates(request)),
        "htmx_config": HTMX_CONFIG,
    }


def _site(request: HttpRequest) -> dict[str, Any]:
    signing = request.path.startswith("/accounts/")
    names = tuple(getattr(settings, name) for name in _SETTINGS)
    return {
        **_named(get_language() or "", names),
        # What all of the above was made from, beside the language.
        "names": names,
        "home_url": home_address(),
        "path": request.get_full_path() if request.method == "GET" else request.path,
        "login_next": "" if signing or request.path == "/" else request.get_full_path(),
    }


@lru_cache(maxsize=16)
def _named(language: str, names: tuple[str, ...]) -> dict[str, Any]:
    """What the settings say, in the active language."""
    tags = {"zh-hans": "zh-Hans"}
    product = gettext("揭榜")  # not inside the f-string: xgettext does not look there
    name, tagline, notice, *legal = (gettext(text) for text in names)
    return {
        "name": name,
        "full_name": f"{product} · {name}",
        "tagline": tagline,
        "operator_line": notice,
        "footer": dict(zip(_FOOTER, legal, strict=True)),
        "other_languages": [
            {"code": code, "lang": tags.get(code, code), "label": label}
            for code, label in settings.LANGUAGES
            if code != language
        ],
    }


def alternates(request: HttpRequest) -> dict[str, Any] | None:
    """The page's own address and the same page in each language; None where there is only one."""
    match = request.resolver_match or _match(request)
    if match is None:
        return None
    root = settings.SITE_URL.rstrip("/")
    if not _has_languages(match, request.path):
        return {"canonical": root + request.path, "languages": []}
    script = get_script_prefix()
    rest = request.path.removeprefix(script)
    if (present := get_language_from_path(request.path_info)) and rest.startswith(f"{present}/"):
        rest = rest.removeprefix(f"{present}/")
    languages = [
        {
            "lang": "zh-Hans" if code == "zh-hans" else code,
            "url": root + quote(f"{script}{_prefix(code)}{rest}", safe=_UNQUOTED),
        }
        for code, _label in settings.LANGUAGES
    ]
    return {"canonical": root + request.path, "languages": languages}


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def _prefix(code: str) -> str:
    return "" if code == settings.LANGUAGE_CODE else f"{code}/"


def _has_languages(match: ResolverMatch, path: str) -> bool:
    """Whether addresses of this view name their language. Asked of Django once for each view."""
    name = (match.view_name, settings.ROOT_URLCONF)
    if name not in _languages_of:
        found = {translate_url(path, code) for code, _label in settings.LANGUAGES}
        _languages_of[name] = len(found) > 1
    return _languages_of[name]
