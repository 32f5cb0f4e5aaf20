"""Blocks with files: an image with its text alternative, documents to take along."""

from django.utils.translation import gettext_lazy as _

from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock


class FigureBlock(blocks.StructBlock):
    """An image; what it shows must be said in words unless it is mere ornament."""

    image = ImageBlock(label=_("图片"))
    caption = blocks.CharBlock(label=_("图注"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("图片")
        template = "cms/blocks/figure.html"
        preview_template = "cms/blocks/figure_preview.html"
        description = _("一张图片，须填写替代文字")


class FileBlock(blocks.StructBlock):
    """One document to download."""

    document = DocumentChooserBlock(label=_("文件"))
    title = blocks.CharBlock(label=_("显示名称"), required=False, max_length=120)

    class Meta:
        icon = "doc-full"
        label = _("附件")


class FilesBlock(blocks.StructBlock):
    """Documents to download, with kind and size."""

    files = blocks.ListBlock(FileBlock(), label=_("附件"), min_num=1)

    class Meta:
        icon = "download"
        label = _("附件列表")
        template = "cms/blocks/files.html"
        preview_template = "cms/blocks/files_preview.html"
        description = _("可下载的文件，自动标出类型和大小")
