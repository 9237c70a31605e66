"""What refusals, questions, marks, notices and what is owed are called, by code, in both languages."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "missing": _("This must be filled in."),
    "too_long": _("This is too long."),
    "number": _("Give a whole number, or leave it open."),
    "moment": _("Give a day and a time."),
    "unknown": _("Please choose one of the entries offered."),
    "number_wrong": _("This page is of another report; open it anew."),
    "follows_nothing": _("A follow-up or final report follows an earlier one; begin at that one."),
    "sent_today": _("Today’s daily report was sent already; correct that one."),
    "replied": _("The unit has replied already."),
    "ahead": _("Give a time that lies ahead, within a year."),
    "stood_down": _("The incident was stood down already; what is learnt late can be added to its log."),
    "not_stood_down": _("The incident goes on; it is reviewed once it is stood down."),
    "tasks_open": _("Some tasks are open. Each is done, or handed on, before the stand-down."),
    "done_already": _("This task is done already."),
    "reviewed": _("The incident was reviewed already."),
    "id_card": _("An identity-card number stays out of reports. Write what the person needs, not who it is."),
    "mobile": _("A telephone number stays out of reports. Name the post or the duty point instead; it is reached by its own page."),
    "landline": _("A telephone number stays out of reports. Name the post or the duty point instead; it is reached by its own page."),
    "past": _("This day is over already."),
    "future": _("This day has not come yet."),
    "too_old": _("This is too long ago to count for the window."),
    "order": _("The last day comes after the first."),
    "too_far": _("A window lasts 120 days at most."),
    "nothing_asked": _("Choose at least one thing that the units owe."),
    "not_shorter": _("A limit may only be shorter than it is now, and at least one day."),
    "looser": _("A window can only ask for more, never for less than before."),
    "later": _("A window can end earlier, never later."),
    "closed": _("This window is over."),
    "nothing_missed": _("Your post missed nothing in this window."),
    "name": _("Is this somebody’s name? Names of people who complain stay out: write “an employee”, or the post."),
}  # fmt: skip

QUESTIONS = {
    "empty": _("Not filled in. What is known so far?"),
    "no_number": _("How many? If it is not known yet, say what is known, and when the number will be."),
    "no_moment": _("When? A rough time helps more than none."),
    "no_place": _("Where exactly? Building, room, road or gate."),
    "no_time": _("At what time was it done?"),
    "no_whom": _("From whom is it needed? Name the unit or post."),
    "vague": _("“%(word)s” – what exactly? How many, who, by when?"),
    "short": _("This is very short. Would somebody who was not there understand it?"),
    "past": _("This time is over already. When does the next report come?"),
    "future": _("This lies ahead. Is the time right?"),
    "fewer": _("The last report said %(word)s. Why are there fewer now?"),
}  # fmt: skip

OWED = {
    "report.daily": _("Send the daily report"),
    "report.acknowledge": _("Acknowledge the report"),
    "report.act": _("Act on the report"),
    "report.next": _("Send the promised next report"),
    "window.roster": _("Have the roster of the window in force"),
    "window.line": _("Test the line before the window"),
    "window.exercise": _("Hold an exercise before the window"),
    "incident.task": _("Do the task of the incident"),
    "incident.review": _("Review the incident"),
    "incident.change": _("Carry out what the review changes"),
}

NOTICES = {
    "report.urgent": _("An urgent report arrived; acknowledge it now"),
    "report.early": _("An early warning arrived"),
    "report.daily": _("A daily report arrived"),
    "report.followup": _("A follow-up report arrived"),
    "report.final": _("A final report arrived"),
    "report.corrected": _("A report was corrected; see what changed"),
    "report.acted": _("A unit above has acted on your report"),
    "report.mark": _("Something does not fit in your unit’s reports; you can reply"),
    "report.mark_withdrawn": _("A mark on your unit’s page was withdrawn"),
    "window.made": _("A window was made in which your unit owes more; see what"),
    "window.changed": _("A window was tightened; see what your unit owes"),
    "window.review": _(
        "A window is over; see what your post kept and say why something was missed"
    ),
    "incident.opened": _("An incident was opened; you lead it"),
    "incident.led": _("An incident was handed to your post; you lead it now"),
    "incident.led_by_another": _("Another post leads an incident that yours led"),
    "incident.task": _("A task in an incident is yours"),
    "incident.task_done": _("A task that you set in an incident is done"),
    "incident.stood_down": _("An incident was stood down"),
    "incident.reviewed": _("An incident was reviewed"),
}
