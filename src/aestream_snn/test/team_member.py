"""One process of a team, for the tests of teams: `python -m team_member HOW`."""

import os
import sys

import torch

from aestream_snn.training.team import Team, join_team


def numbers(team: Team) -> tuple[list[float], float, bool, list[float]]:
    """Let a team average, add up, agree and copy."""
    one, other = torch.tensor([1.0, 2.0]) + team.rank, torch.tensor([[10.0 * team.rank]])
    team.average([one, None, other])
    first = torch.full((2,), float(team.rank + 7))
    team.copy_first([first])
    total = team.total(torch.tensor(team.rank + 1.0, dtype=torch.float64))
    return [*one.tolist(), other.item()], total.item(), team.agree(team.rank == 0), first.tolist()


def main() -> None:
    how = sys.argv[1]
    if how == "ends":
        sys.exit(3)
    with join_team(1, [], device="cpu") as team:
        if how == "dies":
            os._exit(4)
        numbers(team)


if __name__ == "__main__":
    main()
