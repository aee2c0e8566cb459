"""From a recipe to trained weights and what they compute; the only package that imports torch."""
