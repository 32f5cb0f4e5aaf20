"""Deputies of registrars: a role handed to a colleague for the days of a leave."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.journal.services import publish
from marketplace.kernel import clock
from marketplace.kernel.errors import Forbidden, InvalidInput, NotVisible, Refused
from marketplace.parties import events
from marketplace.parties.models import Delegation, User
from marketplace.parties.policies import REGISTRARS, Role

#: Longer than a leave is a change of post, which the security admin records.
LONGEST = timedelta(days=90)


@transaction.atomic
def delegate_role(
    role: str, deputy: User | None, *, starts: date, until: date, reason: str, actor: User
) -> Delegation:
    """Give a deputy one's own role from the day `starts` to the day `until`, both included.

    Raises Forbidden when the actor does not hold the role itself (a deputy has no deputy), InvalidInput
    at `deputy`, `starts`, `until` or `reason`, Refused when the deputy is a broker.
    """
    if role not in REGISTRARS or not actor.platform_roles.filter(role=role).exists():
        raise Forbidden(_("只有本人担任的登记员岗位可以委托代理"))
    if deputy is None or not deputy.is_active or not deputy.is_confirmed:
        raise InvalidInput({"deputy": [_("没有找到这个账号，请确认对方已注册并验证联系方式")]})
    if deputy.pk == actor.pk:
        raise InvalidInput({"deputy": [_("不能由本人代理本人")]})
    if starts < clock.today():
        raise InvalidInput({"starts": [_("开始日期不能早于今天")]})
    if until < starts:
        raise InvalidInput({"until": [_("结束日期不能早于开始日期")]})
    if until - starts >= LONGEST:
        raise InvalidInput({"until": [_("一次代理最长 %(n)d 天") % {"n": LONGEST.days}]})
    # The same lock as for granting a role, so that nobody becomes a broker meanwhile.
    User.objects.select_for_update().get(pk=deputy.pk)
    if deputy.platform_roles.filter(role=Role.BROKER).exists():
        raise Refused(_("技术经纪人不能代理登记员"))
    made = Delegation.objects.create(
        holder=actor,
        deputy=deputy,
        role=role,
        starts_at=clock.end_of_day(starts - timedelta(days=1)),
        ends_at=clock.end_of_day(until),
        reason=reason,
    )
    publish(events.RoleDelegated(subject_id=deputy.pk, role=role, code=made.code), actor=actor)
    deputy.forget_access()
    return made


@transaction.atomic
def end_delegation(code: str, *, actor: User) -> Delegation:
    """End a delegation now; its holder and its deputy may. Ending it twice changes nothing.

    Raises NotVisible for anybody else's.
    """
    own = Delegation.objects.filter(Q(holder=actor) | Q(deputy=actor))
    row = own.select_for_update().select_related("deputy").filter(code=code).first()
    if row is None:
        raise NotVisible
    if row.is_open:
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])
        ended = events.DelegationEnded(subject_id=row.deputy_id, role=row.role, code=row.code)
        publish(ended, actor=actor)
        row.deputy.forget_access()
    return row
