"""Many random days, against a plain recount."""
