"""Coming in, registering, and one's own data, through the pages."""
