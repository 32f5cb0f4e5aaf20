"""The group that Wagtail reads its rights from, kept in step with the roles on the platform.

Wagtail hangs rights on pages, images and documents on groups. One group holds them all; its members
are those who hold an editing role. Whether the door opens at all is asked of the role itself
(`cms.policies`).
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.simple_translation.models import SimpleTranslation
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.models import HomePage, Navigation
from cms.policies import EDITING_ROLES
from marketplace.parties.models import PlatformRole

GROUP = "cms-editors"
PAGE_RIGHTS = ("add", "change", "publish", "bulk_delete", "lock", "unlock")
FILE_RIGHTS = ("add", "change", "choose")
ROW_RIGHTS = ("add", "change", "delete")


def ensure_group() -> Group:
    """The editors' group with its rights, and in it whoever holds an editing role. Idempotent."""
    group, _made = Group.objects.get_or_create(name=GROUP)
    for home in HomePage.objects.all():
        for right in PAGE_RIGHTS:
            GroupPagePermission.objects.get_or_create(
                group=group, page=home, permission=_permission(Page, f"{right}_page")
            )
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for model, name in ((Image, "image"), (Document, "document")):
        for right in FILE_RIGHTS:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=root, permission=_permission(model, f"{right}_{name}")
            )
    group.permissions.add(
        *(_permission(Navigation, f"{right}_navigation") for right in ROW_RIGHTS),
        *(_permission(Redirect, f"{right}_redirect") for right in ROW_RIGHTS),
        _permission(SimpleTranslation, "submit_translation"),
    )
    holders = PlatformRole.objects.filter(role__in=EDITING_ROLES).values_list("user_id", flat=True)
    for user_id in set(holders):
        sync_editor(user_id)
    return group


def sync_editor(user_id: int) -> None:
    """Put a person into the editors' group, or take them out, as their roles say now."""
    seats = get_user_model().groups.through.objects
    group = Group.objects.filter(name=GROUP).first()
    if group is None:
        return
    if PlatformRole.objects.filter(user_id=user_id, role__in=EDITING_ROLES).exists():
        seats.get_or_create(user_id=user_id, group=group)
    else:
        seats.filter(user_id=user_id, group=group).delete()


def _permission(model: type[Model], codename: str) -> Permission:
    """A permission by its name; Django makes those of apps further down the list only later."""
    made: tuple[Any, bool] = Permission.objects.get_or_create(
        content_type=ContentType.objects.get_for_model(model),
        codename=codename,
        defaults={"name": codename.replace("_", " ").capitalize()},
    )
    return made[0]
