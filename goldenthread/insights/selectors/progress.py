"""How far the work below each priority is, from what counted on a day."""

from collections.abc import Iterator

from goldenthread.engine.flow import kept_shares
from goldenthread.engine.graph import Graph, Node
from goldenthread.engine.result import Result
from goldenthread.engine.scores import WorkDone, progress_of, work_done
from goldenthread.insights.selectors.counted import Work

NO_VALUE = WorkDone(0.0, 0.0, 0.0, 0)


def progress_by_priority(work: Work) -> Iterator[tuple[Node, Result]]:
    """Each priority in use with its progress; a reason in its place while its strategy's weights are not set."""
    graph = Graph(work.graph.edges, work.shares)
    for priority, kept in kept_shares(graph, work.shares, work.own_shares):
        yield (
            priority,
            progress_of(
                weighed(work_done(kept, work.scores), work.shares[priority]), as_of=work.day
            ),
        )


def weighed(done: WorkDone, share: float | None) -> WorkDone | None:
    """The sums as they count at this share of value: none while it is not set, nothing where it is 0."""
    if share is None:
        return None
    return done if share > 0 else NO_VALUE
