"""Blocks of words: paragraphs, notices, numbered steps, questions and answers, quotations."""

from django.utils.translation import gettext_lazy as _

from wagtail import blocks

#: No embeds and no images here: an image is a block of its own, with a text for who can't see it.
FEATURES = [
    *("h2", "h3", "bold", "italic", "superscript", "subscript"),
    *("ol", "ul", "hr", "link", "document-link"),
]
PLAIN_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class TextBlock(blocks.RichTextBlock):
    """Paragraphs with headings, lists and links."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("正文")
        template = "cms/blocks/text.html"
        description = _("段落、小标题、列表和链接")
        preview_value = "<h2>小标题</h2><p>一段正文，可以加粗、加链接。</p><ul><li>列表项</li></ul>"


class NoticeBlock(blocks.StructBlock):
    """A framed remark."""

    kind = blocks.ChoiceBlock(
        label=_("类型"),
        choices=[("brand", _("提示")), ("warn", _("注意")), ("ok", _("完成"))],
        default="brand",
    )
    text = blocks.RichTextBlock(label=_("内容"), features=PLAIN_FEATURES)

    class Meta:
        icon = "warning"
        label = _("提示框")
        template = "cms/blocks/notice.html"
        description = _("带底色的提示，用于说明时间、条件或变更")
        preview_value = {"kind": "warn", "text": "<p>受理时间为工作日 09:00—17:30。</p>"}


class StepBlock(blocks.StructBlock):
    """One step of a procedure."""

    title = blocks.CharBlock(label=_("步骤"), max_length=60)
    text = blocks.RichTextBlock(label=_("说明"), features=PLAIN_FEATURES, required=False)


class StepsBlock(blocks.StructBlock):
    """A procedure in numbered steps."""

    steps = blocks.ListBlock(StepBlock(), label=_("步骤"), min_num=1)

    class Meta:
        icon = "list-ol"
        label = _("步骤")
        template = "cms/blocks/steps.html"
        description = _("按顺序编号的办理步骤")
        preview_value = {
            "steps": [
                {"title": "登记单位", "text": "<p>填写统一社会信用代码，上传证照。</p>"},
                {"title": "发布需求", "text": "<p>四步填写，随时保存。</p>"},
            ]
        }


class QuestionBlock(blocks.StructBlock):
    """A question and its answer."""

    question = blocks.CharBlock(label=_("问题"), max_length=120)
    answer = blocks.RichTextBlock(label=_("回答"), features=PLAIN_FEATURES)


class QuestionsBlock(blocks.StructBlock):
    """Questions that open on demand."""

    questions = blocks.ListBlock(QuestionBlock(), label=_("问答"), min_num=1)

    class Meta:
        icon = "help"
        label = _("常见问题")
        template = "cms/blocks/questions.html"
        description = _("点开查看回答的问答列表")
        preview_value = {
            "questions": [{"question": "发布需求收费吗？", "answer": "<p>不收费。</p>"}]
        }


class QuoteBlock(blocks.StructBlock):
    """A quotation with its source."""

    text = blocks.TextBlock(label=_("引文"))
    source = blocks.CharBlock(label=_("出处"), required=False, max_length=120)

    class Meta:
        icon = "openquote"
        label = _("引用")
        template = "cms/blocks/quote.html"
        description = _("引用文件或讲话，注明出处")
        preview_value = {"text": "建立企业科技需求招投标机制。", "source": "规划原文"}
