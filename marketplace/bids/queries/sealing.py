"""The keys to which a bid is sealed: those that the notice announced, whatever key a custodian has today."""

from django.utils.translation import gettext_lazy as _

from marketplace.custody.models import CustodianKey
from marketplace.custody.sealing import Terms, from_base64
from marketplace.kernel.errors import Refused
from marketplace.tenders.models import Lot, Tender


def terms_of_lot(tender: Tender, lot: Lot) -> Terms:
    """What one lot of a sealed tender announces. Raises Refused where a key is not known."""
    keepers = list(tender.keepers.select_related("custodian").order_by("number"))
    rows = CustodianKey.objects.filter(key__in=[row.key for row in keepers])
    records = dict(rows.values_list("key", "record"))
    if not keepers or len(records) != len(keepers):
        raise Refused(_("公告的密钥不完整，请联系平台运营"))
    publics = {row.custodian.code: from_base64(records[row.key]["public"]) for row in keepers}
    return Terms(tender.code, str(lot.number), tender.threshold, publics)
