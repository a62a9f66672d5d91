"""What the outbox is told: stored, stored before, refused and why, or asked something.

| status | means | the phone |
|---|---|---|
| 201, 200 | stored; stored before | forgets the item |
| 409 | another body is stored under the UUID: `stored` says it in words | shows both |
| 422 | `errors` with the `page` showing them, or `said`, or `ask` | keeps it, shows why |
| 401 | signed out, another person signed in, or the form's token is old | waits for the person |
| 400, 403, 404, 405, 413 | refused | keeps it, shows why |
| 429, 5xx, no answer | not now | sends it again later |

Nothing of an answer is queued for the next page, as messages of Django would be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.messages import constants as levels
from django.contrib.messages.storage.base import BaseStorage, Message
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.response import TemplateResponse

from toolkit.idempotency.answers import noting_stored

# Carries the key of the person who wrote the item.
HEADER = "X-Outbox"

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Ask:
    """A question whose answer goes with the form when it is sent again.

    `answers` are (name, value, label): a field of the form, and the words of its button.
    """

    text: str
    answers: tuple[tuple[str, str, str], ...]


class Said(BaseStorage):
    """Keeps messages for this answer and no other."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Message]:
        return []

    @property
    def added(self) -> list[Message]:
        return list(self._queued_messages)  # type: ignore[attr-defined]


def is_from_outbox(request: HttpRequest) -> bool:
    return HEADER in request.headers


def outbox_form(view: View) -> View:
    """For a view that a form with `data-outbox` is sent to.

    The view answers a good form with a redirect. It shows a bad one in a TemplateResponse, whose
    context has the bound form; where another body is stored with status 409 and `stored_words`, a
    list of lines; where it asks something, with `ask`. With `form_shows_stored` the form
    on the page says what is stored, and the phone shows it so.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not is_from_outbox(request):
            return view(request, *args, **kwargs)
        said = Said(request)
        request._messages = said  # type: ignore[attr-defined]
        with noting_stored() as was_stored:
            response = view(request, *args, **kwargs)
            return _for_machine(response, said, is_new=not was_stored())

    answer.is_outbox_form = True  # type: ignore[attr-defined]
    return answer


def conflict_answer(request: HttpRequest, stored_words: list[str]) -> TemplateResponse:
    """For a view of one tap, which has no page to show its conflict on."""
    return TemplateResponse(request, "message.html", {"stored_words": stored_words}, status=409)


def _for_machine(response: HttpResponseBase, said: Said, *, is_new: bool) -> HttpResponseBase:
    found: dict[str, Any] = {
        "said": [{"level": message.level_tag, "text": str(message)} for message in said.added]
    }
    is_refused = any(message.level >= levels.ERROR for message in said.added)
    if 300 <= response.status_code < 400:
        found["to"] = response.headers["Location"]
        if is_refused:
            return JsonResponse(found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        stored = JsonResponse(found, status=HTTPStatus.CREATED if is_new else HTTPStatus.OK)
        # For the page at `to`, as the browser would have kept them.
        stored.cookies = response.cookies
        return stored
    if response.status_code >= 400 and not isinstance(response, TemplateResponse):
        return response
    # Whatever else shows a page has stored nothing: the phone must not forget the item.
    context = getattr(response, "context_data", None) or {}
    ask = context.get("ask")
    if ask is not None:
        found["ask"] = {"text": ask.text, "answers": ask.answers}
    elif response.status_code == HTTPStatus.CONFLICT:
        found["stored"] = [str(line) for line in context.get("stored_words", ())]
        if isinstance(response, TemplateResponse) and context.get("form_shows_stored"):
            found["page"] = response.render().content.decode()
        return JsonResponse(found, status=HTTPStatus.CONFLICT)
    found["errors"] = _errors(context)
    if found["errors"] and isinstance(response, TemplateResponse):
        found["page"] = response.render().content.decode()
    return JsonResponse(found, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _errors(context: dict[str, Any]) -> dict[str, list[str]]:
    """By the label of the field; those of the whole form under ""."""
    found: dict[str, list[str]] = {}
    for form in context.values():
        if not isinstance(form, BaseForm) or not form.is_bound:
            continue
        for name, errors in form.errors.items():
            label = str(form[name].label) if name in form.fields else ""
            found.setdefault(label, []).extend(map(str, errors))
    return found


def not_now(request: HttpRequest, *, is_missing: object) -> HttpResponse | None:
    """For a view whose service has stored a photo as missing: the phone keeps the photo, and sends
    it again under the same UUID. None where the photos are there, or no outbox has sent them.

    Not 503, which the log takes for a database that is away.
    """
    if not is_missing or not is_from_outbox(request):
        return None
    return JsonResponse({}, status=HTTPStatus.TOO_MANY_REQUESTS)


def not_the_owner() -> JsonResponse:
    """401: nobody is signed in, or not the person who wrote the item."""
    return JsonResponse({}, status=HTTPStatus.UNAUTHORIZED)
