"""Under which name, and with which key, a row of another table stands in the record."""

from django.db import models

from huiyin.kernel.vault.fields import SealedBytesField


class HeldRow(models.Model):
    """One row of a held table. It stays when the row is gone, so that its end can be told from a loss.

    `name` is random: an entry's subject leads to no table and no row. `salt_key` is sealed, so that
    whoever has the database alone can make no entry that binds other values.
    """

    table = models.CharField(max_length=40)
    key = models.BigIntegerField()
    name = models.CharField(max_length=32, unique=True)
    salt_key = SealedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="each_row_held_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
