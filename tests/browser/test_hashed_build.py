"""A server's static files, whose names have a hash: what a phone keeps of them opens a night."""

import re
import shutil

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from patrols.views import copies
from tests.browser.kept import cut, dump, files_needed, fill_again, kept_by, say_ready, until

pytestmark = pytest.mark.browser
HASHED = re.compile(r"/static/.+\.[0-9a-f]{12}\.\w+")
# Every module that the page asked for, with what it imports: whether it runs.
MODULES_RUN = """async () => {
  const addresses = [...document.scripts].map(({ src }) => src);
  for (const address of addresses) await import(address);
  return addresses;
}"""


@pytest.fixture
def source(settings, tmp_path):
    """The files as they are written, of which a test may change some."""
    copy = shutil.copytree(settings.STATICFILES_DIRS[0], tmp_path / "source")
    settings.STATICFILES_DIRS = [copy]
    return copy


@pytest.fixture
def collect(settings, tmp_path, source):
    """``collect()`` gives the server the files as they are now: hashed and compressed."""

    def collected():
        settings.STATIC_ROOT = tmp_path / "static"
        backend = {"BACKEND": "toolkit.static_files.HashedModulesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": backend}
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)

    return collected


@pytest.fixture
def live_server(collect):
    """WhiteNoise answers, not the handler of Django's tests, which knows no hashed names."""
    collect()
    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda application: application
    server.start()
    yield server
    server.stop()


def forget_http_cache(page):
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def test_a_night_opens_from_hashed_files(open_phone, live_server, officer, duty):
    phone = open_phone(officer)
    kept = kept_by(phone)
    needed = files_needed(kept)
    assert set(kept["files"]) == needed
    assert [address for address in needed if not HASHED.fullmatch(address)] == []
    imported = needed - {
        name
        for page in kept["night"].values()
        for name in re.findall(r'src="([^"]+)"', page["text"])
    }
    assert [name for name in imported if "/offline/states." in name]
    forget_http_cache(phone)
    cut(phone)
    names = ("duty_detail", "duty_rollcall", "entry_add", "duty_end")
    paths = [reverse(f"patrols:{name}", args=[duty.pk]) for name in names]
    for path in ("/patrols/", *paths, reverse("patrols:duty_begin"), reverse("reports:report_new")):
        phone.goto(live_server.url + path)
        assert "Salinan " in phone.inner_text("main"), path
        ran = phone.evaluate(MODULES_RUN)
        assert len(ran) >= 3, path
        assert [address for address in ran if not HASHED.search(address)] == []
        assert phone.locator("html.has-js").count() == 1, path
        assert phone.evaluate("document.styleSheets[0].cssRules.length") > 0, path
    phone.goto(live_server.url + paths[0])
    with phone.expect_navigation():
        phone.click(f'form[action="{reverse("patrols:duty_start", args=[duty.pk])}"] button')
    expect(phone.locator("[data-duty] li")).to_have_count(1)
    assert [text for text in phone.console_errors if "ERR_INTERNET" not in text] == []


def name_of(module, kept):
    """With its hash."""
    (found,) = [
        name for name in kept["files"] if re.search(rf"/{module}\.[0-9a-f]{{12}}\.js$", name)
    ]
    return found


def test_a_new_build_brings_its_modules(
    open_phone, live_server, officer, duty, source, collect, monkeypatch
):
    phone = open_phone(officer)
    before = kept_by(phone)
    with (source / "js" / "parts" / "kept.js").open("a") as module:
        module.write("export const build = 2;\n")
    collect()
    monkeypatch.setattr(copies, "build", lambda: "next")
    fill_again(phone)
    say_ready(phone)
    until(lambda: name_of("parts/kept", before) not in dump(phone)["files"])
    after = kept_by(phone)
    # What imports the module has another name, too; the rest is as it was.
    for module in ("parts/kept", "js/site", "behaviours/keep"):
        assert name_of(module, after) != name_of(module, before), module
    assert name_of("behaviours/duty", after) == name_of("behaviours/duty", before)
    assert set(after["files"]) == files_needed(after)
    forget_http_cache(phone)
    cut(phone)
    phone.goto(live_server.url + reverse("patrols:duty_detail", args=[duty.pk]))
    assert phone.evaluate(MODULES_RUN)
    assert phone.locator("html.has-js").count() == 1
