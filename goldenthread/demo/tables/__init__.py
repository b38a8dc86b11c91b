"""What Aldervale Heat is made of, as plain tables. Everybody and everything in them is invented."""
