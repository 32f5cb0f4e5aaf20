"""People, organisations, memberships, invitations, verification, tokens."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.parties.policies import DISTRICT_ROLES, REGISTRARS, Access, OrgRole, Role
from marketplace.parties.rulebook import ORG_KINDS
from marketplace.parties.workflow import DossierStatus, InvitationStatus, OrgStatus


class Language(models.TextChoices):
    """The languages of the interface and of mails, each named in itself."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address or mobile number."""

    def create_user(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Make and save a user; the address is kept in lower case, an empty one as None."""
        user = self.model(email=(email or "").strip().lower() or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        """Make a user who may do everything Django knows of; used by `createsuperuser`."""
        fields |= {"is_staff": True, "is_superuser": True}
        return self.create_user(email, password, email_verified_at=clock.now(), **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of this e-mail address, whatever its case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Has an e-mail address or a mobile number (E.164) or both; each is one person's."""

    email = models.EmailField(unique=True, null=True, blank=True)
    phone = models.CharField(max_length=20, unique=True, null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.CHINESE)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    #: When the person agreed to the terms and the privacy notice (PIPL art. 14), and to which.
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=16, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_reachable"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_not_empty"),
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__startswith="+"), name="user_phone_e164"
            ),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="user_language"),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The name the person gave, or the beginning of their address or number."""
        return self.name or self.masked_contact

    def get_short_name(self) -> str:
        """The same as the full name: Chinese names aren't cut."""
        return self.get_full_name()

    @property
    def masked_contact(self) -> str:
        """The address or number with its middle hidden, fit for a page others see."""
        if self.email:
            local, _sign, domain = self.email.partition("@")
            return f"{local[:2]}***@{domain}"
        digits = (self.phone or "").removeprefix("+86")
        return f"{digits[:3]}****{digits[-4:]}"

    @property
    def is_confirmed(self) -> bool:
        """Whether the e-mail address or the mobile number was confirmed."""
        return bool(self.email_verified_at or self.phone_verified_at)

    @cached_property
    def access(self) -> Access:
        """The facts from which permissions are derived; read once per instance in two queries.

        The roles are a person's own and, while a delegation runs, those of whom they stand in for.
        """
        if not self.is_active or self.pk is None:
            return Access()
        orgs: dict[int, frozenset[str]] = {
            org_id: frozenset({role})
            for org_id, role in self.memberships.current().values_list("organization_id", "role")
        }
        held: dict[str, set[str]] = {}
        as_deputy = self.deputy_roles.running().values_list(
            "role", "holder__platform_roles__district"
        )
        for role, district in self.platform_roles.values_list("role", "district").union(as_deputy):
            held.setdefault(role, set()).add(district)
        return Access(
            roles=frozenset(held),
            districts={role: frozenset(found) for role, found in held.items() if "" not in found},
            orgs=orgs,
            is_confirmed=self.is_confirmed,
            is_superuser=self.is_superuser,
        )

    def forget_access(self) -> None:
        """Clear the cached `access`. Services that change roles call it."""
        self.__dict__.pop("access", None)


class PlatformRole(models.Model):
    """One role that a person holds on the platform.

    `district` limits a county registrar to one district (a code of the taxonomy); empty is the whole city.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="platform_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    district = models.CharField(max_length=6, blank=True, default="", db_default="")
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="platform_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="platform_role_known"),
            models.CheckConstraint(
                condition=Q(district="") | Q(role__in=DISTRICT_ROLES),
                name="platform_role_district",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Queries on deputies of registrars."""

    def running(self) -> Self:
        """Those of this instant whose holder is active and still has the role."""
        now = clock.now()
        return self.filter(
            ended_at=None,
            starts_at__lte=now,
            ends_at__gt=now,
            holder__is_active=True,
            holder__platform_roles__role=F("role"),
        )


