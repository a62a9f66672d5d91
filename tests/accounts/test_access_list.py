import pytest
from django.urls import reverse

from accounts.models import AccessKind, Posting, User
from accounts.roles import Role
from accounts.services.access import make_link, record, use_link
from tests import factories as make

URL = reverse("accounts:access_list")


@pytest.fixture
def let_in(officer, admin_user):
    use_link(by=officer, token=make_link(person=officer, by=admin_user), password="Tugas-malam-77")
    officer.refresh_from_db()
    return officer


@pytest.fixture
def asked(commander, admin_user):
    Posting.objects.filter(user=commander).update(sealed_asked_by=admin_user)
    record(AccessKind.ASKED, person=commander, by=admin_user)
    return commander.postings.get()


def test_the_head_sees_links_and_permissions(sign_in, commander, chief, let_in, asked, admin_user):
    for head in (commander, chief, admin_user):
        html = sign_in(head).get(URL).content.decode()
        assert "tautan kata sandi" in html.lower()
        assert "izin laporan tertutup" in html.lower()
        assert html.count(admin_user.name) >= 3
        assert 'name="answer"' not in html


@pytest.mark.parametrize("who", ["officer", "operator", "neighbour", "volunteer", "nobody"])
def test_others_do_not(request, sign_in, let_in, who):
    assert sign_in(request.getfixturevalue(who)).get(URL).status_code == 403


def test_a_head_elsewhere_sees_nothing_of_it(sign_in, units, let_in, asked):
    other = make.make_user("Kapolsek B", units.polsek_other, Role.COMMANDER, opens_sealed=True)
    html = sign_in(other).get(URL).content.decode()
    assert let_in.name not in html
    for name, row in (("person_confirm", let_in), ("posting_decide", asked)):
        assert sign_in(other).post(reverse(f"accounts:{name}", args=[row.pk])).status_code == 404


def test_who_opens_sealed_reports_confirms(sign_in, keeper, let_in, asked):
    client = sign_in(keeper)
    html = client.get(URL).content.decode()
    assert 'name="answer"' in html
    confirm = reverse("accounts:person_confirm", args=[let_in.pk])
    assert confirm in html
    assert client.get(confirm).url == URL
    assert client.post(confirm).url == URL
    assert User.objects.get(pk=let_in.pk).let_in_by is None
    client.post(reverse("accounts:posting_decide", args=[asked.pk]), {"answer": "yes"})
    asked.refresh_from_db()
    assert asked.opens_sealed
    again = client.post(confirm)
    assert again.status_code == 302


def test_the_own_page_says_that_something_waits(sign_in, keeper, commander, let_in, asked):
    more = reverse("accounts:more")
    assert "2 perlu dikonfirmasi" in sign_in(keeper).get(more).content.decode()
    html = sign_in(commander).get(more).content.decode()
    assert URL in html
    assert "perlu dikonfirmasi" not in html


def test_a_confirmation_holds_for_what_was_looked_at(
    sign_in, keeper, admin_user, commander, let_in, asked
):
    """The administrator sets another password, or asks for more, before the tap."""
    person, posting = let_in.access_stamp, asked.access_stamp
    token = make_link(person=let_in, by=admin_user)
    use_link(by=let_in, token=token, password="Tugas-malam-88")
    Posting.objects.filter(pk=asked.pk).update(ends_on="2100-01-01")
    client = sign_in(keeper)
    client.post(reverse("accounts:person_confirm", args=[let_in.pk]), {"seen": person})
    sent = {"answer": "yes", "seen": posting}
    client.post(reverse("accounts:posting_decide", args=[asked.pk]), sent)
    let_in.refresh_from_db()
    asked.refresh_from_db()
    assert let_in.let_in_by == admin_user
    assert not asked.opens_sealed
    html = client.get(URL).content.decode()
    for row in (let_in, asked):
        assert f'name="seen" value="{row.access_stamp}"' in html
    client.post(reverse("accounts:person_confirm", args=[let_in.pk]), {"seen": let_in.access_stamp})
    let_in.refresh_from_db()
    assert let_in.let_in_by is None


def test_a_refusal_is_kept_too(sign_in, keeper, asked):
    client = sign_in(keeper)
    client.post(reverse("accounts:posting_decide", args=[asked.pk]), {"answer": "no"})
    asked.refresh_from_db()
    assert (asked.opens_sealed, asked.sealed_asked_by) == (False, None)
    assert keeper.name in client.get(URL).content.decode()


def test_volunteers_wait_for_nobody(sign_in, keeper, admin_user, units):
    helper = make.make_user("Relawan Baru", units.polsek)
    use_link(by=helper, token=make_link(person=helper, by=admin_user), password="Tugas-malam-77")
    assert 'action="' + reverse("accounts:person_confirm", args=[helper.pk]) not in (
        sign_in(keeper).get(URL).content.decode()
    )


@pytest.mark.parametrize(("who", "most"), [("keeper", 14), ("commander", 18)])
def test_few_statements_however_many_wait(
    request,
    sign_in,
    units,
    keeper,
    let_in,
    asked,
    admin_user,
    django_assert_max_num_queries,
    who,
    most,
):
    for _ in range(12):
        make.make_user("", units.polsek, Role.OFFICER, let_in_by=admin_user)
    client = sign_in(request.getfixturevalue(who))
    with django_assert_max_num_queries(most):
        html = client.get(URL).content.decode()
    assert html.count(f"diberi akses oleh {admin_user.titled_name}") == 13
