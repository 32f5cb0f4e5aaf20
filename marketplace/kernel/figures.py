"""Decimal figures that every database gives back exactly as they were written.

SQLite keeps a DECIMAL column as a float, which holds 15 significant digits and no more: the 16th is
changed in silence, or makes the row one that cannot be read at all.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DIGITS = 15


def validate_figure(value: Decimal) -> None:
    """Raises ValidationError for a figure that a database would change, and for NaN and infinity."""
    digits = "".join(str(digit) for digit in value.as_tuple().digits).strip("0")
    if not value.is_finite() or len(digits) > MOST_DIGITS:
        raise ValidationError(
            _("数字位数过多，最多 %(most)d 位有效数字"), code="digits", params={"most": MOST_DIGITS}
        )
