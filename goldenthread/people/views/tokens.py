"""Personal tokens: one's own, a new one shown once, and revoking."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.spreadsheet import csv_file, moment
from goldenthread.people import services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.forms import TokenForm
from goldenthread.people.models import AccessToken
from goldenthread.people.views.forms_in_pages import saved


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def tokens(request: PersonRequest) -> HttpResponse:
    """One's own tokens; what is posted makes one, and this answer alone shows its secret."""
    form = TokenForm(request.POST or None)
    made: list[services.NewToken] = []

    def write() -> None:
        made.append(services.make_token(actor=request.person, **form.cleaned_data))

    if request.method == "POST" and saved(form, write):
        form = TokenForm()
    context = {
        "form": form,
        "made": made[0] if made else None,
        "tokens": request.person.tokens.select_related("revoked_by"),
    }
    status = 201 if made else 422 if form.is_bound else 200
    return render(request, "people/tokens.html", context, status=status)


@require_GET
@signed_in
def tokens_csv(request: PersonRequest) -> HttpResponseBase:
    """One's own tokens as a file; their secrets are not kept."""
    lines = (
        (
            *(one.name, one.prefix, one.get_scope_display(), moment(one.created_at)),
            *(moment(one.last_used_at), moment(one.expires_at), moment(one.revoked_at)),
            one.revoked_by and one.revoked_by.name,
        )
        for one in request.person.tokens.select_related("revoked_by")
    )
    columns = ("for", "begins_with", "may", "made_at", "last_used_at", "good_until")
    return csv_file("tokens.csv", (*columns, "revoked_at", "revoked_by"), lines)


@require_POST
@signed_in
def token_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """Revoke a token: one's own, or as administrator anybody's."""
    seen = AccessToken.objects.visible_to(request.person).select_related("person")
    token = services.revoke_token(actor=request.person, token=get_object_or_404(seen, pk=pk))
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    if token.person_id == request.person.pk:
        return redirect("tokens")
    return redirect("person-roles", token.person_id)
