"""The teams of a schedule that take turns."""

from datetime import timedelta

from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views.requests import SignedIn
from patrols.forms.teams import TurnForm, team_forms
from patrols.presenters.schedule_text import outcome_text
from patrols.selectors.planning import choices_for
from patrols.selectors.teams import teams_of_one
from patrols.services.schedules import ScheduleClash
from patrols.services.teams import TeamsChanged, save_teams, teams_stamp
from patrols.views.schedules import PREVIEW_NIGHTS, get_schedule_to_plan


@require_http_methods(["GET", "HEAD", "POST"])
def schedule_teams(request: SignedIn, pk: int) -> HttpResponse:
    schedule = get_schedule_to_plan(request, pk)
    teams = list(schedule.teams.prefetch_related("officers", "groups").order_by("place"))
    data = request.POST if request.method == "POST" else None
    choices = choices_for(schedule.unit, schedule, by=request.user)
    initial = {"turn_nights": schedule.turn_nights, "stamp": teams_stamp(schedule)}
    turn, forms = TurnForm(data, initial=initial), team_forms(data, teams, choices)
    clashing, has_changed = "", False
    wrong = [number for number, form in enumerate(forms, 1) if data is not None and form.errors]
    for number in wrong:
        turn.add_error(None, _("Please look at team %(n)d below.") % {"n": number})
    if data is not None and turn.is_valid():
        drafts = [draft for form in forms if (draft := form.draft())]
        try:
            outcome = save_teams(
                schedule=schedule, teams=drafts, by=request.user, **turn.cleaned_data
            )
        except TeamsChanged as error:
            has_changed = True
            fresh = data.copy()
            fresh["stamp"] = str(initial["stamp"])
            turn = TurnForm(fresh, initial=initial)
            turn.add_error(None, error)
        except ScheduleClash as clash:
            turn.add_error(None, clash)
            people = {line.key for line in clash.clashes}
            clashing = " ".join(sorted(f"o{o}" if o else f"m{m}" for o, m in people))
        except (IntegrityError, OperationalError):  # as in `save_form`
            turn.add_error(
                None, _("Somebody else saved a schedule at the same moment. Please save again.")
            )
        else:
            messages.success(request, f"{_('The teams are saved.')} {outcome_text(outcome)}")
            return redirect("patrols:schedule_teams", schedule.pk)
    in_turn = teams_of_one(schedule)
    first = max(schedule.tonight(), schedule.valid_from)
    nights = schedule.nights(first, first + timedelta(days=PREVIEW_NIGHTS - 1))
    context = {
        "schedule": schedule,
        "turn": turn,
        "forms": forms,
        "clashing": clashing,
        "nights": [(night, in_turn.on(night)) for night in nights] if in_turn.teams else [],
    }
    status = 409 if has_changed else 200
    return render(request, "patrols/schedule_teams.html", context, status=status)
