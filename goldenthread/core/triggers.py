"""The database itself refuses to change or delete a line of the audit trail, whoever asks.

Both are plain SQL for one vendor each. The migration that appends the triggers uses them; so do the tests,
which have to empty the tables between two tests.
"""

TABLES = ("core_auditrecord", "core_auditseal")
MESSAGE = "the audit trail is append only"


def create(vendor: str) -> list[str]:
    """The statements that make the triggers. On PostgreSQL emptying the table (TRUNCATE) is refused too."""
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table in TABLES
            for event in ("UPDATE", "DELETE")
        ]
    function = (
        "CREATE OR REPLACE FUNCTION core_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_audit_append_only()"
            for table in TABLES
        ),
    ]


def drop(vendor: str) -> list[str]:
    """The statements that take the triggers away, for undoing the migration and for tests."""
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER {table}_no_{event}" for table in TABLES for event in ("update", "delete")
        ]
    return [f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES]
