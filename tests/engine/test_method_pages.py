"""Every worked figure in docs/method is computed anew: change a number there, and a test fails."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import highspy
import pytest

from goldenthread.engine import (
    adoption,
    cascade,
    coverage,
    dependencies,
    dispersion,
    flow,
    graph,
    line_of_sight,
    load,
    pace,
    planner,
    practice,
    result,
    scores,
    small_groups,
)
from goldenthread.engine.bands import Band, band_above, band_of
from goldenthread.engine.graph import Edge, Graph
from goldenthread.engine.planner.solving import Programme, _model
from goldenthread.engine.quality import of_key_results, of_objectives, rules
from goldenthread.engine.quality.facts import Direction, Goal
from goldenthread.engine.quality.words import words_of
from tests.engine import sound

METHOD = Path(__file__).parents[2] / "docs" / "method"
PAGES = sorted(set(METHOD.glob("*.md")) - {METHOD / "README.md", METHOD / "worked-example.md"})
DAY_ONE = date(2025, 1, 1)

Given = dict[str, str]


# --- reading a page


def tables(page: Path) -> dict[str, list[dict[str, str]]]:
    """The rows of the tables under each heading of a page, by column name."""
    found: dict[str, list[dict[str, str]]] = {}
    heading = ""
    columns: list[str] = []
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells(line)
        elif set(line) - set("|- "):
            found.setdefault(heading, []).append(dict(zip(columns, cells(line), strict=True)))
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


@dataclass(frozen=True)
class Case:
    page: str
    figure: str
    given: str
    expected: str

    def inputs(self) -> Given:
        pairs = (part.split(" = ", 1) for part in self.given.split(";") if " = " in part)
        return {name.strip(): value.strip() for name, value in pairs}


CASES = [
    Case(page.stem, row["figure"], row["given"], row["expected"])
    for page in PAGES
    for row in tables(page)["Worked figures"]
]


def items(text: str) -> list[str]:
    return [] if text in {"–", "none"} else [item.strip() for item in text.split(",")]


def number(text: str) -> float | None:
    return None if text == "–" else float(text)


def pairs(text: str) -> list[tuple[str, str]]:
    """`3 × 0.5, 2 × –` as pairs of text."""
    return [(left, right) for left, right in (item.split(" × ") for item in items(text))]


def weighted(text: str) -> list[tuple[float, float | None]]:
    return [(float(weight), number(score)) for weight, score in pairs(text)]


def period(text: str) -> tuple[date, date]:
    first, last = (date.fromisoformat(day) for day in text.split(" to "))
    return first, last


def shown(answer: result.Result | scores.Score) -> float | str:
    """The value, or in words why there is none."""
    value = answer.clamped if isinstance(answer, scores.Score) else answer.value
    return answer.status.replace("_", " ") if value is None else value


# --- the worked example


@dataclass(frozen=True)
class Example:
    """docs/method/worked-example.md, less what a row makes inactive or leaves unset."""

    weights: Mapping[str, float] | None
    graph: Graph
    objectives: list[str]
    effort: dict[str, float]
    own_shares: dict[str, float]
    scores: dict[str, float | None]
    people: dict[str, list[str]]
    priorities: list[str]

    @property
    def linked(self) -> set[str]:
        return graph.linked_nodes(self.graph, self.priorities)

    def value_flow(self) -> flow.ValueFlow | result.Result:
        return flow.value_flow(self.weights, self.graph.edges, self.own_shares, self.graph.nodes)

    def effort_up(self) -> flow.EffortUp:
        return flow.effort_up(self.effort, self.graph.edges, self.priorities)


def example(given: Given) -> Example:
    page = tables(METHOD / "worked-example.md")
    gone = items(given.get("inactive", "–"))
    weights = {row["priority"]: float(row["weight"]) for row in page["Weights"]}
    rows = [row for row in page["Objectives"] if row["objective"] not in gone]
    effort = {row["objective"]: float(row["effort"]) for row in rows}
    if "effort of F" in given:
        effort["F"] = float(given["effort of F"])
    objectives = [row["objective"] for row in rows]
    whole = Graph(
        Edge(row["parent"], row["child"], float(row["strength"])) for row in page["Links"]
    )
    unset: dict[str, Mapping[str, float] | None] = {"not set": None, "none": {}}
    people = {row["person"]: items(row["holds"]) for row in page["People"]}
    return Example(
        weights=unset[given["weights"]] if "weights" in given else weights,
        graph=Graph(whole.restricted_to({*weights, *objectives}).edges, [*weights, *objectives]),
        objectives=objectives,
        effort=effort,
        own_shares={
            row["objective"]: float(row["own share"]) for row in rows if row["own share"] != "–"
        },
        scores={row["objective"]: number(row["score"]) for row in rows},
        people={} if given.get("people") == "none" else people,
        priorities=list(weights),
    )


# --- one function for each name in the column "figure"

FIGURES: dict[str, Callable[[Given], Any]] = {}


def figure(name: str) -> Callable[[Callable[[Given], Any]], Callable[[Given], Any]]:
    def register(compute: Callable[[Given], Any]) -> Callable[[Given], Any]:
        FIGURES[name] = compute
        return compute

    return register


def band(name: str, bands: tuple[Band, ...]) -> None:
    figure(name)(lambda g: getattr(band_of(float(g["value"]), bands), "name", None))


band("coverage band", coverage.COVERAGE_BANDS)
band("closing band", scores.CLOSING_BANDS)
band("gap band", flow.GAP_BANDS)
band("symmetry band", cascade.SYMMETRY_BANDS)
figure("minimum group")(lambda g: result.MINIMUM_GROUP)


def counted(g: Given) -> result.Result:
    return result.share(int(g["count"]), int(g["of"]), unit_of_n="cases", method_version="x/1")


figure("share")(lambda g: shown(counted(g)))


def interval(found: result.Result) -> tuple[float | None, float | None]:
    return found.ci_low, found.ci_high


figure("interval")(lambda g: interval(counted(g)))


@figure("loop")
def loop(g: Given) -> str:
    path = graph.find_loop(example(g).graph, g["parent"], g["child"])
    return "none" if path is None else " → ".join(path)


@figure("priorities served")
def priorities_served(g: Given) -> str:
    data = example(g)
    served = graph.reachable_priorities(data.graph, data.priorities)[g["node"]]
    return ", ".join(sorted(served)) or "none"


def of_flow(g: Given, pick: Callable[[flow.ValueFlow], Any]) -> Any:
    answer = example(g).value_flow()
    return shown(answer) if isinstance(answer, result.Result) else pick(answer)


figure("value")(lambda g: of_flow(g, lambda f: f.value[g["node"]]))
figure("kept")(lambda g: of_flow(g, lambda f: f.kept[g["node"]]))
figure("kept by all")(lambda g: of_flow(g, lambda f: sum(f.kept.values())))
figure("stranded")(lambda g: of_flow(g, lambda f: f.stranded.get(g["priority"], "none")))
figure("kept of a priority")(
    lambda g: of_flow(g, lambda f: f.kept_by_priority[g["priority"]][g["node"]])
)


@figure("effort reaching")
def effort_reaching(g: Given) -> float:
    up = example(g).effort_up()
    return {**up.by_priority, "unlinked": up.unlinked, "all": up.total}[g["priority"]]


@figure("gap of a priority")
def gap_of_a_priority(g: Given) -> float:
    data = example(g)
    return flow.gap_by_priority(data.weights or {}, data.effort_up())[g["priority"]]


@figure("value and effort gap")
def value_and_effort_gap(g: Given) -> float | str:
    weights, up = weights_and_effort(g)
    allocated, people = float(g["allocated"]), int(g["people"])
    return shown(flow.value_effort_gap(weights, up, people=people, allocated=allocated))


def weights_and_effort(g: Given) -> tuple[Mapping[str, float] | None, flow.EffortUp]:
    """As the row gives them, else those of the worked example."""
    if "effort" not in g:
        data = example(g)
        return data.weights, data.effort_up()
    by_priority = by_name(amounts(g["effort"]))
    loose = float(g["unlinked"])
    total = sum(by_priority.values()) + loose
    return by_name(amounts(g["weights"])), flow.EffortUp(by_priority, loose, total)


def by_name(values: list[float]) -> dict[str, float]:
    return {f"p{place}": value for place, value in enumerate(values)}


def amounts(text: str) -> list[float]:
    return [float(item) for item in items(text)]


def people_of(g: Given) -> dispersion.Partition | None:
    return dispersion.partition([amounts(row) for row in g["people"].split(" / ")])


def strictly(name: str, bands: tuple[Band, ...]) -> None:
    figure(name)(lambda g: getattr(band_above(float(g["value"]), bands), "name", None))


figure("effective number")(lambda g: dispersion.effective_number(amounts(g["effort"])))
figure("effective number of order 2")(
    lambda g: dispersion.effective_number(amounts(g["effort"]), order=2)
)
figure("focus index")(lambda g: dispersion.focus_index(amounts(g["effort"])))
figure("effective priorities")(
    lambda g: shown(dispersion.effective_priorities(amounts(g["effort"]), people=int(g["people"])))
)
figure("excess dispersion")(
    lambda g: shown(
        dispersion.excess_dispersion(
            amounts(g["effort"]), amounts(g["weights"]), people=int(g["people"])
        )
    )
)


@figure("where it sits")
def where_it_sits(g: Given) -> str | None:
    found = people_of(g)
    assert found is not None
    return dispersion.reading(found.alpha, found.gamma)


@figure("gap of shares")
def gap_of_shares(g: Given) -> float:
    up = flow.EffortUp({"p": float(g["effort"])}, 0.0, 1.0)
    return flow.gap_by_priority({"p": float(g["value"])}, up)["p"]


@figure("leverage")
def leverage(g: Given) -> float | str:
    found = flow.leverage(float(g["effort"]), float(g["value"]))
    return "–" if found is None else found


@figure("mean under way")
def mean_under_way(g: Given) -> Any:
    return shown(load.mean_under_way([int(one) for one in items(g["objectives"])]))


figure("people from 4 under way")(lambda g: load.under_way(map(int, items(g["objectives"]))).watch)
figure("people from 6 under way")(lambda g: load.under_way(map(int, items(g["objectives"]))).act)
for part in ("alpha", "beta", "gamma"):
    figure(part)(lambda g, part=part: getattr(people_of(g), part))
strictly("dispersion band", dispersion.EXCESS_BANDS)
strictly("utilisation band", load.UTILISATION_BANDS)
strictly("overactivity band", load.OVERACTIVITY_BANDS)
band("band of what is under way", load.WIP_BANDS)


def loads(g: Given) -> list[load.Load]:
    return [load.Load(float(asked), float(has)) for asked, has in pairs(g["people"])]


@figure("utilisation")
def utilisation(g: Given) -> float | str:
    found = load.Load(float(g["allocated"]), float(g["capacity"])).utilisation
    return "–" if found is None else found


figure("overload share")(lambda g: shown(load.overload_share(loads(g), minimum=int(g["minimum"]))))
figure("overcommitted FTE")(lambda g: load.overcommitted_fte(loads(g)))
figure("unaligned share")(
    lambda g: shown(
        load.unaligned_share(
            float(g["linked"]),
            float(g["unlinked"]),
            float(g["run the business"]),
            people=int(g["people"]),
        )
    )
)


def throughput(g: Given) -> load.Throughput:
    return load.Throughput(
        float(g["under way"]),
        int(g["started"]),
        int(g["finished"]),
        int(g["periods"]),
        float(g.get("planned", "1")),
    )


figure("cycle time")(lambda g: shown(load.cycle_time(throughput(g))))
figure("overactivity")(lambda g: shown(load.overactivity(throughput(g))))


def criteria_that_hold(g: Given) -> result.Result:
    return practice.criteria_share(int(g["holding"]), int(g["looked at"]))


figure("criteria that hold")(lambda g: shown(criteria_that_hold(g)))
figure("criteria that hold, interval")(lambda g: interval(criteria_that_hold(g)))


def made_and_due(g: Given) -> adoption.CheckIns:
    return practice.total(
        adoption.CheckIns(int(held), int(due)) for held, due in pairs(g["check-ins"])
    )


figure("adherence")(lambda g: shown(practice.adherence(made_and_due(g))))
figure("check-ins due, of all")(lambda g: made_and_due(g).due)


def in_range(g: Given) -> result.Result:
    return practice.kpis_in_range(int(g["inside"]), int(g["judged"]), int(g["with target"]))


figure("KPIs in range")(lambda g: shown(in_range(g)))
figure("KPIs in range, coverage")(lambda g: in_range(g).coverage)


def critical(g: Given) -> result.Result:
    return practice.critical_achieved(int(g["achieved"]), int(g["scored"]))


figure("critical achieved")(lambda g: shown(critical(g)))
figure("critical achieved, status")(lambda g: critical(g).status.value)
figure("critical achieved, interval")(lambda g: interval(critical(g)))
figure("critical achieved, reason")(lambda g: critical(g).reason)
figure("critical on pace")(
    lambda g: shown(practice.critical_on_pace(int(g["on pace"]), int(g["judged"])))
)


@figure("alignment coverage")
def alignment(g: Given) -> float | str:
    data = example(g)
    return shown(coverage.alignment_coverage(data.objectives, data.linked))


@figure("effort coverage")
def effort_coverage(g: Given) -> float | str:
    data = example(g)
    return shown(coverage.effort_coverage(data.effort, data.linked))


@figure("value coverage")
def value_coverage(g: Given) -> float | str:
    data = example(g)
    covered = coverage.covered_priorities(data.graph, data.priorities, data.objectives)
    return shown(coverage.value_coverage(data.weights, covered))


@figure("people in line of sight")
def people(g: Given) -> float | str:
    data = example(g)
    return shown(coverage.people_in_line_of_sight(list(data.people), data.people, data.linked))


@figure("depth of a node")
def depth_of(g: Given) -> float | str:
    data = example(g)
    return graph.depth_to_priority(data.graph, data.priorities).get(g["node"], "none")


def depth(g: Given) -> coverage.Depth:
    data = example(g)
    depths = graph.depth_to_priority(data.graph, data.priorities)
    return coverage.depth(depths[node] for node in data.linked)


figure("median depth")(lambda g: shown(depth(g).median))
figure("longest depth")(lambda g: shown(depth(g).maximum))


def metric(g: Given) -> scores.Score:
    return scores.metric_score(number(g["baseline"]), number(g["target"]), number(g["value"]))


figure("metric score")(lambda g: shown(metric(g)))
figure("unclamped metric score")(lambda g: metric(g).unclamped)


def threshold(g: Given) -> scores.Score:
    observations, day = [], DAY_ONE
    for days, value in pairs(g["values"]):
        observations.append((day, float(value)))
        day += timedelta(days=int(days))
    bounds = (number(g["low"]), number(g["high"]))
    today = day - timedelta(days=1)
    return scores.maintain_score(observations, bounds, DAY_ONE, today, int(g["cadence"]))


figure("threshold score")(lambda g: shown(threshold(g)))
figure("threshold coverage")(lambda g: threshold(g).coverage)


@figure("milestone score")
def milestones(g: Given) -> float | str:
    listed = pairs(g["milestones"])
    done = [state == "done" for _, state in listed]
    return shown(scores.milestone_score([float(weight) for weight, _ in listed], done))


figure("yes or no")(lambda g: shown(scores.yes_no(g["done"] == "yes")))
figure("graded score")(
    lambda g: shown(
        scores.graded_score(
            *(number(g[name]) for name in ("baseline", "commit", "target", "stretch", "value"))
        )
    )
)


def objective(g: Given) -> scores.Score:
    return scores.objective_score(weighted(g["key results"]))


def closing(g: Given) -> scores.Score:
    """`2 × 0.5, 1 × 0.9 of 0.95`: the part after *of* is the bar, 1 where none is named."""
    rows = [
        (weight, *f"{score} of 1".split(" of ")[:2]) for weight, score in pairs(g["key results"])
    ]
    return scores.closing_score((float(w), number(score), float(bar)) for w, score, bar in rows)


figure("objective score")(lambda g: shown(objective(g)))
figure("objective coverage")(lambda g: objective(g).coverage)
figure("closing score")(lambda g: shown(closing(g)))
figure("never measured")(lambda g: closing(g).never_measured)
figure("achieved")(
    lambda g: "yes" if scores.achieved(scores.Ambition(g["ambition"]), float(g["score"])) else "no"
)


def contribution(g: Given) -> result.Result:
    data = example(g)
    answer = data.value_flow()
    children = data.graph.children[g["node"]]
    values = (
        None
        if isinstance(answer, result.Result)
        else {node: answer.value[node] for node in children}
    )
    return scores.contribution_progress(values, data.scores)


def priority(g: Given) -> result.Result:
    data = example(g)
    answer = data.value_flow()
    kept = None if isinstance(answer, result.Result) else answer.kept_by_priority[g["priority"]]
    return scores.priority_progress(kept, data.scores)


figure("contribution progress")(lambda g: shown(contribution(g)))
figure("contribution coverage")(lambda g: contribution(g).coverage)
figure("priority progress")(lambda g: shown(priority(g)))
figure("priority coverage")(lambda g: priority(g).coverage)


def days(g: Given, *names: str) -> list[date]:
    return [date.fromisoformat(g[name]) for name in names]


figure("elapsed fraction")(lambda g: pace.elapsed_fraction(*days(g, "start", "end", "as of")))


@figure("expected on plan")
def expected_on_plan(g: Given) -> float:
    plan = [(date.fromisoformat(day), float(score)) for day, score in pairs(g["plan"])]
    start, end, as_of = days(g, "start", "end", "as of")
    return pace.expected(start, end, as_of, plan)


@figure("expected of an objective")
def expected_of_an_objective(g: Given) -> float:
    return pace.expectation(weighted(g["key results"])).at(float(g["elapsed"]))


figure("pace gap")(lambda g: pace.pace_gap(float(g["score"]), float(g["expected"])))
figure("pace limits")(lambda g: tuple(pace.health_cuts(float(g["expected"]))))


@figure("health")
def health(g: Given) -> str:
    as_of = DAY_ONE + timedelta(days=int(g.get("day", 60)))
    verdict = pace.health(
        number(g["score"]),
        float(g["expected"]),
        float(g.get("elapsed", 0.5)),
        as_of - timedelta(days=int(g.get("days since check-in", 0))),
        int(g.get("cadence", 7)),
        as_of,
        DAY_ONE,
        g.get("achieved") == "yes",
        still_open=g.get("still open") == "yes",
    )
    return verdict.replace("_", " ")


figure("title similarity")(lambda g: cascade.title_similarity(g["one"], g["other"]))
figure("overlap")(lambda g: cascade.overlap_share(period(g["parent"]), period(g["child"])))


@figure("link quality")
def link_quality(g: Given) -> float | None:
    answers = {"yes": True, "no": False}
    one, other = items(g["titles"])
    link = cascade.Link(
        parent_title=one,
        child_title=other,
        accepted=answers.get(g.get("accepted", "")),
        kind=cascade.Kind(g["kind"]) if "kind" in g else None,
        parent_period=period(g["parent"]) if "parent" in g else None,
        child_period=period(g["child"]) if "child" in g else None,
        names_parent_key_result=answers.get(g.get("names key result", "")),
    )
    return cascade.link_quality(link).score


@figure("cascade quality")
def cascade_quality(g: Given) -> float | str:
    links = [(number(quality), number(value)) for value, quality in pairs(g["links"])]
    return shown(cascade.cascade_quality(links))


@figure("component sufficiency")
def component_sufficiency(g: Given) -> float | str:
    deltas = [number(delta) for delta in g["components"].split(", ")]
    return shown(cascade.component_sufficiency(deltas, float(g["parent"])))


def symmetry(g: Given) -> result.Result:
    return cascade.catchball_symmetry(int(g["answered"]), int(g["closed"]))


def agreement(g: Given) -> cascade.DaysToAgreement:
    return cascade.days_to_agreement([int(day) for day in items(g["days"])])


figure("catchball completeness")(
    lambda g: shown(cascade.catchball_completeness(int(g["accepted"]), int(g["needed"])))
)
figure("catchball symmetry")(lambda g: shown(symmetry(g)))
figure("catchball symmetry status")(lambda g: symmetry(g).status)
figure("median days to agreement")(lambda g: shown(agreement(g).median))
figure("days to agreement status")(lambda g: agreement(g).percentile_80.status)
figure("late days to agreement")(lambda g: shown(agreement(g).percentile_80))


RING = ("aims", "objectives", "initiatives", "metrics", "aims")


def x_matrix(g: Given) -> cascade.XMatrix:
    """Four grids of two entries each, tied one to one where a row does not say otherwise."""
    grids = []
    for pair in pairwise(RING):
        rows, columns = (() if one == g.get("without") else ("1", "2") for one in pair)
        links = items(g.get(" and ".join(pair), "1 1, 2 2" if rows and columns else "–"))
        tied = frozenset((link.split()[0], link.split()[1]) for link in links)
        grids.append(cascade.Grid(" and ".join(pair), rows, columns, tied))
    return cascade.x_matrix_completeness(grids)


@figure("x-matrix orphans")
def orphans(g: Given) -> str:
    loose = x_matrix(g).orphans
    return "; ".join(
        f"{', '.join(entries)} of {grid}" for (grid, _), entries in loose.items() if entries
    )


figure("x-matrix")(lambda g: shown(x_matrix(g).overall))


def need(text: str) -> dependencies.Need:
    state, *when = text.split()
    by, answer, promised = (
        None if one == "–" else DAY_ONE + timedelta(days=int(one)) for one in when
    )
    assert by is not None
    return dependencies.Need(state, by, answer or by, promised)


DAY_THIRTY = DAY_ONE + timedelta(days=30)


@figure("risk of a need")
def risk_of_a_need(g: Given) -> str:
    return dependencies.unmet(need(g["need"]), DAY_THIRTY) or "none"


def demand(g: Given) -> dependencies.Demand:
    return dependencies.demand(
        [number(one) for one in g["efforts"].split(", ")],
        free_fte=number(g["free"]),
        people=int(g["people"]),
        under_way=int(g["under way"]),
    )


figure("effort beyond what is free")(lambda g: shown(demand(g).effort))
figure("things at once a person")(lambda g: shown(demand(g).per_person))
figure("more than it can give")(lambda g: "yes" if demand(g).is_too_much else "no")


@figure("recall")
def recall(g: Given) -> float | str:
    named = line_of_sight.recall(
        items(g["named"]), items(g["official"]), items(g.get("decoys", "–"))
    )
    return "none" if named is None else named


@figure("named enough")
def named_enough(g: Given) -> float | str:
    """Of ten people who all name the same."""
    return shown(line_of_sight.named_enough([items(g["named"])] * 10, items(g["official"])))


@figure("overconfidence gap")
def overconfidence(g: Given) -> float | str:
    respondents, clear, recalled = (int(g[name]) for name in ("respondents", "clear", "recalled"))
    self_rated = [5.0] * clear + [2.0] * (respondents - clear)
    listed = [["a", "b", "c"]] * recalled + [["a"]] * (respondents - recalled)
    gap = line_of_sight.overconfidence_gap(
        line_of_sight.self_rated_clear(self_rated),
        line_of_sight.named_enough(listed, ["a", "b", "c", "d", "e"]),
    )
    return shown(gap)


@figure("person score")
def person_score(g: Given) -> float | str:
    answers = [None if a == "–" else int(a) for a in g["answers"].split(", ")]
    score = line_of_sight.person_score(answers)
    return "none" if score is None else score


figure("people with an agreed objective")(
    lambda g: shown(
        adoption.agreed_share(int(g["with"]), int(g["people"]), cycle_runs="cycle" not in g)
    )
)
figure("can be judged")(
    lambda g: shown(adoption.measurable_share(int(g["measurable"]), int(g["agreed"])))
)


def day_after(number: str) -> date:
    return DAY_ONE + timedelta(days=int(number))


@figure("check-ins due")
def check_ins_due(g: Given) -> str:
    away = [tuple(map(day_after, spell.split(" to "))) for spell in items(g.get("away", "–"))]
    found = adoption.check_ins_due(
        DAY_ONE,
        day_after(g["as of"]),
        int(g["cadence"]),
        map(day_after, items(g["made"])),
        [(first, last) for first, last in away],
    )
    return f"{found.held} of {found.due}"


@figure("keeps the rhythm")
def keeps_the_rhythm(g: Given) -> str:
    kept = adoption.CheckIns(int(g["held"]), int(g["due"])).kept
    return {True: "yes", False: "no", None: "too early"}[kept]


def check_ins_kept(g: Given) -> result.Result:
    return adoption.rhythm_share(int(g["kept"]), int(g["due"]), int(g["agreed"]))


figure("check-ins kept")(lambda g: shown(check_ins_kept(g)))
figure("check-ins kept, coverage")(lambda g: check_ins_kept(g).coverage)


@figure("withheld")
def withheld(g: Given) -> str:
    """Groups are named by their size: none of the rows has two alike."""
    groups = [int(size) for size in items(g["groups"])]
    whole = sum(groups) if g["whole"] == "–" else int(g["whole"])
    hidden = small_groups.withheld(
        {None: groups}, {size: size for size in groups}, int(g["minimum"]), whole
    )
    return ", ".join(str(size) for size in sorted(hidden)) or "none"


NUMBERS = {"baseline": "baseline", "target": "target", "value before": "value_before"}
TEXTS = {"key result": "title", "unit": "unit", "source": "source"}
DAYS = {"measure by": "measure_by", "due": "due_on"}


def spoiled(g: Given) -> rules.Assessment:
    """The sound objective of the page, with what a row says otherwise."""
    row, whole = sound.CALLS, sound.SOUND
    numbers = {field: number(g[name]) for name, field in NUMBERS.items() if name in g}
    texts = {field: g[name].replace("–", "") for name, field in TEXTS.items() if name in g}
    days = {field: date.fromisoformat(g[name]) for name, field in DAYS.items() if name in g}
    row = replace(row, **numbers, **texts, **days)
    if "direction" in g:
        row = replace(row, direction=Direction(g["direction"]))
    if "measured every" in g:
        row = replace(row, measured_every=int(g["measured every"]))
    shares = [float(one) for one in items(g.get("shares", "1"))]
    goal = replace(whole.parents[0], title=g.get("parent", whole.parents[0].title))
    if "parent ends" in g:
        goal = Goal(goal.title, date.fromisoformat(g["parent ends"]))
    whole = replace(
        whole,
        title=g.get("title", whole.title),
        key_results=tuple(replace(row, key=n, share=one) for n, one in enumerate(shares)),
        parents=(goal,),
    )
    return rules.assess(whole, sound.ON, words_of(g.get("language", "en")))


def listed(codes: list[str]) -> str:
    return ", ".join(sorted(codes, key=list(rules.BY_CODE).index)) or "none"


figure("rules that fire")(lambda g: listed([*spoiled(g).fired]))
figure("rules on text that fire")(
    lambda g: listed([code for code in spoiled(g).fired if rules.BY_CODE[code].on_text])
)
figure("message")(lambda g: spoiled(g).findings[0].message)
figure("quality")(lambda g: shown(rules.quality_of(items(g["held"]), items(g["fired"]))))
figure("working days")(
    lambda g: of_objectives.working_days(
        *(date.fromisoformat(g[end]) for end in ("since", "until"))
    )
)


def values_of_kpi(g: Given) -> list[tuple[date, float]]:
    every = timedelta(days=int(g["every"]))
    return [(DAY_ONE + n * every, float(one)) for n, one in enumerate(items(g["values"]))]


@figure("largest change")
def largest_change(g: Given) -> float | str:
    found = of_key_results.largest_change(values_of_kpi(g), int(g["days"]))
    return "none" if found is None else found


@figure("spread about the trend")
def spread(g: Given) -> float | str:
    found = of_key_results.spread_about_trend(values_of_kpi(g))
    return "none" if found is None else found


# --- the planner


def portfolio(g: Given) -> planner.Portfolio:
    """The six candidates of the page, with what a row says besides."""
    table = {
        "A": (40, 3, 1),
        "B": (30, 2, 2),
        "C": (25, 2, 1),
        "D": (20, 1, 2),
        "E": (12, 1, 0),
        "F": (10, 1, 1),
    }
    owned, forced_in, forced_out = (
        items(g.get(name, "none")) for name in ("owner of A, D", "force in", "force out")
    )
    candidates = tuple(
        planner.Candidate(
            key=name,
            value=Decimal(value),
            effort={("1", ""): Decimal(one), ("2", ""): Decimal(two)},
            mandatory=name in items(g.get("mandatory", "F")),
            forced=True if name in forced_in else False if name in forced_out else None,
            running=name in items(g.get("running", "none")),
            stop_cost=Decimal(g.get("stop cost", 0)),
            owner=owned[0] if owned and name in "AD" else None,
        )
        for name, (value, one, two) in table.items()
    )
    return planner.Portfolio(
        candidates,
        {("1", ""): Decimal(6), ("2", ""): Decimal(4)},
        needs=frozenset({("B", "D")}),
        alternatives=(frozenset(items(g["alternatives"])),) if "alternatives" in g else (),
        owner_limits={name: int(g["limit"]) for name in owned},
        keeps={
            name: frozenset(items(g[name])) for name in ("keep one of", "and one of") if name in g
        },
    )


def planned(g: Given) -> planner.Plan:
    return planner.plan(portfolio(g))


figure("planned worth")(lambda g: shown(planned(g).total))
figure("planned")(lambda g: ", ".join(sorted(map(str, planned(g).chosen))))
figure("plan outcome")(lambda g: str(planned(g).outcome))


@figure("worth of parts")
def worth_of_parts(g: Given) -> float:
    """The same conditions, but a candidate may run in part: nothing whole can be worth more."""
    programme = Programme(portfolio(g).checked())
    rows, bounds = [*programme._rows({})], programme._bounds(None, {})
    model = _model([*programme.gains], rows, bounds)
    model.integrality_ = []
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    return float(solver.getInfo().objective_function_value) / 100


def marginal(g: Given) -> planner.Marginal:
    return next(one for one in planned(g).marginals if one.cell[0] == g["team"])


figure("one person more")(lambda g: shown(marginal(g).more))
figure("one person fewer")(lambda g: shown(marginal(g).fewer))


@figure("price of a forced choice")
def price_of_a_choice(g: Given) -> float | str:
    return shown(next(one.price for one in planned(g).prices if one.key == g["of"]))


@figure("price of keeping every priority")
def price_of_keeping(g: Given) -> float | str:
    keeping = planned(g).keeping
    assert keeping is not None
    return shown(keeping.price)


@figure("overloaded by")
def overloaded_by(g: Given) -> float:
    return float(next(one.excess for one in planned(g).loads if one.cell[0] == g["team"]))


@figure("why not")
def why_not(g: Given) -> str:
    line = next(one for one in planned(g).lines if one.key == g["of"])
    return line.reason.why.replace("_", " ")


# --- the tests


def exactness(text: str) -> float:
    """Six decimals are rounded; everything else is exact (but for what floats are)."""
    return 5.1e-7 if re.search(r"\.\d{6}$", text) else 2e-9


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.page}-{c.figure}-{c.given}")
def test_worked_figure(case: Case) -> None:
    answer = FIGURES[case.figure](case.inputs())
    if isinstance(answer, str):
        assert answer == case.expected
        return
    answers = answer if isinstance(answer, tuple) else (answer,)
    parts = case.expected.split(" to ")
    for part, got in zip(parts, answers, strict=True):
        assert got == pytest.approx(float(Fraction(part)), abs=exactness(part), rel=0)


def test_index_names_every_page_once() -> None:
    listed = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)", (METHOD / "README.md").read_text(), re.M)
    assert sorted(listed) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_page_holds_what_a_reader_needs(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "**Answers:**" in text
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Formula", "Edge cases", "Shown", "How to read it", "Worked figures"]


def test_method_versions_are_those_of_the_pages() -> None:
    in_code = {
        value
        for module in (
            adoption,
            cascade,
            coverage,
            dependencies,
            dispersion,
            flow,
            line_of_sight,
            load,
            pace,
            planner,
            practice,
            result,
            rules,
            scores,
        )
        for name, value in vars(module).items()
        if name.endswith("METHOD_VERSION")
    }
    on_pages = {
        page.stem: version
        for page in PAGES
        for version in re.findall(r"^Method version: `([^`]+)`$", page.read_text(), re.M)
    }
    assert set(on_pages.values()) == in_code
    assert all(version.startswith(f"{page}/") for page, version in on_pages.items())
