"""How the code is built."""
