import re

from django.template import engines

from toolkit.ui.behaviours import PLACE, SCRIPTS

PAGE = (
    "{% load behaviours %}{% with_behaviours %}<head>"
    + PLACE
    + "</head><body>{{ text }}"
    + "<form data-once><a\n data-text-link='#id_text'></a><b data-once data-oncemore></b></form>"
    + "</body>{% endwith_behaviours %}"
)


def scripts_of(page):
    return re.findall(
        r'<script type="module" src="/static/js/behaviours/(\w+)\.js"></script>', page
    )


def test_a_page_names_the_scripts_of_its_attributes_once_each():
    page = engines["django"].from_string(PAGE).render({})
    assert scripts_of(page) == ["once", "text_link"]
    assert page.index("text_link.js") < page.index("</head>")
    assert PLACE not in page


def test_text_stays_text():
    page = engines["django"].from_string(PAGE).render({"text": "<i data-gps> " + PLACE})
    assert "&lt;i data-gps&gt;" in page
    assert "&lt;!-- behaviours --&gt;" in page


def test_every_behaviour_is_named_after_its_attribute():
    assert SCRIPTS["device-clock"] == "device_clock.js"
