#!/usr/bin/python3
"""200 hosts at once, all of them one private sshd on 127.0.0.0/8, and what disturbs such runs."""
import fcntl
import json
import os
import signal
import struct
import subprocess
import termios
import time

from harness import SUTLER, Server, case, check, contains, equal, main

HOSTS = 200

STEPS = """
- hosts: all
  gather_facts: false
  vars: {place: "%s/{{ inventory_hostname }}"}
  tasks:
    - file: {path: "{{ place }}", state: directory}
    - copy: {content: "{{ inventory_hostname }}\\n", dest: "{{ place }}/name"}
    - command: cat {{ place }}/name
      changed_when: false
"""


def prepare(here):
    """sshd with its defaults: MaxStartups 10:30:100 drops connections when many come at once."""
    if not hasattr(here, 'names'):
        here.server = Server(os.path.join(here.folder, 'many'), everywhere=True)
        here.names = here.server.many(HOSTS, here.project)
        here.all = here.project.read('inventory')


def play(here, text, *arguments, status=0, name='site.yml'):
    prepare(here)
    here.project.write(name, text)
    return here.project.sutler('play', name, '--json', *arguments, status=status)


def only(here, number, *broken):
    """An inventory of the first hosts; those that are broken have a port where nobody listens."""
    prepare(here)
    lines = here.all.splitlines()[:number]
    here.project.write('inventory', ''.join(
        '%s%s\n' % (line, ' ansible_port=1' if line.split()[0] in broken else '') for line in lines))
    return here.names[:number]


def statuses(run, names, key):
    return [name for name in names if run.summary(name)[key]]


@case('all of them change, none is dropped by MaxStartups')
def all_change(here):
    prepare(here)
    os.mkdir(os.path.join(here.folder, 'target'))
    run = play(here, STEPS % os.path.join(here.folder, 'target'))
    equal(run.err, '', 'stderr')
    for name in here.names:
        counts = run.summary(name)
        equal((counts['ok'], counts['changed'], counts['unreachable']), (3, 2, 0), name)
        equal([step['stdout'] for step in run.steps(host=name, module='command')], [name], name)
    equal(sorted(os.listdir(os.path.join(here.folder, 'target'))), here.names, 'folders')


@case('again: unchanged')
def unchanged(here):
    run = play(here, STEPS % os.path.join(here.folder, 'target'))
    equal(statuses(run, here.names, 'changed'), [], 'changed')
    equal({run.summary(name)['ok'] for name in here.names}, {3}, 'ok')
    print('# %d hosts unchanged in %.2f s' % (HOSTS, run.seconds))


@case('one broken host does not disturb the others')
def broken(here):
    os.makedirs(os.path.join(here.folder, 'target'), exist_ok=True)
    names = only(here, 30, 'h007')
    run = play(here, STEPS % os.path.join(here.folder, 'target'), status=3)
    equal(statuses(run, names, 'unreachable'), ['h007'], 'unreachable')
    equal({run.summary(name)['ok'] for name in names if name != 'h007'}, {3}, 'ok')


FAILING = """
- hosts: all
  gather_facts: false
  %s
  tasks:
    - {name: first, command: /bin/true}
    - {name: fail, fail: {msg: no}, when: "inventory_hostname in bad.split(',')"}
    - {name: last, command: /bin/true}
- name: second
  hosts: all
  gather_facts: false
  tasks: [{name: second, command: /bin/true}]
"""


def who(run, step):
    return [event['host'] for event in run.steps(name=step) if event['status'] == 'changed']


@case('a failed host leaves, the others go on')
def leaves(here):
    names = only(here, 20)
    run = play(here, FAILING % '', '-e', 'bad=h003,h011', status=1)
    rest = [name for name in names if name not in ('h003', 'h011')]
    equal(sorted(who(run, 'first')), names, 'first')
    equal(sorted(who(run, 'last')), rest, 'last')
    equal(sorted(who(run, 'second')), rest, 'second')


@case('any_errors_fatal ends the run behind the play')
def fatal(here):
    names = only(here, 20)
    run = play(here, FAILING % 'any_errors_fatal: true', '-e', 'bad=h003', status=1)
    equal(statuses(run, names, 'failed'), ['h003'], 'failed')
    equal(who(run, 'second'), [], 'second')


@case('serial: batches follow each other, and end when one fails as a whole')
def serial(here):
    names = only(here, 10)
    run = play(here, FAILING % 'serial: 3', '-e', 'bad=none')
    order = who(run, 'first')
    equal([sorted(order[n:n + 3]) for n in range(0, 10, 3)], [names[n:n + 3] for n in range(0, 10, 3)],
          'the batches')
    run = play(here, FAILING % 'serial: 3', '-e', 'bad=h004,h005,h006', status=1)
    equal(sorted(who(run, 'first')), names[:6], 'first')
    equal(who(run, 'second'), [], 'second')
    run = play(here, FAILING % 'serial: [1, "30%"]', '-e', 'bad=none')
    order = who(run, 'first')
    equal([order[:1], sorted(order[1:4]), sorted(order[4:7])], [names[:1], names[1:4], names[4:7]],
          'batches of a list')


