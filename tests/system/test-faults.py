#!/usr/bin/python3
"""Faults of hosts and links: each ends in time, says what it is, and leaves nothing half done."""
import os
import signal
import subprocess
import time

from harness import SUTLER, Run, case, check, contains, equal, main

ROOT_PLAY = '- hosts: %s\n  gather_facts: false\n  tasks:\n%s'


def prepare(here):
    here.project.write('inventory', ''.join(host.inventory_line.replace('=admin', '=root') + '\n'
                                            for host in here.hosts[:2]))


def play(here, tasks, *arguments, hosts='host1', status=0, timeout=60):
    prepare(here)
    here.project.write('site.yml', ROOT_PLAY % (hosts, tasks))
    return here.project.sutler('play', 'site.yml', '--json', *arguments, status=status, timeout=timeout)


def start(here, tasks, *arguments):
    """Starts a run in the background."""
    prepare(here)
    here.project.write('site.yml', ROOT_PLAY % ('host1', tasks))
    return subprocess.Popen([SUTLER, 'play', 'site.yml', '--json', *arguments], cwd=here.project.folder,
                            env=here.project.environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process, timeout):
    """The Run of a started one; it must end in time."""
    started = time.monotonic()
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError('still running after %d s' % timeout) from None
    done = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    return Run(process.args, done, time.monotonic() - started)


def wait_for(host, command, seconds=10):
    end = time.monotonic() + seconds
    while not host.succeeds(command):
        check(time.monotonic() < end, '%s: never true on %s' % (command, host.name))
        time.sleep(0.1)


def one_is_lost(here, fault, mend):
    """host2 has the fault: host1 is done all the same, and the run ends soon with exit 3."""
    here.hosts[1].control(fault)
    try:
        run = play(here, '    - command: echo done\n', '--timeout', '3', hosts='all', status=3, timeout=30)
    finally:
        here.hosts[1].control(mend)
    equal(run.summary('host2')['unreachable'], 1, 'unreachable on host2')
    equal((run.summary('host1')['ok'], run.summary('host1')['unreachable']), (1, 0), 'host1')
    check(run.seconds < 15, 'took %.1f s' % run.seconds)


@case('a host that drops all packets', hosts=2)
def dropped(here):
    one_is_lost(here, 'cut', 'mend')


@case('a host that accepts and never says a word', hosts=2)
def silent(here):
    one_is_lost(here, 'freeze', 'thaw')


@case('a host that is off', hosts=2)
def off(here):
    one_is_lost(here, 'off', 'on')


@case('sshd freezes while a step runs', hosts=2)
def frozen(here):
    host = here.hosts[0]
    process = start(here, '    - shell: touch /root/running; sleep 30\n    - command: touch /root/after\n',
                    '--timeout', '4')
    wait_for(host, 'test -e /root/running')
    host.control('freeze')
    try:
        run = finish(process, 60)
    finally:
        host.control('thaw')
    check(run.status in (1, 3), 'exit status %d' % run.status)
    all_unknown(run, host, '/root/after')


def all_unknown(run, host, later):
    """The step that ran is unknown, and so is one sent ahead, which the host may still run."""
    statuses = [step['status'] for step in run.steps(host='host1')]
    equal(statuses[:1], ['unknown'], 'the step that ran')
    check(set(statuses) == {'unknown'}, 'statuses: %r' % statuses)
    time.sleep(2)
    check(not host.exists(later) or len(statuses) > 1, 'the step after it ran, and nothing says so')


@case('the connection is lost while a step runs', hosts=2)
def lost(here):
    host = here.hosts[0]
    run = play(here, "    - shell: 'touch /root/once; pkill -KILL -f \"^sshd: root@notty\"; sleep 1'\n"
               '    - command: touch /root/later\n', status=None)
    check(run.status in (1, 3), 'exit status %d' % run.status)
    check(host.exists('/root/once'), 'the step did not run')
    all_unknown(run, host, '/root/later')


@case('a step over its timeout is ended with all it started', hosts=1)
def step_timeout(here):
    run = play(here, '    - shell: sleep 1234 & sleep 1234\n      timeout: 2\n', status=1, timeout=30)
    contains(run.steps(status='failed')[0]['msg'], '2 s', 'the message')
    check(not here.hosts[0].succeeds('pgrep -f "^sleep 1234"'), 'its processes live on')


