"""Writing units and people: structure first, so that every row finds what it hangs under."""

from typing import Any

from goldenthread.core import progress
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import NotFound, Outcome, Row, in_words, shown
from goldenthread.interchange.services.run import Run
from goldenthread.people import services
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action

REFUSED_ABOVE = "Reports to {}, whose row is refused; import this again then."
LEFT_OVER = "The file counts no such post any more. It stays; give it a last day when it has ended."
PEOPLE_FIELDS = ("name", "email", "position", "level", "fte", "start", "end", "external_id")


def write_units(run: Run) -> None:
    """Add and change units, from the top of the tree down; a unit named as a parent only is added too."""
    require(run.actor, Action.ADD_PEOPLE)
    rows = run.of("units")
    for row in run.each("units"):
        try:
            row.subject = run.units.match(row.external_id, fold(row.text("name")))
            if row.subject is None:
                run.stand_alone(row, fold(row.text("name")))
            else:
                assert isinstance(row.subject, Unit)
                run.settle(row, row.subject, run.units)
        except DomainError as error:
            row.refuse(error)
    rows = [row for row in rows if not row.outcome]
    named = _named(rows)
    above = {unit.pk: unit.parent_id for unit in Unit.objects.all()} | {}
    parents: dict[Any, Any] = dict(above)
    for row in rows:
        parents[_key(row)] = above.get(row.subject.pk) if row.subject else None
        if text := row.text("parent"):
            try:
                parents[_key(row)] = _parent(run, row, text, named)
            except DomainError as error:
                row.refuse(error)
    _refuse_loops(run, rows, parents)
    made: dict[Any, Unit] = {}
    waiting = [row for row in rows if not row.outcome]
    waiting.sort(key=lambda one: _depth(one, parents))
    for row in progress.counted("writing units", waiting):
        key = _key(row)  # a new unit's row has another one once it is written
        with run.attempt(row):
            made[key] = _write_unit(run, row, parents[key], made)


def _named(rows: list[Row]) -> dict[str, list[Row]]:
    named: dict[str, list[Row]] = {}
    for row in rows:
        for text in {fold(row.text("name")), fold(row.external_id)} - {""}:
            named.setdefault(text, []).append(row)
    return named


def _key(row: Row) -> Any:
    return row.subject.pk if row.subject is not None else (id(row),)


def _parent(run: Run, row: Row, text: str, named: dict[str, list[Row]]) -> Any:
    """The node that the row hangs under: another row, a unit here, or one that the file only names."""
    meant = [one for one in named.get(fold(text), []) if one is not row]
    if len(meant) == 1:
        return _key(meant[0])
    if len(meant) > 1:
        raise DomainError(
            f"{len(meant)} rows are called “{shown(text)}”. Give the identifier.", "parent"
        )
    if run.units.seen(text):
        return run.units.find(text, "parent").pk
    if fold(text) == fold(row.text("name")):
        return None
    if refused := run.refused_in_file(("units",), text):
        raise DomainError(f"It belongs under line {refused.line}, which is refused.", "parent")
    return named_unit(run, row, text).pk


def named_unit(run: Run, row: Row, text: str) -> Unit:
    """The unit that a row only names, added at the top where it is not here yet."""
    if run.units.seen(text):
        return run.units.find(text, "unit")
    why = _why_named(run, text, row)
    unit = services.add_unit(actor=run.actor, name=text)
    run.know(run.units, unit)
    run.made("units", unit.name, row.line, unit, why)
    return unit


def _why_named(run: Run, text: str, row: Row) -> str:
    close = run.units.close_to(text)
    return f"Named in line {row.line}; not here yet." + (f" Is it {close}?" if close else "")


def _refuse_loops(run: Run, rows: list[Row], parents: dict[Any, Any]) -> None:
    """Refuse rows that close a loop, with its path, and those under a refused row."""
    by_key = {_key(row): row for row in rows}
    names = {unit.pk: unit.name for unit in Unit.objects.all()}

    def name(key: Any) -> str:
        return by_key[key].title if key in by_key else names[key]

    changed = True
    while changed:
        changed = False
        for path in services.loops(parents):
            steps = path[:-1]
            for place, key in enumerate(steps):
                if key in by_key and not by_key[key].outcome:
                    around = [*steps[place:], *steps[:place], key]
                    told = " → ".join(name(one) for one in around)
                    by_key[key].refuse(f"That closes a loop: {told}.")
        for row in rows:
            key = _key(row)
            if row.is_refused:
                subject = row.subject
                stands = subject.parent_id if isinstance(subject, Unit) else None
                changed |= parents[key] != stands
                parents[key] = stands
            elif (over := by_key.get(parents[key])) and over.is_refused and over.subject is None:
                row.refuse(f"It belongs under {over.title} (line {over.line}), which is refused.")
                changed = True


