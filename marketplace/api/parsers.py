"""Reads the bodies that callers send: JSON alone, and none that is deeper than any form of ours."""

from json import JSONDecodeError
from typing import Any

from django.utils.translation import gettext as _

from rest_framework.exceptions import ParseError
from rest_framework.parsers import (  # type: ignore[attr-defined]  # one is not in the stubs
    JSONParser,
    get_encoding,
)
from rest_framework.utils import json

#: Levels of lists and objects inside each other; what the API takes has three.
DEEPEST = 20


class BoundedJSONParser(JSONParser):
    """JSON in a text encoding. Raises ParseError (400) for whatever else a body may hold.

    The size is bounded before: Django refuses to read more than DATA_UPLOAD_MAX_MEMORY_SIZE.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002 -- DRF's signature
        parser_context: Any = None,
    ) -> Any:
        """The value that the body writes down."""
        encoding = get_encoding(parser_context or {})
        try:
            value = json.loads(stream.read().decode(encoding), parse_constant=json.strict_constant)
        except JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(
                _("正文不是有效的 JSON（第 %(line)d 行第 %(column)d 列）") % place
            ) from error
        except UnicodeDecodeError as error:
            raise ParseError(_("正文不是有效的 %(name)s 文本") % {"name": encoding}) from error
        except (ValueError, RecursionError) as error:
            raise ParseError(_("正文不是有效的 JSON，或层次过深")) from error
        _check(value)
        return value


def _check(value: Any) -> None:
    """No depth at which our own code would give up, no half of a character. Raises ParseError."""
    level = [value]
    for _level in range(DEEPEST):
        texts = [one for one in level if isinstance(one, str)]
        texts += [name for one in level if isinstance(one, dict) for name in one]
        if any("\ud800" <= letter <= "\udfff" for text in texts for letter in text):
            raise ParseError(_("正文含有不完整的字符（代理项）"))
        level = [
            part
            for one in level
            if isinstance(one, list | dict)
            for part in (one if isinstance(one, list) else one.values())
        ]
        if not level:
            return
    raise ParseError(_("正文层次过深，最多 %(most)d 层") % {"most": DEEPEST})
