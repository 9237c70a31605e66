"""What the table of tokens says, for the auditor: one slipped in would act for a post."""

from collections.abc import Iterator

from django.db.models import Count, Q

from huiyin.kernel.ledger.subjects import present
from huiyin.kernel.ledger.testimony import Derived, Entries, Part, Testimony
from huiyin.kernel.units.models import Post
from huiyin.web.api.models import ApiToken


def _tokens() -> Iterator[Testimony]:
    counted = ApiToken.objects.values("post").annotate(
        all=Count("pk"), revoked=Count("pk", filter=Q(revoked_at__isnull=False))
    )
    by_post = {one["post"]: one for one in counted}
    for pk, code in Post.objects.order_by("pk").values_list("pk", "code"):
        found = by_post.get(pk, {"all": 0, "revoked": 0})
        kept = {"tokens": found["all"], "tokens revoked": found["revoked"]}
        yield Testimony(f"post:{code}", kept=kept)


def _derive(entries: Entries) -> dict[str, Derived]:
    issued, revoked = Derived(0), Derived(0)
    for number, entry in entries:
        match entry["facts"].get("what"):
            case "token issued":
                issued = Derived(int(str(issued.value)) + 1, number)
            case "token revoked":
                revoked = Derived(int(str(revoked.value)) + 1, number)
    return {"tokens": issued, "tokens revoked": revoked}


TOKENS = Part(
    "post:",
    "",
    lambda kind: False,
    Post.objects.count,
    present("post:", Post.objects.all(), "code"),
    lambda now: _tokens(),
    _derive,
)
