"""What the pages of a shift call things, and what they say when something can't be done."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "shift_cancelled": _("This shift was cancelled."),
    "shift_over": _("This shift is over."),
    "shift_begun": _("This shift has begun. Say that you can’t come, and somebody steps in."),
    "told_absent": _(
        "Somebody stands this shift instead of you, since you said that you can’t come."
    ),
    "other_point": _("You are not on duty here, but at “%(point)s” from %(start)s."),
    "not_on_shift": _("You are not on this shift in the roster in force."),
    "too_early": _("You can sign in from %(at)s."),
    "not_signed_in": _("Sign in at the shift first."),
    "unknown_line": _("That line is not in this log."),
    "no_handover_yet": _("The handover opens when somebody signs in to this shift."),
    "signed_already": _("This was signed already. Write it in the log, or tell the next leader."),
    "not_leader": _("Whoever leads the shift signs for it."),
    "not_taking_leader": _("Whoever leads the next shift takes over, after signing in."),
    "too_early_to_give": _("A shift is handed over in its last hour."),
    "left_to_take": _("Not signed yet: %(count)s not taken over."),
    "list_closed": _("This list is not used any more."),
    "say_what": _("Say in a few words what is wrong."),
    "stepped_in_already": _("Somebody else has stepped in already. Thank you."),
    "rules_broken": _("This can’t be done, for it breaks rules: %(rules)s."),
    "not_your_shift": _("This is not a shift of yours in the roster in force."),
    "not_their_shift": _("Your colleague is not on the shift that you want in return."),
    "not_their_shift_now": _("The roster has changed: whoever offers the shift is not on it now."),
    "return_is_gone": _("The roster has changed: the shift in return is not the colleague’s now."),
    "return_of_whom": _("Choose the colleague whose shift you want in return."),
    "yourself": _("Choose somebody else."),
    "swap_open": _("You have offered this shift already."),
    "swap_taken": _("A colleague was first: this shift is taken."),
    "swap_asked": _("Nobody has taken this shift yet."),
    "swap_withdrawn": _("This offer was withdrawn."),
    "swap_refused": _("This swap was refused."),
    "swap_approved": _("This swap was approved already."),
    "swap_lapsed": _("The shift began before this swap was decided on."),
    "your_own_swap": _("This is your own offer."),
    "overlap": _("This person is on another shift at that time."),
    "off": _("This person is on leave then."),
}

RULES = {
    "overlap": _("on another shift at that time"),
    "rest": _("too little rest before or after"),
    "most_in_row": _("too many days in a row"),
    "most_week_minutes": _("too many hours in the week"),
    "not_eligible": _("may not serve there in this capacity"),
    "off": _("on leave"),
    "forbidden": _("entered as not to stand this shift"),
    "fixed": _("entered as fixed on another shift"),
    "leaders": _("the shift would lack its leader"),
    "deputies": _("the shift would lack its deputy"),
    "too_few": _("the shift would lack people"),
    "too_many": _("the shift would have too many people"),
    "skill": _("the shift would lack a skill that it needs"),
}

OWED = {
    "duty.handover": _("Both sign the handover"),
    "duty.check": _("Go through a checklist"),
    "duty.check_next": _("The next period of a checklist"),
    "duty.mend": _("Put right what failed a check"),
    "duty.expires": _("Replace what expires"),
    "duty.swap": _("Decide on a swap"),
    "duty.swap_lapses": _("A swap lapses when the shift begins"),
}

NOTICES = {
    "duty.absent": _("Somebody can’t come to a shift"),
    "duty.step_in_wanted": _("A shift needs somebody; can you step in?"),
    "duty.stepped_in": _("Somebody has stepped in on a shift"),
    "duty.check_failed": _("Something failed a check and is to be put right"),
    "duty.expires_soon": _("Supplies expire within 30 days"),
    "duty.swap_asked": _("A colleague asks you to take a shift"),
    "duty.swap_volunteers": _("A shift is offered to whoever takes it first"),
    "duty.swap_accepted": _("A colleague takes the shift that you offered; it waits for approval"),
    "duty.swap_to_decide": _("A swap waits for your decision"),
    "duty.swap_approved": _("A swap was approved; the roster has changed"),
    "duty.swap_refused": _("A swap was refused, with its reason"),
    "duty.swap_withdrawn": _("A swap was withdrawn"),
    "duty.swap_declined": _("Your colleague can’t take the shift"),
    "duty.swap_lapsed": _("A swap lapsed: the shift began"),
}

# Medical help by country; 112 works in the European Union, and from mobile telephones elsewhere.
EMERGENCY = {"CN": "120", "US": "911", "CA": "911", "GB": "999", "JP": "119", "KR": "119"}
EMERGENCY_ELSEWHERE = "112"
