"""What all services of contracts share: the lock, the save, the files."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from marketplace.deals.models import CONTRACT_FILES, Contract
from marketplace.deals.queries import whole
from marketplace.files import services as files
from marketplace.files.models import Attachment
from marketplace.files.rulebook import extension_of
from marketplace.kernel import clock
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Forbidden, InvalidInput, Refused
from marketplace.kernel.revisions import Rev, check
from marketplace.parties.workflow import OrgStatus

#: A signed or sealed copy.
SCANS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})
TEXTS = frozenset({".docx", ".pdf"})
MAX_REASON = 500


def locked(contract: Contract) -> Contract:
    """The row under a lock, with its parties. Lock order: contract, filing, period of the ledger."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.prefetch_related("parties__organization", "parties__broker").get(pk=contract.pk)


def fresh(contract: Contract) -> Contract:
    """The row as it is now, without a lock."""
    return whole().get(pk=contract.pk)


def save(contract: Contract) -> None:
    """Store a changed row: the next `rev`."""
    contract.rev += 1
    contract.updated_at = clock.now()
    contract.save()


def allow(actor: Actor, permission: str, contract: Any, reason: object = "") -> None:
    """Raises Forbidden when the person may not."""
    if not actor.has_perm(permission, contract):
        raise Forbidden(reason)


def check_standing(contract: Contract) -> None:
    """Raises Refused naming a party whose organisation is suspended: nothing is concluded with it meanwhile."""
    for party in contract.parties.all():
        org = party.organization
        if org is not None and org.status == OrgStatus.SUSPENDED:
            raise Refused(_("%(name)s 已被停用，恢复之前不能办理") % {"name": org.name})


def seen(contract: Contract, rev: Rev) -> None:
    """Raises Stale when the page was made from another version."""
    check(contract.rev, rev, contract)


def given_reason(reason: str) -> str:
    """A reason that must be there. Raises InvalidInput at `reason`."""
    text = reason.strip()
    if not text:
        raise InvalidInput({"reason": [_("请填写原因")]})
    if len(text) > MAX_REASON:
        raise InvalidInput({"reason": [_("最多 %(most)d 个字") % {"most": MAX_REASON}]})
    return text


def received(
    upload: Any, kinds: frozenset[str], *, actor: Actor, at: str = "file", wrong: object
) -> Attachment:
    """Examine and store a file before the transaction, so that no lock waits for it.

    It belongs to nobody until `files.bind`. Raises InvalidInput at `at`: missing, of another kind
    (`wrong`), or refused by the examination.
    """
    if upload is None:
        raise InvalidInput({at: [_("请上传文件")]})
    if extension_of(upload.name or "") not in kinds:
        raise InvalidInput({at: [wrong]})
    try:
        return files.store_upload(upload, subject_kind=CONTRACT_FILES, actor=actor)
    except InvalidInput as error:
        raise InvalidInput({at: error.errors.get("file", [str(error)])}) from error
