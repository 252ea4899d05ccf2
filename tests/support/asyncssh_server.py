"""A server on asyncssh, whose transport nobody shares with OpenSSH.

    asyncssh_server.py HOST_KEY AUTHORIZED_KEYS ROOT [REKEY_BYTES]

Prints its port. Commands run in a shell, sftp is served, all is forwarded, and
keys are exchanged anew after so many bytes.
"""
import asyncio
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402 pylint: disable=wrong-import-position


class Server(asyncssh.SSHServer):
    """Forwards whatever is asked for."""

    def connection_requested(self, *_):
        return True

    def server_requested(self, *_):
        return True


async def pump(source, target):
    """Carries one stream; who reads it may go."""
    try:
        while True:
            data = await source.read(32768)
            if not data:
                break
            target.write(data)
            await target.drain()
    except OSError:
        pass


async def feed(source, target):
    """As pump, to a pipe that ends with it."""
    await pump(source, target)
    target.close()


async def run(process):
    """A command in a shell."""
    shell = await asyncio.create_subprocess_shell(
        process.command or "", stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    stdin = asyncio.ensure_future(feed(process.stdin, shell.stdin))
    await asyncio.gather(pump(shell.stdout, process.stdout),
                         pump(shell.stderr, process.stderr))
    status = await shell.wait()
    stdin.cancel()
    if status < 0:
        process.exit_with_signal("KILL")
    else:
        process.exit(status)


async def main():
    key, authorized, root = sys.argv[1:4]
    more = {"rekey_bytes": int(sys.argv[4])} if len(sys.argv) > 4 else {}
    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=Server, server_host_keys=[key],
        authorized_client_keys=authorized, process_factory=run, encoding=None,
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root),
        **more)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
