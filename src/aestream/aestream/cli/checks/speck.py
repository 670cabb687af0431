"""What the Speck chip needs."""

from aestream.cli.checks.base import Finding, version_of


def check_speck() -> Finding:
    """Say whether samna is there; never imports its stub of PyPI, which starts pip."""
    from aestream_bridge.speck.backends.samna_library import INSTALL, samna_state

    state, purpose = samna_state(), "the Speck chip; its software twin needs nothing"
    if state == "missing":
        return Finding("samna", "missing", purpose, INSTALL)
    if state == "stub":
        return Finding("samna", "problem", "only the stub of PyPI is here, which is never imported", INSTALL)
    return Finding("samna", "ok", f"{version_of('samna') or 'version unknown'}; {purpose}")
