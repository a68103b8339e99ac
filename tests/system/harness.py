"""What the system tests are written with: the program, project folders, hosts, and cases.

    from harness import case, check, equal, main

    @case('a file is copied', hosts=1)
    def copies(here):
        here.project.write('site.yml', '...')
        run = here.project.sutler('play', 'site.yml', '--json', status=0)
        equal(run.summary('host1')['changed'], 1, 'changed')
        equal(here.hosts[0].read('/etc/x'), 'text\n', '/etc/x')

    main()

A file's cases run in order and share `here`: a project folder, the hosts, and whatever they put
there. Run a file by itself (`./dev hosts up 2` first if it wants hosts) or all with tests/system/run.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import types

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SUTLER = os.environ.get('SUTLER', os.path.join(ROOT, 'build', 'sutler'))
HOSTS = os.path.join(ROOT, 'tests', 'hosts', 'hosts.sh')
SSHD = os.path.join(ROOT, 'tests', 'hosts', 'sshd-user.sh')
SAMPLE_SITE = os.path.join(ROOT, 'tests', 'system', 'site')


class Skip(Exception):
    """Raised with the reason why a case cannot run here."""


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(actual, expected, what):
    check(actual == expected, '%s: got %r, wanted %r' % (what, actual, expected))


def contains(text, part, what):
    check(part in text, '%s: no %r in %r' % (what, part, text[-2000:]))


def run_command(arguments, check_status=True, timeout=60, **options):
    """subprocess.run with text, without a terminal, and with the command's words in a failure."""
    options.setdefault('stdin', subprocess.DEVNULL)
    if 'input' in options:
        del options['stdin']
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          errors='replace', timeout=timeout, **options)
    if check_status and done.returncode != 0:
        raise AssertionError('%s: exit %d: %s' % (' '.join(arguments), done.returncode,
                                                   (done.stderr or done.stdout).strip()[-2000:]))
    return done


def as_text(output):
    """What a TimeoutExpired holds: bytes, or nothing."""
    return output.decode(errors='replace')[-2000:] if isinstance(output, bytes) else output or ''


