"""What a refused input and a notice say to the person, by code; one place, both languages."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "missing": _("This must be filled in."),
    "too_short": _("Please write a little more."),
    "too_long": _("This is too long; please shorten it or send the rest as an attachment."),
    "in_future": _("This time has not come yet."),
    "too_early": _("This is before 1949; please check the year."),
    "in_past": _("This day is already over."),
    "unknown": _("Please choose one of the entries offered."),
    "anonymous_with_name": _(
        "An anonymous letter carries no name. Choose “named”, or empty the fields."
    ),
    "only_joint": _("Only a joint letter has representatives."),
    "too_many": _("A joint letter has at most five representatives."),
    "not_outside": _("This post stands in the tree that it is to be independent of."),
    "nobody_independent": _(
        "Nobody independent of those complained of is named here. Please turn to one of the outside bodies listed below."
    ),
    "no_post": _("This unit has no post that could answer."),
    "complained_of": _("The letter complains of this post or unit; it can't handle it."),
    "elsewhere": _("This post is in another unit."),
    "already_there": _("It is already there."),
    "objection_too_late": _("The time to object to the forwarding is over; the unit answers."),
    "no_arbiter": _("No common superior post can decide; name one first."),
    "unknown_ground": _("Only a listed ground can be given for not accepting a letter."),
    "hearing_open": _("A hearing is set whose record is missing."),
    "no_hearing": _("No hearing is set."),
    "extension_asked": _("An extension was already asked for and is being decided."),
    "extension_used": _("The one extension was already granted."),
    "extension_length": _("An extension can't be that long."),
    "nothing_asked": _("Nothing is waiting for a decision."),
    "too_late": _("The time for this is over."),
    "already_done": _("This was already reported."),
    "not_excusable": _("What the law owes to the writer can't be excused."),
    "none_left": _("Review and final review were both given; outside bodies remain open to you."),
    "touched_before": _("You handled this letter before and can't review it."),
    "rated_before": _("You have rated this answer already."),
    "not_due_yet": _("The day promised for this has not come yet."),
    "anonymous": _("The letter is anonymous; there is no identity to open."),
    "too_far": _("This day is too far away."),
    "weak_phrase": _("Choose a longer phrase, not a number that others know."),
    "taken": _("This is taken already; choose another."),
}

NOTICES = {
    "case.filed": _("A new letter has come in"),
    "case.forwarded": _("A letter was forwarded to you"),
    "case.objected": _("A unit objects to a forwarding; you decide"),
    "case.settled": _("It was decided that your unit answers"),
    "case.transferred": _("You are now the owner of a letter"),
    "case.joined": _("Your unit is to help with a letter"),
    "case.message_in": _("The writer has written"),
    "case.file_added": _("The writer has added an attachment"),
    "case.extension_asked": _("An extension is asked for; you decide"),
    "case.extension_decided": _("The extension was decided"),
    "case.review_asked": _("A review is asked of you"),
    "case.returned": _("The review returned a letter to you"),
    "case.reopened": _("A letter was reopened"),
    "case.remedy_disputed": _("The writer says that a remedy was not done"),
    "case.withdrawn": _("The writer has withdrawn a letter"),
    "mail.parked": _("An e-mail could not be read; it is kept in the mailbox, flagged"),
    "clock.warn": _("A deadline is near"),
    "clock.escalate": _("A deadline was missed"),
}
