#!/usr/bin/python3
"""ansible-playbook again and again from one start of Python, which takes longer than most plays.

Reads requests from stdin, one JSON object a line, and for each forks a process that is what `ansible-playbook
ARGUMENTS` would be in a folder and an environment:

    {"arguments": [...], "folder": PATH, "environment": {...}, "out": PATH}    ->    {"status": 0}

Ansible takes its settings (ANSIBLE_*) from the environment of this program, because it reads them while it is loaded.
"""
import json
import os
import signal
import sys

# What Ansible would load while it runs is loaded here, once.
from ansible.cli.playbook import PlaybookCLI
from ansible.executor import task_executor  # noqa: F401
from ansible.executor.process import worker  # noqa: F401
from ansible.plugins.action import command, normal, raw  # noqa: F401

TIMEOUT = 120


def be_ansible(request):
    os.setsid()
    signal.alarm(TIMEOUT)
    os.environ.update(request['environment'])
    os.chdir(request['folder'])
    out = os.open(request['out'], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for descriptor, opened in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, out)):
        os.dup2(opened, descriptor)
    PlaybookCLI.cli_executor(['ansible-playbook', *request['arguments']])


def run(request):
    process = os.fork()
    if process != 0:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    status = 250
    try:
        be_ansible(request)
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == '__main__':
    for line in sys.stdin:
        print(json.dumps({'status': run(json.loads(line))}), flush=True)
