"""What pages and reports read of cascades between units."""
