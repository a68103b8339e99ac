#!/usr/bin/python3
"""Vaults both ways with ansible-vault's own code, and with the command itself: vault.py TOOL."""
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path = [p for p in sys.path if p]
from ansible.parsing.vault import VaultLib, VaultSecret  # noqa: E402

TOOL = sys.argv[1]
failures = []


def ours(action, text, *passwords):
    done = subprocess.run([TOOL, action] + list(passwords), input=text, capture_output=True)
    return done.returncode, done.stdout


def check(name, condition):
    if not condition:
        failures.append(name)
        print('not ok - ' + name)


def lib(identity, password):
    return VaultLib([(identity, VaultSecret(password.encode()))])


def both_ways():
    rng = random.Random(1)
    texts = [b'', b'x', b'a: 1\n', 'é ü 日本\n'.encode(), bytes(range(256)), b'x' * 15, b'x' * 16,
             b'x' * 17] + [rng.randbytes(rng.randrange(5000)) for _ in range(40)]
    for number, text in enumerate(texts):
        identity = ['default', 'prod', 'dev-1'][number % 3]
        password = ['secret', 'pässwörd', 'with blanks and "quotes"'][number % 3]
        code, cipher = ours('encrypt', text, '%s=%s' % (identity, password))
        check('encrypts %d' % number, code == 0)
        check('Ansible decrypts ours %d' % number, lib(identity, password).decrypt(cipher) == text)
        named = None if identity == 'default' else identity
        theirs = lib(identity, password).encrypt(text, vault_id=named) if text else None
        if theirs:
            head = theirs.split(b'\n')[0]
            check('same header %d' % number, cipher.split(b'\n')[0] == head)
            check('same shape %d' % number, len(cipher) == len(theirs) and
                  [len(x) for x in cipher.split(b'\n')] == [len(x) for x in theirs.split(b'\n')])
            check('we decrypt Ansible\'s %d' % number,
                  ours('decrypt', theirs, '%s=%s' % (identity, password)) == (0, text))
            check('any id is tried %d' % number,
                  ours('decrypt', theirs, 'a=wrong', 'b=' + password) == (0, text))


def refusals():
    cipher = lib('default', 'secret').encrypt(b'some text to protect')
    check('wrong password', ours('decrypt', cipher, 'default=wrong')[0] == 1)
    lines = cipher.split(b'\n')
    bad = {'no body': lines[0] + b'\n', 'cut': cipher[:-100], 'half': cipher[:len(cipher) // 2],
           'odd': cipher.rstrip(b'\n')[:-1], 'other version': cipher.replace(b';1.1;', b';9.9;'),
           'other cipher': cipher.replace(b'AES256', b'AES128'), 'no header': b'\n'.join(lines[1:])}
    for i in range(len(lines[0]) + 1, len(cipher) - 1, 37):
        changed = bytearray(cipher)
        if changed[i:i + 1].isalnum():
            changed[i] = ord('3') if changed[i] != ord('3') else ord('4')
            bad['digit %d' % i] = bytes(changed)
    for name, text in bad.items():
        check('refuses ' + name, ours('decrypt', text, 'default=secret')[0] == 1)


def command():
    program = shutil.which('ansible-vault')
    if program is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        password, file = folder + '/password', folder + '/file.yml'
        with open(password, 'w') as out:
            out.write('from a file\n')
        os.chmod(password, 0o600)
        with open(file, 'wb') as out:
            out.write(ours('encrypt', b'x: 1\n', 'default=from a file')[1])
        done = subprocess.run([program, 'view', '--vault-password-file', password, file],
                              capture_output=True, env=dict(os.environ, PAGER='cat'))
        check('ansible-vault view', done.stdout.strip() == b'x: 1')
        subprocess.run([program, 'rekey', '--vault-password-file', password,
                        '--new-vault-id', 'new@' + password, file], capture_output=True, check=True)
        with open(file, 'rb') as text:
            check('after ansible-vault rekey',
                  ours('decrypt', text.read(), 'new=from a file') == (0, b'x: 1\n'))


both_ways()
refusals()
command()
print('# vault: %d failures' % len(failures))
sys.exit(1 if failures else 0)
