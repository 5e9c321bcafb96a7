"""Wallboard: exact contact-centre and AI-agent analytics from appended facts and recomputed roll-ups."""

__version__ = "0.1.0"
