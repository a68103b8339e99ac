#!/usr/bin/python3
"""Counts the round trips of a run of ten unchanged steps on one host over a link of 100 ms.

The link is tests/hosts/delay-proxy.py before a private sshd; TCP's own round trip is included.
Exits with 1 when more than nine are needed. With --trace each chunk on the link is printed.
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'system'))

from harness import Project, Server, Skip  # noqa: E402 pylint: disable=wrong-import-position

RTT = 100
LIMIT = 9
STEPS = """
- hosts: here
  gather_facts: false
  tasks:
    - file: {{ path: '{0}/folder', state: directory, mode: '0750' }}
    - copy: {{ dest: '{0}/folder/one', content: "first\\n", mode: '0644' }}
    - copy: {{ dest: '{0}/folder/two', content: "second\\n", mode: '0600' }}
    - template: {{ src: three.j2, dest: '{0}/folder/three', mode: '0644' }}
    - lineinfile: {{ path: '{0}/folder/one', line: first }}
    - file: {{ src: one, dest: '{0}/folder/link', state: link }}
    - file: {{ path: '{0}/folder/none', state: absent }}
    - stat: {{ path: '{0}/folder/one' }}
    - command: {{ cmd: 'touch {0}/made', creates: '{0}/folder/one' }}
    - file: {{ path: '{0}/folder/two', state: file, mode: '0600' }}
"""


class Proxy:
    def __init__(self, port, log, rtt):
        self.process = subprocess.Popen(
            [os.path.join(HERE, '..', 'hosts', 'delay-proxy.py'), '--rtt', str(rtt), '--handshake',
             *sys.argv[1:], '--log', log, '127.0.0.1:%d' % port], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            text=True)
        self.port = int(self.process.stdout.readline())
        self.log = log

    def stop(self):
        self.process.terminate()
        self.process.wait()
        with open(self.log, encoding='utf-8') as stream:
            return [json.loads(line) for line in stream]


def measure(server, folder):
    """One run to make everything as the steps want it, then the measured one through the proxy."""
    project = Project(os.path.join(folder, 'bench'), server.file('known_hosts'))
    project.write('steps.yml', STEPS.format(folder))
    project.write('three.j2', 'third of {{ inventory_hostname }}\n')
    project.write('inventory', server.inventory_line + '\n')
    project.sutler('play', 'steps.yml', status=0)
    proxy = Proxy(server.port, os.path.join(folder, 'log'), RTT)
    try:
        with open(server.file('host_key.pub'), encoding='utf-8') as stream:
            project.write('known_hosts', '[127.0.0.1]:%d %s' % (proxy.port, stream.read()))
        project.write('inventory', server.inventory_line.replace(
            'ansible_port=%d' % server.port, 'ansible_port=%d' % proxy.port) + '\n')
        run = project.sutler('play', 'steps.yml', '--json', '--known-hosts', 'known_hosts', status=0)
    finally:
        connections = proxy.stop()
    assert run.summary('here')['changed'] == 0, run.describe()
    return run, connections


def main():
    with tempfile.TemporaryDirectory(prefix='sutler-bench-') as folder:
        try:
            server = Server(os.path.join(folder, 'sshd'))
        except Skip as reason:
            print('skipped: %s' % reason)
            return 77
        try:
            run, connections = measure(server, folder)
        finally:
            server.stop()
    trips = run.seconds * 1000 / RTT
    turns = sum(connection['turns'] for connection in connections)
    print('ten unchanged steps over %d ms: %.2f s, %.1f round trips of time, %d turns in %d '
          'connection(s), %d bytes up, %d down' %
          (RTT, run.seconds, trips, turns, len(connections),
           sum(connection['up'] for connection in connections),
           sum(connection['down'] for connection in connections)))
    print('round trips: %d (at most %d)' % (turns, LIMIT))
    return 0 if turns <= LIMIT and trips < LIMIT + 1 else 1


if __name__ == '__main__':
    sys.exit(main())