class Delegation(models.Model):
    """A deputy has the role of a registrar for a while, in the district of its holder.

    The period is half-open. `ended_at` is set when it was ended early.
    """

    code = CodeField(prefix="DL")
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations")
    deputy = models.ForeignKey(User, on_delete=models.CASCADE, related_name="deputy_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=REGISTRARS), name="delegation_role"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="delegation_period"
            ),
            models.CheckConstraint(
                condition=~Q(holder=F("deputy")), name="delegation_to_somebody_else"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deputy", "ends_at"], condition=Q(ended_at=None), name="delegation_running"
            ),
            models.Index(fields=["holder", "-ends_at"], name="delegation_of_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.role}"

    @property
    def last_day(self) -> date:
        """The last day on which the deputy has the role (Asia/Shanghai)."""
        return clock.day_of(self.ends_at - timedelta(microseconds=1))

    @property
    def is_open(self) -> bool:
        """Whether it runs or will run."""
        return self.ended_at is None and self.ends_at > clock.now()


class Scale(models.TextChoices):
    """Size class of an enterprise by the national statistical standard."""

    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class Organization(Stamped):
    """An enterprise, university, institute … `kind` and `district` are taxonomy codes."""

    code = CodeField(prefix="JG")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=16)
    #: 统一社会信用代码 (GB 32100-2015), upper case.
    uscc = models.CharField(max_length=18, unique=True, null=True, blank=True)
    district = models.CharField(max_length=6, blank=True)
    address = models.CharField(max_length=200, blank=True)
    summary = models.TextField(max_length=1000, blank=True)
    summary_en = models.TextField(max_length=2000, blank=True)
    website = models.URLField(max_length=200, blank=True)
    scale = models.CharField(max_length=8, choices=Scale.choices, blank=True)
    honors = models.JSONField(default=list, blank=True)
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=32, blank=True)
    contact_email = models.EmailField(blank=True)
    status = models.CharField(max_length=12, choices=OrgStatus.choices, default=OrgStatus.DRAFT)
    verified_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    #: Counts the changes of the profile and of who sees it: a form sent with an older number is
    #: refused, and the search index takes no older row.
    rev = models.PositiveIntegerField(default=1)
    members = models.ManyToManyField(User, through="Membership", related_name="organizations")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=OrgStatus.values), name="organization_status"
            ),
            models.CheckConstraint(condition=~Q(uscc=""), name="organization_uscc_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="organization_named"),
            models.CheckConstraint(condition=Q(kind__in=ORG_KINDS), name="organization_kind"),
            models.CheckConstraint(
                condition=Q(scale__in=["", *Scale.values]), name="organization_scale"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "name"], name="organization_directory"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reachable(self) -> bool:
        """Whether the profile says how to reach somebody: the default of the organisation's listings."""
        return bool(self.contact_phone or self.contact_email)

    @property
    def is_verified(self) -> bool:
        """Whether a registrar found the organisation to be what it says."""
        return self.status == OrgStatus.VERIFIED


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, present and past."""

    def current(self) -> "MembershipQuerySet":
        """Memberships that have not ended. Only these give permissions."""
        return self.filter(left_at=None)


class Membership(models.Model):
    """A person works for an organisation, in one role, from `joined_at` until `left_at` (half-open).

    A membership ends and is kept: whoever decides between organisations is asked where they worked
    before. A person who comes back gets a new row.
    """

    code = CodeField(prefix="CY")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=OrgRole.choices, default=OrgRole.MEMBER)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization"],
                condition=Q(left_at=None),
                name="membership_current_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")),
                name="membership_period",
            ),
            models.CheckConstraint(condition=Q(role__in=OrgRole.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organization_id}: {self.role}"


class Invitation(models.Model):
    """A person is asked to join an organisation. Only the hash of the link's token is stored."""

    Status = InvitationStatus

    code = CodeField(prefix="YQ")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="invitations"
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=12, choices=OrgRole.choices, default=OrgRole.MEMBER)
    token_hash = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(email="") & ~Q(phone="")) | (~Q(email="") & Q(phone="")),
                name="invitation_to_one",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "accepted", "revoked"]), name="invitation_status"
            ),
            models.CheckConstraint(condition=Q(role__in=OrgRole.values), name="invitation_role"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_period"
            ),
            models.UniqueConstraint(
                fields=["organization", "email", "phone"],
                condition=Q(status="open"),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_expired(self) -> bool:
        """Whether its period is over."""
        return self.expires_at <= clock.now()


class Verification(models.Model):
    """A dossier: who asks that an organisation be verified, with which documents, and the answer.

    The documents are attachments of `parties.verification`. A returned dossier is handed in again;
    what happened to it is in the journal. A claim asks for an organisation that others entered.
    """

    code = CodeField(prefix="RZ")
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="verifications"
    )
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="verifications")
    is_claim = models.BooleanField(default=False)
    status = models.CharField(
        max_length=12, choices=DossierStatus.choices, default=DossierStatus.DRAFT
    )
    note = models.CharField(max_length=500, blank=True)
    #: Codes of `rulebook.RETURN_REASONS`; `remark` is the registrar's own sentence.
    reasons = models.JSONField(default=list, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    #: Raised with every change of what a registrar sees of it; a decision on an older one is refused.
    rev = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DossierStatus.values), name="verification_status"
            ),
            models.UniqueConstraint(
                fields=["organization", "applicant"],
                condition=~Q(status="verified"),
                name="verification_open_once",
            ),
        ]
        indexes = [models.Index(fields=["status", "submitted_at"], name="verification_queue")]

    def __str__(self) -> str:
        return self.code


class ApiToken(models.Model):
    """An API token. Only its SHA-256 is stored; `prefix` lets its owner recognise it."""

    class Scope(models.TextChoices):
        READ = "read", _("只读")
        WRITE = "write", _("读写")

    code = CodeField(prefix="LP")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope"),
        ]

    def __str__(self) -> str:
        return self.prefix
