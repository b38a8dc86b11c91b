"""Writing key results and what they were: together where nobody has taken the objective on, else as one change."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import (
    Outcome,
    Row,
    differing,
    fitted,
    in_words,
    same_words,
    shown,
)
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.steps import read_steps
from goldenthread.interchange.services.writing.kpis import places
from goldenthread.interchange.services.writing.objectives import propose
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.services import check_ins, drafts, imported
from goldenthread.objectives.services.changes import Change
from goldenthread.objectives.services.kept import KEY_RESULT_FIELDS
from goldenthread.objectives.states import LIVE, State

Kind = KeyResult.Kind


def write_key_results(run: Run) -> None:
    rows = run.of("key_results")
    new: list[tuple[Row, Objective, drafts.KeyResultDraft]] = []
    agreed: dict[int, list[tuple[Row, KeyResult | None, dict[str, Any]]]] = {}
    for row in run.each("key_results"):
        with run.attempt(row):
            _read(run, row, new, agreed)
    made = imported.bring_in_key_results(
        actor=run.actor, rows=[(objective, draft) for _, objective, draft in new]
    )
    for (row, _, _), key_result in zip(new, made, strict=True):
        run.know(run.key_results, key_result)
        row.done(key_result, Outcome.CREATED)
    for group in agreed.values():
        _propose(run, group)
    _current(run, [row for row in rows if not row.is_refused])


def _read(
    run: Run,
    row: Row,
    new: list[tuple[Row, Objective, drafts.KeyResultDraft]],
    agreed: dict[int, list[tuple[Row, KeyResult | None, dict[str, Any]]]],
) -> None:
    if refused := run.refused_in_file(("objectives",), row.text("objective")):
        raise DomainError(f"Its objective stands in line {refused.line}, which is refused.")
    objective = run.objectives.find(row.text("objective"), "objective")
    row.about, row.confidential = objective.title, objective.restricted
    fields = _fields(run, row)
    held = run.key_results.match(row.external_id, (objective.pk, fold(fields["title"])))
    if held is not None and held.objective_id != objective.pk:
        raise DomainError(f"{row.external_id} is a key result of another objective.")
    if held is not None:
        run.settle(row, held, run.key_results)
        objective = held.objective
        fields.pop("kind", None)
        fields.pop("decimals", None)
        _before, after = differing(held, fields)
        _steps(run, row, held)
        if not after or imported.open_to_import(run.actor, objective):
            if after:
                drafts.check_key_result(_draft(row, _whole(held) | after))
            run.update(
                row,
                held,
                fields,
                lambda differs: imported.redraft_key_result(
                    actor=run.actor, key_result=held, **differs
                ),
            )
            return
    else:
        drafts.check_key_result(_draft(row, fields))
        if imported.open_to_import(run.actor, objective):
            run.stand_alone(row, (objective.pk, fold(fields["title"])))
            new.append((row, objective, _draft(row, fields)))
            return
    if objective.state not in LIVE:
        raise DomainError(
            f"“{objective}” was taken on. {objective.accountable or objective.owner} changes it on its page."
        )
    agreed.setdefault(objective.pk, []).append((row, held, fields))


def _fields(run: Run, row: Row) -> dict[str, Any]:
    """The fields that the row gives; words that do not fit a field are kept with the target in words."""
    title, whole = fitted(row.text("title"), 200)
    measure, long_measure = fitted(row.text("unit"), 40)
    words = [whole, long_measure, row.text("target_text")]
    fields: dict[str, Any] = {"title": title}
    low, high = row.values.get("low"), row.values.get("high")
    kind = row.text("type") or (
        Kind.THRESHOLD if low is not None or high is not None else Kind.METRIC
    )
    fields["kind"] = kind
    if kind == Kind.THRESHOLD and low is None and high is None:
        low = row.values.get("target")  # "at least" is what a single number means
    numbers = {"low": low, "high": high} if kind == Kind.THRESHOLD else {}
    names: tuple[str, ...] = (
        ("required_share",) if kind == Kind.THRESHOLD else ("baseline", "target")
    )
    names += ("commit", "stretch") if kind == Kind.GRADED else ()
    numbers |= row.given(*names)
    fields |= {name: value for name, value in numbers.items() if value is not None}
    if measure:
        fields["measure"] = measure
    if text := fitted(" · ".join(one for one in words if one), 500)[0]:
        fields["target_text"] = text
    if row.values.get("weight") is not None:
        fields["weight"] = row.values["weight"]
    if row.values.get("due") is not None:
        fields["due_on"] = row.values["due"]
    if text := fitted(row.text("source"), 200)[0]:
        fields["source"] = text
    if text := row.text("reporter"):
        fields["reporter"] = run.people.find(text, "reporter")
    if text := fitted(row.text("not_enough"), 300)[0]:
        fields["not_enough"] = text
    fields |= row.given("measure_by", "direction")
    if text := row.text("kpi"):
        fields["kpi"] = run.kpis.find(text, "kpi")
    shown_as = [row.values.get(name) for name in ("baseline", "target", "low", "high", "current")]
    said = row.number("decimals")
    fields["decimals"] = places(*shown_as) if said is None else said
    return fields


def _whole(held: KeyResult) -> dict[str, Any]:
    return {name: getattr(held, name) for name in imported.KEY_RESULT_FIELDS}


def _draft(row: Row, fields: dict[str, Any]) -> drafts.KeyResultDraft:
    steps: tuple[drafts.MilestoneDraft, ...] = ()
    if fields.get("kind") == Kind.MILESTONES:
        alone = drafts.MilestoneDraft(fields["title"], fields.get("due_on"))
        steps = tuple(read_steps(str(row.values.get("milestones") or ""))) or (alone,)
    return drafts.KeyResultDraft(**fields, external_id=row.external_id, milestones=steps)


def _propose(run: Run, group: list[tuple[Row, KeyResult | None, dict[str, Any]]]) -> None:
    """One change for all rows of an agreed objective."""
    objective = run.objectives.find(group[0][0].text("objective"), "objective")
    changed: dict[int, dict[str, Any]] = {}
    added, words = [], []
    for row, held, fields in group:
        if held is None:
            added.append(_draft(row, fields))
            words.append([["New key result", "–", fields["title"]]])
        else:
            before, after = differing(
                held, {k: v for k, v in fields.items() if k in KEY_RESULT_FIELDS}
            )
            changed[held.pk] = after
            words.append(in_words(before, after))
    rows = [row for row, _, _ in group]
    first = Row(rows[0].line, rows[0].kind, rows[0].title)
    with run.attempt(first):
        propose(run, rows, objective, Change(key_results=changed, added=tuple(added)), words)
    if first.is_refused:
        for row in rows:
            row.refuse(first.reason)


def _steps(run: Run, row: Row, held: KeyResult) -> None:
    """The steps of a key result that is here: written anew where nobody has taken the objective on."""
    wanted = read_steps(str(row.values.get("milestones") or ""))
    standing = [(one.title, one.due_on, one.weight.normalize()) for one in held.milestones.all()]
    if (
        not wanted
        or [(one.title, one.due_on, one.weight.normalize()) for one in wanted] == standing
    ):
        return
    if not imported.open_to_import(run.actor, held.objective):
        row.note("Its milestones differ; they are changed on its page.")
        return
    imported.restep(actor=run.actor, key_result=held, milestones=wanted)
    row.done(held, Outcome.UPDATED)
    row.changes.append(["Milestones", str(len(standing)), str(len(wanted))])


# What they were ---------------------------------------------------------------------------------------


def _current(run: Run, rows: list[Row]) -> None:
    """The column of current values: as of today, where it differs from the latest check-in."""
    incoming = []
    for row in rows:
        value, key_result = row.values.get("current"), row.subject
        if value is None or not isinstance(key_result, KeyResult) or key_result.latest == value:
            continue
        if key_result.objective.state == State.UNCONFIRMED:
            if key_result.objective.starts > run.today:
                row.note(f"Its value {shown(value)} is not recorded: the objective has not begun.")
                continue
            incoming.append((row, imported.IncomingValue(key_result, run.today, value)))
            continue
        try:
            check_ins.check_in(actor=run.actor, key_result=key_result, value=value)
            _measured(row, key_result, value)
        except (DomainError, NotAllowed, SavedMeanwhile) as error:
            row.note(f"Its value {shown(value)} is not recorded: {error}")
    imported.bring_in_values(actor=run.actor, rows=[one for _, one in incoming])
    for row, value_in in incoming:
        _measured(row, value_in.key_result, value_in.value)


def _measured(row: Row, key_result: KeyResult, value: Any) -> None:
    if row.outcome != Outcome.CREATED:
        was = shown(key_result.latest)
        row.done(key_result, Outcome.UPDATED)
        row.changes.append(["Current value", was, shown(value)])


def write_check_ins(run: Run) -> None:
    """What key results were, on their days."""
    incoming: list[tuple[Row, imported.IncomingValue]] = []
    held: dict[int, dict[dt.date, CheckIn]] = {}
    rows = run.of("check_ins")
    pks = {one.pk for row in rows for one in run.key_results.seen(row.text("key_result"))}
    for check_in in CheckIn.objects.filter(key_result__in=pks, corrected_by__isnull=True):
        held.setdefault(check_in.key_result_id, {})[check_in.as_of] = check_in
    for row in run.each("check_ins"):
        with run.attempt(row):
            _read_value(run, row, held, incoming)
    imported.bring_in_values(actor=run.actor, rows=[one for _, one in incoming])
    for row, one in incoming:
        row.done(one.key_result, Outcome.CREATED)


def _read_value(
    run: Run,
    row: Row,
    held: dict[int, dict[dt.date, CheckIn]],
    incoming: list[tuple[Row, imported.IncomingValue]],
) -> None:
    if refused := run.refused_in_file(("key_results",), row.text("key_result")):
        raise DomainError(f"Its key result stands in line {refused.line}, which is refused.")
    key_result = run.key_results.find(row.text("key_result"), "key_result")
    objective = key_result.objective
    row.about = key_result.title
    incomes = _value(row, key_result)
    day = incomes.as_of
    standing = held.setdefault(key_result.pk, {}).get(day)
    if standing is not None and _says_the_same(standing, incomes):
        row.done(key_result, Outcome.UNCHANGED)
        return
    if day > run.today:
        raise DomainError("This day lies in the future. Only what was can be recorded.")
    if standing is not None or any(
        one.key_result.pk == key_result.pk and one.as_of == day for _, one in incoming
    ):
        raise DomainError("This day has a value already. Its owner corrects it by a check-in.")
    if objective.state == State.UNCONFIRMED:
        if day < objective.starts:
            raise DomainError(f"The objective begins on {shown(objective.starts)} only.")
        incoming.append((row, incomes))
        return
    check_ins.check_in(
        actor=run.actor,
        key_result=key_result,
        value=incomes.value,
        milestones_done=incomes.milestones_done,
        confidence=incomes.confidence,
        note=incomes.note,
        as_of=day,
        external_id=incomes.external_id,
    )
    row.done(key_result, Outcome.CREATED)


def _value(row: Row, key_result: KeyResult) -> imported.IncomingValue:
    """The check-in that a row tells of. Of milestones it names those done by their place in the list."""
    value, done = row.values.get("value"), None
    if key_result.kind == Kind.MILESTONES:
        steps = [one.pk for one in key_result.milestones.all()]
        places_done = [int(one) for one in re.findall(r"\d+", row.text("done"))]
        if any(not 1 <= place <= len(steps) for place in places_done):
            raise DomainError(
                f"It has {len(steps)} milestones; “{row.text('done')}” names others.", "done"
            )
        done = sorted(steps[place - 1] for place in set(places_done))
        value = Decimal(len(done))
    note = str(row.values.get("note") or row.values.get("text") or "").strip()
    return imported.IncomingValue(
        key_result, row.values["date"], value, note, row.text("confidence"), done, row.external_id
    )


def _says_the_same(standing: CheckIn, row: imported.IncomingValue) -> bool:
    """Whether a check-in says what the row says; what the row leaves out is not asked."""
    wanted: dict[str, Any] = {"note": row.note, "confidence": row.confidence}
    if row.milestones_done is None:
        wanted["value"] = row.value
    else:  # steps that were taken out since do not count
        steps = {one.pk for one in row.key_result.milestones.all()}
        if steps & set(standing.milestones_done) != set(row.milestones_done):
            return False
    given = {name: value for name, value in wanted.items() if value not in (None, "")}
    return all(same_words(getattr(standing, name), value) for name, value in given.items())
