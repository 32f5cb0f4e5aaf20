"""What a visitor typed, encrypted into a hidden field until the contact is confirmed.

Nothing of it is stored on the server before. The key follows from SECRET_KEY; SECRET_KEY_FALLBACKS still read.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from marketplace.kernel import clock
from marketplace.kernel.errors import InvalidInput

#: Seconds for which a sealed question can be confirmed: longer than a code, so that a second code can be asked for.
SEALED_FOR = 3600
_SALT = "enquiries.visitors"
#: Longer than any sealed question: 4,000 characters of text and the rest, encrypted.
_LONGEST = 60_000


def seal(values: Mapping[str, Any]) -> str:
    """Encrypt plain JSON values, with the time."""
    plain = json.dumps(dict(values)).encode()
    return _cipher().encrypt_at_time(plain, int(clock.now().timestamp())).decode()


def unseal(sealed: str, *, of: tuple[str, int]) -> dict[str, Any]:
    """The values that were sealed for this kind and listing.

    Raises InvalidInput when the field was changed, is of another listing or is older than SEALED_FOR.
    """
    refused = InvalidInput({"": [_("页面停留时间过长，请重新填写")]})
    try:
        plain = _cipher().decrypt_at_time(
            sealed[:_LONGEST].encode("utf-8", "replace"), SEALED_FOR, int(clock.now().timestamp())
        )
    except InvalidToken as error:
        raise refused from error
    found: dict[str, Any] = json.loads(plain)
    if (found["kind"], found["listing_id"]) != of:
        raise refused
    return found


def hash_of_contact(contact: str) -> str:
    """A keyed hash: without SECRET_KEY nobody finds out whose contact it is by trying numbers."""
    return salted_hmac(f"{_SALT}.contact", contact, algorithm="sha256").hexdigest()


def hash_of_code(contact_hash: str, code: str) -> str:
    """A keyed hash of a code that was sent to this contact."""
    return salted_hmac(f"{_SALT}.code", f"{contact_hash}:{code}", algorithm="sha256").hexdigest()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"{_SALT}\0{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
