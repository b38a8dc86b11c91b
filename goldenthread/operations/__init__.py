"""What runs behind the pages, for whoever looks after it."""
