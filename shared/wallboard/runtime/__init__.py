"""What only Lambda needs."""