def _depth(row: Row, parents: dict[Any, Any]) -> int:
    depth, node = 0, parents.get(_key(row))
    while node is not None:
        depth, node = depth + 1, parents.get(node)
    return depth


def _write_unit(run: Run, row: Row, above: Any, made: dict[Any, Unit]) -> Unit:
    parent = made.get(above)
    if parent is None and isinstance(above, int):
        parent = made[above] = Unit.objects.get(pk=above)
    leader = _leader(run, row)
    unit = row.subject
    if isinstance(unit, Unit):
        wanted = {
            "name": " ".join(row.text("name").split()),
            "parent": parent,
            "leader": leader or unit.leader,
            "fte": row.values.get("fte", unit.fte),
        }
        run.update(
            row,
            unit,
            wanted,
            lambda _: services.edit_unit(actor=run.actor, unit=unit, **wanted),  # type: ignore[arg-type]  # fields by name
        )
        _end(run, row, unit)
        return unit
    unit = services.add_unit(
        actor=run.actor,
        name=row.text("name"),
        parent=parent,
        leader=leader,
        external_id=row.external_id,
        fte=row.values.get("fte"),
    )
    run.know(run.units, unit)
    run.settle(row, unit, run.units)
    row.about = f"under {parent}" if parent else ""
    row.done(unit, Outcome.CREATED)
    if row.values.get("ended_on") is not None:
        row.note(
            f"It ended on {shown(row.values['ended_on'])}. Import this again once its people are here."
        )
    return unit


def _end(run: Run, row: Row, unit: Unit) -> None:
    """End a unit that stands here and has ended by the row."""
    day = row.values.get("ended_on")
    if day is None or day == unit.ended_on:
        return
    if unit.ended_on is not None:
        raise DomainError(f"{unit} ended on {shown(unit.ended_on)} here.", "ended_on")
    services.end_unit(actor=run.actor, unit=unit, on=day)
    row.done(unit, Outcome.UPDATED, {"ended_on": None}, {"ended_on": day})


def _leader(run: Run, row: Row) -> Person | None:
    """Who leads it; somebody who is not here yet comes with the people, and this file once more."""
    text = row.text("leader")
    if not text:
        return None
    try:
        return run.people.find(text, "leader")
    except NotFound:
        row.note(
            f"“{shown(text)}” is not here yet, so it has no leader. Import the people, then this again."
        )
        return None


def write_people(run: Run) -> None:
    """Add and change people, all at once; managers may be rows of the same file."""
    require(run.actor, Action.ADD_PEOPLE)
    rows = run.of("people")
    loading: dict[int, services.PersonRow] = {}
    by_name_alone = {
        fold(row.text("name")): row for row in rows if not (row.text("email") or row.external_id)
    }
    for row in run.each("people"):
        try:
            loading[id(row)] = _person(run, row, by_name_alone)
        except DomainError as error:
            row.refuse(error)
    rows = [row for row in rows if not row.outcome]
    _add_named_units(run, rows)
    for row in rows:
        try:
            if unit := _unit_text(run, row):
                loading[id(row)].values["unit"] = named_unit(run, row, unit)
        except DomainError as error:
            row.refuse(error)
    rows = [row for row in rows if not row.outcome]
    named = _people_named(rows)
    for row in rows:
        if text := row.text("manager"):
            try:
                _hang_under(run, row, text, named, loading)
            except DomainError as error:
                row.refuse(error)
    rows = [row for row in rows if not row.outcome]
    _without_refused(run, rows, loading)
    services.load_people(actor=run.actor, rows=[loading[id(row)] for row in rows])
    for row in rows:
        told = loading[id(row)]
        above = told.manager
        if isinstance(above, services.PersonRow) and above.problem and not told.problem:
            row.note(REFUSED_ABOVE.format(above.name))
        if told.problem:
            row.refuse(told.problem)
        elif told.created:
            row.done(told.person, Outcome.CREATED)
        else:
            row.outcome = Outcome.UPDATED if told.after else Outcome.UNCHANGED
            row.subject, row.changes = told.person, in_words(told.before, told.after)
        if told.person is not None and told.person.manager is not None:
            row.about = f"reports to {told.person.manager}"
    _tell_left_over(run)


def _tell_left_over(run: Run) -> None:
    """A row for each post that stays here although the rows that it came from count fewer by now."""
    rows = [row for row in run.rows if row.kind == "people"]
    counted = {row.external_id for row in rows}
    groups = {row.text("post_of"): row for row in rows if row.text("post_of")}
    for external_id, person in run.people.by_id.items() if groups else ():
        group = groups.get(external_id.rpartition("-")[0])
        if group is not None and external_id not in counted and not person.has_left:
            row = Row(group.line, "people", person.name, subject=person)
            row.leave_out(LEFT_OVER)
            run.rows.append(row)


