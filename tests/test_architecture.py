"""The house rules that a machine can check; CONTRIBUTING.md says what they are for."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "goldenthread"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(path for path in PACKAGE.rglob("*.html") if "templates" in path.parts)
MOST_LINES = 400

# A model answers for its own visibility (`visible_to`), or is read only with the record that it is part of.
PART_OF = {
    "core.organisation": "everybody signed in reads it",
    "core.auditrecord": "core.selectors.history_of asks for the record it tells of",
    "core.auditseal": "shown by no page",
    "core.personkey": "shown by no page",
    "core.period": "shown on the page of jobs",
    "core.worker": "shown on the page of jobs",
    "core.keptanswer": "answered to whoever sends the same again, and shown by no page",
    "people.user": "people.person",
    "objectives.rulewaiver": "objectives.objective",
    "objectives.templatekeyresult": "objectives.objectivetemplate",
    "programme.nudge": "shown beside what is stuck, and to whom it is addressed",
    "programme.reminder": "shown by no page",
    "programme.addendum": "programme.leadershipreview",
    "programme.agendapoint": "programme.leadershipreview; its record is asked too",
    "people.signin": "shown to its account only",
    "people.unit": "everybody signed in sees every unit",
    "people.absence": "people.person",
    "people.personheld": "people.person",
    "people.unitheld": "people.unit",
    "people.unitclosure": "people.unit",
    "people.reportingclosure": "people.person",
    "strategy.strategyheld": "strategy.strategy",
    "strategy.priorityheld": "strategy.priority",
    "strategy.tradeoff": "strategy.strategy",
    "tradeoffs.option": "tradeoffs.decision",
    "tradeoffs.touch": "tradeoffs.decision; what it names is asked of that record too",
    "tradeoffs.competingitem": "tradeoffs.whatgives; its objective is asked of that record too",
    "tradeoffs.candidate": "tradeoffs.plan; its objective is asked of that record too",
    "tradeoffs.candidateeffort": "tradeoffs.plan",
    "tradeoffs.teamcapacity": "tradeoffs.plan",
    "tradeoffs.ownerlimit": "tradeoffs.plan",
    "tradeoffs.scenario": "tradeoffs.plan",
    "tradeoffs.nonroutineshare": "everybody signed in reads it",
    "strategy.kpitarget": "strategy.kpi",
    "strategy.observation": "strategy.kpi",
    "strategy.expectedresult": "strategy.priority",
    "objectives.cascadeversion": "objectives.cascade",
    "objectives.cycle": "everybody signed in sees every cycle",
    "objectives.objectiveheld": "objectives.objective",
    "objectives.objectivescore": "objectives.objective",
    "objectives.keyresult": "objectives.objective",
    "objectives.milestone": "objectives.objective",
    "objectives.checkin": "objectives.objective",
    "objectives.contribution": "both of its ends",
    "objectives.objectiveancestor": "objectives.objective",
    "objectives.objectivepriority": "objectives.objective",
    "objectives.prioritywork": "strategy.priority",
    "objectives.strategywork": "strategy.strategy",
    "objectives.expectationchange": "objectives.objective",
    "insights.measured": "everybody signed in reads sums; titles are asked for where they are shown",
    "insights.figure": "everybody signed in reads sums; a withheld one is stored without its value",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def markup(path: Path) -> str:
    """The template without its comments."""
    comments = r"{#.*?#}|{% comment %}.*?{% endcomment %}"
    return re.sub(comments, "", path.read_text(), flags=re.DOTALL)


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("goldenthread.")]


def test_apps_import_downward_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_signal_gets_round_the_layers() -> None:
    found = [
        named(path)
        for path in MODULES
        if re.search(r"^\s*(from|import) .*(signals|dispatch)\b", path.read_text(), re.MULTILINE)
    ]
    assert found == []


def test_no_module_outgrows_its_room() -> None:
    sizes = {named(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: lines for name, lines in sizes.items() if lines > MOST_LINES} == {}


def test_every_module_is_named_for_the_domain() -> None:
    assert [
        named(path) for path in MODULES if path.stem in {"utils", "helpers", "misc", "common"}
    ] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an inline script", r"<script(?![^>]*\bsrc=)"),
        ("an inline style sheet", r"<style\b"),
        ("an inline style", r"\sstyle\s*="),
        (
            "an inline handler",
            r"\son(?:click|change|input|submit|load|key\w+|mouse\w+|focus|blur)\s*=",
        ),
        ("an address that runs", r"javascript:"),
        ("another host", r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)"),
    ],
)
def test_templates_keep_to_the_content_security_policy(what: str, pattern: str) -> None:
    found = [named(path) for path in TEMPLATES if re.search(pattern, markup(path), re.IGNORECASE)]
    assert found == [], f"{what} in these templates"


def test_every_model_says_who_may_see_it() -> None:
    without = {
        model._meta.label_lower
        for model in own_models()
        if not hasattr(model._default_manager.all(), "visible_to")
    }
    assert without == PART_OF.keys()


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_generated_reference_is_current() -> None:
    call_command("reference", check=True)
