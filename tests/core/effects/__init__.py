"""An app whose jobs leave a line in the audit trail for each effect: which nothing can take back."""
