"""What every page knows: the site's names, its menus, the reader's choices, the page's other language."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext, gettext_noop

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
#: The legal lines: `FOOTER_SPONSOR` and so on.
_FOOTER = (
    *("sponsor", "operator", "phone", "email", "hours", "address"),
    *("site_code", "icp", "police"),
)


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
    names = dict(settings.LANGUAGES)
    tags = {"zh-hans": "zh-Hans"}
    product = gettext("揭榜")  # not inside the f-string: xgettext does not look there
    signing = request.path.startswith("/accounts/")
    return {
        "name": gettext(settings.SITE_NAME),
        "full_name": f"{product} · {gettext(settings.SITE_NAME)}",
        "tagline": gettext(settings.SITE_TAGLINE),
        "operator_line": gettext(settings.SITE_NOTICE),
        "home_url": home_address(),
        "path": request.get_full_path() if request.method == "GET" else request.path,
        "login_next": "" if signing or request.path == "/" else request.get_full_path(),
        "footer": {key: gettext(getattr(settings, f"FOOTER_{key.upper()}")) for key in _FOOTER},
        "other_languages": [
            {"code": code, "lang": tags.get(code, code), "label": label}
            for code, label in names.items()
            if code != get_language()
        ],
    }


def alternates(request: HttpRequest) -> dict[str, Any] | None:
    """The page's own address and the same page in each language; None where there is only one."""
    try:
        resolve(request.path_info)
    except Resolver404:
        return None
    root = settings.SITE_URL.rstrip("/")
    languages = [
        {
            "lang": "zh-Hans" if code == "zh-hans" else code,
            "url": root + _in_language(request, code),
        }
        for code, _label in settings.LANGUAGES
    ]
    if len({entry["url"] for entry in languages}) == 1:
        return {"canonical": languages[0]["url"], "languages": []}
    return {"canonical": root + request.path, "languages": languages}


def _in_language(request: HttpRequest, code: str) -> str:
    return translate_url(request.path, code)
