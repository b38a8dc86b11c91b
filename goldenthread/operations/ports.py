"""Whether a server can listen where it is told to."""

import socket


def why_not(host: str, port: int) -> str:
    """Why nobody can listen on this port of this address now, in the system's words; empty where one can.

    The server itself would not say: its processes share a port, with those of another server too.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return ""