@case('max_fail_percentage: more failures than that end the run')
def percentage(here):
    names = only(here, 20)
    settings = 'serial: 10\n  max_fail_percentage: %d' % 20
    run = play(here, FAILING % settings, '-e', 'bad=h001,h002', status=1)
    equal(len(who(run, 'second')), 18, 'hosts of the second play')
    run = play(here, FAILING % settings, '-e', 'bad=h001,h002,h003', status=1)
    equal(sorted(who(run, 'first')), names[:10], 'first')
    equal(who(run, 'second'), [], 'second')


# --- interrupted ----------------------------------------------------------------------------------

SLOW = """
- hosts: all
  gather_facts: false
  tasks:
    - {name: begin, shell: "echo x > %(folder)s/begun-{{ inventory_hostname }}"}
    - {name: wait, shell: "sleep %(seconds)s; echo x > %(folder)s/ended-{{ inventory_hostname }}"}
    - {name: never, shell: "sleep 1; echo x > %(folder)s/never-{{ inventory_hostname }}"}
"""


def begin(here, seconds, number=5, **options):
    folder = os.path.join(here.folder, 'slow')
    subprocess.run(['rm', '-rf', folder], check=True)
    os.mkdir(folder)
    only(here, number)
    here.project.write('slow.yml', SLOW % {'folder': folder, 'seconds': seconds})
    options.setdefault('stdout', subprocess.PIPE)
    process = subprocess.Popen([SUTLER, 'play', 'slow.yml', '--json'], cwd=here.project.folder,
                               env=here.project.environment(), stdin=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True, **options)
    until = time.monotonic() + 20
    while len([name for name in os.listdir(folder) if name.startswith('begun')]) < number:
        check(time.monotonic() < until and process.poll() is None, 'the steps begin')
        time.sleep(0.05)
    return process, folder


def ended(folder, word):
    return sorted(name for name in os.listdir(folder) if name.startswith(word))


@case('Ctrl-C once: no new step, those that run are named, a summary, exit 130')
def interrupt(here):
    process, folder = begin(here, 2)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    out, err = process.communicate(timeout=30)
    print('# ended %.2f s after the signal' % (time.monotonic() - started))
    equal(process.returncode, 130, 'exit status')
    equal(json.loads(out.splitlines()[-1])['event'], 'summary', 'the last event')
    for name in here.names[:5]:
        contains(err, name, 'stderr')
    contains(err, 'wait', 'stderr')
    time.sleep(3.5)
    equal(ended(folder, 'never'), [], 'steps that should not have begun')


@case('Ctrl-C twice: at once')
def interrupt_twice(here):
    process, _ = begin(here, 20)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    started = time.monotonic()
    process.communicate(timeout=30)
    check(time.monotonic() - started < 2, 'ended after %.1f s' % (time.monotonic() - started))
    check(process.returncode in (130, -signal.SIGINT), 'exit status: %d' % process.returncode)


@case('one signal ends a run of which nobody reads the output')
def unread(here):
    here.project.write('here', 'h ansible_connection=local\n')
    here.project.write('long.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n'
                       '    - debug: {msg: "{{ \'x\' * 100000 }}"}\n      loop: "{{ range(100) | list }}"\n'
                       '    - command: "touch %s/unread-{{ item }}"\n      loop: "{{ range(3) | list }}"\n' % here.folder)
    for number in (signal.SIGTERM, signal.SIGINT):
        for option in ('--json', '-v'):
            process = subprocess.Popen([SUTLER, 'play', 'long.yml', '-i', 'here', option], cwd=here.project.folder,
                                       env=here.project.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)
            try:
                # Until the pipe is full.
                before, size = -1, 0
                while size != before or size < 4096:
                    check(process.poll() is None, 'it runs')
                    time.sleep(0.5)
                    before, size = size, struct.unpack('i', fcntl.ioctl(process.stdout, termios.FIONREAD, b'\0' * 4))[0]
                process.send_signal(number)
                equal(process.wait(timeout=60), 130, 'exit status of %s %s' % (number, option))
            finally:
                process.kill()
                process.stdout.close()


# --- standard output --------------------------------------------------------------------------------

@case('stdout that is closed or full does not cut the run in half')
def output(here):
    for command, what in (('| head -n 1', 'closed'), ('> /dev/full', 'full'), ('>&-', 'missing')):
        for option in ('--json', '-v'):
            folder = os.path.join(here.folder, 'out-%s%s' % (what, option))
            os.mkdir(folder)
            names = only(here, 30)
            here.project.write('site.yml', STEPS % folder)
            done = subprocess.run(
                ['bash', '-o', 'pipefail', '-c', '%s play site.yml %s %s' % (SUTLER, option, command)],
                cwd=here.project.folder, env=here.project.environment(), stdin=subprocess.DEVNULL, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
            check(done.returncode not in (0, -13, 141), '%s %s: exit %d' % (what, option, done.returncode))
            contains(done.stderr, 'standard output', '%s %s: stderr' % (what, option))
            equal([name for name in names if os.path.exists(os.path.join(folder, name, 'name'))], names,
                  '%s %s: the hosts' % (what, option))


main()
