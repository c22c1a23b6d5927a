"""Three servers and three nodes with a ledger, for as long as they are used."""

import contextlib
import shutil

import sites as places
from nodes import Nodes
from servers import Servers


@contextlib.contextmanager
def running(setting, nats_server, name, sites=None, stores=None, change=None, more_words=(), sealing=False):
    """Yields the servers and the nodes, all of them ready. Their files go with them."""
    directory = setting.directory(name)
    sites = sites or places.on_loopback()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory)
        servers = stack.enter_context(Servers(nats_server, sites, directory / "servers", stores, change))
        servers.start()
        nodes = stack.enter_context(Nodes(setting.program, servers, directory, more_words, sealing))
        nodes.make_ledger()
        nodes.start_with_one_key() if sealing else nodes.start()
        yield servers, nodes
