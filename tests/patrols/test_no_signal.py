from django.urls import reverse


def test_says_what_opens_without_a_signal(sign_in, officer, duty):
    html = sign_in(officer).get(reverse("patrols:no_signal")).content.decode()
    assert "Tidak ada sinyal" in html
    for name, args in (("my_day", []), ("duty_begin", []), ("duty_detail", [duty.pk])):
        assert f'href="{reverse(f"patrols:{name}", args=args)}"' in html
    assert reverse("reports:report_new") in html


def test_a_volunteer_is_offered_what_a_volunteer_may_open(sign_in, volunteer, duty):
    html = sign_in(volunteer).get(reverse("patrols:no_signal")).content.decode()
    assert reverse("patrols:duty_detail", args=[duty.pk]) in html
    assert reverse("patrols:duty_begin") not in html
    assert reverse("reports:report_new") not in html


def test_the_shortcut_leads_to_the_running_duty(sign_in, officer, duty, running_duty):
    answer = sign_in(officer).get(reverse("patrols:entry_now"))
    form = reverse("patrols:entry_add", args=[running_duty.pk])
    assert answer.url == f"{form}?kind=observation"


def test_the_shortcut_leads_to_my_day_without_one(sign_in, officer, duty):
    assert sign_in(officer).get(reverse("patrols:entry_now")).url == reverse("patrols:my_day")
