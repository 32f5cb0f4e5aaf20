"""What the engine keeps in the database: completions, their words, vectors, refused texts."""

from django.db import models


class Suggestion(models.Model):
    """A completion for the search box. Only rows that any visitor may see have one.

    `folded` is the text as it is compared; `pinyin` and `initials` are what it is typed as on a
    Latin keyboard (`yongcidianji`, `ycdj`).
    """

    spec = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    text = models.CharField(max_length=120)
    folded = models.CharField(max_length=120, db_index=True)
    pinyin = models.CharField(max_length=160, db_index=True)
    initials = models.CharField(max_length=60, db_index=True)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["spec", "object_id"], name="search_suggestion_source")]

    def __str__(self) -> str:
        return self.text


class VocabularyWord(models.Model):
    """A word of the suggestions, with how many of them use it: what a typing error may have meant.

    `sound` is its toneless pinyin with the pairs folded that many speakers do not tell apart.
    """

    spec = models.CharField(max_length=40)
    word = models.CharField(max_length=40)
    sound = models.CharField(max_length=120, db_index=True)
    last = models.CharField(max_length=1, db_index=True)
    size = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "spec"], name="search_word_once_per_index"),
        ]

    def __str__(self) -> str:
        return self.word


class Embedding(models.Model):
    """The vector of one row: little-endian float32, of unit length.

    `text_sha256` is the hash of the text that was embedded: the same text is never embedded twice.
    """

    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    rev = models.PositiveBigIntegerField()
    text_sha256 = models.CharField(max_length=64, db_index=True)
    vector = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_one_vector_per_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} rev {self.rev}"


class RefusedText(models.Model):
    """A row that gets no vector: its text has crashed the sentence model twice.

    `text_sha256` is the hash of that text; with another text the row is tried again.
    """

    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    rev = models.PositiveBigIntegerField()
    text_sha256 = models.CharField(max_length=64, db_index=True)
    refused_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], name="search_one_refusal_per_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} rev {self.rev}"
