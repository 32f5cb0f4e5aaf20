"""Public codes such as `XQ2026-7KQ4ZM-H`: what pages, URLs and people use instead of a key.

Prefix, year, six random Crockford base32 characters, one check character. Codes identify, they are
no secrets: whoever knows one still meets the policy.
"""

import re
import secrets
import unicodedata

from marketplace.kernel import clock

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_PATTERN = r"[A-Z]{2}[0-9]{4}-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]"
_PREFIX = 2
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
#: Nobody types more signs than that around a code of 15.
_LONGEST = 40
CODE_RE = re.compile(rf"^{CODE_PATTERN}\Z")


def new_code(prefix: str) -> str:
    """A fresh code of this kind, for example `new_code("XQ")`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(6))
    stem = f"{prefix}{clock.today().year}-{body}"
    return f"{stem}-{_check_character(stem)}"


def is_valid_code(code: str) -> bool:
    """Whether `code` is well formed and its check character fits; says nothing of existence."""
    return bool(CODE_RE.match(code)) and code[-1] == _check_character(code[:-2])


def read_code(typed: str) -> str:
    """The code that somebody typed, as it is written; "" when it is none.

    Any case and width, hyphens and blanks anywhere or nowhere.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST])).upper()
    code = f"{plain[:6]}-{plain[6:12]}-{plain[12:]}"
    return code if is_valid_code(code) else ""


def written(code: str) -> str:
    """The ways in which a code is searched for: with hyphens and without."""
    return f"{code} {code.replace('-', '')}"


def _check_character(stem: str) -> str:
    # A sum over the field GF(32) with a different weight for each place: finds every single wrong
    # character and every swap of neighbours, which no sum modulo 32 can do for an alphabet of 32.
    total, weight = 0, 1
    for place, sign in enumerate(stem):
        total ^= _times(weight, _value(sign, place))
        weight = _times(weight, 2)
    return ALPHABET[total]


def _value(sign: str, place: int) -> int:
    """0 to 31, different for all signs that a place may hold.

    The prefix is made of all 26 letters, the rest of digits and the letters of ALPHABET.
    """
    if place < _PREFIX:
        return ord(sign) - ord("A")
    return max(0, ALPHABET.find(sign))


def _times(left: int, right: int) -> int:
    """Multiplication in GF(32), modulo x^5 + x^2 + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 32:
            left ^= 0b100101
        right >>= 1
    return product
