"""Real doors and real stores."""
