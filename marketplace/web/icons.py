"""Stroke icons on a 24 × 24 grid, drawn for this project and inlined by `{% icon %}`."""

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "arrow": '<path d="M4.5 12h15M13.5 6l6 6-6 6"/>',
    "back": '<path d="M19.5 12h-15M10.5 6l-6 6 6 6"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>',
    "book": '<path d="M5 4.5h10.5a3 3 0 0 1 3 3v12H8a3 3 0 0 1-3-3zM5 16.5a3 3 0 0 1 3-3h10.5"/>',
    "building": '<path d="M5 20.5v-17h9v17M14 9h5.5v11.5M3 20.5h18M8 7.500h3M8 11h3M8 14.500h3"/>',
    "calendar": '<rect x="4" y="5.500" width="16" height="15" rx="2"/><path d="M4 10h16M8.500 3v4M15.500 3v4"/>',
    "chart": '<path d="M3.500 20.500h17M6.500 16.500v-5M12 16.500v-10M17.500 16.500V9"/>',
    "chat": '<path d="M4 5h16v11H11l-4.500 4v-4H4zM8 9h8M8 12.500h5"/>',
    "check": '<path d="m5 12.500 4.500 4.500L19 7.500"/>',
    "clock": '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.300l3.500 2"/>',
    "deal": '<path d="M4 8h12l-3-3M20 16H8l3 3"/>',
    "doc": '<path d="M6 3.500h8l4.500 4.500v12.500H6zM13.500 3.500V8.500h5M9 13h6M9 16.500h6"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "download": '<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M4.500 20h15"/>',
    "eye": '<path d="M2.500 12C5 7.500 8.200 5.500 12 5.500s7 2 9.500 6.500c-2.500 4.500-5.700 6.500-9.500 6.500S5 16.500 2.500 12z"/><circle cx="12" cy="12" r="3"/>',
    "factory": '<path d="M3.500 20.500V10l5.500 3.500V10l5.500 3.500V4.500h4l1.500 16zM7.500 17h1M12 17h1"/>',
    "flask": '<path d="M9.500 3.500h5M10.500 3.500v6L5 19a1 1 0 0 0 .9 1.500h12.200A1 1 0 0 0 19 19l-5.500-9.500v-6M7.600 15h8.800"/>',
    "gavel": '<path d="m13 4 6 6M10.500 6.500l6 6M14 8l-7.500 8.500M3.500 20.500h9M11.700 5.300l2.600-2.600M17.700 11.300l2.600-2.600"/>',
    "globe": '<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17"/>',
    "history": '<path d="M4 5v4.500h4.500M4.600 9.500A8.500 8.500 0 1 1 3.500 13M12 8v4.500l3 1.800"/>',
    "home": '<path d="m3.500 11.500 8.500-7.500 8.500 7.500M6 9.500v10.500h12V9.500M10 20v-6h4v6"/>',
    "info": '<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.500v.2"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.600-5.700l-1.400 1.300M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.600 5.700l1.400-1.300"/>',
    "list": '<path d="M8.500 6.500h11.500M8.500 12h11.500M8.500 17.500h11.500M4 6.500h.5M4 12h.5M4 17.500h.5"/>',
    "lock": '<rect x="5" y="10.500" width="14" height="10" rx="2"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500M12 14.500v2"/>',
    "logout": '<path d="M10 4H5v16h5M9.500 12H20M16 8l4 4-4 4"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m4 7 8 6 8-6"/>',
    "match": '<circle cx="9" cy="12" r="5.500"/><circle cx="15" cy="12" r="5.500"/>',
    "moon": '<path d="M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10z"/>',
    "news": '<path d="M4 5h13v14.500H6a2 2 0 0 1-2-2zM17 9h3v8.500a2 2 0 0 1-3 1.700M7 8.500h7M7 12h7M7 15.500h4"/>',
    "next": '<path d="m9 6 6 6-6 6"/>',
    "part": '<path d="M5 12h14"/>',
    "pen": '<path d="m4 20 1-4.500L16.500 4 20 7.500 8.500 19zM14 6.500l3.500 3.500"/>',
    "phone": '<path d="M6 3.500h3.500l1.500 4.500-2.200 1.600a12 12 0 0 0 5.600 5.600L16 13l4.500 1.500V18a2.500 2.500 0 0 1-2.700 2.500A15.500 15.500 0 0 1 3.500 6.200 2.500 2.500 0 0 1 6 3.500z"/>',
    "pin": '<path d="M12 21c4.500-4.600 6.500-8 6.500-11a6.500 6.500 0 0 0-13 0c0 3 2 6.400 6.500 11z"/><circle cx="12" cy="10" r="2.300"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "prev": '<path d="m15 6-6 6 6 6"/>',
    "print": '<path d="M7 9V3.500h10V9M7 17H4.500a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H17M7 14h10v6.500H7z"/>',
    "search": '<circle cx="11" cy="11" r="6.500"/><path d="m20 20-4.200-4.200"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3.500v2.500M12 18v2.500M3.500 12H6M18 12h2.500M6 6l1.800 1.800M16.200 16.200 18 18M18 6l-1.800 1.800M7.800 16.200 6 18"/>',
    "shield": '<path d="M12 3 4.500 6v5.500c0 4.500 3 7.800 7.500 9.500 4.500-1.700 7.500-5 7.500-9.500V6z"/><path d="m8.800 12 2.300 2.300 4.200-4.300"/>',
    "sliders": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>',
    "star": '<path d="m12 3.500 2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900L3.500 9.700l5.900-.8z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M18.400 5.600 17 7M7 17l-1.400 1.400"/>',
    "tag": '<path d="M4 4h7.500L20 12.500 12.500 20 4 11.500z"/><circle cx="8.300" cy="8.300" r="1.200"/>',
    "target": '<circle cx="12" cy="12" r="8.500"/><circle cx="12" cy="12" r="4"/><path d="M12 1.500v4M12 18.500v4M1.500 12h4M18.500 12h4"/>',
    "text": '<path d="M3.500 19 9 5l5.500 14M5.500 14.500h7M15 19l3-8 3 8M16 16.500h4"/>',
    "trash": '<path d="M4.500 6.500h15M9.500 6.500v-3h5v3M6.500 6.500l1 14h9l1-14M10.500 10.500v6M13.500 10.500v6"/>',
    "undo": '<path d="M8.500 5 4 9.500 8.500 14M4 9.500h10a5.500 5.500 0 0 1 0 11h-4"/>',
    "unlink": '<path d="M9.500 14.500a4 4 0 0 1-.5-5.500M14.500 9.500a4 4 0 0 1 .5 5.500M4 4l16 16"/>',
    "up": '<path d="m6 15 6-6 6 6"/>',
    "upload": '<path d="M12 15V4M7.500 8.500 12 4l4.500 4.500M4.500 20h15"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c.5-4.500 3.300-6.500 7.500-6.500s7 2 7.500 6.500"/>',
    "users": '<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20c.3-4 3-6 6.500-6s6.200 2 6.500 6M15.500 4.800a3.500 3.500 0 0 1 0 6.400M18 14.600c2.200.8 3.400 2.700 3.600 5.400"/>',
    "warn": '<path d="M12 4 2.800 20h18.400zM12 10v4.500M12 17.300v.2"/>',
    "x": '<path d="m6 6 12 12M18 6 6 18"/>',
}


@cache
def icon(name: str, css: str = "") -> SafeString:
    """One decorative icon; the words beside it carry the meaning. KeyError for an unknown name."""
    return format_html(
        '<svg class="c-icon{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        mark_safe(PATHS[name]),  # noqa: S308 -- our own constants
    )
