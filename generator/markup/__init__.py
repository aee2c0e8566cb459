"""An author's text to HTML, every mistake with its line; the only package that imports markdown."""
