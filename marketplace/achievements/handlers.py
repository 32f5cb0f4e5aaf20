"""What follows from the events of achievements and of imported batches: index, messages."""

from django.utils.translation import gettext_lazy as _

from marketplace.achievements import events, queries
from marketplace.achievements.kind import KIND
from marketplace.kernel.events import on
from marketplace.listings.handlers import Note, follow
from marketplace.notices import kinds
from marketplace.notices.services import address_of, notify
from marketplace.parties.policies import access_of
from marketplace.parties.queries import people_behind

follow(
    KIND,
    {
        "return": Note(
            "achievements.returned", _("成果被退回"), _("成果“%(title)s”被退回，请按意见修改")
        ),
        "publish": Note(
            "achievements.published", _("成果已发布"), _("成果“%(title)s”已发布，系统正在匹配需求")
        ),
        "expire": Note("achievements.expired", _("成果到期"), _("成果“%(title)s”已到期，可以续期")),
    },
    also=(events.AchievementsPublished,),
)
kinds.register("achievements.imported", _("批量导入的进展"))


@on(events.ImportReviewed)
def tell_batch_reviewed(event: events.ImportReviewed) -> None:
    """Whoever imported a batch learns the outcome: one message, however many rows."""
    batch = queries.batch_by_id(event.subject_id)
    if batch is None:
        return
    by_operator = access_of(batch.actor).has("operator")
    notify(
        "achievements.imported",
        [batch.actor] if by_operator else people_behind(batch.actor, batch.owner_id),
        title=_("批量导入“%(name)s”已审核：发布 %(published)s 条，退回 %(returned)s 条"),
        params={
            "name": batch.file_name,
            "published": event.published,
            "returned": event.returned,
        },
        url=address_of("achievements:import_show", batch.code),
        dedupe=f"achievements.reviewed:{batch.pk}",
    )
