"""A night's handover with a missing radio: on the form, and for the next regu."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from patrols.models import PostHandover
from tests import factories as make
from tests.patrols.test_handovers import following, given, post, radio, torches  # noqa: F401

COPY = {"X-Copy": "1"}


def url(duty):
    return reverse("patrols:duty_handover", args=[duty.pk])


def duty_page(client, duty):
    answer = client.get(reverse("patrols:duty_detail", args=[duty.pk]))
    assert answer.status_code == 200
    return answer


def filled(page, **changes):
    """What a browser sends of the form as it is shown, with these changes."""
    form = page.context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() is not None}
    return {**sent, "taker_name": "Pak RT", **changes}


def test_the_duty_leads_to_it(sign_in, units, officer, given):  # noqa: F811
    client = sign_in(officer)
    html = duty_page(client, given).content.decode()
    assert html.count(url(given)) == 2  # the tile and the button
    assert f"/duties/{given.pk}/entries/add/?kind=handover" not in html
    patrol = make.make_duty(units.polsek, state="running", started_at=timezone.now())
    assert "/handover/" not in duty_page(client, patrol).content.decode()


def test_all_there_takes_one_tap(sign_in, officer, given, radio, torches):  # noqa: F811
    client = sign_in(officer)
    page = client.get(url(given))
    html = page.content.decode()
    assert re.search(r'value="good"[^>]*checked', html)
    assert "4 dari 4" in html
    answer = client.post(url(given), filled(page))
    assert answer.url == reverse("patrols:duty_detail", args=[given.pk])
    handover = PostHandover.objects.get()
    assert [line.is_troubled for line in handover.lines.all()] == [False, False]
    assert "Semua 2 barang ada dan baik." in handover.entry.text


def test_a_missing_radio_is_seen_by_the_next_regu_until_it_is_found(
    sign_in,
    officer,
    commander,
    volunteer,
    given,  # noqa: F811
    following,  # noqa: F811
    radio,  # noqa: F811
):
    make.make_attendance(following, officer=commander)
    row = make.make_attendance(following, member=volunteer.membership)
    client = sign_in(officer)
    page = client.get(url(given))
    assert "kepada Regu B" in page.content.decode()
    name = f"item_{radio.pk}_condition"
    sent = filled(page, **{name: "missing", "taker": str(row.pk), "taker_name": ""})
    client.post(url(given), {**sent, f"item_{radio.pk}_remark": "Terakhir dibawa patroli"})
    handover = PostHandover.objects.get()
    assert (handover.taker_name, handover.to_duty) == ("Relawan A", following)
    # The next regu, on top of its page and of its own handover.
    client = sign_in(volunteer)
    html = duty_page(client, following).content.decode()
    assert html.index('id="lacks"') < html.index('id="taken"') < html.index('class="columns"')
    assert "HT 1" in html
    assert "Hilang" in html
    assert "Terakhir dibawa patroli" in html
    assert reverse("patrols:handover_confirm", args=[handover.pk]) in html
    type(following).objects.filter(pk=following.pk).update(
        state="running", started_at=timezone.now()
    )
    html = sign_in(commander).get(url(following)).content.decode()
    assert html.index('id="lacks"') < html.index('id="items"')
    assert re.search(r'value="missing"[^>]*checked', html)
    # Found.
    check = reverse("patrols:item_check", args=[radio.pk])
    back = reverse("patrols:duty_detail", args=[following.pk])
    client = sign_in(volunteer)
    assert f"{check}?from=" in duty_page(client, following).content.decode()
    assert client.post(f"{check}?from={back}", {"condition": "good"}).url == back
    assert 'id="lacks"' not in duty_page(client, following).content.decode()


def test_of_several_the_number_says_how_many_are_there(sign_in, officer, given, torches):  # noqa: F811
    client = sign_in(officer)
    page = client.get(url(given))
    assert f'name="item_{torches.pk}_present"' in page.content.decode()
    client.post(url(given), filled(page, **{f"item_{torches.pk}_present": "3"}))
    torches.refresh_from_db()
    assert (torches.present, torches.condition, torches.is_troubled) == (3, "good", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"taker": "other", "taker_name": " "}, "taker_name"),
        ({"taker": "999999", "taker_name": ""}, "taker_name"),
        ({"taker": ""}, "taker"),
        ({"taker": "other", "text": "x" * 1001}, "text"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    sign_in,
    officer,
    commander,
    given,  # noqa: F811
    following,  # noqa: F811
    radio,  # noqa: F811
    changes,
    field,
):
    make.make_attendance(following, officer=commander)
    client = sign_in(officer)
    page = client.get(url(given))
    broken = {f"item_{radio.pk}_condition": "broken", "text": "Gerbang terbuka"}
    answer = client.post(url(given), {**filled(page), **broken, **changes})
    assert list(answer.context["form"].errors) == [field]
    html = answer.content.decode()
    assert re.search(r'value="broken"[^>]*checked', html)
    assert changes.get("text", "Gerbang terbuka") in html
    assert not PostHandover.objects.exists()


def test_without_a_next_duty_the_name_is_typed(sign_in, officer, given):  # noqa: F811
    client = sign_in(officer)
    page = client.get(url(given))
    assert "belum ada regu berikutnya" in page.content.decode()
    assert "required" in str(page.context["form"]["taker_name"])
    answer = client.post(url(given), filled(page, taker_name=""))
    assert answer.context["form"].errors["taker_name"]
    client.post(url(given), filled(page))
    assert PostHandover.objects.get().to_duty is None


def test_the_next_duty_is_the_one_after_this_at_the_same_post(
    sign_in,
    officer,
    units,
    given,  # noqa: F811
    following,  # noqa: F811
    post,  # noqa: F811
):
    soon = timezone.now() + timedelta(hours=1)
    make.make_duty(units.polsek, "Pos lain", soon, post=make.make_post(units.polsek))
    make.make_duty(units.polsek, "Batal", soon, post=post, state="cancelled")
    make.make_duty(units.polsek, "Lusa", soon + timedelta(days=3), post=post)
    make.make_duty(units.polsek, "Sebelumnya", soon - timedelta(hours=9), post=post)
    page = sign_in(officer).get(url(given))
    assert page.context["following"] == following


def test_a_second_one_shows_the_stored_and_keeps_the_words(
    sign_in,
    officer,
    operator,
    given,  # noqa: F811
    radio,  # noqa: F811
):
    client = sign_in(operator)
    page = client.get(url(given))
    make.make_handover(given, officer, "Pak RW", [(radio, 0, "missing")])
    answer = client.post(url(given), filled(page, text="Kata operator"))
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Pak RW", officer.titled_name, "HT 1: hilang", "Kata operator"):
        assert words in html
    assert PostHandover.objects.count() == 1


def test_a_second_one_from_the_outbox_shows_it_in_the_form(
    sign_in,
    officer,
    given,  # noqa: F811
):
    client = sign_in(officer)
    page = client.get(url(given))
    handover = make.make_handover(given, officer, "Pak RW")
    answer = client.post(url(given), filled(page), headers={"X-Outbox": str(officer.pk)})
    said = answer.json()
    assert answer.status_code == 409
    assert officer.titled_name in said["stored"][0]
    form = said["page"].split("<form")[-1]
    assert "Pak RW" in form
    assert reverse("patrols:handover_detail", args=[handover.pk]) in form


def test_once_handed_over_the_address_leads_to_it(sign_in, officer, given):  # noqa: F811
    handover = make.make_handover(given, officer)
    client = sign_in(officer)
    assert client.get(url(given)).url == reverse("patrols:handover_detail", args=[handover.pk])
    html = duty_page(client, given).content.decode()
    assert "Yang diserahkan" in html
    assert "Serah terima pos" not in html


def test_before_the_start_it_says_so(sign_in, units, commander, following):  # noqa: F811
    answer = sign_in(commander).get(url(following), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("patrols:duty_detail", args=[following.pk])
    assert "Mulai tugas dulu" in answer.content.decode()


def test_at_no_post_there_is_no_handover(sign_in, officer, running_duty):
    assert sign_in(officer).get(url(running_duty)).status_code == 403


def test_things_that_came_since_the_page_are_not_spoken_of(
    sign_in,
    officer,
    given,  # noqa: F811
    radio,  # noqa: F811
    post,  # noqa: F811
):
    client = sign_in(officer)
    page = client.get(url(given))
    make.make_item(post, "Rompi")
    radio.retired_on = timezone.localdate()
    radio.save()
    client.post(url(given), filled(page))
    assert [line.item for line in PostHandover.objects.get().lines.all()] == [radio]


def test_the_copy_on_the_phone_has_the_form_without_remarks(
    sign_in,
    officer,
    given,  # noqa: F811
    radio,  # noqa: F811
):
    type(radio).objects.update(present=0, condition="missing", remark="Dipinjam Pak Dul")
    client = sign_in(officer)
    listed = client.get(reverse("patrols:copy_list")).json()["pages"]
    assert url(given) in listed
    copy = client.get(url(given), headers=COPY)
    assert copy.status_code == 200
    html = copy.content.decode()
    assert f'data-outbox="{reverse("patrols:duty_detail", args=[given.pk])}"' in html
    assert f'name="item_{radio.pk}_condition"' in html
    assert "Ditemukan" not in html
    assert "Pak Dul" not in html
    assert "Pak Dul" in client.get(url(given)).content.decode()


def test_the_copy_changes_with_the_post_and_with_the_next_roll(
    sign_in,
    officer,
    commander,
    given,  # noqa: F811
    following,  # noqa: F811
    radio,  # noqa: F811
):
    client, page = sign_in(officer), url(given)

    def stamp():
        return client.get(reverse("patrols:copy_list")).json()["pages"][page]

    stamps = [stamp(), stamp()]
    make.make_attendance(following, officer=commander)
    stamps.append(stamp())
    type(radio).objects.update(present=0, condition="missing")
    stamps.append(stamp())
    assert stamps[0] == stamps[1]
    assert len(set(stamps)) == 3


def test_statements_do_not_grow(sign_in, officer, given, post, django_assert_max_num_queries):  # noqa: F811
    client = sign_in(officer)
    for number in range(3):
        make.make_item(post, f"Rompi {number}")
    client.get(url(given))
    with django_assert_max_num_queries(9) as few:
        client.get(url(given))
    for number in range(3, 30):
        make.make_item(post, f"Rompi {number}")
    with django_assert_max_num_queries(len(few)):
        client.get(url(given))
    with django_assert_max_num_queries(17):
        duty_page(client, given)
