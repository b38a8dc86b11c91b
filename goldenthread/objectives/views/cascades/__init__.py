"""The pages of cascades between units."""
