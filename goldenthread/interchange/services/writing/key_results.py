"""Writing key results and what they were: together where nobody has taken the objective on, else as one change."""

import datetime as dt
from typing import Any

from goldenthread.core import audit
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import Outcome, Row, fitted, in_words, shown
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.kpis import places
from goldenthread.interchange.services.writing.objectives import propose
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.services import check_ins, drafts, imported
from goldenthread.objectives.services.changes import KEY_RESULT_FIELDS, Change
from goldenthread.objectives.states import LIVE, State

Kind = KeyResult.Kind


def write_key_results(run: Run) -> None:
    rows = run.of("key_results")
    new: list[tuple[Row, Objective, drafts.KeyResultDraft]] = []
    agreed: dict[int, list[tuple[Row, KeyResult | None, dict[str, Any]]]] = {}
    for row in rows:
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
    fields = _fields(row)
    held = run.key_results.match(row.external_id, (objective.pk, fold(fields["title"])))
    if held is not None and held.objective_id != objective.pk:
        raise DomainError(f"{row.external_id} is a key result of another objective.")
    if held is not None:
        run.settle(row, held, run.key_results)
        objective = held.objective
        fields.pop("kind", None)
        fields.pop("decimals", None)
        _before, after = audit.changed(held, fields)
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


def _fields(row: Row) -> dict[str, Any]:
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
    numbers |= row.given("baseline", "target") if kind != Kind.THRESHOLD else {}
    fields |= {name: value for name, value in numbers.items() if value is not None}
    if measure:
        fields["measure"] = measure
    if text := fitted(" · ".join(one for one in words if one), 500)[0]:
        fields["target_text"] = text
    if row.values.get("weight") is not None:
        fields["weight"] = row.values["weight"]
    if row.values.get("due") is not None:
        fields["due_on"] = row.values["due"]
    fields["decimals"] = places(*numbers.values(), row.values.get("current"))
    return fields


def _whole(held: KeyResult) -> dict[str, Any]:
    return {name: getattr(held, name) for name in imported.KEY_RESULT_FIELDS}


def _draft(row: Row, fields: dict[str, Any]) -> drafts.KeyResultDraft:
    steps = ()
    if fields.get("kind") == Kind.MILESTONES:
        steps = (drafts.MilestoneDraft(fields["title"], fields.get("due_on")),)  # type: ignore[assignment]
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
            before, after = audit.changed(
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


def write_values(run: Run) -> None:
    """What a plan says that key results were, on their days."""
    incoming: list[tuple[Row, imported.IncomingValue]] = []
    held: dict[int, dict[dt.date, CheckIn]] = {}
    rows = run.of("values")
    named = [run.key_results.by_id.get(row.text("key_result")) for row in rows]
    pks = [one.pk for one in named if one is not None]
    for check_in in CheckIn.objects.filter(key_result__in=pks, corrected_by__isnull=True):
        held.setdefault(check_in.key_result_id, {})[check_in.as_of] = check_in
    for row in rows:
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
    day, value, note = row.values["date"], row.values.get("value"), row.text("text")
    standing = held.setdefault(key_result.pk, {}).get(day)
    if standing is not None and (standing.value, standing.note) == (value, note):
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
        incoming.append((row, imported.IncomingValue(key_result, day, value, note)))
        return
    check_ins.check_in(actor=run.actor, key_result=key_result, value=value, note=note, as_of=day)
    row.done(key_result, Outcome.CREATED)