@case('a step killed by a signal says so', hosts=1)
def killed(here):
    run = play(here, '    - shell: kill -KILL $$\n', status=1)
    step = run.steps(status='failed')[0]
    check('signal' in step['msg'].lower() or 'kill' in (step['msg'] + step['stderr']).lower(),
          'no word of a signal: %r' % step)


@case('a daemon left behind does not hold the step', hosts=1)
def daemon(here):
    run = play(here, '    - shell: sleep 55 &\n    - command: echo next\n', timeout=30)
    check(run.seconds < 10, 'took %.1f s' % run.seconds)
    here.hosts[0].run('pkill -f "^sleep 55"; true')


@case('a disk that is full: the old file stays, no temporary either', hosts=1)
def disk_full(here):
    host = here.hosts[0]
    host.small_disk('/mnt/small')
    host.run('echo old >/mnt/small/file')
    here.project.write('big', 'x' * 200000)
    run = play(here, '    - copy: {src: big, dest: /mnt/small/file}\n', status=1)
    contains(run.out, 'No space left', "the system's words")
    equal(host.run('cat /mnt/small/file; ls -A /mnt/small'), 'old\nfile\n', 'the folder')


@case('a file system that is read-only', hosts=1)
def read_only(here):
    host = here.hosts[0]
    host.run('mkdir -p /mnt/ro && mount -t tmpfs tmpfs /mnt/ro && echo old >/mnt/ro/file && '
             'mount -o remount,ro /mnt/ro')
    run = play(here, '    - copy: {content: new, dest: /mnt/ro/file}\n', status=1)
    contains(run.out, 'Read-only file system', "the system's words")


SUDO_PLAY = '- hosts: host1\n  gather_facts: false\n  become: true\n  tasks:\n    - command: id -un\n'


def become(here, user, *arguments, status):
    here.project.write('inventory', here.hosts[0].inventory_line.replace('=admin', '=' + user) + '\n')
    here.project.write('site.yml', SUDO_PLAY)
    run = here.project.sutler('play', 'site.yml', '--json', *arguments, status=status, timeout=30)
    check(run.seconds < 15, 'took %.1f s' % run.seconds)
    return run


@case('sudo without a password, and with the right one', hosts=1)
def sudo(here):
    equal(become(here, 'admin', status=0).steps()[0]['stdout'], 'root', 'who runs')
    password = here.project.write('password', 'sutler\n', 0o600)
    run = become(here, 'clerk', '--become-password-file', password, status=0)
    equal(run.steps()[0]['stdout'], 'root', 'who runs')
    check('sutler\\n' not in run.out and 'sutler' not in here.hosts[0].run('ps ax'), 'the password shows')


@case('sudo wants a password, gets a wrong one, or is not for this user', hosts=1)
def no_sudo(here):
    wrong = here.project.write('password', 'wrong\n', 0o600)
    for user, arguments in (('clerk', ()), ('clerk', ('--become-password-file', wrong)), ('plain', ())):
        run = become(here, user, *arguments, status=None)
        check(run.status in (1, 3), 'exit status %d' % run.status)
        contains((run.out + run.err).lower(), 'sudo', 'the words for ' + user)


@case('sudo or sha256sum are not installed', hosts=1)
def tools_missing(here):
    host = here.hosts[0]
    host.run('mv /usr/bin/sudo /usr/bin/sudo.away')
    try:
        run = become(here, 'admin', status=None)
        check(run.status in (1, 3), 'exit status %d' % run.status)
        contains(run.out + run.err, 'sudo', 'the words')
    finally:
        host.run('mv /usr/bin/sudo.away /usr/bin/sudo')
    host.run('mv /usr/bin/sha256sum /usr/bin/sha256sum.away')
    try:
        run = play(here, '    - copy: {content: x, dest: /root/sum}\n', status=None)
        check(run.status == 0 or 'sha256sum' in run.out + run.err, 'neither works nor says why')
    finally:
        host.run('mv /usr/bin/sha256sum.away /usr/bin/sha256sum')


