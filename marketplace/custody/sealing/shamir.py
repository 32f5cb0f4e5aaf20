"""Shamir's secret sharing over GF(256) with the polynomial of AES.

No table and no branch depends on a secret. Python promises no constant time all the same; on the server only
shares of an opened bid and bids sealed on receipt pass here.
"""

import secrets
from collections.abc import Sequence


def _multiply(a: int, b: int) -> int:
    product = 0
    for bit in range(8):
        product ^= -((b >> bit) & 1) & a
        a = (a << 1) ^ (-(a >> 7) & 0x11B)
    return product


def _inverse(a: int) -> int:
    power = a
    for _ in range(6):
        power = _multiply(_multiply(power, power), a)
    return _multiply(power, power)  # a ** 254


def split(
    secret: bytes, threshold: int, count: int, coefficients: bytes | None = None
) -> list[bytes]:
    """Return `count` shares, any `threshold` of which give the secret back.

    Share x is the byte x, and then the values of the polynomials at x = 1 … count. `coefficients` are random;
    tests fix them.
    """
    if not 2 <= threshold <= count <= 255:
        raise ValueError("need 2 <= threshold <= count <= 255")
    size = len(secret)
    noise = secrets.token_bytes(size * (threshold - 1)) if coefficients is None else coefficients
    rows = [noise[at : at + size] for at in range(0, len(noise), size)]
    rows = [*reversed(rows), secret]
    shares = []
    for x in range(1, count + 1):
        values = [0] * size
        for row in rows:
            values = [_multiply(value, x) ^ byte for value, byte in zip(values, row, strict=True)]
        shares.append(bytes([x, *values]))
    return shares


def combine(shares: Sequence[bytes], at: int = 0) -> bytes:
    """Return the values of the polynomials at `at`, from `threshold` shares. At 0 they are the secret.

    Fewer shares, or one that is wrong, give noise: the caller compares with the commitment.
    """
    numbers = [share[0] for share in shares]
    if len(set(numbers)) != len(numbers) or 0 in numbers:
        raise ValueError("shares must have different numbers")
    total = bytes(len(shares[0]) - 1)
    for x, share in zip(numbers, shares, strict=True):
        weight = 1
        for other in numbers:
            if other != x:
                weight = _multiply(weight, _multiply(other ^ at, _inverse(other ^ x)))
        total = bytes(
            value ^ _multiply(byte, weight) for value, byte in zip(total, share[1:], strict=True)
        )
    return total
