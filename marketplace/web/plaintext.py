"""What text from outside is cleaned to before anything else sees it."""

import re
import unicodedata

# Controls except tab and newline; directions that can make a line read otherwise than it is;
# invisible marks that break search. Joiners (200C, 200D) stay: emoji and some scripts need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\uffff]"
)
_BLANKS = re.compile(r"[^\S\n]+")
# Whatever ends a line somewhere: the soft return of Word (000B), page ends, separators of Unicode and
# of old terminals. Dropped as controls they would join the last word of one line to the next.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def has_lone_surrogate(text: str) -> bool:
    """Half of a character: no database and no encoder takes it."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def unix_lines(text: str) -> str:
    """The text with every kind of line end as a newline."""
    return _LINE_ENDS.sub("\n", text)


def clean_text(text: str, *, multiline: bool) -> str:
    """NFC, Unix newlines, without control and direction characters; one line if asked so."""
    text = unix_lines(text)
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text))
    if multiline:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip()
