"""Limits for decimal numbers, so that both databases return exactly what was stored.

SQLite stores a DECIMAL column as a float with 15 significant digits. A 16th digit is changed silently,
or the row can no longer be read.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DIGITS = 15


def validate_figure(value: Decimal) -> None:
    """Raises ValidationError for a number that SQLite would change, and for NaN and infinity."""
    digits = "".join(str(digit) for digit in value.as_tuple().digits).strip("0")
    if not value.is_finite() or len(digits) > MOST_DIGITS:
        raise ValidationError(
            _("数字位数过多，最多 %(most)d 位有效数字"), code="digits", params={"most": MOST_DIGITS}
        )
