"""Two releases over one portfolio: whom a new release hits."""
