"""The words of the page, one module a language."""
