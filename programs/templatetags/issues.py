"""Filters for the pages of issues: the CSS class for each meaning."""

from django import template

from programs.models import IssueEvent, ResidentIssue
from programs.presenters.issue_steps import STATE_TAGS, STEP_LINES

register = template.Library()


@register.filter
def issue_tag(issue: ResidentIssue) -> str:
    """The CSS class of the tag of its state. Lateness stands beside it, in words."""
    return STATE_TAGS.get(issue.state, "")


@register.filter
def issue_line(event: IssueEvent) -> str:
    """The CSS class of an event's line in the timeline."""
    return STEP_LINES.get(event.step, "")
