"""What is read of cycles and objectives. Everything handed out has been filtered by `visible_to`."""
