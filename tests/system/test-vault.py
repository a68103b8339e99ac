#!/usr/bin/python3
"""vault: the command, both ways with the real ansible-vault, and what it refuses."""
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import tempfile
import time

from harness import SUTLER, Skip, case, check, contains, equal, main

TEXT = 'db_password: "geheim ü"\nlist:\n  - 1\n'


class Folder:
    """A folder with password files; runs both programs in it."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='sutler-vault-test-')
        for name, text in (('pw', 'first\n'), ('pw2', 'second\n'), ('open', 'first\n')):
            self.write(name, text, 0o644 if name == 'open' else 0o600)

    def at(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text, mode=0o644):
        data = text if isinstance(text, bytes) else text.encode()
        with open(self.at(name), 'wb') as file:
            file.write(data)
        os.chmod(self.at(name), mode)

    def read(self, name):
        with open(self.at(name), 'rb') as file:
            return file.read().decode(errors='surrogateescape')

    def mode(self, name):
        return stat.S_IMODE(os.stat(self.at(name)).st_mode)

    def run(self, *words, status=0, stdin='', program=None, **env):
        done = subprocess.run([program or SUTLER, *(() if program else ('vault',)), *words],
                              cwd=self.path, input=stdin.encode(), capture_output=True, timeout=60,
                              start_new_session=True, env={**os.environ, 'TMPDIR': self.at('tmp'),
                                                           'XDG_RUNTIME_DIR': '', **env})
        done.out = done.stdout.decode(errors='surrogateescape')
        done.err = done.stderr.decode(errors='replace')
        if status is not None:
            equal(done.returncode, status, '%s (%s)' % (' '.join(words), done.err.strip()))
        if status not in (0, None):
            equal(len(done.err.splitlines()), 1, 'sentences in %r' % done.err)
        return done

    def ansible(self, *words, **options):
        if not shutil.which('ansible-vault'):
            raise Skip('ansible-vault is not installed')
        return self.run(*words, program='ansible-vault', **options)

    def editor(self, script):
        self.write('editor', '#!/bin/sh\n' + script, 0o755)
        return self.at('editor')

    def left_over(self):
        return [name for name in os.listdir(self.path) if name.startswith('.')] + \
            os.listdir(self.at('tmp'))


def folder(here):
    f = Folder()
    os.mkdir(f.at('tmp'))
    here.f = f
    return f


PW = ('--vault-password-file', 'pw')


@case('files both ways with ansible-vault')
def both_ways(here):
    f = folder(here)
    for number, text in enumerate((TEXT, 'x', 'y' * 16, 'bytes \udcff\udc80\n', 'z' * 40000)):
        data = text.encode(errors='surrogateescape')
        f.write('a', data)
        f.write('b', data)
        for identity in ('pw', 'prod@pw'):
            f.run('encrypt', 'a', 'b', '--vault-id', identity)
            equal(f.read('a').split('\n')[0],
                  '$ANSIBLE_VAULT;' + ('1.1;AES256' if identity == 'pw' else '1.2;AES256;prod'),
                  'header %d' % number)
            f.ansible('decrypt', 'a', 'b', '--vault-id', identity)
            equal((f.read('a'), f.read('b')), (text, text), 'theirs of ours %d' % number)
            f.ansible('encrypt', 'a', 'b', '--vault-id', identity)
            f.run('decrypt', 'a', 'b', '--vault-id', identity)
            equal((f.read('a'), f.read('b')), (text, text), 'ours of theirs %d' % number)
    f.write('empty', '')
    f.run('encrypt', 'empty', *PW)
    f.ansible('view', 'empty', *PW)
    f.run('decrypt', 'empty', *PW)
    equal(f.read('empty'), '', 'an empty file')


@case('filters and --output')
def filters(here):
    f = here.f
    cipher = f.run('encrypt', *PW, stdin=TEXT).out
    equal(f.run('decrypt', '-', *PW, stdin=cipher).out, TEXT, 'decrypt -')
    equal(f.run('view', *PW, stdin=cipher).out, TEXT, 'view')
    f.write('a', TEXT)
    f.run('encrypt', 'a', '--output', 'out', *PW)
    equal(f.read('a'), TEXT, 'input')
    equal(f.mode('out'), 0o600, 'mode of a new file')
    equal(f.run('decrypt', 'out', '--output', '-', *PW).out, TEXT, '--output -')
    equal(f.run('decrypt', '--output=/dev/stdout', 'out', *PW).out, TEXT, '/dev/stdout')
    f.run('encrypt', 'a', 'pw', '--output', 'x', *PW, status=2)
    f.run('encrypt', 'a', '--output', 'tmp', *PW, status=2)
    f.run('encrypt', 'a', '--output', 'no/such', *PW, status=2)


@case('mode and links are kept, and the old text is wiped')
def modes(here):
    f = here.f
    f.write('m', TEXT, 0o640)
    os.symlink('m', f.at('link'))
    with open(f.at('m'), 'rb') as before:
        f.run('encrypt', 'link', *PW)
        equal(before.read().strip(b'\0'), b'', 'the old content')
    check(os.path.islink(f.at('link')), 'the link is gone')
    contains(f.read('m'), '$ANSIBLE_VAULT;1.1;AES256\n', 'm')
    equal(f.mode('m'), 0o640, 'mode after encrypt')
    f.run('rekey', 'm', *PW, '--new-vault-password-file', 'pw2')
    equal(f.mode('m'), 0o640, 'mode after rekey')
    f.run('decrypt', 'm', '--vault-id', 'pw2')
    equal(f.mode('m'), 0o600, 'mode after decrypt')
    f.write('one', TEXT)
    os.link(f.at('one'), f.at('two'))
    f.run('encrypt', 'one', *PW)
    equal(f.read('two'), TEXT, 'another name of the file')


@case('ids: several passwords, one encrypts')
def ids(here):
    f = here.f
    f.write('a', TEXT)
    both = ('--vault-id', 'dev@pw', '--vault-id', 'prod@pw2')
    contains(f.run('encrypt', 'a', *both, status=2).err, "('dev', 'prod')", 'several')
    contains(f.run('encrypt', 'a', *both, '--encrypt-vault-id', 'x', status=2).err, "'x'", 'unknown')
    equal(f.read('a'), TEXT, 'untouched')
    f.run('encrypt', 'a', *both, '--encrypt-vault-id', 'prod')
    contains(f.read('a'), ';1.2;AES256;prod\n', 'header')
    equal(f.ansible('view', 'a', '--vault-id', 'prod@pw2').out, TEXT, 'ansible-vault view')
    f.run('rekey', 'a', *both, '--new-vault-id', 'new@pw')
    contains(f.read('a'), ';1.2;AES256;new\n', 'new header')
    equal(f.ansible('view', 'a', *PW).out, TEXT, 'rekeyed')
    f.run('rekey', 'a', *both, '--encrypt-vault-id', 'prod')
    contains(f.read('a'), ';1.2;AES256;prod\n', 'rekeyed to a known id')
    f.ansible('rekey', 'a', '--vault-id', 'prod@pw2', '--new-vault-id', 'pw')
    equal(f.run('view', 'a', *PW).out, TEXT, 'rekeyed by ansible-vault')
    f.run('view', 'a', '--vault-id', 'a;b@pw', status=2)


@case('encrypt-string')
def strings(here):
    f = here.f
    out = f.run('encrypt-string', 'one', 'two', '-n', 'a', '--name', 'b', '--stdin-name', 'c',
                '--vault-id', 'dev@pw', stdin='three\n').out
    equal(re.findall(r'^(\S.*)$', out, re.M), ['c: !vault |', 'a: !vault |', 'b: !vault |'], 'names')
    f.write('vars.yml', out)
    f.write('site.yml', '- hosts: localhost\n  gather_facts: false\n  vars_files: [vars.yml]\n'
            '  tasks:\n    - assert: {that: ["a == \'one\'", "b == \'two\'", "c == \'three\\n\'"]}\n')
    done = subprocess.run(['ansible-playbook', 'site.yml', '--vault-id', 'dev@pw'], cwd=f.path,
                          capture_output=True, timeout=60, check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, 'ansible-playbook (%s)' % done.stdout)
    done = subprocess.run([SUTLER, 'play', 'site.yml', '-i', 'localhost,', '-c', 'local',
                           '--vault-id', 'dev@pw'], cwd=f.path, capture_output=True, timeout=60,
                          check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, 'sutler play (%s%s)' % (done.stdout, done.stderr))
    done = subprocess.run([SUTLER, 'run', 'localhost', '-i', 'localhost,', '-c', 'local', '-m', 'assert',
                           '-a', 'that="a == \'one\'"', '-e', '@vars.yml', '--vault-id', 'dev@pw'],
                          cwd=f.path, capture_output=True, timeout=60, check=False)
    equal(done.returncode, 0, '-e @vars.yml (%s%s)' % (done.stdout, done.stderr))
    equal(f.run('encrypt-string', 'x', status=2).out, '', 'no password')
    contains(f.run('encrypt-string', *PW, '--', '-x').out, '!vault |\n          $ANS', 'no name')
    f.run('encrypt-string', '', *PW, status=2)
    f.run('encrypt-string', *PW, status=2)
    f.run('encrypt-string', 'x', '-n', 'a', '-n', 'b', *PW, status=2)


@case('what is wrong is refused in one sentence, and nothing is lost')
def refusals(here):
    f = here.f
    f.write('good', TEXT)
    f.run('encrypt', 'good', *PW)
    cipher = f.read('good')
    lines = cipher.split('\n')
    last = '0' if lines[-2][0] != '0' else '1'
    broken = {
        'cut': '\n'.join(lines[:3]) + '\n',
        'odd': cipher[:-2] + '\n',
        'tampered': '\n'.join(lines[:-2] + [last + lines[-2][1:]]) + '\n',
        'version': cipher.replace(';1.1;', ';1.9;'),
        'cipher': cipher.replace('AES256', 'ROT13'),
        'header': '$ANSIBLE_VAULT\n',
        'plain': TEXT,
    }
    for name, text in broken.items():
        for action in ('decrypt', 'view', 'rekey', 'edit'):
            f.write('bad', text)
            new = ('--new-vault-password-file', 'pw2') if action == 'rekey' else ()
            run = f.run(action, 'bad', *PW, *new, status=2, EDITOR='true')
            contains(run.err, 'bad', '%s %s' % (name, action))
            equal(f.read('bad'), text, name)
    for action in ('decrypt', 'view', 'edit', 'rekey'):
        new = ('--new-vault-password-file', 'pw') if action == 'rekey' else ()
        run = f.run(action, 'good', '--vault-password-file', 'pw2', *new, status=2)
        contains(run.err, 'good: the vault password is wrong', action)
        equal(run.out, '', action)
    f.write('bad', broken['cut'])
    f.run('decrypt', 'good', 'bad', *PW, status=2)
    equal(f.read('good'), cipher, 'the good one of two')
    contains(f.run('encrypt', 'good', *PW, status=2).err, 'is encrypted already', 'twice')
    contains(f.run('view', 'good', '--vault-password-file', 'open', status=2).err, 'chmod 600', 'open')
    contains(f.run('view', 'nosuch', *PW, status=2).err, "'nosuch'", 'missing')
    contains(f.run('veiw', 'good', *PW, status=2).err, "did you mean 'view'", 'action')
    contains(f.run('view', 'good', '--output', 'x', *PW, status=2).err, '--output', 'option')
    f.run('view', 'good', status=2)
    f.run('edit', *PW, status=2)
    f.run('edit', '-', *PW, status=2)
    equal(f.left_over(), [], 'left over')


@case('edit')
def edit(here):
    f = here.f
    for identity in ('pw', 'dev@pw'):
        f.write('e.yml', TEXT, 0o640)
        f.run('encrypt', 'e.yml', '--vault-id', identity)
        before = f.read('e.yml')
        f.run('edit', 'e.yml', *PW, EDITOR='true')
        equal(f.read('e.yml'), before, 'unchanged')
        log = 'stat -c "%a" "$1" "$(dirname "$1")" >seen; basename "$1" >>seen; '
        f.run('edit', 'e.yml', *PW, EDITOR=f.editor(
            log + 'echo more: 1 >>"$1"; cp "$1" "$1~"; echo x >"$(dirname "$1")/.e.swp"'))
        equal(f.read('seen').split(), ['600', '700', 'e.yml'], 'the private file')
        equal(f.read('e.yml').split('\n')[0], before.split('\n')[0], 'header')
        equal(f.ansible('view', 'e.yml', *PW).out, TEXT + 'more: 1\n', 'edited')
        equal(f.mode('e.yml'), 0o640, 'mode')
        before = f.read('e.yml')
        f.run('edit', 'e.yml', *PW, EDITOR=f.editor('echo lost >>"$1"; exit 1'), status=1)
        f.run('edit', 'e.yml', *PW, EDITOR='rm', status=2)
        contains(f.run('edit', 'e.yml', *PW, EDITOR='nosuch-editor', status=2).err, 'EDITOR', 'none')
        f.run('edit', 'e.yml', *PW, EDITOR='"', status=2)
        equal(f.read('e.yml'), before, 'nothing changed')
        equal(f.left_over(), [], 'left over')
    f.run('create', 'new/s.yml', *PW, EDITOR=f.editor('echo a: 1 >"$1"'))
    equal(f.ansible('view', 'new/s.yml', *PW).out, 'a: 1\n', 'created')
    f.run('create', 'new/s.yml', *PW, status=2)
    f.run('create', 'new/t.yml', *PW, EDITOR='true')
    check(not os.path.exists(f.at('new/t.yml')), 'made from nothing')


@case('edit: another change meanwhile is not overwritten, and ours is kept encrypted')
def meanwhile(here):
    f = here.f
    f.write('e.yml', TEXT)
    f.run('encrypt', 'e.yml', *PW)
    f.write('other', 'other\n')
    f.run('encrypt', 'other', *PW)
    run = f.run('edit', 'e.yml', *PW, status=1,
                EDITOR=f.editor('echo mine >"$1"; cp other e.yml'))
    equal(f.read('e.yml'), f.read('other'), 'theirs')
    kept = re.search(r"in '([^']+)'", run.err).group(1)
    contains(f.read(kept), '$ANSIBLE_VAULT', 'kept')
    equal(f.run('view', kept, *PW).out, 'mine\n', 'ours')
    shutil.rmtree(os.path.dirname(kept))


@case('edit: a signal ends the editor and wipes')
def signals(here):
    f = here.f
    before = f.read('e.yml')
    for number in (signal.SIGTERM, signal.SIGHUP):
        env = {**os.environ, 'TMPDIR': f.at('tmp'), 'XDG_RUNTIME_DIR': '',
               'EDITOR': f.editor('echo started >on; exec sleep 30')}
        with subprocess.Popen([SUTLER, 'vault', 'edit', 'e.yml', *PW], cwd=f.path, env=env,
                              stderr=subprocess.PIPE, start_new_session=True) as run:
            for _ in range(100):
                if os.path.exists(f.at('on')):
                    break
                time.sleep(0.05)
            time.sleep(0.1)
            run.send_signal(number)
            equal(run.wait(10), 1, 'exit')
        os.remove(f.at('on'))
        equal(f.left_over(), [], 'left over')
        equal(f.read('e.yml'), before, 'e.yml')


def on_terminal(f, words, answers, stdin=None):
    """Runs sutler on a terminal of its own, typing an answer at each colon."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(f.path)
        if stdin is not None:
            os.dup2(os.open(f.at(stdin), os.O_RDONLY), 0)
        os.environ.update(PAGER='cat', TMPDIR=f.at('tmp'))
        os.execv(SUTLER, [SUTLER, 'vault', *words])
    seen = ''
    answers = list(answers)
    while True:
        try:
            if not select.select([terminal], [], [], 20)[0]:
                os.kill(process, signal.SIGKILL)
            piece = os.read(terminal, 4096).decode()
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if seen.endswith(': ') and answers:
            os.write(terminal, (answers.pop(0)).encode())
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    return status, seen.replace('\r\n', '\n')


