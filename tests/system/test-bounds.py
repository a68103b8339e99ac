#!/usr/bin/python3
"""What has a limit: time, memory, depth, output, descriptors. Most of it with connection: local."""
import hashlib
import json
import os
import re
import select
import signal
import shutil
import subprocess
import time

import harness
from harness import HOSTS, ROOT, SUTLER, Server, case, check, contains, equal, main, run_command


def play(here, tasks, *arguments, status=0, name='bounds.yml', head='', **options):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write(name, '- hosts: all\n  gather_facts: false\n%s  tasks:\n%s' % (head, tasks))
    return here.project.sutler('play', name, '-i', 'here', '--json', *arguments, status=status, **options)


@case("a module's own timeout and the task's do not meet")
def timeouts(here):
    run = play(here, '    - wait_for: {port: 1, timeout: 1}\n      ignore_errors: true\n'
               '    - wait_for: {port: 1, timeout: 40}\n      timeout: 2\n      ignore_errors: true\n'
               '    - wait_for: {port: 1, timeout: 1}\n      timeout: 40\n      ignore_errors: true\n'
               '    - wait_for: {timeout: 40}\n      timeout: 1\n', status=1, timeout=30)
    words = [step['msg'] for step in run.steps()]
    contains(words[0], 'Timeout when waiting for 127.0.0.1:1', 'its own')
    contains(words[1], 'did not end within 2 s', "the task's")
    contains(words[2], 'Timeout when waiting for 127.0.0.1:1', 'its own, the shorter one')
    contains(words[3], 'did not end within 1 s', 'a plain wait')
    check(run.seconds < 15, 'took %.1f s' % run.seconds)


@case('includes that never end are ended by their depth')
def endless_includes(here):
    for name, text in (('again.yml', '- include_tasks: again.yml\n'),
                       ('roles/ping/tasks/main.yml', '- include_role: {name: pong}\n'),
                       ('roles/pong/tasks/main.yml', '- include_role: {name: ping}\n'),
                       ('loop.yml', '- include_tasks: "{{ item }}"\n  loop: [loop.yml]\n')):
        here.project.write(name, text)
    for tasks, name in (('    - include_tasks: again.yml\n', 'again.yml'),
                        ('    - include_role: {name: ping}\n', 'main.yml'),
                        ('    - include_tasks: loop.yml\n', 'loop.yml')):
        run = play(here, tasks, status=1, timeout=20)
        words = run.steps(status='failed')[-1]['msg']
        contains(words, name, 'the message')
        contains(words, 'nested deeper than 100', 'the message')


# ansible-core 2.14 runs them in this order, and then ends.
FLUSHES = """
- hosts: all
  gather_facts: false
  tasks:
    - {command: echo, notify: [h1, self]}
  handlers:
    - {name: h1, debug: {msg: one}, changed_when: true, notify: h2}
    - {name: h2, debug: {msg: two}, changed_when: true, notify: h1}
    - {name: self, command: echo, notify: self}
    - {name: last, command: echo}
"""


@case('handlers that notify each other, or themselves, run once in a flush')
def endless_handlers(here):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write('flush.yml', FLUSHES)
    run = here.project.sutler('play', 'flush.yml', '-i', 'here', '--json', status=0, timeout=20)
    names = [step['name'] for step in run.steps()][1:]
    equal(names, ['h1', 'h2', 'self', 'h1', 'h2'], 'the handlers')
    if shutil.which('ansible-playbook'):
        theirs = run_command(['ansible-playbook', '-i', 'here', 'flush.yml'], cwd=here.project.folder,
                             env=here.project.environment())
        equal(names, re.findall(r'^RUNNING HANDLER \[(\S+)\]', theirs.stdout, re.M), "Ansible's order")


# --- memory ---------------------------------------------------------------------------------------

