"""What follows from a need's events: index, messages to its author."""

from django.utils.translation import gettext_lazy as _

from marketplace.listings.handlers import Note, follow
from marketplace.needs.kind import KIND

follow(
    KIND,
    {
        "return": Note("needs.returned", _("需求被退回"), _("需求“%(title)s”被退回，请按意见修改")),
        "publish": Note(
            "needs.published", _("需求已发布"), _("需求“%(title)s”已发布，系统正在匹配成果")
        ),
        "expire": Note("needs.expired", _("需求到期"), _("需求“%(title)s”已到期，可以续期")),
    },
)
