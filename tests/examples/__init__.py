"""The examples that the guide walks through."""