def measured(here, *arguments):
    """Runs the program; its exit status and the most memory it had, in MiB."""
    with open(os.devnull, 'w', encoding='utf-8') as null:
        process = subprocess.Popen([SUTLER, *arguments], cwd=here.project.folder, env=here.project.environment(),
                                   stdin=subprocess.DEVNULL, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss / 1024


@case('endless output: the command goes on, little memory, and what reads it fails')
def output(here):
    flood = 'yes %s | head -c %d; echo done >%s/flooded'
    tasks = ('    - shell: %s\n    - shell: (%s) >&2\n    - shell: yes | head -c 3000000\n      register: whole\n'
             '    - assert: {that: whole.stdout | length == 2999999}\n    - shell: %s\n      register: cut\n' %
             (flood % ('$(printf "\\\\033[2J")', 400 << 20, here.folder), flood % ('b', 60 << 20, here.folder),
              flood % ('c', 20 << 20, here.folder)))
    run = play(here, tasks, status=1)
    equal([step['status'] for step in run.steps()], ['changed', 'changed', 'changed', 'ok', 'failed'], 'statuses')
    check(os.path.exists(here.folder + '/flooded'), 'the command was ended')
    contains(run.steps(status='failed')[0]['msg'], 'output_limit', 'the message')
    for word in ('stdout', 'stderr'):
        contains(run.err, word + ' is longer than the limit of 16384 KiB', 'the warning')
    here.project.write('flood.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n    - shell: %s\n' %
                       (flood % ('x', 1 << 30, here.folder)))
    status, memory = measured(here, 'play', 'flood.yml', '-i', 'here')
    print('# 1 GiB of output: %.0f MiB of memory' % memory)
    equal(status, 0, 'exit status')
    check(memory < 64, '%.0f MiB of memory' % memory)
    run = play(here, '    - shell: yes | head -c 3000\n      register: r\n', status=1,
               env={'SUTLER_OUTPUT_LIMIT': '2'})
    contains(run.steps()[0]['msg'], 'limit of 2 KiB', 'a limit of ones own')


@case('a big file is not held in memory, however many hosts it goes to')
def big_file(here):
    # What arrives is not kept: no file of these sessions may pass 1 MiB, and the rest is read and dropped.
    start = here.project.write('limited', '#!/bin/bash\nulimit -f 1024\nexec %s "$@"\n' % harness.SSHD, 0o755)
    plain, harness.SSHD = harness.SSHD, start
    try:
        server = Server(os.path.join(here.folder, 'limited'), everywhere=True)
    finally:
        harness.SSHD = plain
    try:
        server.many(12, here.project)
        with open(here.project.path('big'), 'wb') as stream:
            stream.truncate(150 << 20)
        here.project.write('big.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n'
                           '    - copy: {src: big, dest: "%s/{{ inventory_hostname }}"}\n' % here.folder)
        status, memory = measured(here, 'play', 'big.yml')
        print('# 12 hosts, 150 MiB: %.0f MiB of memory' % memory)
        equal(status, 1, 'exit status: the files are too big for the hosts')
        check(memory < 100, '%.0f MiB of memory' % memory)
        # What is made here is held once for all hosts.
        here.project.write('big.j2', '{{ inventory_hostname | length }}' + 'a line of text\n' * (1 << 20))
        here.project.write('repository/data', os.urandom(24 << 20))
        git = ['git', '-C', here.project.path('repository'), '-c', 'user.name=a', '-c', 'user.email=a@example.com']
        for words in (['init', '-q'], ['add', '.'], ['commit', '-qm', 'one']):
            run_command([*git, *words], env=here.project.environment())
        for name, task in (('template', '{src: big.j2, dest: "%s/t-{{ inventory_hostname }}"}'),
                           ('git_push', '{src: repository, dest: "%s/g-{{ inventory_hostname }}"}')):
            here.project.write('made.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n    - %s: %s\n' %
                               (name, task % here.folder))
            status, memory = measured(here, 'play', 'made.yml')
            print('# 12 hosts, %s: %.0f MiB of memory' % (name, memory))
            equal(status, 1, 'exit status: what is made is too big for the hosts')
            check(memory < 130, '%s: %.0f MiB of memory' % (name, memory))
    finally:
        server.stop()


@case('a big file arrives on 20 hosts with little memory')
def big_for_many(here):
    """SUTLER_BIG: the size in MiB; 16 unless told, since the disk gets it 20 times."""
    size = int(os.environ.get('SUTLER_BIG', '16'))
    server = Server(os.path.join(here.folder, 'twenty'), everywhere=True)
    try:
        names = server.many(20, here.project)
        piece = os.urandom(1 << 20)
        digest = hashlib.sha256()
        with open(here.project.path('large'), 'wb') as stream:
            for number in range(size):
                part = b'%08d' % number + piece[8:]
                digest.update(part)
                stream.write(part)
        here.project.write('large.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n'
                           '    - copy: {src: large, dest: "%s/l-{{ inventory_hostname }}"}\n' % here.folder)
        for words in (['-n'], [], ['--diff']):
            status, memory = measured(here, 'play', 'large.yml', *words)
            print('# 20 hosts, %d MiB, %s: %.0f MiB of memory' % (size, words, memory))
            equal(status, 0, 'exit status of %s' % words)
            check(memory < 100, '%.0f MiB of memory' % memory)
        for name in names:
            path = os.path.join(here.folder, 'l-' + name)
            found = hashlib.sha256()
            with open(path, 'rb') as stream:
                while part := stream.read(1 << 20):
                    found.update(part)
            equal(found.hexdigest(), digest.hexdigest(), name)
            os.unlink(path)
    finally:
        server.stop()


@case('a big file arrives as it is, also in a folder, and again nothing changes')
def big_arrives(here):
    text = os.urandom(3 << 20)
    here.project.write('tree/one', text)
    here.project.write('tree/two', text[::-1])
    tasks = ('    - copy: {src: tree/one, dest: %(t)s/one}\n    - copy: {src: tree/, dest: %(t)s/tree}\n' %
             {'t': here.folder})
    for changed in (2, 2, 0):
        run = play(here, tasks, *(['-n'] if changed and not os.path.exists(here.folder + '/seen') else []))
        open(here.folder + '/seen', 'w', encoding='utf-8').close()
        equal(run.summary('host1')['changed'], changed, 'changed')
    for name, wanted in (('one', text), ('tree/one', text), ('tree/two', text[::-1])):
        with open(os.path.join(here.folder, name), 'rb') as stream:
            check(stream.read() == wanted, name)


@case('what is no regular file is not copied')
def endless_source(here):
    for source in ('/dev/zero', here.project.path('fifo')):
        if source != '/dev/zero':
            os.mkfifo(source)
        run = play(here, '    - copy: {src: %s, dest: %s/no}\n      when: inventory_hostname != "x"\n' %
                   (source, here.folder), status=None, timeout=20)
        check(run.status in (1, 2), 'exit status %d' % run.status)
        contains(run.out + run.err, 'regular file', 'the message')


# --- descriptors ----------------------------------------------------------------------------------

@case('few descriptors: nobody is unreachable for it')
def descriptors(here):
    server = Server(os.path.join(here.folder, 'few'), everywhere=True)
    try:
        names = server.many(200, here.project)
        here.project.write('few.yml', '- hosts: all\n  gather_facts: false\n  tasks: [{command: echo}]\n'
                           '- hosts: all\n  gather_facts: false\n  tasks: [{command: echo}]\n')
        for limit in ('-Sn 64', '-n 128'):
            done = run_command(['bash', '-c', 'ulimit %s; exec %s play few.yml --json' % (limit, SUTLER)],
                               cwd=here.project.folder, env=here.project.environment(), check_status=False, timeout=200)
            equal(done.returncode, 0, 'exit status with %s: %s' % (limit, done.stderr))
            hosts = json.loads(done.stdout.splitlines()[-1])['hosts']
            equal({counts['ok'] for counts in hosts.values()}, {2}, 'ok')
            equal(len(hosts), len(names), 'hosts')
    finally:
        server.stop()


# --- the end of a session -------------------------------------------------------------------------

class Session:
    """The runtime in a shell, driven by hand."""

    number = 0

    def __init__(self, shell):
        Session.number += 1
        self.nonce = 'a%db%d' % (os.getpid(), Session.number)
        build = os.path.dirname(SUTLER)
        text = ''
        for path in (os.path.join(build, 'lib/transport/runtime.sh'), os.path.join(ROOT, 'lib/modules/command.sh')):
            with open(path, encoding='utf-8') as stream:
                text += stream.read()
        self.process = subprocess.Popen([*shell, '-c', text + '\nsutler_main %s 4096\n' % self.nonce], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, start_new_session=True, bufsize=0)
        self.seen = b''

    def send(self, text):
        self.process.stdin.write(text.encode())

    def run(self, number, command):
        self.send("dry= check= diff= keep_going= p_sha256='' p_text='' p_cmd=x p_creates= p_removes= p_chdir= "
                  "t_timeout= t_environment= p_stdin_given= p_words=\"sh -c '%s'\"; step %d command\n" % (command, number))

    def until(self, words, seconds=60):
        """What came up to the words."""
        end = time.monotonic() + seconds
        while words.encode() not in self.seen:
            ready = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b''
            check(data, 'no %r in %r' % (words, self.seen))
            self.seen += data
        before, _, self.seen = self.seen.partition(words.encode())
        return before.decode(errors='replace')

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


def shells():
    for shell in (['dash'], ['bash', '--posix'], ['busybox', 'sh'], ['mksh']):
        if shutil.which(shell[0]):
            yield shell


@case('every shell: what is read while a long step runs is sent again behind it')
def behind(here):
    for shell in shells():
        session = Session(shell)
        session.run(1, 'echo one')
        session.run(2, 'sleep 1.5; echo two')
        session.run(3, 'echo three')
        session.send('synced 1\n')
        session.until('result 1 changed')
        before = session.until('@%s result 2 changed' % session.nonce)
        contains(before, '@%s behind 2 line:i 1\n2' % session.nonce, shell[0])
        time.sleep(0.5)
        # What was lost, and the half of a line, is passed over up to the mark.
        session.run(7, 'echo never')
        session.send('body=3 step\n@%s 2\n' % session.nonce)
        session.run(3, 'echo three')
        session.send(':\nsynced 1\n')
        check('never' not in session.until('@%s synced 1 line:i 1\n4' % session.nonce), shell[0])
        session.end()


@case('every shell: the end of the stream ends the step that runs, and nothing behind it runs')
def end_of_stream(here):
    for shell in shells():
        for delay in (0.1, 1.5) if shell[0] == 'dash' else (1.5,):
            session = Session(shell)
            mark = here.project.path('mark-%s-%g' % (shell[0], delay))
            session.run(1, 'trap : TERM; touch %s-begun; sleep 4; sleep 4; touch %s-ended' % (mark, mark))
            session.run(2, 'touch %s-behind' % mark)
            session.until('ready')
            until(lambda: os.path.exists(mark + '-begun'))
            time.sleep(delay)
            started = time.monotonic()
            session.end()
            # The command ignores TERM: it goes by KILL, two seconds later.
            until(lambda: not running('touch %s-begun' % mark), 5)
            print('# %s: ended after %.1f s' % (shell[0], time.monotonic() - started))
            time.sleep(0.2)
            left = [name for name in os.listdir(here.project.folder) if name.startswith(os.path.basename(mark))]
            equal(left, [os.path.basename(mark) + '-begun'], shell[0])


# What keeps the thread of the host away while the step runs that was sent ahead; the host ends a step
# after 30 s without a beat.
ELSEWHERE = {
    'unread': """
    - shell: head -c 300000 /dev/zero | tr '\\0' x
    - shell: touch begun-unread; sleep 50; touch ended-unread
""",
    'lookup': """
    - {command: echo, register: r}
    - shell: touch begun-lookup; sleep 50; touch ended-lookup
    - command: echo {{ lookup('pipe', 'sleep 52; echo ' ~ r.rc) }}
""",
}


@case('a step lives on while its output waits for a reader, and while something long is evaluated here', server=True)
def elsewhere(here):
    runs = {}
    here.project.write('inventory', here.server.inventory_line + '\n')
    for name, tasks in ELSEWHERE.items():
        tasks = tasks.replace('shell: ', 'shell: cd %s; ' % here.project.folder)
        here.project.write(name + '.yml', '- hosts: all\n  gather_facts: false\n  tasks:' + tasks)
        runs[name] = subprocess.Popen([SUTLER, 'play', name + '.yml', '--json'],
                                      cwd=here.project.folder, env=here.project.environment(), text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for name in runs:
        until(lambda n=name: os.path.exists(here.project.path('begun-' + n)), 20)
    time.sleep(53)
    for name, process in runs.items():
        out, err = process.communicate(timeout=60)
        equal(process.returncode, 0, '%s: exit status: %s%s' % (name, out[-2000:], err))
        check(os.path.exists(here.project.path('ended-' + name)), name + ': the step was ended')
        equal(json.loads(out.splitlines()[-1])['hosts']['here']['ok'], len(ELSEWHERE[name].splitlines()) - 1, name)


@case('a step whose sender is killed, interrupted or cut off ends on the host', hosts=1)
def sender_gone(here):
    host = here.hosts[0]
    project = here.new_project('gone')
    project.write('inventory', host.inventory_line + '\n')
    project.write('gone.yml', """
- hosts: all
  gather_facts: false
  become: true
  tasks:
    - shell: "touch /root/begun-{{ n }}; sleep {{ long }}; touch /root/ended-{{ n }}"
    - command: touch /root/behind-{{ n }}
""")
    inside(host, 'rm -f /root/begun-* /root/ended-* /root/behind-*')
    for number, (what, long, limit) in enumerate(((signal.SIGINT, 8, 4), (signal.SIGTERM, 8, 4), (signal.SIGHUP, 8, 4),
                                                 (signal.SIGKILL, 8, 4), ('cut', 60, 45))):
        process = subprocess.Popen([SUTLER, 'play', 'gone.yml', '-e', 'n=%d long=%d' % (number, long), '--json'],
                                   cwd=project.folder, env=project.environment(), text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        until(lambda n=number: process.poll() is not None or inside(host, 'ls /root/begun-%d' % n))
        check(process.poll() is None, process.communicate() if process.poll() is not None else '')
        if what == 'cut':
            host.control('cut')
        else:
            process.send_signal(what)
        started = time.monotonic()
        until(lambda n=number: not inside(host, 'pgrep -f [b]egun-%d' % n), limit)
        print('# %s: ended after %.1f s' % (what, time.monotonic() - started))
        if what == 'cut':
            host.control('mend')
        out, _ = process.communicate(timeout=60)
        if what != signal.SIGKILL:
            last = json.loads(out.splitlines()[-1])
            check(last['hosts'][host.name].get('unknown'), 'not unknown: %r' % last)
    time.sleep(5)
    equal(inside(host, 'ls /root/ended-* /root/behind-*'), '', 'what has run to its end')


def inside(host, command):
    """What a command prints in the host, also while its link is cut."""
    done = run_command([HOSTS, 'exec', host.name, 'sh', '-c', command], check_status=False)
    return done.stdout.strip()


@case('HUP that was ignored stays ignored')
def nohup(here):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write('hup.yml', '- hosts: all\n  gather_facts: false\n  tasks: [{shell: touch begun; sleep 2}]\n')
    begun = here.project.path('begun')
    process = subprocess.Popen([SUTLER, 'play', 'hup.yml', '-i', 'here'], cwd=here.project.folder,
                               env=here.project.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    until(lambda: os.path.exists(begun))
    process.send_signal(signal.SIGHUP)
    equal(process.wait(timeout=20), 0, 'exit status')


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, 'not within %g s' % seconds)
        time.sleep(0.05)


def running(words):
    return run_command(['pgrep', '-f', words], check_status=False).returncode == 0


main()
