"""Variants of a request: bytes changed, doubled, left out and put in, always the same for a seed."""

import random
from dataclasses import replace

from tests.hostile.attacks import Attack

#: What has broken programs before.
BITS = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"%00", b"%ff", b"%ed%a0%80", b"\\ud800", "ﷺ".encode()),
    *("\u202e\u2028\ufeff".encode(), b"[" * 50, b'{"a":' * 50, b"9" * 40, b"-1", b"1e999", b"NaN"),
    *(b"null", b"true", b"''\"", b"<script>", b"{{7*7}}", b"../", b"&", b"=", b"%", b"\r\n", b";"),
)


def variants(attack: Attack, count: int, seed: str) -> list[Attack]:
    """`count` variants of an attack, fewer where it says that it is a heavy one."""
    chance = random.Random(f"{seed} {attack.name}")
    return [_variant(attack, chance) for _ in range(min(count, attack.most))]


def _variant(attack: Attack, chance: random.Random) -> Attack:
    changed = attack
    for _ in range(chance.randint(1, 3)):
        part = chance.choice(["body", "path", "headers"] if attack.body else ["path", "headers"])
        if part == "body":
            changed = replace(changed, body=_bytes(changed.body, chance))
        elif part == "path":
            changed = replace(changed, path=_path(changed.path, chance))
        else:
            changed = replace(changed, headers=_headers(changed.headers, chance))
    return changed


def _bytes(text: bytes, chance: random.Random) -> bytes:
    # Near the beginning, where bodies of megabytes have something to break too.
    at = chance.randint(0, min(len(text), 4_000))
    end = min(len(text), at + chance.randint(1, 12))
    match chance.randint(0, 4):
        case 0:
            return text[:at] + chance.choice(BITS) + text[at:]
        case 1:
            return text[:at] + chance.choice(BITS) + text[end:]
        case 2:
            return text[:at] + text[end:]
        case 3:
            return text[:at] + text[at:end] * chance.randint(2, 30) + text[end:]
        case _:
            return text[:at] + bytes(chance.randrange(256) for _ in range(end - at)) + text[end:]


def _path(path: str, chance: random.Random) -> str:
    changed = _bytes(path[1:].encode(), chance)
    # Blanks and line ends would make it another request line, and so another test.
    return "/" + "".join(chr(byte) if 0x21 <= byte < 0x7F else f"%{byte:02x}" for byte in changed)


def _headers(headers: dict[str, str], chance: random.Random) -> dict[str, str]:
    name = chance.choice([*headers, "Accept", "Accept-Language", "Cookie", "Referer", "X-Anything"])
    value = _bytes(headers.get(name, "x").encode("latin-1"), chance)
    kept = bytes(byte for byte in value if byte not in b"\r\n\0")
    return headers | {name: kept.decode("latin-1")}
