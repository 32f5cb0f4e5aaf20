"""Named audiences of the access matrix, and how an expression of them becomes roles of the cast.

Objects of the matrix belong to the cast's enterprise, so `member`, `approver` and `org_admin` are
the owner's people; everyone else who is signed in is a stranger, staff or not.
"""

import re

OWNER_MEMBERS = frozenset({"member", "approver", "org_admin"})
FOREIGNERS = frozenset({"university_admin", "university_member", "outsider"})
REVIEWERS = frozenset({"operator", "registrar_city", "registrar_county"})
OVERSEERS = frozenset({"authority", "auditor"})
SPECIALISTS = frozenset({"broker", "expert", "custodian", "security_admin", "editor"})
VISITOR = frozenset({"visitor"})

AUDIENCES: dict[str, frozenset[str]] = {
    # --- atoms: each role of the cast stands in exactly one of these
    "visitor": VISITOR,
    "owner_members": OWNER_MEMBERS,
    "foreigners": FOREIGNERS,
    "reviewers": REVIEWERS,
    "overseers": OVERSEERS,
    "specialists": SPECIALISTS,
    # --- what the policies speak of
    "everyone": VISITOR | OWNER_MEMBERS | FOREIGNERS | REVIEWERS | OVERSEERS | SPECIALISTS,
    "signed_in": OWNER_MEMBERS | FOREIGNERS | REVIEWERS | OVERSEERS | SPECIALISTS,
    "strangers": FOREIGNERS | SPECIALISTS,
    "staff": REVIEWERS | OVERSEERS | SPECIALISTS,
    "readers": REVIEWERS | OVERSEERS,
    "owner_admins": frozenset({"org_admin"}),
    "university": frozenset({"university_admin", "university_member"}),
    "university_admins": frozenset({"university_admin"}),
    "publishers": OWNER_MEMBERS | FOREIGNERS,
    "suspenders": frozenset({"operator", "registrar_city"}),
    "operator": frozenset({"operator"}),
    "security_admin": frozenset({"security_admin"}),
    "editors": frozenset({"editor", "operator"}),
    # --- one person, for things that belong to a person
    "holder": frozenset({"member"}),
    "invited": frozenset({"expert"}),
}
ATOMS = ("visitor", "owner_members", "foreigners", "reviewers", "overseers", "specialists")


class BadExpression(ValueError):
    """An audience that is not known, or an expression that cannot be read."""


def expand(expression: str) -> frozenset[str]:
    """`a + b - c`, read from left to right, as roles. Raises BadExpression."""
    parts = re.split(r"\s+([+-])\s+", expression.strip())
    roles: frozenset[str] = frozenset()
    for sign, name in zip(["+", *parts[1::2]], parts[::2], strict=True):
        if name not in AUDIENCES:
            raise BadExpression(f"no audience {name!r} in {expression!r}")
        roles = roles | AUDIENCES[name] if sign == "+" else roles - AUDIENCES[name]
    if not roles:
        raise BadExpression(f"{expression!r} is nobody")
    return roles
