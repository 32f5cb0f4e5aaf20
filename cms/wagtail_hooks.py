"""What differs in Wagtail's admin: the menu snippet, and no second register of people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import Navigation


class NavigationViewSet(SnippetViewSet):
    """Header and footer menus, one for each language."""

    model = Navigation
    icon = "list-ul"
    menu_label = _("导航")
    menu_order = 300
    add_to_admin_menu = True
    list_display = ["__str__", "locale"]


register_snippet(NavigationViewSet)


@hooks.register("construct_settings_menu")
def hide_people(_request: Any, items: list[Any]) -> None:
    """Users and groups are kept by the marketplace."""
    items[:] = [item for item in items if item.name not in {"users", "groups"}]
