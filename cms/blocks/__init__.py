"""The blocks that pages are built of: one set for every body, one for the home page."""

from wagtail import blocks

from cms.blocks.links import ColumnBlock, DoorBlock, LinkBlock
from cms.blocks.media import FigureBlock, FileBlock, FilesBlock
from cms.blocks.sections import SectionsBlock
from cms.blocks.text import NoticeBlock, QuestionsBlock, QuoteBlock, StepsBlock, TextBlock

__all__ = [
    "BodyBlock",
    "ColumnBlock",
    "DoorBlock",
    "FileBlock",
    "LinkBlock",
    "SectionsBlock",
]


class BodyBlock(blocks.StreamBlock):
    """The one block set of all bodies."""

    text = TextBlock()
    figure = FigureBlock()
    steps = StepsBlock()
    questions = QuestionsBlock()
    notice = NoticeBlock()
    quote = QuoteBlock()
    files = FilesBlock()
    link = LinkBlock()

    class Meta:
        template = "cms/blocks/stream.html"
