"""Links that editors place: to a part of the product, to a page of the site, or elsewhere."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms import targets
from cms.addresses import address_of
from marketplace.web.icons import PATHS

ICONS = (
    "search",
    "flask",
    "target",
    "building",
    "gavel",
    "users",
    "chart",
    "book",
    "doc",
    "shield",
)


def check_address(text: str) -> None:
    """Raise ValidationError unless the text is a path of this site or an http(s) address."""
    if text.startswith("/") and not text.startswith("//") and "\\" not in text:
        return
    URLValidator(schemes=["http", "https"])(text)


class LinkValue(blocks.StructValue):
    """A link with its address worked out for the reader's language."""

    @property
    def address(self) -> str:
        """The first of place, page and typed address that leads anywhere; else empty."""
        page = self.get("page")
        if named := targets.address(self.get("target") or ""):
            return named
        if page is not None and page.live:
            return address_of(page)
        return str(self.get("url") or "")


class LinkBlock(blocks.StructBlock):
    """A label and where it leads."""

    label = blocks.CharBlock(label=_("文字"), max_length=40)
    target = blocks.ChoiceBlock(
        label=_("站内功能"), choices=targets.choices, required=False, help_text=_("三选一")
    )
    page = blocks.PageChooserBlock(label=_("站内页面"), required=False)
    url = blocks.CharBlock(
        label=_("网址"),
        required=False,
        max_length=500,
        help_text=_("以 / 开头的站内路径，或 http(s):// 开头的网址"),
    )

    class Meta:
        icon = "link"
        label = _("链接")
        value_class = LinkValue
        template = "cms/blocks/link.html"
        description = _("一个按钮样式的链接")
        preview_value = {"label": "查看全部成果", "target": "achievements:list"}

    def clean(self, value: Any) -> Any:
        """Exactly one place to go, and an address no browser would execute."""
        value = super().clean(value)
        chosen = [name for name in ("target", "page", "url") if value.get(name)]
        if len(chosen) != 1:
            message = ValidationError(_("请在站内功能、站内页面、网址中只填一项"))
            raise StructBlockValidationError(block_errors={"target": message})
        if url := value.get("url"):
            try:
                check_address(url)
            except ValidationError:
                wrong = ValidationError(_("请填写以 / 开头的路径或 http(s):// 开头的网址"))
                raise StructBlockValidationError(block_errors={"url": wrong}) from None
        return value


class DoorBlock(LinkBlock):
    """One of the large entries under the head of the home page."""

    note = blocks.CharBlock(label=_("说明"), required=False, max_length=60)
    icon = blocks.ChoiceBlock(
        label=_("图标"), choices=[(name, name) for name in ICONS if name in PATHS], default="search"
    )
    is_warm = blocks.BooleanBlock(label=_("暖色"), required=False)

    class Meta:
        icon = "link-external"
        label = _("入口")
        value_class = LinkValue
        template = "cms/blocks/door.html"
        description = _("首页大图下方的入口卡片")
        preview_value = {
            "label": "我要找技术",
            "target": "achievements:list",
            "note": "按行业、成熟度、价格筛选成果",
            "icon": "search",
        }


class ColumnBlock(blocks.StructBlock):
    """One column of the footer."""

    title = blocks.CharBlock(label=_("栏目名"), max_length=20)
    links = blocks.ListBlock(LinkBlock(), label=_("链接"))

    class Meta:
        icon = "list-ul"
        label = _("页脚栏目")
