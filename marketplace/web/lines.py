"""Lines of lists that are drawn once for what they show, and kept in the memory of the process.

What a line shows is given as plain values: texts, numbers, instants, no row and no reader. Lines with
the same values have the same text, for whoever reads them and whenever. So nothing stale can be shown,
and nothing has to be thrown away when a row changes.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

#: Lines that are kept, some kilobytes each at most.
MOST = 2000


def drawn(template: str, line: Hashable) -> SafeString:
    """The text of a template that gets the values as `line`. They must be all that it depends on."""
    return _drawn(template, get_language(), line)


@lru_cache(MOST)
def _drawn(template: str, _language: str | None, line: Hashable) -> SafeString:
    # The stubs know no more than that it is a text.
    return cast("SafeString", get_template(template).render({"line": line}))
