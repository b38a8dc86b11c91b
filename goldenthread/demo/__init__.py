"""Aldervale Heat: an invented company with a year behind it, the same every time it is made."""
