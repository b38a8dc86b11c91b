"""What is read of decisions."""
