"""Runs a case with one of the two programs, and makes an observation of what it did.

An observation is a list with one dict for each run: the exit status, the recap, and for each host the steps in
order, the messages, the output of commands, and the tree below its folder.
"""
import grp
import itertools
import json
import os
import pwd
import shutil
import stat
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
SSHD = os.path.join(ROOT, 'tests', 'hosts', 'sshd-user.sh')
HOSTS = {'a': 'web', 'b': 'web', 'c': 'db', 'd': 'db'}
COUNTS = ('ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored')
SPEAKING = ('debug', 'fail', 'assert')
# The words of assert when the playbook gives none.
OWN_WORDS = ('Assertion failed', 'All assertions passed')
INCLUDES = ('include_tasks', 'include_role', 'include')

# Fields of results that differ from run to run, or tell of the program and not of what was done.
BY_NATURE = {
    'start', 'end', 'delta', 'elapsed',                          # times
    'atime', 'mtime', 'ctime', 'birthtime', 'inode', 'ino', 'dev', 'device_type', 'version',  # of the file system
    'attr_flags', 'attributes', 'charset', 'mimetype', 'block_size', 'blocks',
    'invocation', 'module_args', 'warnings', 'deprecations',     # about the call
    'src', 'backup_file', 'ansible_facts_gathered',              # temporary names
    'exception', 'module_stdout', 'module_stderr',
}


def plain_environment(home, **more):
    return dict(PATH='/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG='C.UTF-8', LC_ALL='C.UTF-8',
                HOME=home, USER=pwd.getpwuid(os.getuid()).pw_name, **more)


