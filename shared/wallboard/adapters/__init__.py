"""The only code that meets the world."""
