"""What the model is given of a text, and the key under which its vector is known."""

import hashlib
import unicodedata

#: So many characters of a text count: the model reads 512 tokens at a time, and each costs time.
MAX_CHARACTERS = 400
#: A character has at most four bytes.
MAX_BYTES = 4 * MAX_CHARACTERS


def digest(text: str, *, is_query: bool) -> str:
    """The key of a text's vector; the same for all texts of which the same characters count."""
    role = "query" if is_query else "passage"
    return hashlib.sha256(f"{role}: {_encodable(text)}".encode()).hexdigest()


def encoded(text: str) -> bytes:
    """A text as it is sent: cut, and without what cannot cross into C."""
    return _encodable(text).encode()


def prepared(data: bytes) -> str:
    """The text that the model is given: what was sent, normalised (NFKC) and cut again.

    The model's tokenizer reserves four code points for each byte and then unfolds compatibility
    characters by itself: U+FDFA has three bytes and becomes 18 code points. What is normalised
    already unfolds no further. It is cut before as well, since normalising a long run of combining
    marks takes quadratic time.
    """
    text = _encodable(data.decode("utf-8", "ignore"))
    return unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS] or " "


def _encodable(text: str) -> str:
    """The characters that count, without half surrogates and zero bytes."""
    return text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode().replace("\x00", " ")
