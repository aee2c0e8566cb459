"""Makes the runs that are missing, keeps them, answers questions about them."""
