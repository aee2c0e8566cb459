"""One file a figure: what it shows, what it needs, how it is drawn."""
