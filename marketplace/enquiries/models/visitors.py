"""Visitors who ask without an account: their contact, the code that confirms it, the link to their enquiry."""

from django.db import models

from marketplace.kernel import clock
from marketplace.parties.models import Language


class VisitorContact(models.Model):
    """A visitor about one listing, kept from the moment the contact is confirmed.

    There is one row for each listing that the visitor asks about: what they tell one owner about themselves,
    no other owner learns.
    """

    kind = models.CharField(max_length=20)
    listing_id = models.PositiveBigIntegerField()
    #: A keyed hash of the address or number: the same contact is found again without being read.
    contact_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    organization = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    confirmed_at = models.DateTimeField(default=clock.now)
    #: The owner of the listing may have the address or number too: a consent of its own.
    shares_contact = models.BooleanField(default=False)
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.CHINESE)
    #: What the visitor agreed to, by its version, and when.
    consent_version = models.CharField(max_length=10)
    consented_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "listing_id", "contact_hash"], name="visitor_of_a_listing"
            ),
            models.CheckConstraint(
                condition=~models.Q(email="") | ~models.Q(phone=""), name="visitor_is_reached"
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=Language.values), name="visitor_language"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def contact(self) -> str:
        """The address or number that was confirmed."""
        return self.email or self.phone


class VisitorCode(models.Model):
    """A code that was sent to a contact: hashes only, so that nothing of the visitor is kept before it is confirmed."""

    contact_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["contact_hash", "-id"], name="visitor_code_of"),
            models.Index(fields=["expires_at"], name="visitor_code_ends"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class VisitorLink(models.Model):
    """The secret link by which a visitor comes back to one enquiry. Only its hash is kept."""

    enquiry = models.ForeignKey("Enquiry", on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    #: The message that the visitor was told of by this link: told once, whatever is repeated.
    told_of = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="visitor_link_ends")]

    def __str__(self) -> str:
        return str(self.pk)


class VisitorTold(models.Model):
    """A visitor was told of something that is no message: once, however often the task is repeated.

    `about` is "silent:" with the key of the question that waits, "taking:" with that of a broker's taking,
    or "met:" with that of the question whether the two have met.
    """

    enquiry = models.ForeignKey("Enquiry", on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "about"], name="visitor_told_once"),
        ]

    def __str__(self) -> str:
        return self.about
