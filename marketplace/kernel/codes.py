"""Public codes such as `XQ2026-7KQ4ZM-H`: what pages, URLs and people use instead of a key.

Prefix, year, six random Crockford base32 characters, one check character. A code identifies a row and
is not a secret: permissions are checked for everyone who knows it.
"""

import re
import secrets
import unicodedata

from marketplace.kernel import clock

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_PATTERN = r"[A-Z]{2}[0-9]{4}-[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]"
_PREFIX = 2
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212]+")
#: Characters of typed text that are looked at; a code has 15.
_LONGEST = 40
CODE_RE = re.compile(rf"^{CODE_PATTERN}\Z")


def new_code(prefix: str) -> str:
    """A new random code with this prefix, for example `new_code("XQ")`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(6))
    stem = f"{prefix}{clock.today().year}-{body}"
    return f"{stem}-{_check_character(stem)}"


def is_valid_code(code: str) -> bool:
    """Whether `code` is well formed with the right check character. The row need not exist."""
    return bool(CODE_RE.match(code)) and code[-1] == _check_character(code[:-2])


def read_code(typed: str) -> str:
    """The code that a person typed, in its standard form; "" when the text is no code.

    Upper and lower case, full-width characters, and any hyphens and blanks are accepted.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST])).upper()
    code = f"{plain[:6]}-{plain[6:12]}-{plain[12:]}"
    return code if is_valid_code(code) else ""


def written(code: str) -> str:
    """The forms under which a code is indexed: with hyphens and without."""
    return f"{code} {code.replace('-', '')}"


def _check_character(stem: str) -> str:
    # A weighted sum over the finite field GF(32) with a different weight for each position. It detects
    # every single wrong character and every swap of neighbours; a sum modulo 32 cannot do both.
    total, weight = 0, 1
    for place, sign in enumerate(stem):
        total ^= _times(weight, _value(sign, place))
        weight = _times(weight, 2)
    return ALPHABET[total]


def _value(sign: str, place: int) -> int:
    """The value of a character, 0 to 31, unique among those allowed at its position.

    The prefix may have all 26 letters, the rest has the characters of ALPHABET.
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
