from django.urls import reverse

from accounts.roles import Role
from tests import factories as make

MORE = reverse("accounts:more")


def test_shows_the_own_account(sign_in, officer, units):
    village = make.make_area("31.73.04.1004", "Jembatan Lima")
    officer.postings.get().villages.add(village)
    page = sign_in(officer).get(MORE).content.decode()
    assert "Bhabin A" in page
    assert "80010001" in page
    assert "Jembatan Lima" in page
    assert "Polsek A" in page
    assert reverse("admin:index") not in page


def test_admins_find_the_administration(sign_in, admin_user):
    assert reverse("admin:index") in sign_in(admin_user).get(MORE).content.decode()


def test_postings_that_are_over_are_not_shown(sign_in, officer, units):
    from datetime import date

    make.make_posting(
        officer,
        units.polsek_other,
        Role.OFFICER,
        starts_on=date(2020, 1, 1),
        ends_on=date(2020, 12, 31),
    )
    assert "Polsek B" not in sign_in(officer).get(MORE).content.decode()


def test_few_statements(sign_in, officer, django_assert_max_num_queries):
    client = sign_in(officer)
    with django_assert_max_num_queries(8):
        client.get(MORE)


def test_volunteers_and_nobody_see_theirs(sign_in, volunteer, nobody):
    for user in (volunteer, nobody):
        assert user.name in sign_in(user).get(MORE).content.decode()
