"""The part of a text that the model reads, and the key of its vector."""

import hashlib
import unicodedata

#: The number of characters that are used: the model reads 512 tokens, and each costs time.
MAX_CHARACTERS = 400
#: A character has at most four bytes.
MAX_BYTES = 4 * MAX_CHARACTERS


def digest(text: str, *, is_query: bool) -> str:
    """The key of a text's vector; texts with the same first MAX_CHARACTERS have the same key."""
    role = "query" if is_query else "passage"
    return hashlib.sha256(f"{role}: {_encodable(text)}".encode()).hexdigest()


def encoded(text: str) -> bytes:
    """A text as it is sent: cut, and without characters that C strings cannot contain."""
    return _encodable(text).encode()


def prepared(data: bytes) -> str:
    """The text that the model is given: what was sent, normalised (NFKC) and cut again.

    The model's tokenizer reserves four code points for each byte and then unfolds compatibility
    characters by itself: U+FDFA has three bytes and becomes 18 code points. A normalised
    text unfolds no further. The text is also cut before it is normalised, since a long run of combining
    marks takes quadratic time.
    """
    text = _encodable(data.decode("utf-8", "ignore"))
    return unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS] or " "


def _encodable(text: str) -> str:
    """The characters that are used, without lone surrogates and zero bytes."""
    return text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode().replace("\x00", " ")
