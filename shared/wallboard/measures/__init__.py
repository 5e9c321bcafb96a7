"""What is measured: the monoids that merge, the cubes that hold them, and the fold that fills the cubes."""
