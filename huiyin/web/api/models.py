"""Tokens with which a program acts for a post."""

from django.conf import settings
from django.db import models

from huiyin.kernel.units.models import Post
from huiyin.kernel.vault.fields import SealedTextField


class ApiToken(models.Model):
    """A token bound to one post and to the user who holds it; of the token only a hash is kept.

    It is worth nothing once the user no longer holds the post.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    name = SealedTextField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.name)
