"""The keys under which introductions are found: party × party × subject.

A party is its credit code, which stays the same when organisations are merged or entered a second
time; without one it is `org:<code>`. The order of the parties does not matter.
"""

#: Between the two parties of a pair: it stands in no credit code and in no code of ours.
_BETWEEN = "|"
#: Before the code of an organisation without a credit code.
_CODE = "org:"


def party_key(uscc: str | None, code: str = "") -> str:
    """The key of a party. ValueError when it has neither credit code nor code."""
    if uscc:
        return uscc.strip().upper()
    if not code:
        raise ValueError("a party needs a credit code or a code")
    return f"{_CODE}{code}"


def party_keys(uscc: str | None, code: str) -> tuple[str, ...]:
    """Every key that a claim about this organisation may carry.

    It may have been made before the organisation gave its credit code.
    """
    return tuple(dict.fromkeys([party_key(uscc, code), party_key(None, code)]))


def pair_key(one: str, other: str) -> str:
    """The key of two parties, whatever their order. ValueError when they are the same."""
    if one == other:
        raise ValueError("a pair has two parties")
    return _BETWEEN.join(sorted((one, other)))


def parties_of(pair: str) -> list[str]:
    """The keys of the two parties of a pair."""
    return pair.split(_BETWEEN)


def code_of(key: str) -> str:
    """The code of the organisation that a key names; "" for a credit code."""
    return key.removeprefix(_CODE) if key.startswith(_CODE) else ""


def subject_key(kind: str, code: str) -> str:
    """The key of a listing, such as `needs:XQ2026-7KQ4ZM-H`."""
    return f"{kind}:{code}"
