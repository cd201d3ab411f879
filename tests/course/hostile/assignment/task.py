"""Three functions, of which one can only be guessed."""


def scale(x):
    """Return three times ``x`` plus one."""
    return 3 * x + 1


def classify(x):
    """Return a class for each row."""
    return x[:, 0] * 0


def shift(x):
    """Return ``scale(x)`` minus its mean."""
    return scale(x) - scale(x).mean()
