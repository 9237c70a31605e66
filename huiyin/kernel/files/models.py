"""Attachments: what is known of them in the clear is a type and a size."""

import secrets

from django.db import models


def new_token() -> str:
    """128 random bits, safe in an address."""
    return secrets.token_urlsafe(16)


class StoredFile(models.Model):
    """One attachment of one subject ("case:<ref>", "draft:<token>").

    `clean_digest` names the blob that may be shown, sealed under the subject's key;
    `original_digest` names what was sent, sealed twice, if cleaning changed it: to version
    `identity_version` of the identity key, and that under the subject's key, to die with it.
    Digests are None once the file was removed.
    """

    subject = models.CharField(max_length=64, db_index=True)
    token = models.CharField(max_length=22, unique=True, default=new_token)
    name_sealed = models.BinaryField()
    mime = models.CharField(max_length=100)
    extension = models.CharField(max_length=8)
    size = models.PositiveIntegerField(help_text="bytes of the copy that is shown")
    residue = models.BooleanField(default=False)
    remarks = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="what the copy lacks: verdict.Remark, by comma",
    )
    clean_digest = models.CharField(max_length=64, null=True, db_index=True)
    original_digest = models.CharField(max_length=64, null=True, db_index=True)
    identity_version = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="files_removed_holds_no_blob",
                condition=models.Q(removed_at__isnull=True, clean_digest__isnull=False)
                | models.Q(
                    removed_at__isnull=False,
                    clean_digest__isnull=True,
                    original_digest__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(subject__startswith="draft:"),
                name="files_drafts_by_age",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.token}.{self.extension}"
