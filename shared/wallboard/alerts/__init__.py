"""One file per rule; each declares RULE. Beside them the pure decision what to fire, keep or resolve."""