class Run:
    """One finished call of the program."""

    last = None

    def __init__(self, arguments, done, seconds):
        self.arguments = arguments
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        self.seconds = seconds
        Run.last = self

    @property
    def events(self):
        """The --json events; that stdout holds nothing else is checked by parsing every line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def steps(self, **match):
        return [event for event in self.events if event['event'] == 'step' and
                all(event.get(key) == value for key, value in match.items())]

    def summary(self, host):
        last = self.events[-1]
        equal(last['event'], 'summary', 'the last event')
        check(host in last['hosts'], 'no summary for %r: %r' % (host, last))
        return last['hosts'][host]

    def changes(self, host):
        """What changed or would: [(step name, item, {path: unified diff})], in order."""
        return [(step['name'], json.dumps(step['item']),
                 {diff['path']: diff['unified'] for diff in step['diff']})
                for step in self.steps(host=host, status='changed')]

    def describe(self):
        def tail(text):
            return '\n'.join(text.splitlines()[-40:])
        return '$ %s\nexit %d after %.2f s\nstdout:\n%s\nstderr:\n%s' % (
            ' '.join(self.arguments), self.status, self.seconds, tail(self.out), tail(self.err))


class Project:
    """A project folder with a HOME of its own beside it, so that no setting of the user counts."""

    def __init__(self, folder, known_hosts=None):
        self.folder = os.path.join(folder, 'project')
        self.home = os.path.join(folder, 'home')
        os.makedirs(os.path.join(self.home, '.ssh'), mode=0o700, exist_ok=True)
        os.makedirs(self.folder, exist_ok=True)
        if known_hosts:
            shutil.copy(known_hosts, os.path.join(self.home, '.ssh', 'known_hosts'))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=None):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as stream:
            stream.write(text if isinstance(text, bytes) else text.encode())
        if mode is not None:
            os.chmod(path, mode)
        return path

    def read(self, name):
        with open(self.path(name), encoding='utf-8') as stream:
            return stream.read()

    def replace(self, name, old, new):
        text = self.read(name)
        contains(text, old, name)
        self.write(name, text.replace(old, new))

    def environment(self):
        kept = {key: value for key, value in os.environ.items()
                if key in ('PATH', 'LANG', 'TMPDIR') or key.startswith(('ASAN_', 'UBSAN_', 'LSAN_', 'TSAN_', 'G_SLICE'))}
        return dict(kept, HOME=self.home, GIT_CONFIG_NOSYSTEM='1',
                    XDG_STATE_HOME=os.path.join(self.home, '.local', 'state'))

    def sutler(self, *arguments, status=None, program='sutler', env=None, timeout=120, input=None):
        """Runs the program here; checks the exit status unless none is given."""
        arguments = [os.path.join(os.path.dirname(SUTLER), program), *map(str, arguments)]
        options = {'cwd': self.folder, 'env': dict(self.environment(), **(env or {}))}
        if input is not None:
            options['input'] = input
        started = time.monotonic()
        try:
            done = run_command(arguments, check_status=False, timeout=timeout, **options)
        except subprocess.TimeoutExpired as late:
            raise AssertionError('still running after %d s: %s\n%s%s' % (
                timeout, ' '.join(arguments), as_text(late.stdout), as_text(late.stderr))) from None
        run = Run(arguments, done, time.monotonic() - started)
        check(status is None or run.status == status,
              'exit status: got %d, wanted %s' % (run.status, status))
        check(run.status >= 0 and not re.search(r'(Address|Thread)Sanitizer|runtime error:', run.err),
              'the program crashed (status %d)' % run.status)
        return run

    def git(self, *arguments):
        identity = ('-c', 'user.name=Test', '-c', 'user.email=test@example.com')
        return run_command(['git', *identity, *arguments], cwd=self.folder,
                           env=self.environment()).stdout


class Host:
    """A host of the pool, or the private sshd: anything with an ssh_config entry."""

    # What changes by logging in, or by itself.
    VOLATILE = re.compile(r'/var/log/(wtmp|btmp|lastlog|journal)|/var/lib/(sudo|systemd)/|/run/(systemd|'
                          r'udev|sudo|user|log|utmp|sshd|motd|credentials|host|lock|initctl|dbus|mount|'
                          r'screen|blkid|rpc|cron|tmpfiles)|/var/lib/systemd$|/\.cache/|/run$|/etc/mtab')

    def __init__(self, name, address, config, inventory_line):
        self.name = name
        self.address = address
        self.config = config
        self.inventory_line = inventory_line

    def ssh(self, command, user='root', check_status=True, timeout=60, **options):
        return run_command(['ssh', '-F', self.config, '-l', user, self.name, command],
                           check_status=check_status, timeout=timeout, **options)

    def run(self, command, **options):
        """The stdout of a shell command on the host (as root unless user= says otherwise)."""
        return self.ssh(command, **options).stdout

    def succeeds(self, command, **options):
        return self.ssh(command, check_status=False, **options).returncode == 0

    def read(self, path):
        return self.run("cat '%s'" % path)

    def exists(self, path):
        return self.succeeds("test -e '%s'" % path)

    def owner_and_mode(self, path):
        return self.run("stat -c '%%U:%%G %%a' '%s'" % path).strip()

    def control(self, command, *arguments):
        """hosts.sh COMMAND NAME: reboot, off, on, fresh, cut, mend, freeze, thaw, exec."""
        return run_command([HOSTS, command, self.name, *arguments], timeout=120).stdout

    def small_disk(self, path, size='64k'):
        self.run("mkdir -p '%s' && mount -t tmpfs -o size=%s tmpfs '%s'" % (path, size, path))

    def service_started(self, unit):
        """When a unit was last started: changes with every restart, not with a reload."""
        return self.run('systemctl show -p ActiveEnterTimestampMonotonic --value %s' % unit).strip()

    def service_reloaded(self, unit):
        """Changes with every start and reload."""
        return self.run('systemctl show -p StateChangeTimestampMonotonic --value %s' % unit).strip()

    def snapshot(self):
        """Every file with its mode, owner, size and times, to see that nothing at all changed."""
        listing = self.run("find / -xdev -printf '%p %y %m %U:%G %s %T@ %C@ %l\\n' 2>/dev/null; "
                           "find /run -xdev -printf '%p %y %m %U:%G %l\\n' 2>/dev/null; true")
        return sorted(line for line in listing.splitlines() if not self.VOLATILE.search(line.split(' ')[0]))

    def get(self, path='/', site=None, timeout=5):
        """GETs a page from the host under the site's name: (status, headers in lower case, body)."""
        done = run_command(['curl', '-sS', '-i', '--noproxy', '*', '--max-time', str(timeout), '-H',
                            'Host: %s' % (site or self.address),
                            'http://%s%s' % (self.address, path)], check_status=False)
        if done.returncode:
            return 0, {}, done.stderr
        head, _, body = done.stdout.replace('\r\n', '\n').partition('\n\n')
        lines = head.split('\n')
        headers = dict(line.lower().split(': ', 1) for line in lines[1:] if ': ' in line)
        return int(lines[0].split()[1]), headers, body