class Place:
    """Two folders for one run of a case: the project, and what the hosts work on."""

    def __init__(self, case):
        self.case = case
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix='sutler-run-'))
        os.chmod(self.folder, 0o755)
        self.project = os.path.join(self.folder, 'project')
        self.root = os.path.join(self.folder, 'root')
        for host in HOSTS:
            os.makedirs(os.path.join(self.root, host))
        for name, text in case.files.items():
            path = os.path.join(self.project, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as out:
                out.write(text)
        os.makedirs(os.path.join(self.folder, 'home', '.ssh'), mode=0o700)

    def inventory(self, line):
        text = ''.join('%s root=%s/%s %s\n' % (host, self.root, host, line(host)) for host in HOSTS)
        if self.case.gone:
            text += 'gone root=%s/gone ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1 ansible_python_interpreter=/usr/bin/python3\n' % self.root
        for group in sorted(set(HOSTS.values())):
            text += '[%s]\n%s\n' % (group, '\n'.join(host for host in HOSTS if HOSTS[host] == group))
        path = os.path.join(self.folder, 'hosts.ini')
        with open(path, 'w', encoding='utf-8') as out:
            out.write(text)
        return path

    def environment(self, **more):
        return plain_environment(os.path.join(self.folder, 'home'), **more)

    def plain(self, v):
        """A value without the names of the folders, which differ from run to run."""
        if isinstance(v, str):
            return v.replace(self.project, 'PROJECT').replace(self.root, 'ROOT').replace(self.folder, 'FOLDER')
        if isinstance(v, list):
            return [self.plain(item) for item in v]
        if isinstance(v, dict):
            return {self.plain(key): self.plain(item) for key, item in v.items()}
        return v

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


def owner(status):
    me = (os.getuid(), os.getgid())
    if (status.st_uid, status.st_gid) == me:
        return 'me'
    return '%s:%s' % (pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name)


def look(folder):
    """{path: [kind and mode, owner, content or target]} of everything below a folder."""
    found = {}
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(where, name)
            status, content = os.lstat(path), None
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                with open(path, encoding='utf-8', errors='replace') as text:
                    content = text.read()
            found[os.path.relpath(path, folder)] = [stat.filemode(status.st_mode), owner(status), content]
    return found


def telling(fields):
    """A result without the fields that differ by nature."""
    if isinstance(fields, dict):
        return {key: telling(v) for key, v in fields.items() if key not in BY_NATURE and not key.startswith('_ansible')}
    if isinstance(fields, list):
        return [telling(v) for v in fields]
    return fields


def message(event):
    """What debug, fail and assert said; None for words that are the program's own, of which each has others."""
    if event['status'] in ('failed', 'ignored') and event['module'] != 'fail' and event['msg'] not in OWN_WORDS and \
            (event['module'] == 'debug' or 'error' in str(event['msg'])):
        return None
    return None if event['msg'] in OWN_WORDS and event['module'] == 'assert' else event['msg']


def merged(steps):
    """Steps with the items of one task that ran several times in a row (in a file that is included in a loop) put
    together: ours do not tell where one ends."""
    found = []
    for step in steps:
        if len(step) > 2 and found and len(found[-1]) > 2 and found[-1][0] == step[0]:
            found[-1] = [step[0], whole([found[-1][1], step[1]]), found[-1][2] + step[2]]
        else:
            found.append(step)
    return found


def read_message(said):
    """A message as it is compared: a text that is JSON (a registered result written out) by its fields."""
    text = said if isinstance(said, str) else json.dumps(said)
    if text[:1] in ('{', '['):
        try:
            return telling(json.loads(text))
        except ValueError:
            pass
    return text


def read_log(place):
    """The lines that hosts wrote into a file of all, "HOST TASK ...": each host's own in order; and where hosts are
    in step, all of them, but for the order of hosts within a task."""
    try:
        with open(os.path.join(place.root, 'log'), encoding='utf-8') as text:
            lines = text.read().splitlines()
    except FileNotFoundError:
        return []
    os.unlink(os.path.join(place.root, 'log'))
    if not place.case.in_step:
        return sorted(lines, key=lambda line: line.split()[0])
    return [line for _, group in itertools.groupby(lines, lambda line: line.split()[1])
            for line in sorted(group, key=lambda line: line.split()[0])]


def observe(place, status, recap, events):
    hosts = {}
    for host in HOSTS:
        hosts[host] = {'steps': [], 'messages': [], 'output': [], 'tree': look(os.path.join(place.root, host))}
    for event in events:
        # A role that is included is told by one and counted by none; its tasks are compared.
        if event['module'] == 'include_role' and event['status'] == 'ok':
            continue
        host = hosts.setdefault(event['host'], {'steps': [], 'messages': [], 'output': [], 'tree': {}})
        if event['event'] != 'item':
            step = [event['name'], event['status']]
            host['steps'].append(step + [event['items']] if event.get('items') else step)
        if event['event'] == 'include' or event.get('items') is not None:
            continue
        if event['module'] in SPEAKING and event['status'] != 'skipped':
            host['messages'].append(message(event))
        if event['rc'] is not None and event['status'] != 'skipped' and event['module'] in ('command', 'shell', 'raw', 'script'):
            host['output'].append([event['rc'], event['stdout']])
    return place.plain({'status': status, 'recap': recap, 'log': read_log(place),
                        'hosts': {name: host for name, host in hosts.items() if any(host.values())}})


def gathered(events):
    """Puts the items of a loop into the step that follows them."""
    items = {}
    for event in events:
        if event['event'] == 'item':
            items.setdefault(event['host'], []).append([event['item'], event['status']])
            yield event
            continue
        event['items'] = items.pop(event['host'], None)
        yield event


def ansible_events(lines):
    events = [json.loads(line) for line in lines]
    recap = {}
    for event in events:
        if event['event'] == 'recap':
            recap = event['hosts']
    kept = []
    for event in events:
        if event['event'] == 'recap' or event['module'] == 'meta':
            continue
        # An inclusion is told by `include`; its own result only when there was none.
        if event['module'] in INCLUDES and event['event'] != 'include' and \
                (event['event'] == 'item' or event['status'] in ('ok', 'changed')):
            continue
        kept.append(event)
    return recap, list(gathered(kept))


class Ansible:
    """One start of Ansible (starter.py), which then runs case after case."""

    def __init__(self):
        self.home = tempfile.mkdtemp(prefix='sutler-ansible-')
        environment = plain_environment(
            self.home, ANSIBLE_CALLBACK_PLUGINS=os.path.join(HERE, 'callback'), ANSIBLE_STDOUT_CALLBACK='observer',
            ANSIBLE_PIPELINING='1', ANSIBLE_LOCALHOST_WARNING='0', ANSIBLE_RETRY_FILES_ENABLED='0')
        self.process = subprocess.Popen(['/usr/bin/python3', os.path.join(HERE, 'starter.py')], env=environment,
                                        cwd=self.home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self, place, arguments, told):
        """(exit status, what it said)"""
        out = os.path.join(place.folder, 'out')
        request = {'arguments': arguments, 'folder': place.project, 'out': out,
                   'environment': place.environment(OBSERVER_FILE=told)}
        self.process.stdin.write(json.dumps(request) + '\n')
        self.process.stdin.flush()
        status = json.loads(self.process.stdout.readline())['status']
        with open(out, encoding='utf-8', errors='replace') as text:
            return status, text.read()

    def run(self, case):
        with Place(case) as place:
            inventory = place.inventory(lambda host: 'ansible_connection=local ansible_python_interpreter=/usr/bin/python3')
            told = os.path.join(place.folder, 'told')
            runs = []
            for _ in range(case.runs):
                with open(told, 'w', encoding='utf-8'):
                    pass
                code, said = self.start(place, ['-i', inventory, *case.options, 'site.yml'], told)
                with open(told, encoding='utf-8') as lines:
                    recap, events = ansible_events(lines)
                recap = {host: {name: counts.get(name, 0) for name in COUNTS} for host, counts in recap.items()}
                status = ANSIBLE_STATUS.get(code, code) if recap or not code else 'refused'
                runs.append(observe(place, status, recap, events))
                runs[-1]['said'] = place.plain(said[-2000:])
            return runs


# What an exit status means; no event at all means that nothing was begun.
ANSIBLE_STATUS = {0: 'well', 2: 'failed', 4: 'unreachable', 8: 'failed'}
SUTLER_STATUS = {0: 'well', 1: 'failed', 2: 'refused', 3: 'unreachable'}


def whole(statuses):
    """What a loop came to, from its items."""
    for status in ('failed', 'ignored', 'unreachable', 'changed', 'ok'):
        if status in statuses:
            return status
    return 'skipped'


def sutler_steps(events, check):
    """Ours as Ansible tells them: the items of a loop, and then the step."""
    steps = [event for event in events if event['event'] == 'step']
    per_host = {}
    for event in steps:
        # A command in a dry run is skipped by Ansible.
        if check and event['status'] == 'unpredicted':
            event['status'] = 'skipped'
        per_host.setdefault(event['host'], []).append(event)
    for mine in per_host.values():
        pending = []
        for number, event in enumerate(mine):
            if event['module'] in INCLUDES and event['status'] == 'ok':
                yield dict(event, event='include')
                continue
            if event['item'] is None:
                yield event
                continue
            status = 'failed' if event['status'] == 'ignored' else event['status']
            pending.append(event['status'])
            if event['module'] not in INCLUDES:
                yield dict(event, event='item', status=status)
            follower = mine[number + 1] if number + 1 < len(mine) else None
            if not follower or follower['item'] is None or follower['step'] != event['step'] or \
                    follower['name'] != event['name']:
                yield dict(event, status=whole(pending), msg=None, rc=None)
                pending = []


class Hosts:
    """One sshd as whoever runs this; each host is an address of it."""

    def __enter__(self):
        os.umask(0o022)
        self.folder = tempfile.mkdtemp(prefix='sutler-sshd-')
        started = subprocess.run([SSHD, 'start', os.path.join(self.folder, 'sshd'), '-o', 'MaxStartups=200'],
                                 env=dict(os.environ, SSHD_LISTEN='0.0.0.0'), capture_output=True, text=True, check=False)
        if started.returncode == 77:
            self.__exit__()
            raise LookupError(started.stdout.strip())
        self.port = started.stdout.strip()
        if started.returncode != 0 or not self.port:
            raise SystemExit('sshd: ' + started.stderr)
        with open(os.path.join(self.folder, 'sshd', 'known_hosts'), encoding='utf-8') as known:
            key = known.read().split(' ', 1)[1]
        self.known_hosts = os.path.join(self.folder, 'known_hosts')
        with open(self.known_hosts, 'w', encoding='utf-8') as known:
            known.writelines('[%s]:%s %s' % (self.address(host), self.port, key) for host in HOSTS)
        return self

    @staticmethod
    def address(host):
        return '127.0.0.%d' % (1 + 'abcd'.index(host))

    def line(self, host):
        return 'ansible_host=%s ansible_port=%s ansible_user=%s ansible_ssh_private_key_file=%s/sshd/key' % (
            self.address(host), self.port, pwd.getpwuid(os.getuid()).pw_name, self.folder)

    def __exit__(self, *_):
        subprocess.run([SSHD, 'stop', os.path.join(self.folder, 'sshd')], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, sutler, case, timeout=60, environment=None):
        with Place(case) as place:
            inventory = place.inventory(self.line)
            runs = []
            for _ in range(case.runs):
                done = subprocess.run([sutler, 'play', '-i', inventory, '--known-hosts', self.known_hosts, '--json',
                                       *case.options, 'site.yml'], cwd=place.project, env=place.environment(**environment or {}),
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout,
                                      check=False)
                events = [json.loads(line) for line in done.stdout.splitlines()]
                recap = {host: {name: counts[name] + (counts['unpredicted'] if case.check and name == 'skipped' else 0)
                                for name in COUNTS}
                         for event in events if event['event'] == 'summary' for host, counts in event['hosts'].items()}
                runs.append(observe(place, SUTLER_STATUS.get(done.returncode, done.returncode), recap,
                                    list(gathered(sutler_steps(events, case.check)))))
                runs[-1]['said'] = place.plain(done.stderr[-2000:])
            return runs
