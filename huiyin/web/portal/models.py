"""What the faces count, for the time of its window."""

from django.db import models


class Counter(models.Model):
    """How often something was tried since its window began; `until` is when it ends (Unix time).

    The key is a keyed hash: it tells nobody which network, letter or account it counts.
    """

    key = models.CharField(max_length=43, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.key
