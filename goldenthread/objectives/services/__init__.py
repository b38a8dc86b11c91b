"""What can be done to cycles and objectives. Each function asks permission first and writes the audit trail."""
