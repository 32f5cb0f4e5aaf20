"""Template files are read without their indentation: two thirds of a list page would be spaces.

A run of white space becomes one line break if it holds one, else one space. To a browser they are the
same everywhere but in `<pre>` and `<textarea>`; those, scripts and styles stay as they are. So does the
text of a translation, which is looked up in the catalogue by every character.
"""

import re

from django.conf import settings
from django.template import Origin
from django.template.loaders import app_directories

_TAG = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})")
_RUN = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2\s*>)", re.DOTALL | re.IGNORECASE)
#: Template tags whose content is no markup: it ends with `end` before the name.
_AS_WRITTEN = frozenset({"blocktranslate", "blocktrans", "verbatim", "comment"})


def collapsed(source: str) -> str:
    """A template's source with every run of white space between its tags as one character."""
    parts = _KEPT.split(source)
    # Of each three: text, an element that is kept, the element's name.
    texts, kept = parts[0::3], [*parts[1::3], ""]
    return "".join(_outside(text) + element for text, element in zip(texts, kept, strict=True))


def _outside(source: str) -> str:
    within = ""
    pieces = []
    for piece in _TAG.split(source):
        if piece.startswith("{%"):
            name = piece[2:-2].split(maxsplit=1)[0]
            if within == name.removeprefix("end"):
                within = ""
            elif not within and name in _AS_WRITTEN:
                within = name
            pieces.append(piece)
        elif within or piece.startswith(("{{", "{#")):
            pieces.append(piece)
        else:
            pieces.append(_RUN.sub(_one, piece))
    return "".join(pieces)


def _one(run: re.Match[str]) -> str:
    return "\n" if "\n" in run[0] else " "


class Loader(app_directories.Loader):
    """Reads the templates of installed applications; the pages of this product without indentation."""

    def get_contents(self, origin: Origin) -> str:
        """The source of a template."""
        source: str = super().get_contents(origin)
        path = str(origin.name)
        is_own = path.startswith(f"{settings.BASE_DIR}/") and "site-packages" not in path
        return collapsed(source) if is_own and path.endswith(".html") else source
