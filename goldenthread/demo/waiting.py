"""What is open on the last day: changes and proposals that wait for an answer, imports that nobody confirmed."""

from decimal import Decimal

from goldenthread.core import audit
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables import waiting as table
from goldenthread.demo.work import Nodes, draft_row
from goldenthread.interchange.services import stage
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.services import agreement, changes, drafts, links, waivers
from goldenthread.objectives.states import State
from goldenthread.people.services import leave, name_deputy
from goldenthread.programme.services import open_due_handovers


def read_in_newcomers(company: Company) -> None:
    """A table of those who begin in January, read in by HR and not yet written: one row names an unknown manager."""
    with standing_on(day("20 Nov"), 15):
        stage(
            actor=company.people["Nadia Berger"],
            filename="joiners-january.csv",
            data=table.NEWCOMERS.encode(),
            kind="people",
        )


def hand_over(company: Company) -> None:
    """Ana Nowak leaves before Christmas and her handover is open; somebody stands in while Pavel Dusek is away."""
    with standing_on(day("16 Nov")):
        name_deputy(
            actor=company.people["Aisha Rahmani"],
            person=company.people["Pavel Dusek"],
            deputy=company.fillers["Field service"][0],
            starts_on=day("23 Nov"),
            ends_on=day("27 Nov"),
        )
        leave(
            actor=company.people["Nadia Berger"],
            person=company.people["Ana Nowak"],
            on=day("18 Dec"),
        )
        open_due_handovers()


def change_expectations(company: Company, nodes: Nodes) -> None:
    """One change accepted, one declined, two that wait: for Helen Brandt and for Lena Kovač."""
    jonas, rui, samir = (
        company.people[name] for name in ("Jonas Feld", "Rui Tavares", "Samir Haddad")
    )
    second, routing = _objective(nodes, "second"), _objective(nodes, "routing")
    with standing_on(day("2 Nov")):
        changes.propose_change(
            actor=rui,
            objective=second,
            change=changes.Change(
                {"title": "Second source for 12 critical parts"},
                {_key_result(second, 0).pk: {"target": Decimal(12)}},
            ),
            reason="Two of the valves have one maker as well, as the stop in October showed.",
        )
    with standing_on(day("9 Nov")):
        declined = changes.propose_change(
            actor=samir,
            objective=routing,
            change=changes.Change({"critical": True}),
            reason="Everybody asks me for the ticket system first; this shall go before it.",
        )
    with standing_on(day("10 Nov")):
        changes.answer_change(
            actor=jonas,
            change=declined,
            accept=False,
            answer="It goes first in any case. Critical is what the whole company counts on.",
        )
    reach, answers = _objective(nodes, "reach"), _objective(nodes, "answers")
    with standing_on(day("19 Nov")):
        changes.propose_change(
            actor=jonas,
            objective=reach,
            change=changes.Change({}, {_key_result(reach, 2).pk: {"due_on": day("31 Jan 2027")}}),
            reason="The carrier delivers the Kraków line on 12 January.",
        )
    with standing_on(day("20 Nov")):
        changes.propose_change(
            actor=jonas,
            objective=answers,
            change=changes.Change({"ends_on": day("15 Jan 2027")}),
            reason="The pictures from Engineering come after the certificate.",
        )


def propose_next(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """Proposals for the quarter to come; a restricted one; drafts that nobody has proposed yet."""
    with standing_on(day(table.PROPOSED_ON)):
        for row in table.PROPOSALS:
            objective = draft_row(company, cycle, row, nodes)
            agreement.propose(actor=company.speaker_for(objective), objective=objective)
        restricted = draft_row(company, cycle, table.RESTRICTED, nodes, restricted=True)
        agreement.propose(actor=company.speaker_for(restricted), objective=restricted)
        for row in (table.DRAFT, *table.DRAFTED):
            draft_row(company, cycle, row, nodes)


def waive(company: Company, nodes: Nodes) -> None:
    """A rule of quality that its line has set aside for one objective."""
    code, key, reason, on = table.WAIVED
    objective = nodes[key]
    assert isinstance(objective, Objective)
    above = agreement.next_above(objective)
    assert above is not None
    with standing_on(day(on)):
        waivers.waive_rule(actor=above, objective=objective, code=code, reason=reason)


def import_plans(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """Objectives out of two files, each addressed to its owner; an objective that runs is tied to one of them."""
    actor = company.people["Nadia Berger"]
    for on, file, rows in table.IMPORTS:
        with standing_on(day(on)):
            for row in rows:
                owner = company.owner(row.owner)
                measured, measure, start, target = row.measured
                objective = Objective.objects.create(
                    title=row.title,
                    cycle=cycle,
                    owner_person=company.people.get(row.owner),
                    owner_unit=company.units.get(row.owner),
                    author=actor,
                    state=State.UNCONFIRMED,
                    source=f"{file}, row {row.row}",
                    external_id=f"{file.removesuffix('.csv')}-{row.row}",
                    search=drafts.folded(row.title, owner),
                )
                draft = drafts.KeyResultDraft(
                    measured,
                    KeyResult.Kind.METRIC,
                    measure=measure,
                    weight=Decimal(100),
                    baseline=Decimal(start),
                    target=Decimal(target),
                )
                drafts.write_key_result(objective, draft, 0)
                audit.record(
                    actor,
                    "import objective",
                    objective,
                    after={"title": row.title, "source": objective.source},
                )
                nodes[row.title] = objective
                if row.serves:
                    links.link(
                        actor=company.speaker(owner), child=objective, parent=nodes[row.serves]
                    )
    catalogue = _objective(nodes, "catalogue")
    with standing_on(day("11 Nov")):
        links.link(
            actor=company.people["Aisha Rahmani"],
            child=catalogue,
            parent=nodes[table.CATALOGUE_SERVES],
            strength=9,
        )


def _objective(nodes: Nodes, key: str) -> Objective:
    found = nodes[key]
    assert isinstance(found, Objective)
    found.refresh_from_db()
    return found


def _key_result(objective: Objective, place: int) -> KeyResult:
    return list(objective.key_results.all())[place]
