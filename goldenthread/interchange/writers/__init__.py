"""Writing what goes out: tables that the import reads, and a StratML plan."""