def unchanged(host, before, what):
    """Checks that a host's file system is as in an earlier snapshot."""
    after = host.snapshot()
    differences = sorted(set(before) ^ set(after))
    check(not differences, '%s changed %s: %s' % (what, host.name, '\n'.join(differences[:20])))


class Pool:
    """The hosts that stand ready: those of $SUTLER_HOSTS, or of `./dev hosts up`."""

    def __init__(self):
        self.why_not = os.environ.get('SUTLER_NO_HOSTS')
        self.hosts = []
        listing = '' if self.why_not else run_command([HOSTS, 'list']).stdout
        for line in listing.splitlines():
            name, address, _ = line.split()
            self.hosts.append(Host(name, address, self.file('ssh_config'), None))
        if self.hosts:
            lines = open(self.file('inventory'), encoding='utf-8').read().splitlines()
            for host, line in zip(self.hosts, lines):
                host.inventory_line = line

    @staticmethod
    def file(name):
        return os.path.join(run_command([HOSTS, 'folder']).stdout.strip(), name)

    def first(self, number):
        if len(self.hosts) < number:
            raise Skip(self.why_not or 'needs %d hosts (./dev hosts up %d)' % (number, number))
        return self.hosts[:number]

    @property
    def known_hosts(self):
        return self.file('known_hosts') if self.hosts else None


