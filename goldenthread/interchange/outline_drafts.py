"""An outline as drafts: priorities and expected results, unconfirmed until the strategy's leader takes them on."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from goldenthread.core import clock
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.interchange.readers.outline import (
    DraftPriority,
    ExpectedResult,
    Ignored,
    Outline,
)
from goldenthread.people.models import Person
from goldenthread.strategy import services
from goldenthread.strategy.models import Priority, Strategy

MOST_DRAFTS = 40  # a list longer than this is a contents page, not priorities
MOST_RESULTS = 20
PASTED = "Pasted text"
_ROLES = re.compile(
    r"\b(board|chief|committee|department|director|head|lead|leader|manager|office|officer|team|unit|vp)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Drafted:
    """What became of an outline, and what of it no draft holds.

    `sponsors` are names by the id of the priority that the file gives them for, of people who are not here;
    `ignored` says of every text that was not used where it stands and why.
    """

    strategy: Strategy
    created: int
    ignored: list[Ignored] = field(default_factory=list)
    trade_offs: list[str] = field(default_factory=list)
    sponsors: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def draft_outline(
    *, actor: Person, outline: Outline, file_name: str = "", strategy: Strategy | None = None
) -> Drafted:
    """Put an outline into a strategy, or into a new one of the organisation, as drafts to confirm.

    Doing it again doubles nothing: a priority is known by its title, an expected result by its words. Asks
    *start strategy* for a new one and *import* for the drafts.
    """
    made = Drafted(_strategy(actor, outline, strategy), 0, list(outline.ignored))
    held = {
        priority.title.casefold(): priority
        for priority in made.strategy.priorities.exclude(state=Priority.State.DROPPED)
        .select_related("strategy__leader", "sponsor")
        .prefetch_related("expected_results")
    }
    held_results = {
        priority.pk: {result.text.casefold() for result in priority.expected_results.all()}
        for priority in held.values()
    }
    created = 0
    for found in outline.priorities:
        title, whole = _fitting(found.title, 200)
        priority = held.get(title.casefold())
        if priority is not None and priority.state != Priority.State.UNCONFIRMED:
            made.ignored.append(Ignored(found.source, title, "Is a priority already."))
            continue
        if priority is None and created == MOST_DRAFTS:
            why = f"More than {MOST_DRAFTS} priorities are not drafted at once."
            made.ignored.append(Ignored(found.source, title, why))
            continue
        if priority is None:
            created += 1
            priority = services.draft_priority(
                actor=actor,
                strategy=made.strategy,
                title=title,
                why="\n".join(part for part in (whole, found.why) if part),
                sponsor=person_named(found.sponsor),
                source=", ".join(
                    part for part in (file_name[-120:] or PASTED, found.source) if part
                ),
            )
            held[title.casefold()] = priority
        _results(actor, priority, found, made, known=held_results.get(priority.pk, set()))
        made.trade_offs.extend(found.trade_offs)
        if found.sponsor and priority.sponsor is None:
            made.sponsors[priority.pk] = found.sponsor
        if found.notes:
            made.ignored.append(Ignored(found.source, found.notes, "A note or an action."))
    made.trade_offs.extend(outline.trade_offs)
    return Drafted(made.strategy, created, made.ignored, made.trade_offs, made.sponsors)


def _strategy(actor: Person, outline: Outline, strategy: Strategy | None) -> Strategy:
    words = {
        "vision": outline.vision,
        "mission": outline.mission,
        "values": "\n".join(outline.values),
    }
    if strategy is None:
        title = outline.title or f"Strategy of {Organisation.current()}"
        return services.start_strategy(
            actor=actor,
            title=_fitting(title, 200)[0],
            vision=words["vision"],
            mission=words["mission"],
            values=words["values"],
        )
    if strategy.state == Strategy.State.DRAFT:
        missing: dict[str, Any] = {
            name: text for name, text in words.items() if text and not getattr(strategy, name)
        }
        services.redraft_strategy(actor=actor, strategy=strategy, **missing)
    return strategy


def _results(
    actor: Person, priority: Priority, found: DraftPriority, made: Drafted, *, known: set[str]
) -> None:
    for number, result in enumerate(found.expected_results, start=1):
        text = result_words(result)
        if text.casefold() in known:
            continue
        if number > MOST_RESULTS:
            why = f"More than {MOST_RESULTS} expected results are not drafted at once."
            made.ignored.append(Ignored(found.source, text, why))
            continue
        known.add(text.casefold())
        try:
            services.draft_expected_result(
                actor=actor,
                priority=priority,
                text=text,
                baseline=result.baseline,
                target=result.target,
                due_on=result.due,
            )
        except DomainError:  # figures that contradict each other: the words alone are as written
            services.draft_expected_result(actor=actor, priority=priority, text=text)


def result_words(result: ExpectedResult) -> str:
    """An expected result in one line, as written, with what stands below it in the file."""
    text = " ".join(result.text.split())
    if result.detail:
        text = f"{text} ({' '.join(result.detail.split())})"
    return _fitting(text, 300)[0]


def person_named(text: str) -> Person | None:
    """The one person working here whom a file names, as in "Tomas Okafor, COO"; None when unsure."""
    name = bare_name(text)
    if not name:
        return None
    working = Person.objects.working(clock.today())
    wanted = {"email": name.lower()} if "@" in name else {"name__iexact": name}
    found = list(working.filter(**wanted)[:2])
    return found[0] if len(found) == 1 else None


def bare_name(text: str) -> str:
    """The name in "Tomas Okafor (COO)", without the post behind it."""
    return " ".join(re.split(r"[,(;/–—]|\s-\s", text, maxsplit=1)[0].split())


def looks_like_a_name(text: str) -> bool:
    """Whether a text may be somebody's name, and not a post such as "COO" or "Head of Sales"."""
    words = bare_name(text).split()
    return 2 <= len(words) <= 5 and not _ROLES.search(text) and not re.search(r"\d", text)


def _fitting(text: str, at_most: int) -> tuple[str, str]:
    """The text cut to a whole word within the limit, and all of it when it had to be cut."""
    text = " ".join(text.split())
    if len(text) <= at_most:
        return text, ""
    cut = text[: at_most - 1].rsplit(" ", 1)[0] or text[: at_most - 1]
    return f"{cut}…", text
