#!/usr/bin/python3
"""A TCP proxy that delays each direction, for measuring what a slow link costs.

    delay-proxy.py [--rtt MS] [--handshake] [--trace] [--log FILE] [--listen PORT] HOST:PORT

Prints the port it listens on (127.0.0.1) and serves until it is ended. With --handshake the first
bytes to the server wait one more round trip, as they do for TCP's own connect. Whenever a
connection ends, one JSON line is appended to FILE (stdout without one):

    {"turns": 7, "up": 4012, "down": 9120, "seconds": 0.84, "first": 0.1}

A turn is a round trip the client waited for: something it sent after it had received something,
at least one round trip later than the turn before (what it sends sooner cannot be an answer).
"""
import argparse
import asyncio
import json
import signal
import sys
import time

CHUNK = 65536
IN_FLIGHT = 64


class Connection:
    def __init__(self, options):
        self.options = options
        self.started = time.monotonic()
        self.first_answer = None
        self.turns = 0
        self.last_turn = float('-inf')
        self.answered = True  # before the first word the client needs no answer
        self.bytes = {'up': 0, 'down': 0}

    def saw(self, direction, size):
        """Counts a chunk as the client sees it: when it sends, and when something reaches it."""
        now = time.monotonic()
        if self.options.trace:
            print('%7.1f ms %4s %6d bytes' % ((now - self.started) * 1000, direction, size),
                  file=sys.stderr)
        self.bytes[direction] += size
        if direction == 'down':
            self.answered = True
            self.first_answer = self.first_answer or now - self.started
        elif self.answered and now - self.last_turn >= 0.99 * self.options.rtt / 1000:
            self.turns += 1
            self.last_turn = now
            self.answered = False

    def report(self):
        return json.dumps({
            'turns': self.turns + (1 if self.options.handshake else 0),
            'up': self.bytes['up'], 'down': self.bytes['down'],
            'seconds': round(time.monotonic() - self.started, 4),
            'first': self.first_answer and round(self.first_answer, 4)})


async def read_chunks(connection, direction, reader, queue):
    """Stamps each chunk with the time it is due at the other end; no bytes are the end."""
    delay = connection.options.rtt / 2000
    opens = connection.started
    if connection.options.handshake:  # the client is connected after two trips, the server after three
        opens += delay * (2 if direction == 'up' else 3)
    data = b'.'
    while data:
        try:
            data = await reader.read(CHUNK)
        except ConnectionError:
            data = b''
        if data and direction == 'up':
            connection.saw(direction, len(data))
        await queue.put((max(time.monotonic(), opens) + delay, data))


async def write_chunks(connection, direction, queue, writer):
    data = b'.'
    while data:
        due, data = await queue.get()
        await asyncio.sleep(max(0, due - time.monotonic()))
        try:
            if data:
                if direction == 'down':
                    connection.saw(direction, len(data))
                writer.write(data)
                await writer.drain()
            elif writer.can_write_eof():
                writer.write_eof()
        except (ConnectionError, OSError):
            pass


async def serve(options, client_reader, client_writer):
    connection = Connection(options)
    try:
        server_reader, server_writer = await asyncio.open_connection(options.host, options.port)
    except OSError as error:
        print('delay-proxy: %s' % error, file=sys.stderr)
        client_writer.close()
        return
    up, down = asyncio.Queue(IN_FLIGHT), asyncio.Queue(IN_FLIGHT)
    await asyncio.gather(
        read_chunks(connection, 'up', client_reader, up),
        write_chunks(connection, 'up', up, server_writer),
        read_chunks(connection, 'down', server_reader, down),
        write_chunks(connection, 'down', down, client_writer))
    server_writer.close()
    client_writer.close()
    print(connection.report(), file=options.log, flush=True)


async def run(options):
    connections = set()

    async def connected(reader, writer):
        connections.add(asyncio.current_task())
        await serve(options, reader, writer)

    server = await asyncio.start_server(connected, '127.0.0.1', options.listen)
    print(server.sockets[0].getsockname()[1], flush=True)
    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, done.set)
    await done.wait()
    server.close()
    if connections:  # the last words may still be on their way
        await asyncio.wait(connections, timeout=2)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--rtt', type=float, default=100, help='milliseconds, both ways together')
    parser.add_argument('--handshake', action='store_true')
    parser.add_argument('--trace', action='store_true', help='print each chunk to stderr')
    parser.add_argument('--log', type=lambda name: open(name, 'a'), default=sys.stdout)
    parser.add_argument('--listen', type=int, default=0)
    parser.add_argument('target', metavar='HOST:PORT')
    options = parser.parse_args()
    options.host, port = options.target.rsplit(':', 1)
    options.port = int(port)
    asyncio.run(run(options))


if __name__ == '__main__':
    main()