class Server(Host):
    """A private sshd of the user who runs the tests, on 127.0.0.1 (tests/hosts/sshd-user.sh).

    With everywhere=True it answers on all of 127.0.0.0/8: as many hosts as one wants (see many())."""

    def __init__(self, folder, *options, everywhere=False):
        self.folder = folder
        self.name = 'here'
        listen = {'SSHD_LISTEN': '0.0.0.0'} if everywhere else {}
        done = run_command([SSHD, 'start', folder, *options], check_status=False, env=dict(os.environ, **listen))
        if done.returncode == 77:
            raise Skip(done.stdout.strip())
        equal(done.returncode, 0, 'sshd-user.sh start: %s' % done.stderr)
        self.port = int(done.stdout)
        with open(self.file('inventory'), encoding='utf-8') as stream:
            line = stream.read().strip()
        super().__init__('here', '127.0.0.1', self.file('ssh_config'), line)
        self.user = re.search(r'ansible_user=(\S+)', line)[1]
        if not self.succeeds('true'):
            self.stop()
            raise Skip('the user %s may not log in over ssh here' % self.user)

    def ssh(self, command, user=None, **options):
        return super().ssh(command, user=user or self.user, **options)

    def file(self, name):
        return os.path.join(self.folder, name)

    def many(self, number, project):
        """Gives a project number hosts, all of them this sshd: h001 (127.0.1.1), h002, ... Returns the names."""
        rest = self.inventory_line.split('ansible_host=127.0.0.1')[1]
        rows = [('h%03d' % n, '127.0.%d.%d' % ((n - 1) // 200 + 1, (n - 1) % 200 + 1)) for n in range(1, number + 1)]
        project.write('inventory', ''.join('%s ansible_host=%s%s\n' % (*row, rest) for row in rows))
        with open(self.file('host_key.pub'), encoding='utf-8') as stream:
            key = ' '.join(stream.read().split()[:2])
        project.write('../home/.ssh/known_hosts', '[127.*]:%d %s\n' % (self.port, key))
        return [name for name, _ in rows]

    def stop(self):
        run_command([SSHD, 'stop', self.folder])


# --- cases --------------------------------------------------------------------------------------

CASES = []


def case(name, hosts=0, server=False):
    """Registers a case. hosts: how many it needs; server: it needs the private sshd (here.server)."""
    def register(function):
        CASES.append((name, hosts, server, function))
        return function
    return register


class Here(types.SimpleNamespace):
    """What the cases of a file share."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.pool = Pool()
        self.hosts = self.pool.hosts
        self.server = None
        self.project = self.new_project('main')

    def new_project(self, name):
        project = Project(os.path.join(self.folder, name), self.pool.known_hosts)
        if self.hosts and self.hosts[0] is self.server:
            self.trust_server(project)
        return project

    def trust_server(self, project):
        with open(self.server.file('known_hosts'), encoding='utf-8') as stream:
            lines = stream.read()
        with open(os.path.join(project.home, '.ssh', 'known_hosts'), 'a', encoding='utf-8') as stream:
            stream.write(lines)

    def need_server(self):
        if self.server is None:
            self.server = Server(os.path.join(self.folder, 'sshd'))
            self.trust_server(self.project)

    def need_hosts(self, number):
        """Those of the pool; where $SUTLER_HOST_HERE says that this machine may be written to, it is a host, too."""
        if number == 1 and os.environ.get('SUTLER_HOST_HERE'):
            self.need_server()
            self.hosts = [self.server]
        else:
            self.pool.first(number)


def comment(text):
    print('\n'.join('# ' + line for line in text.splitlines()), flush=True)


def run_case(here, number, name, hosts, server, function):
    """Runs one case and prints its TAP line. Returns whether it did not fail."""
    Run.last = None
    started = time.monotonic()
    try:
        here.need_hosts(hosts)
        if server:
            here.need_server()
        function(here)
    except Skip as reason:
        print('ok %d - %s # SKIP %s' % (number, name, reason), flush=True)
        return True
    except Exception as error:  # pylint: disable=broad-except
        print('not ok %d - %s' % (number, name), flush=True)
        comment(str(error) if isinstance(error, AssertionError) else traceback.format_exc())
        if Run.last:
            comment(Run.last.describe())
        return False
    print('ok %d - %s (%.1f s)' % (number, name, time.monotonic() - started), flush=True)
    return True


def main():
    """Runs the cases of the file (those whose names contain an argument, if there are any)."""
    chosen = [row for row in CASES
              if not sys.argv[1:] or any(word in row[0] for word in sys.argv[1:])]
    print('1..%d' % len(chosen), flush=True)
    good = True
    with tempfile.TemporaryDirectory(prefix='sutler-test-') as folder:
        here = Here(folder)
        try:
            for number, row in enumerate(chosen, 1):
                good &= run_case(here, number, *row)
        finally:
            if here.server:
                here.server.stop()
    sys.exit(0 if good else 1)
