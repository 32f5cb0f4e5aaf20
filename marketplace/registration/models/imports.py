"""Tables of the import of the official register."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from marketplace.deals.workflow import Book
from marketplace.kernel import clock
from marketplace.kernel.models import CodeField, Stamped
from marketplace.registration.workflow import ImportStatus


class RegisterImport(Stamped):
    """One file of the official register: checked, its plan shown and confirmed, the plan carried out.

    `file_sha256` and `plan_sha256` are of the uploaded file and of the stored plan, which decides: only the
    plan that was shown is carried out. `counts` are of rows. `problems` is a bounded list of {row, column,
    text}; all of them stand in the result file. `done` counts rows of the plan that have been carried out.
    `unit` is "yuan" or "wan", as the sheet says or the registrar chose. Paths name private files.
    """

    Status = ImportStatus

    code = CodeField(prefix="DR")
    rev = models.PositiveIntegerField(default=1)
    book = models.CharField(max_length=8, choices=Book.choices, default=Book.CITY)
    status = models.CharField(
        max_length=10, choices=ImportStatus.choices, default=ImportStatus.CHECKING
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("journal.Job", on_delete=models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=120)
    file_path = models.CharField(max_length=64)
    file_sha256 = models.CharField(max_length=64)
    unit = models.CharField(max_length=4, blank=True)
    #: Plain heading of the sheet → name of our column; "" for a heading that is left out on purpose.
    mapping = models.JSONField(default=dict)
    plan_path = models.CharField(max_length=64, blank=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    result_path = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    done = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="register_import_status"
            ),
            models.CheckConstraint(condition=Q(book__in=Book.values), name="register_import_book"),
            models.CheckConstraint(
                condition=Q(unit__in=["", "yuan", "wan"]), name="register_import_unit"
            ),
        ]
        indexes = [models.Index(fields=["actor", "-id"], name="register_import_own")]

    def __str__(self) -> str:
        return self.code


class RegisterMapping(models.Model):
    """The headings that an organisation's sheets use: remembered from its last confirmed import.

    `of` "" stands for the registrars of the city, who work for no organisation here.
    """

    #: Code of the organisation, "" for the city.
    of = models.CharField(max_length=16, unique=True, blank=True, default="")
    headings = models.JSONField(default=dict)
    unit = models.CharField(max_length=4, blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.of or "city"
