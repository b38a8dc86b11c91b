"""`goldenthread import KIND FILE`: bring a plan or a table in, with the same rules and the same words as the page."""

# ruff: noqa: N999  # the command is called import
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import Organisation
from goldenthread.interchange import services
from goldenthread.interchange.management.commands import (
    DONE,
    NOTHING_DONE,
    SOME_REFUSED,
    nothing_done,
    who_imports,
)
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.interchange.readers.limits import LIMITS, RefusedFile
from goldenthread.interchange.reports import as_data, as_text
from goldenthread.interchange.services.folder import tables_in
from goldenthread.people.models import Person

AUTO = "auto"


class Command(BaseCommand):
    help = (
        "Import a StratML plan, a CSV file, or a folder of tables as an export writes it. "
        "Priorities, KPIs and objectives arrive unconfirmed. "
        "Exit code 0: done; 1: some rows were refused; 2: nothing was done."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[AUTO, *services.KIND_NAMES], help="what the rows are")
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="which column says what, as JSON")
        parser.add_argument("--save-mapping", type=Path, help="write the mapping used to this file")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--as", dest="email", help="who imports, by e-mail (the only one who may)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (organisation := Organisation.current()) is not None:
            organisation.remember()  # else it is asked for with every date
        try:
            self._import(options)
        finally:
            Organisation.forget()

    def _import(self, options: dict[str, Any]) -> None:
        actor = who_imports(options["email"])
        mapping = _mapping(options["mapping"])
        path: Path = options["file"]
        if path.is_dir():
            self._folder(actor, path, options)
            return
        kind = "" if options["kind"] == AUTO else options["kind"]
        if code := self._file(actor, path, kind, mapping, options):
            raise SystemExit(code)

    def _folder(self, actor: Person, folder: Path, options: dict[str, Any]) -> None:
        """Every table of an export, each after those that it refers to."""
        try:
            steps = tables_in(folder)
        except RefusedFile as refused:
            raise nothing_done(str(refused)) from refused
        codes = [self._file(actor, path, kind, None, options) for kind, path in steps]
        if any(codes):
            raise SystemExit(
                SOME_REFUSED if DONE in codes or SOME_REFUSED in codes else NOTHING_DONE
            )

    def _file(
        self,
        actor: Person,
        path: Path,
        kind: str,
        mapping: dict[str, Any] | None,
        options: dict[str, Any],
    ) -> int:
        """One file; the code that the command ends with."""
        self.stderr.write(f"Reading {path.name}, and working out what each row would do …")
        try:
            batch = services.stage(
                actor=actor, filename=path.name, data=_data(path), kind=kind, mapping=mapping
            )
        except services.OutlineInstead as refused:
            raise nothing_done(
                f"{refused} Drop it on the page under Strategy instead."
            ) from refused
        except (RefusedFile, DomainError, NotAllowed) as refused:
            raise nothing_done(f"{path.name}: {refused}") from refused
        if options["save_mapping"] and batch.mapping:
            words = json.dumps(batch.mapping, indent=2, ensure_ascii=False)
            options["save_mapping"].write_text(f"{words}\n", encoding="utf-8")
        try:
            return self._go_on(actor, batch, options)
        finally:
            if batch.state == Import.State.STAGED:
                batch.delete()

    def _go_on(self, actor: Person, batch: Import, options: dict[str, Any]) -> int:
        if batch.problem:
            raise nothing_done(f"{batch.filename}: {batch.problem}")
        nothing = not batch.total or batch.refused == batch.total
        if not options["dry_run"] and not nothing:
            self.stderr.write(f"Writing {batch.writes:,} of {batch.total:,} rows …")
            services.apply(actor=actor, batch=batch)
        rows = list(ImportRow.objects.filter(file=batch))
        if options["format"] == "json":
            data = as_data(batch, rows, dry_run=options["dry_run"])
            self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            self.stdout.write(as_text(batch, rows, dry_run=options["dry_run"]))
        if nothing or batch.refused == batch.total:
            return NOTHING_DONE
        return SOME_REFUSED if batch.refused else DONE


def _data(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMITS.bytes:
            raise nothing_done(
                f"{path} has more than {LIMITS.bytes // 1_000_000} MB. Split it into several files."
            )
        return path.read_bytes()
    except OSError as error:
        raise nothing_done(f"{path} cannot be read: {error.strerror}.") from error


def _mapping(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(_data(path))
    except ValueError as error:
        raise nothing_done(f"{path} is not valid JSON: {error}") from error
    if not isinstance(found, dict):
        raise nothing_done(f"{path} must hold a JSON object with “kind” and “columns”.")
    return found
