"""One side of a case as a process: `python -m bench.transport.worker publish|receive|both CASE FOLDER`."""

import json
import sys
from pathlib import Path

from bench.transport.case import Case
from bench.transport.packets import schedule
from bench.transport.paths.table import PATHS
from bench.transport.stamps import Received


def main() -> None:
    """Run a side and leave its stamps in the folder."""
    side, case, folder = sys.argv[1], Case(**json.loads(sys.argv[2])), Path(sys.argv[3])
    path, plan = PATHS[case.path], schedule(case)
    if side == "both":
        assert path.both is not None
        sent, received = path.both(case, plan)
        sent.save(folder / "sent.npz")
        received.save(folder / "received.npz")
    elif side == "publish":
        assert path.publish is not None
        path.publish(case, plan).save(folder / "sent.npz")
    else:
        assert path.receive is not None
        received = Received(plan)
        path.receive(case, plan, received)
        received.save(folder / "received.npz")


if __name__ == "__main__":
    main()
