"""An amount in Chinese capitals, as a contract and a cheque write it beside the figures."""

import re

from cn2an import an2cn

from marketplace.kernel.money import MAX_FEN

# `cn2an` leaves out the 零 that stands for an empty group of 万: 500,005,095 元 must read 伍亿零伍仟零玖拾伍元,
# since 伍亿伍仟… is begun in the same way by 伍亿伍仟万.
_EMPTY_GROUP = re.compile(r"亿(?=[壹贰叁肆伍陆柒捌玖]仟[^万]*元)")


def in_capitals(fen: int) -> str:
    """Return the amount in capitals, such as 捌拾陆万元整.

    整 stands behind full yuan; an amount that ends in 角 or 分 has none (支付结算办法 附一, 正确填写票据和结算凭证的
    基本规定, 三). Raises ValueError for a negative amount and for more than `MAX_FEN` (1,000 亿元).
    """
    if not 0 <= fen <= MAX_FEN:
        raise ValueError(f"no amount of a contract: {fen} fen")
    yuan, rest = divmod(fen, 100)
    text = str(an2cn(f"{yuan}.{rest:02d}", "rmb"))
    return _EMPTY_GROUP.sub("亿零", text)
