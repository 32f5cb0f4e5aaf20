"""The fixed cast: the same people in every test of rights, one for each role."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.contrib.auth.models import AnonymousUser

import pytest

from marketplace.parties.models import Organization, User
from tests.again import made_again
from tests.factories.parties import OrganizationFactory, make_member, make_staff


@dataclass
class Cast:
    """Everybody by role. `cast["member"]` and `for role, person in cast.people()` work too."""

    enterprise: Organization
    university: Organization
    other_enterprise: Organization
    visitor: AnonymousUser
    member: User
    approver: User
    org_admin: User
    university_admin: User
    university_member: User
    outsider: User
    broker: User
    expert: User
    custodian: User
    registrar_county: User
    registrar_city: User
    operator: User
    authority: User
    auditor: User
    security_admin: User
    editor: User

    def __getitem__(self, role: str) -> Any:
        return getattr(self, role)

    def people(self) -> Iterator[tuple[str, Any]]:
        """Each role with its person, the visitor among them; organisations are left out."""
        for item in fields(self):
            value = getattr(self, item.name)
            if not isinstance(value, Organization):
                yield item.name, value


STAFF = {
    "broker": "李经纪",
    "expert": "王专家",
    "custodian": "赵保管",
    "registrar_county": "钱县区",
    "registrar_city": "孙市级",
    "operator": "周运营",
    "authority": "吴主管",
    "auditor": "郑审计",
    "security_admin": "冯安全",
    "editor": "陈编辑",
}


def make_cast() -> Cast:
    """Make everybody."""
    enterprise = OrganizationFactory(name="沂蒙磁材有限公司")
    university = OrganizationFactory(name="沂州理工大学", kind="university")
    other = OrganizationFactory(name="鲁南机械有限公司")
    return Cast(
        enterprise=enterprise,
        university=university,
        other_enterprise=other,
        visitor=AnonymousUser(),
        member=make_member(enterprise, name="刘成员", email="member@example.com"),
        approver=make_member(enterprise, "approver", name="高审核", email="approver@example.com"),
        org_admin=make_member(
            enterprise, "org_admin", name="林管理", email="org_admin@example.com"
        ),
        university_admin=make_member(
            university, "org_admin", name="何管理", email="university_admin@example.com"
        ),
        university_member=make_member(
            university, name="郭教授", email="university_member@example.com"
        ),
        outsider=make_member(other, "org_admin", name="马外人", email="outsider@example.com"),
        **{
            role: make_staff(role, name=name, email=f"{role}@example.com")
            for role, name in STAFF.items()
        },
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, fresh for each test."""
    return made_again(make_cast)
