"""What the words of a command say: texts as they stand, and the home folder by its sign."""

from pathlib import Path


def text_of(word: str) -> str:
    """Give a value as a text, without quotes around it, and with the home folder for a `~` at its start."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "'\"":
        word = word[1:-1]
    if not word.startswith("~"):
        return word
    try:
        return str(Path(word).expanduser())
    except RuntimeError:  # nobody of that name
        return word
