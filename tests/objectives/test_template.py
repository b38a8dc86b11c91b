"""Templates: written by HR, used by whoever writes an objective; nobody's objective comes from HR."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cycle, KeyResult, Objective, ObjectiveTemplate
from goldenthread.objectives.services.templates import (
    Criterion,
    TemplateDraft,
    add_template,
    as_draft,
    bring_back_template,
    edit_template,
    retire_template,
)
from tests.cast import Cast, make_cycle, make_template, signed_in

pytestmark = pytest.mark.django_db

DRAFT = TemplateDraft(
    "Better service",
    "Customers wait less for …",
    "Teams that serve customers",
    key_results=[
        Criterion("Median wait", measure="min", source="Call system"),
        Criterion("Open cases stay under …", KeyResult.Kind.THRESHOLD),
    ],
)


def test_hr_alone_writes_templates(cast: Cast) -> None:
    for actor in (cast.ada, cast.ben, cast.eve, cast.flo):
        with pytest.raises(NotAllowed):
            add_template(actor=actor, draft=DRAFT)
    template = add_template(actor=cast.dee, draft=DRAFT)
    assert as_draft(template) == DRAFT
    for act in (retire_template, bring_back_template):
        with pytest.raises(NotAllowed):
            act(actor=cast.ben, template=template)


def test_an_edit_keeps_what_stood_there_and_overwrites_nobody(cast: Cast) -> None:
    template = add_template(actor=cast.dee, draft=DRAFT)
    shorter = replace(DRAFT, use="", key_results=DRAFT.key_results[:1])
    edit_template(actor=cast.dee, template=template, version=1, draft=shorter)
    assert as_draft(ObjectiveTemplate.objects.get()) == shorter
    told = AuditRecord.objects.get(verb="edit template")
    assert told.before == {
        "use": "Teams that serve customers",
        "criteria": "Median wait, metric, min, Call system; Open cases stay under …, threshold",
    }
    with pytest.raises(SavedMeanwhile):
        edit_template(actor=cast.dee, template=template, version=1, draft=DRAFT)
    assert template.key_results.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"key_results": [Criterion("One")] * 6}, "key_results"),
        ({"key_results": [Criterion(" ")]}, "key_results-0-title"),
    ],
)
def test_what_a_template_needs(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        add_template(actor=cast.dee, draft=replace(DRAFT, **changes))
    assert refused.value.field == field
    assert not ObjectiveTemplate.objects.exists()


def test_a_name_is_given_once(cast: Cast) -> None:
    add_template(actor=cast.dee, draft=DRAFT)
    with pytest.raises(DomainError, match="already"):
        add_template(actor=cast.dee, draft=DRAFT)


def test_who_writes_an_objective_begins_with_one(client: Client, cast: Cast) -> None:
    make_cycle()
    template = add_template(actor=cast.dee, draft=DRAFT)
    page = signed_in(client, cast.flo).get(reverse("objective-new")).text
    assert "Begin with a template" in page
    assert f"?template={template.pk}" in page
    cycle = str(Cycle.objects.get().pk)
    within = client.get(reverse("objective-new"), {"cycle": cycle}).text
    assert f"cycle={cycle}&amp;template={template.pk}" in within
    page = client.get(reverse("objective-new"), {"template": template.pk}).text
    for words in ("Begun with", "Customers wait less for …", "Median wait", "Open cases stay"):
        assert words in page
    assert not Objective.objects.exists()  # a template writes nothing
    sent = {"title": "Customers wait less for help", "owner": "me", "ambition": "committed"}
    sent |= {"cycle": cycle, "strength": "9", "kr0-title": "Median wait"}
    sent |= {"kr0-kind": "metric", "kr0-baseline": "9", "kr0-target": "4", "kr0-measure": "min"}
    client.post(f"{reverse('objective-new')}?template={template.pk}", sent)
    made = Objective.objects.get()
    assert (made.owner, made.author, made.key_results.get().title) == (
        cast.flo,
        cast.flo,
        "Median wait",
    )
    retire_template(actor=cast.dee, template=template)
    assert "Begin with a template" not in client.get(reverse("objective-new")).text
    assert "Begun with" not in client.get(reverse("objective-new"), {"template": template.pk}).text


def test_pages_of_hr(client: Client, cast: Cast, assert_queries: Callable[..., Any]) -> None:
    signed_in(client, cast.dee)
    assert "Add the first one" in client.get(reverse("templates")).text
    sent = {"name": "Better service", "title": "Customers wait less for …", "ambition": "committed"}
    sent |= {"kr0-title": "Median wait", "kr0-kind": "metric", "kr0-measure": "min"}
    added = client.post(reverse("template-new"), sent, follow=True)
    assert "The template “Better service” is added." in added.text
    template = ObjectiveTemplate.objects.get()
    refused = client.post(reverse("template-new"), sent)
    assert (refused.status_code, "There is a template" in refused.text) == (422, True)
    assert "Median wait" in client.get(reverse("template-edit", args=[template.pk])).text
    client.post(
        reverse("template-edit", args=[template.pk]), sent | {"version": "1", "kr1-title": "Calls"}
    )
    assert template.key_results.count() == 2
    make_template("Another")
    assert_queries("templates", client.get, reverse("templates"))
    assert_queries("template", client.get, template.get_absolute_url())
    lines = client.get(reverse("templates-csv")).getvalue().decode()
    assert "Median wait,metric,min" in lines
    page = client.post(reverse("template-retire", args=[template.pk]), follow=True).text
    assert "it is offered no more" in page
    assert "Everything that happened" in page
    history = client.get(reverse("history", args=["template", template.pk])).text
    assert "retired" in history.lower()
    assert "Better service" in client.get(reverse("templates")).text
    assert "Better service" not in signed_in(client, cast.flo).get(reverse("templates")).text
