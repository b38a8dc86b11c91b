"""The page that takes colleagues pasted as lines, and says what became of each."""

from dataclasses import replace

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.interchange.readers.colleagues import read_colleagues
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.people import services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.permissions import Action


class ColleaguesForm(forms.Form):
    rows = forms.CharField(
        label="Colleagues",
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="Out of a table, a mail program or typed: tabs, semicolons or commas between.",
    )


@require_http_methods(["GET", "POST"])
@signed_in
def paste_colleagues(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.ADD_PEOPLE)
    form = ColleaguesForm(request.POST or None)
    if form.is_valid():
        try:
            results = _add(request, form.cleaned_data["rows"])
        except (DomainError, RefusedFile) as error:
            form.add_error("rows", error.message)
        else:
            context = {
                "results": results,
                "added": sum(result.created for result in results),
                "problems": sum(bool(result.problem) for result in results),
            }
            return render(request, "interchange/colleagues_pasted.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "interchange/colleagues_paste.html", {"form": form}, status=status)


def _add(request: PersonRequest, text: str) -> list[services.ColleagueResult]:
    read = read_colleagues(text)
    rows = [services.Colleague(row.name, row.email, row.manager) for row in read]
    results = services.add_colleagues(actor=request.person, rows=rows)
    unread = [
        next((each.message for each in row.problems if each.code == "unread"), "") for row in read
    ]
    return [
        result if result.problem else replace(result, problem=words)
        for result, words in zip(results, unread, strict=True)
    ]
