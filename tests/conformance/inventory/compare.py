#!/usr/bin/python3
"""Inventories, ours against ansible-inventory: compare.py SHOW cases | random COUNT [SEED].

The cases are rows of cases.py; the random ones come from generator.py. Prints TAP-like lines for
what differs, and exits 1 if anything does."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path = [p for p in sys.path if p]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


class Ours:
    def __init__(self, program, password=None):
        environment = dict(os.environ)
        if password is not None:
            environment['SHOW_VAULT_PASSWORD'] = password
        self.process = subprocess.Popen([program, '-'], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=environment)

    def ask(self, mode, folder, argument, sources):
        line = '\t'.join([mode, folder, argument] + list(sources)) + '\n'
        self.process.stdin.write(line.encode())
        self.process.stdin.flush()
        text = b''
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit('the program died on %s %s %s' % (mode, folder, sources))
            mark = line.find(b'\x1e')
            if mark >= 0:
                text += line[:mark]
                return int(line[mark + 1:]), text.decode('utf-8', 'replace')
            text += line


def write(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.endswith('/'):
            os.makedirs(path, exist_ok=True)
            continue
        with open(path, 'wb') as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        if os.path.basename(name).startswith('script'):
            os.chmod(path, 0o755)


def compare(ours, judge, case, folder, password):
    """A list of what differs; with 'stricter', only that we refuse and Ansible does not."""
    found = []
    for mode, argument in case['asks']:
        theirs = judge.ask(mode, folder, argument, case['sources'], password)
        mine = ours.ask(mode, folder, argument, case['sources'])
        if case.get('stricter'):
            if mine[0] == 0:
                found.append((mode, argument, 'a refusal', mine))
            if theirs[0] != 0:
                found.append((mode, argument, 'Ansible refuses too: not stricter', theirs))
        elif mine[0] != theirs[0] or (mine[0] == 0 and mine[1] != theirs[1]):
            found.append((mode, argument, theirs, mine))
        elif mine[0] != 0 and not mine[1].strip():
            found.append((mode, argument, 'words', mine))
    return found


def run(program, cases, password):
    import judge
    ours = Ours(program, password)
    total = different = 0
    os.environ['HOME'] = '/nonexistent'
    for case in cases:
        folder = tempfile.mkdtemp(prefix='inventory-')
        try:
            write(folder, case['files'])
            found = compare(ours, judge, case, folder, password)
        finally:
            os.chdir('/')
            shutil.rmtree(folder)
        total += 1
        different += bool(found)
        for mode, argument, theirs, mine in found:
            print('not ok - %s (%s %s)\n  files: %r\n  Ansible: %r\n  ours:    %r' %
                  (case['name'], mode, argument, case['files'], theirs, mine))
    print('# %d inventories compared, %d differ' % (total, different))
    return different


def main():
    program, what = sys.argv[1:3]
    if what == 'cases':
        import cases
        return run(program, cases.all_cases(), cases.PASSWORD)
    import generator
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    print('# seed %d' % seed)
    return run(program, generator.generate(int(sys.argv[3]), seed), None)


if __name__ == '__main__':
    sys.exit(1 if main() else 0)
