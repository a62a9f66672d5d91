from django.db.models import Field
from django.utils.functional import lazystr

from reports.models import Report
from reports.models.choices import Source
from toolkit.labels import Labelled


def test_the_label_of_a_value():
    assert Report(source=Source.WEB).get_source_display() == str(Source.WEB.label)
    assert Report(outcome="").get_outcome_display() == ""


def test_a_value_that_a_newer_version_wrote_stands_for_itself():
    assert Report(state="newer").get_state_display() == "newer"


def test_no_other_label_is_translated():
    class Other:
        def __str__(self) -> str:
            raise AssertionError("translated in vain")

    report = Report(source="one")
    field = Field(choices=[("one", lazystr("Satu")), ("two", lazystr(Other()))])
    field.attname = "source"
    assert Labelled._get_FIELD_display(report, field) == "Satu"
