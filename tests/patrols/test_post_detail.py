"""The page of a post: its hours, equipment, keys, faults and last handover."""

from django.urls import reverse

from tests import factories as make
from tests.patrols.test_handovers import given, post, radio, torches  # noqa: F401


def url(name, row):
    return reverse(f"patrols:{name}", args=[row.pk])


def page(client, post):  # noqa: F811
    answer = client.get(url("post_detail", post))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_what_the_post_has(sign_in, officer, commander, post, radio, torches, given):  # noqa: F811
    make.make_item(post, "Kunci gerbang", number="7", kind="key")
    make.make_hours(post)
    make.make_fault(post, officer)
    make.make_handover(given, officer, "Pak RW", [(radio, 0, "missing"), (torches, 4, "good")])
    html = page(sign_in(commander), post)
    assert "Setiap malam, 22.00–05.00 WIB" in html
    assert html.index('id="equipment"') < html.index("HT 1", html.index('id="equipment"'))
    assert html.index('id="keys"') < html.index("Kunci gerbang 7")
    for words in ("HT 1: hilang", "Lampu mati", "Pak RW", "× 4"):
        assert words in html
    for name in ("hours_add", "item_add", "fault_add", "post_book", "post_edit"):
        assert url(name, post) in html


def test_the_list_of_posts_leads_to_it(sign_in, officer, post):  # noqa: F811
    client = sign_in(officer)
    assert url("post_detail", post) in client.get(reverse("patrols:post_list")).content.decode()
    assert reverse("patrols:post_list") in page(client, post)


def test_empty_it_says_what_will_stand_there(sign_in, commander, officer, post):  # noqa: F811
    html = page(sign_in(commander), post)
    for words in ("Belum ada daftar", "Belum ada kunci", "Tidak ada yang rusak", "Belum ada jam"):
        assert words in html
    html = page(sign_in(officer), post)
    assert url("item_add", post) not in html
    assert url("fault_add", post) in html


def test_statements_do_not_grow(sign_in, commander, officer, post, django_assert_max_num_queries):  # noqa: F811
    client = sign_in(commander)
    page(client, post)
    for number in range(20):
        make.make_item(post, f"Rompi {number}")
        make.make_fault(post, officer, f"Rusak {number}")
    with django_assert_max_num_queries(9):
        page(client, post)
