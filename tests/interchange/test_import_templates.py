"""Templates in a table: HR's, as on their page; what goes out comes in again, and can be taken back."""

import pytest

from goldenthread.interchange import services
from goldenthread.interchange.services.criteria import read_criteria, write_criteria
from goldenthread.objectives.models import ObjectiveTemplate
from goldenthread.objectives.services.templates import (
    Criterion,
    TemplateDraft,
    add_template,
    as_draft,
)
from tests.cast import Cast
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in, row, table

pytestmark = pytest.mark.django_db

HEADING = "Template\tWhen to use it\tTitle\tKey results\tRetired"
SERVICE = "Better service\tWhere people call\tPeople wait less for …\tMedian wait | metric | min | Call system\t"


def as_one_cell(*lines: str) -> str:
    text = "\n".join(lines)
    return f'"{text}"'


def test_hr_brings_templates_in_and_nobody_else(cast: Cast) -> None:
    data = table(HEADING, SERVICE, "Cheaper\t\tLess spent on …\tSpend\tyes")
    refused = brought_in(cast.eve, data)  # the file tells that these are templates
    assert (refused.kind, refused.refused) == ("templates", 2)
    assert "HR" in row(refused, 2).reason
    assert brought_in(cast.dee, data).created == 2
    service, cheaper = ObjectiveTemplate.objects.order_by("pk")
    assert as_draft(service) == TemplateDraft(
        "Better service",
        "People wait less for …",
        "Where people call",
        key_results=[Criterion("Median wait", "metric", "min", "Call system")],
    )
    assert (service.retired_on, cheaper.retired_on is None) == (None, False)


def test_what_differs_is_written_and_an_empty_cell_leaves_what_stands(cast: Cast) -> None:
    brought_in(cast.dee, table(HEADING, SERVICE))
    more = as_one_cell("Median wait | metric | min | Call system", "Open cases | threshold")
    batch = brought_in(
        cast.dee, table(HEADING, f"Better service\t\tPeople wait less for …\t{more}\tyes")
    )
    assert batch.updated == 1
    assert [each[0] for each in row(batch, 2).changes] == ["Key results", "Retired"]
    template = ObjectiveTemplate.objects.get()
    assert template.use == "Where people call"
    assert [one.kind for one in template.key_results.all()] == ["metric", "threshold"]
    assert brought_in(cast.eve, exported()["templates"], "templates").unchanged == 1
    batch = brought_in(cast.eve, table(HEADING, SERVICE.replace("less", "no longer")))
    assert "HR" in row(batch, 2).reason


def test_what_is_no_template_is_refused_in_words(cast: Cast) -> None:
    many = as_one_cell(*"abcdef")
    batch = brought_in(
        cast.dee,
        table(HEADING, "A\t\tWords\tSpend | euros\t", f"B\t\tWords\t{many}\t", SERVICE, SERVICE),
    )
    assert "“euros” is no type of key result" in row(batch, 2).reason
    assert row(batch, 3).reason == "A template has five key results at most."
    assert batch.refused == 3  # the second of two rows that say the same
    assert list(ObjectiveTemplate.objects.values_list("name", flat=True)) == ["Better service"]


@pytest.mark.parametrize(
    "one",
    [
        Criterion("Spend"),
        Criterion("a | b", "graded", "€ | h", "x\\"),
        Criterion("\\|", "milestones", "", "| metric"),
    ],
)
def test_a_key_result_of_a_cell_comes_back_whatever_is_in_it(one: Criterion) -> None:
    assert read_criteria(write_criteria([one, one])) == [one, one]


def test_a_template_without_key_results_is_one(cast: Cast) -> None:
    add_template(actor=cast.dee, draft=TemplateDraft("Plain", "Words"))
    [told] = rows_of(exported(cast.dee)["templates"])
    assert (told["template"], told["key_results"], told["retired"]) == ("Plain", "", "no")


def test_an_import_of_templates_is_taken_back(cast: Cast) -> None:
    template = add_template(
        actor=cast.dee, draft=TemplateDraft("Plain", "Words", key_results=[Criterion("Spend")])
    )
    batch = brought_in(
        cast.dee, table(HEADING, SERVICE, "Plain\tAlways\tOther words\tSpend | graded\tyes")
    )
    services.undo(actor=cast.dee, batch=batch)
    template.refresh_from_db()
    assert ObjectiveTemplate.objects.get() == template
    assert (template.title, template.use, template.retired_on) == ("Words", "", None)
    batch.refresh_from_db()
    [stays] = batch.undone["stays"]
    assert "key results stay" in stays["why"]
