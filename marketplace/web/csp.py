"""The content security policies: one strict for the product, one looser for the Wagtail admin alone."""

from typing import Any

#: The product: nothing inline, nothing from elsewhere, nothing evaluated.
STRICT: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    },
    "EXCLUDE_URL_PREFIXES": ["/cms/"],
}

#: Wagtail's admin writes inline styles and scripts and frames its previews; only /cms/ gets this.
CMS_HEADER = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'; font-src 'self' data:; frame-src 'self'; "
    "object-src 'none'; base-uri 'self'; frame-ancestors 'self'; form-action 'self'"
)
