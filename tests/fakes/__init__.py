"""Stand-ins for the world, held to the same tests as the real thing."""
