"""The one exception type; `__main__` turns it into exit 2."""


class CombineError(Exception):
    """Something keeps the tool from doing its work; the message names file, line and remedy."""
