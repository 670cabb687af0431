"""`aestream completion`, and what the shell calls for completions."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence

from aestream.cli.grammar import FILTER_KEYWORD, OUTPUT_KEYWORD

SHELLS = ("bash", "zsh", "fish")
EXAMPLES = """examples:
  eval "$(aestream completion bash)"                                   this shell only
  aestream completion bash > ~/.local/share/bash-completion/completions/aestream
  aestream completion fish > ~/.config/fish/completions/aestream.fish
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `completion` to the commands of `aestream`."""
    parser = subparsers.add_parser(
        "completion", help="print the script that completes this command in a shell", epilog=EXAMPLES
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    import argcomplete

    sys.stdout.write(argcomplete.shellcode(["aestream"], shell=args.shell))
    return 0


def complete() -> None:
    """Answer the shell and end the process, as argcomplete does."""
    import argcomplete

    from aestream.cli.commands import build_parser

    _, prefix, _, words, _ = argcomplete.split_line(os.environ["COMP_LINE"], int(os.environ["COMP_POINT"]))
    words = words[1:]
    keywords = [at for at, word in enumerate(words) if word in (FILTER_KEYWORD, OUTPUT_KEYWORD)]
    if words[:1] == ["input"] and keywords:
        from aestream.cli.input import make_filter_parser, make_sink_parser

        last = keywords[-1]
        _pretend_line(words[last + 1 :], prefix)
        argcomplete.autocomplete(make_sink_parser() if words[last] == OUTPUT_KEYWORD else make_filter_parser())
    else:
        argcomplete.autocomplete(build_parser(words))


def _pretend_line(words: Sequence[str], prefix: str) -> None:
    """Let the line that is completed begin behind the last keyword: what follows it has a parser of its own."""
    line = " ".join(["aestream", *map(shlex.quote, words), prefix])
    os.environ["COMP_LINE"] = line
    os.environ["COMP_POINT"] = str(len(line.encode()))
