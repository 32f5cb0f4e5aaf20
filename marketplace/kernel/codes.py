"""Public codes such as `XQ2026-7KQ4ZM-H`: what pages, URLs and people use instead of a key.

Prefix, year, six random Crockford base32 characters, one check character. Codes identify, they are
no secrets: whoever knows one still meets the policy.
"""

import re
import secrets

from marketplace.kernel import clock

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_PATTERN = r"[A-Z]{2}[0-9]{4}-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]"
CODE_RE = re.compile(rf"^{CODE_PATTERN}\Z")


def new_code(prefix: str) -> str:
    """A fresh code of this kind, for example `new_code("XQ")`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(6))
    stem = f"{prefix}{clock.today().year}-{body}"
    return f"{stem}-{_check_character(stem)}"


def is_valid_code(code: str) -> bool:
    """Whether `code` is well formed and its check character fits; says nothing of existence."""
    return bool(CODE_RE.match(code)) and code[-1] == _check_character(code[:-2])


def _check_character(stem: str) -> str:
    # A weighted sum modulo the prime 31 finds every single wrong character and every swap of two
    # neighbours among the weights below 31; the last letter of the alphabet is never a check.
    total = sum(place * ord(sign) for place, sign in enumerate(stem, start=2))
    return ALPHABET[total % 31]
