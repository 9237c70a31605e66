"""What a refused input and a notice of duty say to the person, by code; one place, both languages."""

from django.utils.translation import gettext_lazy as _

from huiyin.parts.duty import shift_words

MESSAGES = {
    "id_card": _(
        "An identity-card number stays out of what is written on a shift. "
        "Write what the person needs, not who it is."
    ),
    "mobile": _(
        "A telephone number stays out of what is written on a shift. "
        "Name the post, the duty point or the company instead."
    ),
    "landline": _(
        "A telephone number stays out of what is written on a shift. "
        "Name the post, the duty point or the company instead."
    ),
    "name": _(
        "Is this somebody’s name? Names of people who complain stay out: "
        "write “an employee”, or the post."
    ),
    "missing": _("This must be filled in."),
    "too_long": _("This is too long."),
    "taken": _("This is taken already; choose another."),
    "code": _("A code has letters, digits and hyphens only."),
    "unknown": _("Please choose one of the entries offered."),
    "hours": _("Hours begin within a day and last from one minute to 24 hours."),
    "weekdays": _("Choose at least one day of the week."),
    "ends_first": _("The end comes after the beginning."),
    "overlap_opening": _("These hours overlap others of the same point."),
    "nobody_needed": _("A shift needs at least one person."),
    "number": _("This number is too small or too large."),
    "no_account": _("There is no open account of that name."),
    "overlapping_leave": _("Leave is entered already for part of this time; cancel that first."),
    "in_past": _("This time is over already."),
    "not_eligible": _("This person may not serve at this point in this capacity on that day."),
    "on_leave": _("This person is on leave then."),
    "fixed_and_forbidden": _("The same assignment is both fixed and forbidden; take one back."),
    "fixed_twice": _("This person already has a fixed assignment that overlaps this one."),
    "pattern_not_then": _("This shift does not come on that day."),
    "no_days": _("A roster has at least one day and at most 92."),
    "roster_overlaps": _("A roster of this unit covers part of these days already."),
    "no_points": _("The unit has no open duty point with shifts; set one up first."),
    "other_roster": _("This shift is not in this roster."),
    "already_assigned": _("This person is on this shift already."),
    "not_assigned": _("This person is not on this shift."),
    "not_now": _("At this stage of the roster this can't be done; the page shows where it stands."),
    "nobody_decides": _("Nobody can decide on this roster; name a head or clerk first."),
    "reason": _("Please say why."),
    "two_at_once": _(
        "Somebody would have two shifts at once, at another unit perhaps; the check names them. Take the roster back and mend it."
    ),
    "first_version": _("The first version can’t be dropped: the unit owes it."),
    "draft_open": _("A new version is begun already; go on with that one."),
    "overtaken": _("Meanwhile a newer version came into force. Take over its changes first."),
    "already_published": _("This roster was published already."),
    "solving": _("A solve of this roster is running; stop it or wait for its end."),
    "not_solving": _("No solve of this roster is running."),
    "no_solver": _(
        "The solver is not installed here, so rosters are filled by hand. Whoever runs the service installs it with: pip install 'huiyin[solver]'"
    ),
}

OWED = shift_words.OWED | {
    "duty.crowded": _("Open another room at the reception desk"),
    "duty.roster": _("Submit the roster"),
    "duty.approve": _("Decide on the roster"),
    "duty.publish": _("Publish the roster"),
    "duty.gap": _("Fill the gap in the roster"),
    "duty.stand": _("The shift’s leader signs in"),
}

NOTICES = shift_words.NOTICES | {
    "duty.crowded": _("The reception desk is over what its place safely holds"),
    "duty.submitted": _("A roster waits for your decision"),
    "duty.taken_back": _("A roster was taken back by its unit"),
    "duty.returned": _("Your roster was returned with reasons"),
    "duty.approved": _("Your roster was approved; publish it"),
    "duty.published": _("A new roster is out; look up your shifts"),
    "duty.changed": _("The roster has changed your shifts"),
    "duty.leave_hits": _("Leave was entered for a time with shifts; plan them anew"),
}