def _person(run: Run, row: Row, by_name_alone: dict[str, Row]) -> services.PersonRow:
    email = row.text("email").lower()
    person = run.people.match(row.external_id, email or None)
    if person is None and not email and not row.external_id:
        same = list(run.people.seen(row.text("name")))
        if len(same) > 1:
            raise DomainError(
                f"{len(same)} people are called {row.title}. Add their e-mail or identifier."
            )
        person = same[0] if same else None
    if person is not None:
        _same_person(row, person, email)
        _keeps_the_name_of_another_row(row, person, by_name_alone)
        run.settle(row, person, run.people)
    values = row.given(*PEOPLE_FIELDS)
    if person is not None and not run.new_name(row, person):
        values.pop("external_id", None)  # how an export called somebody whom no other system named
    return services.PersonRow(values=values, person=person)  # type: ignore[arg-type]  # fields of a person


def _unit_text(run: Run, row: Row) -> str:
    """The unit that a row names; whoever works in the organisation as a whole is in none."""
    unit = row.text("unit")
    whole = fold(unit) == fold(str(run.organisation)) and not run.units.seen(unit)
    return "" if whole else unit


def _add_named_units(run: Run, rows: list[Row]) -> None:
    """Add the units that rows only name, all together; where one cannot be, its row says so by itself."""
    first: dict[str, tuple[str, Row]] = {}
    for row in rows:
        text = _unit_text(run, row)
        if text and fold(text) not in first and not run.units.seen(text):
            first[fold(text)] = (text, row)
    if len(first) < 2:
        return
    why = [_why_named(run, text, row) for text, row in first.values()]
    try:
        units = services.add_units(actor=run.actor, names=[text for text, _ in first.values()])
    except DomainError:
        return
    for unit, words, (_, row) in zip(units, why, first.values(), strict=True):
        run.know(run.units, unit)
        run.made("units", unit.name, row.line, unit, words)


def _same_person(row: Row, person: Person, email: str) -> None:
    """Refuse to make somebody into somebody else because two systems gave them the same identifier."""
    name = row.text("name")
    shares_a_word = set(fold(name).split()) & set(fold(person.name).split())
    if name and not shares_a_word and not (email and email == person.email):
        raise DomainError(
            f"{row.external_id} identifies {person.name} here. If they are the same, rename {person.name} "
            "first; if not, give this row another identifier."
        )


def _keeps_the_name_of_another_row(row: Row, person: Person, by_name_alone: dict[str, Row]) -> None:
    """Refuse to rename somebody whom another row knows by that name alone: the next import would not find them by it, and
    add them once more."""
    other = by_name_alone.get(fold(person.name))
    if other is not None and row.text("name") and fold(row.text("name")) != fold(person.name):
        raise DomainError(
            f"This renames {person.name}, whom line {other.line} knows by that name alone. Add an e-mail or identifier there.",
            "name",
        )


def _people_named(rows: list[Row]) -> dict[str, list[Row]]:
    named: dict[str, list[Row]] = {}
    for row in rows:
        for text in {fold(row.text(name)) for name in ("name", "email", "external_id")} - {""}:
            named.setdefault(text, []).append(row)
    return named


def _hang_under(
    run: Run,
    row: Row,
    text: str,
    named: dict[str, list[Row]],
    loading: dict[int, services.PersonRow],
) -> None:
    told = loading[id(row)]
    meant = named.get(fold(text), [])
    by_id = [one for one in meant if fold(one.external_id) == fold(text)]
    meant = by_id or [one for one in meant if fold(one.text("email")) == fold(text)] or meant
    if len(meant) > 1:
        raise DomainError(
            f"{len(meant)} rows are called “{shown(text)}”. Give the e-mail or identifier.",
            "manager",
        )
    if meant:
        told.has_manager, told.manager = True, loading[id(meant[0])]
        return
    if refused := run.refused_in_file(("people",), text):
        row.note(f"Reports to line {refused.line}, which is refused; import this again then.")
        return
    told.has_manager, told.manager = True, run.people.find(text, "manager")


def _without_refused(run: Run, rows: list[Row], loading: dict[int, services.PersonRow]) -> None:
    """Who reports to a row that was refused since goes in without a manager, and says so."""
    kept = {id(loading[id(row)]) for row in rows}
    for row in rows:
        told = loading[id(row)]
        if isinstance(told.manager, services.PersonRow) and id(told.manager) not in kept:
            row.note(REFUSED_ABOVE.format(told.manager.name))
            told.manager = told.manager.person
            told.has_manager = told.manager is not None
