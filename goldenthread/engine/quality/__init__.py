"""Do success criteria hold? Thirty-five rules over one objective, each with what to do about it (`docs/method`)."""
