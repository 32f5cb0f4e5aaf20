"""What follows from a service offer's events: index, messages to its author."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.handlers import Note, follow
from marketplace.offerings.kind import KIND

follow(
    KIND,
    {
        "return": Note(
            "offerings.returned", _("服务被退回"), _("服务“%(title)s”被退回，请按意见修改")
        ),
        "publish": Note(
            "offerings.published", _("服务已发布"), _("服务“%(title)s”已发布，可以被查到和委托")
        ),
        "expire": Note("offerings.expired", _("服务到期"), _("服务“%(title)s”已到期，可以续期")),
    },
)
