"""What Wallboard does, one verb each, and the ports it needs for it."""
