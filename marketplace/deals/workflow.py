"""The states of a contract and of an amendment, and the moves between them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.workflow import Transition, Workflow


class Book(TextChoices):
    """The real book of the city, and the book of the samples. Their figures are never added up."""

    CITY = "city", pgettext_lazy("book", "正式")
    SAMPLE = "sample", pgettext_lazy("book", "示例")


class Origin(TextChoices):
    """What a contract record was made from."""

    INTENT = "intent", _("平台达成的意向")
    AWARD = "award", _("平台征集的定标")
    EMPTY = "empty", _("直接新建")
    IMPORT = "import", _("从登记系统导入")


class Side(TextChoices):
    """The sides of a contract. The seller gives the technology and registers the contract."""

    SELLER = "seller", _("卖方")
    BUYER = "buyer", _("买方")
    BROKER = "broker", _("中介方")


class Route(TextChoices):
    """How the price of a state-held result was found (促进科技成果转化法 art. 18)."""

    AGREEMENT = "agreement", _("协议定价并公示")
    LISTING = "listing", _("技术交易市场挂牌交易")
    AUCTION = "auction", _("拍卖")


class ContractStatus(TextChoices):
    """A contract is drafted, its final text confirmed by both sides, signed, performed; or it ends."""

    DRAFT = "draft", pgettext_lazy("contract", "起草中")
    CONFIRMING = "confirming", _("待双方确认定稿")
    CONFIRMED = "confirmed", _("定稿已确认")
    SIGNED = "signed", _("已签订")
    PERFORMING = "performing", _("履行中")
    PERFORMED = "performed", _("履行完毕")
    TERMINATED = "terminated", pgettext_lazy("contract", "已终止")
    CANCELLED = "cancelled", _("签订前已取消")


_S = ContractStatus
#: Before signature: the text may still change.
UNSIGNED = frozenset({_S.DRAFT, _S.CONFIRMING, _S.CONFIRMED})
#: The contract has been concluded, whatever became of it.
CONCLUDED = frozenset({_S.SIGNED, _S.PERFORMING, _S.PERFORMED, _S.TERMINATED})
#: Obligations run.
IN_FORCE = frozenset({_S.SIGNED, _S.PERFORMING})

CONTRACT = Workflow.of(
    _S,
    _S.DRAFT,
    Transition("propose_text", _("提交定稿文本"), {_S.DRAFT}, _S.CONFIRMING, "deals.edit_contract"),
    Transition(
        "reopen",
        _("退回修改"),
        {_S.CONFIRMING, _S.CONFIRMED},
        _S.DRAFT,
        "deals.reopen_contract",
    ),
    Transition("confirm", _("确认定稿"), {_S.CONFIRMING}, _S.CONFIRMED, "deals.bind_contract"),
    Transition(
        "sign",
        _("登记签订"),
        {_S.DRAFT, _S.CONFIRMED},
        _S.SIGNED,
        "deals.bind_contract",
        refusal=_("定稿还没有全部确认，或者合同已经签订、取消"),
    ),
    Transition("start", _("开始履行"), {_S.SIGNED}, _S.PERFORMING, "deals.record_contract"),
    Transition("perform", _("确认履行完毕"), IN_FORCE, _S.PERFORMED, "deals.bind_contract"),
    Transition("terminate", _("登记终止"), IN_FORCE, _S.TERMINATED, "deals.bind_contract"),
    Transition("cancel", _("取消合同"), UNSIGNED, _S.CANCELLED, "deals.cancel_contract"),
    subject="deals.contract",
    # Rows of the official register come in as contracts that were signed elsewhere.
    entries={_S.SIGNED, _S.PERFORMED, _S.TERMINATED},
)


# --- amendments -------------------------------------------------------------------------------
class AmendmentStatus(TextChoices):
    """An amendment is proposed by one side, and agreed to or rejected by the other."""

    PROPOSED = "proposed", pgettext_lazy("amendment", "待对方同意")
    AGREED = "agreed", pgettext_lazy("amendment", "双方已同意")
    REJECTED = "rejected", pgettext_lazy("amendment", "未同意")
    WITHDRAWN = "withdrawn", pgettext_lazy("amendment", "已撤回")


_OPEN = {AmendmentStatus.PROPOSED}

AMENDMENT = Workflow.of(
    AmendmentStatus,
    AmendmentStatus.PROPOSED,
    Transition("agree", _("同意变更"), _OPEN, AmendmentStatus.AGREED, "deals.answer_amendment"),
    Transition(
        "reject", _("不同意变更"), _OPEN, AmendmentStatus.REJECTED, "deals.answer_amendment"
    ),
    Transition(
        "withdraw",
        pgettext_lazy("amendment", "撤回变更"),
        _OPEN,
        AmendmentStatus.WITHDRAWN,
        "deals.withdraw_amendment",
    ),
    subject="deals.amendment",
)
