"""What text from outside is cleaned to before anything else sees it."""

import re
import unicodedata

# Controls except tab and newline; directions that can make a line read otherwise than it is;
# invisible marks that break search. Joiners (200C, 200D) stay: emoji and some scripts need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\uffff]"
)
_BLANKS = re.compile(r"[^\S\n]+")


def has_lone_surrogate(text: str) -> bool:
    """Half of a character: no database and no encoder takes it."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def clean_text(text: str, *, multiline: bool) -> str:
    """NFC, Unix newlines, without control and direction characters; one line if asked so."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWANTED.sub("", unicodedata.normalize("NFC", text))
    if multiline:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip()
