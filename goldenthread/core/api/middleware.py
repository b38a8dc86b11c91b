"""Whatever answers under the API's address answers as the API does: refusals of the framework become problems."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from goldenthread.core.api.limits import Allowance
from goldenthread.core.api.problems import MEDIA_TYPE, problem

ROOT = "/api/v1/"


class ApiAnswers:
    """Turn the framework's own pages (no such address, no such method) into problems, and tell what is left of
    the allowance."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(ROOT):
            return response
        is_problem = response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        if response.status_code >= 400 and not is_problem:
            told = problem(response.status_code)
            for name in ("Allow", "Retry-After"):
                if name in response:
                    told[name] = response[name]
            response = told
        allowance: Allowance | None = getattr(request, "allowance", None)
        if allowance is not None:
            for name, text in allowance.headers.items():
                response[name] = text if not text.startswith("-") else "0"
        return response
