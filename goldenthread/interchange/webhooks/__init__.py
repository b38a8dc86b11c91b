"""Webhooks: what has changed, told to other systems; signed, tried again, never to private addresses (ADR 0015)."""
