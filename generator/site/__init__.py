"""Pages, their assets, and checking and publishing them."""
