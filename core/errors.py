"""The one exception that every door of the program raises for bad input."""


class InputError(ValueError):
    """Something a person supplied cannot be used; the message is one line and says what to change."""
