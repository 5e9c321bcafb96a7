"""One file or folder per vendor; each declares SOURCE."""