@case('ids of ansible.cfg: one may be missing, not all; config needs none')
def identities(here):
    f = here.f
    f.write('t', TEXT)
    f.ansible('encrypt', 't', '--vault-id', 'dev@pw2')
    f.write('ansible.cfg', '[defaults]\nvault_identity_list = dev@pw2, prod@none\n')
    equal(f.ansible('view', 't').out, TEXT, 'ansible-vault view')
    done = f.run('view', 't')
    equal(done.out, TEXT, 'view')
    contains(done.err, "warning: vault_identity_list: unable to read vault password file 'none'", 'warning')
    f.write('ansible.cfg', '[defaults]\nvault_identity_list = prod@none\nvault_password_file = none\n')
    contains(f.run('view', 't', status=2).err, "'none'", 'no password at all')
    done = f.run('config', program=SUTLER)
    contains(done.out, 'vault_identity_list = prod@none  (ansible.cfg:2)\n', 'config')
    f.write('sutler.ini', 'forks = 3\nvault_identity_list = dev@pw2\n')
    equal(f.run('view', 't').out, TEXT, 'sutler.ini')
    for name in ('t', 'ansible.cfg', 'sutler.ini'):
        os.unlink(f.at(name))


@case('passwords are asked for on the terminal')
def asking(here):
    f = here.f
    f.write('t', TEXT)
    status, seen = on_terminal(f, ['encrypt', 't'], ['abc123\n', 'abc124\n'])
    equal((status, f.read('t')), (2, TEXT), seen)
    contains(seen, 'do not match', 'unequal')
    status, seen = on_terminal(f, ['encrypt', 't'], ['first\n', 'first\n'])
    equal(status, 0, seen)
    check('first' not in seen, 'the password was shown')
    equal(seen.split('\n'), ['New vault password: ', 'Confirm new vault password: ',
                             "encrypted 't'", ''], 'dialogue')
    status, seen = on_terminal(f, ['view', 't'], ['first\n'])
    equal((status, seen), (0, 'Vault password: \n' + TEXT), 'view')
    status, seen = on_terminal(f, ['view'], ['first\n'], stdin='t')
    equal((status, seen), (0, 'Vault password: \n' + TEXT), 'filter')
    status, seen = on_terminal(f, ['view', 't'], ['fir\x03'])
    equal((status, seen), (130, 'Vault password: \nvault: interrupted\n'), 'control-C')
    status, seen = on_terminal(f, ['rekey', 't'], ['first\n', 'second\n', 'second\n'])
    equal(status, 0, seen)
    equal(f.ansible('view', 't', '--vault-id', 'pw2').out, TEXT, 'rekeyed')
    status, seen = on_terminal(f, ['encrypt-string', '-p', *PW], ['name\n', 'value\n'])
    equal(status, 0, seen)
    contains(seen, 'name: !vault |\n', 'encrypt-string -p')
    shutil.rmtree(f.path)


main()
