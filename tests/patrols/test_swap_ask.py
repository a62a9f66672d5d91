from django.urls import reverse

from patrols.models import Swap
from tests.patrols.test_absence_list import page_of
from tests.patrols.test_people_who_left import clock, planned  # noqa: F401
from tests.patrols.test_swaps import NIGHT, colleague, duty  # noqa: F401


def test_the_duty_leads_to_it_and_it_asks(client, units, duty, officer, colleague):  # noqa: F811
    planned(units.polsek, colleague, name="Pos Selatan", start="03:00", end="04:00")
    path = reverse("patrols:swap_ask", args=[duty.pk])
    assert path in page_of(client, officer, "duty_detail", duty.pk)
    assert colleague.name in client.get(path).content.decode()
    chosen = f"{path}?other={colleague.pk}"
    shown = client.get(chosen).content.decode()
    assert "Pos Selatan" in shown
    back = client.get(chosen).context["form"].duties
    sent = {"in_return": next(iter(back)), "reason": "Anak sakit"}
    assert client.post(chosen, sent).url == reverse("patrols:swap_list")
    swap = Swap.objects.get()
    assert (swap.other, swap.duty.night, swap.reason) == (colleague, NIGHT, "Anak sakit")
    assert swap.in_return.name == "Pos Selatan"


def test_what_was_typed_stays(client, duty, officer, colleague):  # noqa: F811
    client.force_login(officer)
    chosen = reverse("patrols:swap_ask", args=[duty.pk]) + f"?other={colleague.pk}"
    answer = client.post(chosen, {"in_return": "999", "reason": "Anak sakit"})
    assert answer.context["form"].errors["in_return"]
    assert "Anak sakit" in answer.content.decode()


def test_a_form_left_open_until_the_duty_began_says_so(
    client,
    duty,  # noqa: F811
    officer,
    colleague,  # noqa: F811
    clock,  # noqa: F811
):
    client.force_login(officer)
    chosen = reverse("patrols:swap_ask", args=[duty.pk]) + f"?other={colleague.pk}"
    clock.move_to(duty.starts_at, tick=False)
    answer = client.post(chosen, {"reason": "Anak sakit"}, follow=True)
    assert answer.redirect_chain == [(reverse("patrols:duty_detail", args=[duty.pk]), 302)]
    assert "Tidak bisa tukar dinas lagi" in answer.content.decode()


def test_an_odd_person_is_asked_for_again(client, duty, officer):  # noqa: F811
    client.force_login(officer)
    path = reverse("patrols:swap_ask", args=[duty.pk])
    for other in ("x", "999999", str(officer.pk)):
        assert client.get(path, {"other": other}).context["form"].errors


def test_where_nobody_can_stand_in_it_says_so(client, duty, officer, monkeypatch):  # noqa: F811
    monkeypatch.setattr("patrols.views.swaps.may_stand_in", lambda duty, group: [])
    client.force_login(officer)
    html = client.get(reverse("patrols:swap_ask", args=[duty.pk])).content.decode()
    assert "Belum ada rekan yang bisa menggantikan. Hubungi ketua tim." in html
    assert 'name="other"' not in html
