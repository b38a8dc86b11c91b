"""What is here already, and what the file's own rows add: found by identifier, then by name."""

import difflib
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, Generic, TypeVar

from goldenthread.core.errors import DomainError
from goldenthread.core.models import Record
from goldenthread.interchange.own import own_identifier
from goldenthread.interchange.services.rows import NotFound, shown

R = TypeVar("R", bound=Record)
MOST_GUESSES = (
    20  # looking for something close is slow; a file that is wrong all over needs no more
)


def fold(text: str) -> str:
    """A name as it is compared: without case and needless spaces."""
    return " ".join(text.split()).casefold()


class Known(Generic[R]):
    """Records of one kind. `names` are what a row may call one by; `identity` is its natural key, or None.

    `hidden` are those that the reader may not see: they are matched, so that nothing is doubled, and never found
    by name or shown.
    """

    def __init__(
        self,
        what: str,
        records: Iterable[R],
        names: Callable[[R], Iterable[str]],
        identity: Callable[[R], Hashable | None],
        hidden: Collection[int] = (),
        own_mark: str = "",
    ) -> None:
        self.what, self.names, self.identity, self.hidden = what, names, identity, hidden
        self.own_mark = own_mark  # what the identifiers that exports give begin with
        self.by_id: dict[str, R] = {}
        self.by_name: dict[str, list[R]] = {}
        self.by_identity: dict[Hashable, list[R]] = {}
        self.promised: set[int] = set()  # found by their key, to get the identifier of their row
        self.guesses = 0
        for record in records:
            self.add(record)

    def add(self, record: R) -> None:
        if self.own_mark:
            self.by_id[own_identifier(record, self.own_mark)] = record
        if record.external_id:
            self.by_id[record.external_id] = record
        if (key := self.identity(record)) is not None:
            self.by_identity.setdefault(key, []).append(record)
        for name in self.names(record):
            if name and record not in (known := self.by_name.setdefault(fold(name), [])):
                known.append(record)

    def forget(self, record: R) -> None:
        """Take back what `add` did: the record is not there after all."""
        for external_id in (record.external_id, own_identifier(record, self.own_mark)):
            if self.by_id.get(external_id) is record:
                del self.by_id[external_id]
        for index in (self.by_identity, self.by_name):
            for known in index.values():
                if record in known:
                    known.remove(record)

    def match(self, external_id: str, key: Hashable | None) -> R | None:
        """The record that a row is about: by its identifier, else by natural key among those without one.

        Refuses when several are meant. A record found by its key is that row's alone: another row with another
        identifier is about something else, as it will be when the first one's is noted.
        """
        if external_id and external_id in self.by_id:
            return self.by_id[external_id]
        found = self.by_identity.get(key, []) if key is not None else []
        if external_id:
            found = [one for one in found if not one.external_id and one.pk not in self.promised]
        if len(found) > 1:
            raise DomainError(
                f"{len(found)} {self.what} are called “{shown(found[0])}”. Add a column with an identifier."
            )
        return found[0] if found else None

    def promise(self, record: R, external_id: str) -> None:
        """Let the rest of the file know a record by the identifier that it is about to get."""
        self.promised.add(record.pk)
        self.by_id[external_id] = record

    def seen(self, text: str) -> list[R]:
        """Those that the text may mean, as far as the reader may see them."""
        if (by_id := self.by_id.get(text.strip())) is not None:
            return [] if by_id.pk in self.hidden else [by_id]
        return [one for one in self.by_name.get(fold(text), []) if one.pk not in self.hidden]

    def find(self, text: str, field: str | None = None) -> R:
        """The one record that the text means; `NotFound`, with something close, or `DomainError` otherwise."""
        found = self.seen(text)
        if not found:
            raise self.missing(text, field)
        if len(found) > 1:
            raise DomainError(
                f"{len(found)} {self.what} are called “{shown(text)}”. Give the identifier or e-mail instead.",
                field,
            )
        return found[0]

    def missing(self, text: str, field: str | None) -> NotFound:
        close = self.close_to(text)
        meant = f" Did you mean {shown(close)}?" if close is not None else ""
        instead = next(iter(self.names(close)), "") if close is not None else ""
        return NotFound(
            f"“{shown(text)}” is not among the {self.what} here or in the file.{meant}",
            field,
            text,
            instead,
            shown(close),
        )

    def close_to(self, text: str) -> R | None:
        """The one that the text may be a slip for."""
        if self.guesses >= MOST_GUESSES or len(text) < 4:
            return None
        self.guesses += 1
        close = difflib.get_close_matches(fold(text), self.by_name, n=1, cutoff=0.84)
        found = (
            [one for one in self.by_name[close[0]] if one.pk not in self.hidden] if close else []
        )
        return found[0] if len(found) == 1 else None


def one_of(known: Iterable[Known[Any]], text: str, field: str) -> Any:
    """The one record that the text means in any of several kinds."""
    kinds = list(known)
    found = [one for kind in kinds for one in kind.seen(text)]
    if len(found) == 1:
        return found[0]
    if not found:
        whats = " or ".join(kind.what for kind in kinds)
        close = next((one for kind in kinds if (one := kind.missing(text, field)).fix), None)
        if close is not None:
            raise close
        raise NotFound(
            f"“{shown(text)}” is not among the {whats} here or in the file.", field, text
        )
    raise DomainError(
        f"“{shown(text)}” can mean several things. Give the identifier instead.", field
    )
