#!/usr/bin/python3
"""Times six steps with nothing to change on 50 hosts, against what else could do it.

The hosts are addresses of 127.0.0.0/8, all answered by one private sshd, so they share this machine's
processors with the program. The floor is `xargs -P32 ssh HOST sh -s < script` with the same six
checks written by hand. Ansible (pipelining, 50 forks) is timed with --ansible. Prints the times and
their ratios; exits with 1 when sutler takes more than twice the floor.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'system'))

from harness import Project, Server, Skip  # noqa: E402 pylint: disable=wrong-import-position

LIMIT = 2.0
STEPS = """
- hosts: all
  gather_facts: false
  tasks:
    - file: {{ path: '{0}/folder', state: directory, mode: '0750' }}
    - copy: {{ dest: '{0}/folder/one', content: "first\\n", mode: '0644' }}
    - template: {{ src: two.j2, dest: '{0}/folder/two', mode: '0644' }}
    - lineinfile: {{ path: '{0}/folder/one', line: first }}
    - file: {{ src: one, dest: '{0}/folder/link', state: link }}
    - command: {{ cmd: 'touch {0}/made', creates: '{0}/folder/one' }}
"""
TEMPLATE = '{% for n in range(20) %}server {{ n }} {{ groups.all | length }}\n{% endfor %}'
SCRIPT = """
[ -d {0}/folder ] && [ "$(stat -c %a {0}/folder)" = 750 ] || echo changed
[ "$(sha256sum < {0}/folder/one)" = "$(printf 'first\\n' | sha256sum)" ] || echo changed
[ "$(sha256sum < {0}/folder/two)" = "$(sha256sum < {0}/folder/two)" ] || echo changed
grep -qx first {0}/folder/one || echo changed
[ "$(readlink {0}/folder/link)" = one ] || echo changed
[ -e {0}/folder/one ] || touch {0}/made
"""


def prepare(server, folder, number):
    """The project, with everything as the steps want it."""
    project = Project(os.path.join(folder, 'bench'))
    server.many(number, project)
    project.write('steps.yml', STEPS.format(folder))
    project.write('two.j2', TEMPLATE)
    project.write('script', SCRIPT.format(folder))
    project.write('addresses', ''.join(
        '%s\n' % re.search(r'ansible_host=(\S+)', line)[1] for line in project.read('inventory').splitlines()))
    project.sutler('play', 'steps.yml', '-l', 'h001', status=0)
    return project


def timed(function, repeat):
    best = None
    for _ in range(repeat):
        started = time.monotonic()
        function()
        seconds = time.monotonic() - started
        best = seconds if best is None else min(best, seconds)
    return best


def run_sutler(project):
    run = project.sutler('play', 'steps.yml', '--json', status=0)
    for host, counts in run.events[-1]['hosts'].items():
        assert counts['ok'] == 6 and counts['changed'] == 0, (host, counts)


def run_xargs(project, server):
    command = 'xargs -P32 -I{} sh -c "ssh -F %s -o HostName={} -o UserKnownHostsFile=%s here sh -s ' \
        '< script" < addresses' % (server.file('ssh_config'), project.path('../home/.ssh/known_hosts'))
    done = subprocess.run(command, shell=True, cwd=project.folder, env=project.environment(), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    assert not done.stdout, done.stdout


def run_ansible(project):
    environment = dict(project.environment(), ANSIBLE_PIPELINING='1', ANSIBLE_FORKS='50',
                       ANSIBLE_HOST_KEY_CHECKING='0', ANSIBLE_PYTHON_INTERPRETER='/usr/bin/python3')
    subprocess.run(['ansible-playbook', '-i', 'inventory', 'steps.yml'], cwd=project.folder, timeout=600,
                   env=environment, check=True, stdout=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--ansible', action='store_true', help='time ansible-playbook, too')
    parser.add_argument('--hosts', type=int, default=50)
    parser.add_argument('--repeat', type=int, default=3, help='take the best of so many runs')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='sutler-bench-') as folder:
        try:
            server = Server(os.path.join(folder, 'sshd'), '-o', 'MaxStartups=100:30:200', everywhere=True)
        except Skip as reason:
            print('skipped: %s' % reason)
            return 77
        try:
            project = prepare(server, folder, options.hosts)
            ours = timed(lambda: run_sutler(project), options.repeat)
            floor = timed(lambda: run_xargs(project, server), options.repeat)
            print('%d hosts, 6 steps unchanged: sutler %.2f s' % (options.hosts, ours))
            print('xargs -P32 ssh: %.2f s, ratio %.2f (at most %.1f)' % (floor, ours / floor, LIMIT))
            if options.ansible:
                theirs = timed(lambda: run_ansible(project), 1)
                print('ansible, pipelining, 50 forks: %.2f s, ratio %.3f' % (theirs, ours / theirs))
        finally:
            server.stop()
    return 0 if ours <= LIMIT * floor else 1


if __name__ == '__main__':
    sys.exit(main())
