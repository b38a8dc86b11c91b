"""Writing templates of objectives: HR's words, changed and offered by the services that their page calls."""

from dataclasses import replace
from typing import Any

from goldenthread.interchange.services.criteria import read_criteria, write_criteria
from goldenthread.interchange.services.known import Known, fold
from goldenthread.interchange.services.rows import Outcome, Row, differing, fitted, same_words
from goldenthread.interchange.services.run import Run
from goldenthread.objectives.models import ObjectiveTemplate
from goldenthread.objectives.services import templates as services


def write_templates(run: Run) -> None:
    """Add and change templates, retire them and offer them again."""
    known = Known(
        "templates",
        ObjectiveTemplate.objects.prefetch_related("key_results"),
        lambda one: (one.name,),
        lambda one: fold(one.name),
        own_mark=run.own_mark,
    )
    for row in run.each("templates"):
        with run.attempt(row):
            _write(run, row, known)


def _write(run: Run, row: Row, known: Known[ObjectiveTemplate]) -> None:
    wanted = _words(row)
    held = known.match(row.external_id, fold(wanted["name"]))
    criteria = read_criteria(str(row.values.get("key_results") or ""))
    if held is None:
        draft = services.TemplateDraft(**wanted, key_results=criteria)
        held = services.add_template(actor=run.actor, draft=draft, external_id=row.external_id)
        run.know(known, held)
        run.settle(row, held, known)
        row.done(held, Outcome.CREATED)
    else:
        run.settle(row, held, known)
        _change(run, row, held, wanted, criteria)
    _offer(run, row, held)


def _words(row: Row) -> dict[str, Any]:
    wanted = {
        "name": fitted(row.text("template"), 100)[0],
        "title": fitted(row.text("title"), 200)[0],
        "use": str(row.values.get("use") or "").strip(),
        "why": str(row.values.get("why") or "").strip(),
        "ambition": row.text("ambition"),
    }
    return {name: value for name, value in wanted.items() if value}


def _change(
    run: Run,
    row: Row,
    held: ObjectiveTemplate,
    wanted: dict[str, Any],
    criteria: list[services.Criterion],
) -> None:
    """Bring a template that is here to what the row says; an empty cell leaves what stands."""
    stands = services.as_draft(held)
    before, after = differing(held, wanted)
    was, now = write_criteria(stands.key_results), write_criteria(criteria)
    if criteria and not same_words(was, now):
        before, after = before | {"key_results": was}, after | {"key_results": now}
    if after:
        draft = replace(stands, **{name: wanted.get(name, criteria) for name in after})
        services.edit_template(actor=run.actor, template=held, version=held.version, draft=draft)
    if run.new_name(row, held):
        run.identify(held, row.external_id)
        before, after = before | {"external_id": ""}, after | {"external_id": row.external_id}
    row.done(held, Outcome.UPDATED if after else Outcome.UNCHANGED, before, after)


def _offer(run: Run, row: Row, held: ObjectiveTemplate) -> None:
    retired, was = row.values.get("retired"), held.retired_on is not None
    if retired is None or retired == was:
        return
    move = services.retire_template if retired else services.bring_back_template
    move(actor=run.actor, template=held)
    row.done(held, Outcome.UPDATED, {"retired": was}, {"retired": retired})
