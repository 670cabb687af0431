# PYTHON_ARGCOMPLETE_OK
"""The entry point of the `aestream` command: errors become one line and an exit status here, and only here."""

import os
import sys
from collections.abc import Sequence

from aestream.cli.commands import build_parser
from aestream.cli.completion import complete
from aestream.cli.failure import print_error
from aestream.cli.grammar import is_completing, split_words
from aestream.cli.parser import UsageError
from aestream_core.errors import AestreamError, MissingDependencyError

STATUS_ERROR = 1
STATUS_USAGE = 2
STATUS_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: words after the program's name; None takes those of the process.

    Returns:
        Exit status: 0; 1 where something failed; 2 where the command line is wrong; 130 after Ctrl-C.
    """
    try:
        if is_completing():
            complete()
        status = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return status
    except AestreamError as error:
        _flush_or_let_go_of_stdout()
        print_error(error)
        return STATUS_USAGE if isinstance(error, UsageError) else STATUS_ERROR
    except KeyboardInterrupt:
        _flush_or_let_go_of_stdout()
        return STATUS_INTERRUPTED
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("aestream"):
            raise
        print_error(MissingDependencyError(f"no module {error.name!r} here; 'aestream doctor' says what brings it"))
        return STATUS_ERROR
    except BrokenPipeError:
        _let_go_of_stdout()
        return 0  # Whoever read our output has seen enough, as `| head` has.
    except OSError as error:
        _let_go_of_stdout()
        print_error(AestreamError(str(error)))
        return STATUS_ERROR


def _run(words: Sequence[str]) -> int:
    split = split_words(words)
    args = build_parser(split.command).parse_args(split.command)
    args.filters, args.outputs = split.filters, split.outputs
    return int(args.run(args))


def _flush_or_let_go_of_stdout() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        _let_go_of_stdout()


def _let_go_of_stdout() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not fail on it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