@case('noise from .bashrc, and login shells that are none', hosts=1)
def shells(here):
    host = here.hosts[0]
    host.run('cp /root/.bashrc /root/kept; sed -i "1i echo noise; printf \'\\\\0{}\'" /root/.bashrc')
    try:
        equal(play(here, '    - command: echo hello\n').steps()[0]['stdout'], 'hello', 'stdout')
    finally:
        host.run('mv /root/kept /root/.bashrc')
    here.project.write('inventory', host.inventory_line.replace('=admin', '=plain') + '\n')
    host.run('usermod -s /usr/sbin/nologin plain')
    try:
        run = here.project.sutler('play', 'site.yml')
        check(run.status in (1, 3), 'exit status %d' % run.status)
        contains(run.out + run.err, 'This account is currently not available', "the shell's own words")
    finally:
        host.run('usermod -s /bin/bash plain')


@case('a login shell that is never ready ends by the timeout, and nothing runs later', hosts=2)
def never_ready(here):
    host = here.hosts[1]
    host.run('cp /root/.bashrc /root/kept; sed -i "1i sleep 15" /root/.bashrc')
    try:
        started = time.monotonic()
        run = play(here, '    - command: touch /root/came-late\n', '--timeout', '4', hosts='all', status=3)
        check(time.monotonic() - started < 14, 'took %.1f s' % (time.monotonic() - started))
        equal(run.summary('host1')['ok'], 1, 'ok on the other')
        equal(run.summary('host2')['unreachable'], 1, 'unreachable')
        contains(run.steps(status='unreachable')[0]['msg'], 'the login shell was not ready within 4 s', 'the message')
        # One that never falls silent is no better.
        host.run('sed -i "1s/.*/for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo wait; sleep 1; done/" /root/.bashrc')
        run = play(here, '    - command: touch /root/came-late\n', '--timeout', '4', hosts='all', status=3)
        contains(run.steps(status='unreachable')[0]['msg'], 'not ready within 4 s', 'the message')
        contains(run.steps(status='unreachable')[0]['msg'], 'wait', 'what it said')
        time.sleep(13)
        check(not host.succeeds('test -e /root/came-late'), 'the step ran later')
    finally:
        host.run('mv /root/kept /root/.bashrc')


def peak_memory(process, seconds):
    """The most memory a process used until it ended, in KiB."""
    peak, end = 0, time.monotonic() + seconds
    while process.poll() is None:
        check(time.monotonic() < end, 'still running after %d s' % seconds)
        with open('/proc/%d/status' % process.pid, encoding='utf-8') as stream:
            peak = max([peak] + [int(line.split()[1]) for line in stream if line.startswith('VmHWM')])
        time.sleep(0.05)
    return peak


@case('a command that prints 300 MB: bounded memory', hosts=1)
def flood(here):
    prepare(here)
    here.project.write('site.yml', ROOT_PLAY % ('host1', '    - shell: yes | head -c 300000000\n'))
    with open(os.devnull, 'wb') as nowhere, subprocess.Popen(
            [SUTLER, 'play', 'site.yml', '--json'], cwd=here.project.folder,
            env=here.project.environment(), stdin=subprocess.DEVNULL, stdout=nowhere,
            stderr=nowhere) as process:
        try:
            peak = peak_memory(process, 60)
        finally:
            process.kill()
    check(0 < peak < 64 * 1024, 'peak of %d KiB' % peak)


@case('terminal escapes in output are shown harmless', hosts=1)
def escapes(here):
    prepare(here)
    here.project.write('site.yml', ROOT_PLAY % ('host1', '    - shell: printf "\\\\033[2Jx"; exit 1\n'))
    run = here.project.sutler('play', 'site.yml', status=1)
    check('\x1b' not in run.out + run.err, 'an escape code came through')


@case('Ctrl-C: running steps are named, exit 130', hosts=1)
def interrupted(here):
    process = start(here, '    - {name: the long one, shell: touch /root/long; sleep 20}\n'
                    '    - command: touch /root/afterwards\n')
    wait_for(here.hosts[0], 'test -e /root/long')
    process.send_signal(signal.SIGINT)
    run = finish(process, 40)
    equal(run.status, 130, 'exit status')
    contains(run.out + run.err, 'the long one', 'the output')
    equal(run.events[-1]['event'], 'summary', 'the last event')
    check(not here.hosts[0].exists('/root/afterwards'), 'a new step started')


if __name__ == '__main__':
    main()
