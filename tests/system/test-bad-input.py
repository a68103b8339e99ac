#!/usr/bin/python3
"""Bad input: refused with exit 2 and a located message, before any host is contacted."""
import re
import socket
import threading

from harness import case, check, contains, equal, main


class Trap:
    """A port that notes whether anybody connects."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.contacts = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            connection, _ = self.socket.accept()
            self.contacts += 1
            connection.close()


INVENTORY = 'web1 ansible_host=127.0.0.1 ansible_port={port} ansible_user=nobody\n'
PLAY = '- hosts: web1\n  gather_facts: false\n  tasks:\n'


def play(task):
    """A playbook whose only task begins on line 4."""
    return {'site.yml': PLAY + task}


# name, files ({port} in the inventory is the trap's), a regular expression that stderr must match
PLAYBOOKS = [
    ('unknown module', play('    - name: x\n      coppy: {src: a, dest: /b}\n'),
     r"site\.yml:5:7: .*'coppy'(.|\n)*copy"),
    ('unknown parameter', play("    - copy: {src: a, dets: /b, content: ''}\n"),
     r"site\.yml:4:\d+: .*'dets'(.|\n)*dest"),
    ('missing parameter', play("    - copy: {content: ''}\n"), r"site\.yml:4:\d+: .*'dest'"),
    ('regex too long', play('    - wait_for: {path: /x, search_regex: "%s"}\n' % ('A' * 5000)),
     r"'search_regex' is more than grep on the host can do: 'A{200}'"),
    ('wrong type', play('    - wait_for: {port: many}\n'), r"site\.yml:4:\d+: .*(port|'many')"),
    ('unknown choice', play('    - file: {path: /x, state: dirctory}\n'),
     r"site\.yml:4:\d+: .*'dirctory'"),
    ('two modules in a task', play("    - copy: {content: '', dest: /b}\n      file: {path: /c}\n"),
     r'site\.yml:[45]:'),
    ('unknown task keyword', play('    - file: {path: /x}\n      notfy: y\n'),
     r"site\.yml:5:7: .*'notfy'(.|\n)*notify"),
    ('unknown play keyword', {'site.yml': '- hosts: web1\n  tsaks: []\n'},
     r"site\.yml:2:3: .*'tsaks'(.|\n)*tasks"),
    ('play without hosts', {'site.yml': '- tasks: []\n'}, r'site\.yml:1:.*hosts'),
    ('handler that does not exist', play('    - file: {path: /x}\n      notify: restart it\n'),
     r"site\.yml:5:\d+: .*'restart it'"),
    ('undefined group', {'site.yml': '- hosts: wbe1\n  tasks: []\n'}, r"site\.yml:1:\d+: .*'wbe1'"),
    ('= for ==', play("    - debug: {msg: x}\n      when: a = 'b'\n"), r"site\.yml:5:13: .*write '=='"),
    ('braces of another language', play("    - command: docker ps --format '{{.Names}}'\n"),
     r"site\.yml:4:\d+: .*\{% raw %\}"),
    ('duplicate key', play('    - file: {path: /x}\n      when: true\n      when: false\n'),
     r"site\.yml:6:7: .*'when'"),
    ('tab indentation', {'site.yml': '- hosts: web1\n\ttasks: []\n'}, r'site\.yml:2:\d+: '),
    ('several documents', {'site.yml': PLAY + '    - debug: {msg: x}\n---\n- hosts: web1\n'},
     r'site\.yml:[56]:'),
    ('bad UTF-8', {'site.yml': (PLAY + '    - debug: {msg: "').encode() + b'\xff"}\n'}, r'site\.yml:4:'),
    ('NUL byte', {'site.yml': (PLAY + '    - debug: {msg: "').encode() + b'\0"}\n'}, r'site\.yml:4:'),
    ('depth bomb', {'site.yml': '[' * 5000}, r'site\.yml:1:'),
    ('self-referring alias', {'site.yml': '- hosts: web1\n  vars: {a: &a [*a]}\n'}, r'site\.yml:2:'),
    ('alias bomb', {'site.yml': '- hosts: web1\n  vars:\n    a: &a [x,x,x,x,x,x,x,x,x,x]\n' + ''.join(
        '    {1}: &{1} [{0}]\n'.format(','.join(['*' + chr(97 + n)] * 10), chr(98 + n))
        for n in range(9))}, r'site\.yml:\d+:'),
    ('empty playbook', {'site.yml': ''}, r'site\.yml'),
    ('a mapping for a playbook', {'site.yml': 'hosts: web1\n'}, r'site\.yml:1:1: '),
    ('unclosed tag', play('    - debug: {msg: "{{ 1"}\n'), r'site\.yml:4:'),
    ('unknown filter', play('    - debug: {msg: "{{ 1 | uper }}"}\n'), r"site\.yml:4:(.|\n)*'uper'"),
    ('undefined variable', play('    - debug: {msg: "{{ nmae }}"}\n      vars: {name: x}\n'),
     r"site\.yml:4:(.|\n)*'nmae'"),
    ('mode without a leading zero', play('    - file: {path: /x, mode: 644}\n'), r'site\.yml:4:\d+: .*644'),
    ('missing template', play('    - template: {src: none.j2, dest: /x}\n'),
     r"site\.yml:4:\d+: .*'none\.j2'"),
    ('missing playbook', {}, r"'?site\.yml'?"),
    ('placeholder without a value', dict(play('    - template: {src: t.conf, dest: /x}\n'),
                                         **{'t.conf': 'ok\nname SITENAME;\n'}),
     r't\.conf:2:6: .*SITENAME'),
    ('template error', dict(play('    - template: {src: t.conf, dest: /x}\n'),
                            **{'t.conf': 'ok\n{% if %}\n'}), r't\.conf:2:'),
]

SECRET = '$ANSIBLE_VAULT;1.1;AES256\n'
DEBUG = '    - debug: {msg: x}\n'


def given(name, text, **more):
    """A playbook that is fine, beside one file that is not."""
    return dict(play(DEBUG), **{name: text}, **more)


# Files that come with an inventory: of variables, of settings, of passwords.
FILES = [
    ('group_vars: duplicate key', given('group_vars/all.yml', 'a: 1\nb: 2\na: 3\n'),
     r"group_vars/all\.yml:3:1: .*'a'"),
    ('group_vars: tab', given('group_vars/all.yml', 'a:\n\tb: 1\n'), r'group_vars/all\.yml:2:\d+: .*tab'),
    ('group_vars: depth bomb', given('group_vars/all.yml', 'a: ' + '[' * 5000), r'group_vars/all\.yml:1:\d+: '),
    ('group_vars: alias bomb', given('group_vars/all.yml', 'a: &a [x,x,x,x,x,x,x,x,x,x]\n' + ''.join(
        '{1}: &{1} [{0}]\n'.format(','.join(['*' + chr(97 + n)] * 10), chr(98 + n)) for n in range(9))),
     r'group_vars/all\.yml:\d+:\d+: '),
    ('group_vars: self-referring alias', given('group_vars/all.yml', 'a: &a [*a]\n'), r'group_vars/all\.yml:1:\d+: '),
    ('group_vars: several documents', given('group_vars/all.yml', 'a: 1\n---\nb: 1\n'),
     r'group_vars/all\.yml:2:1: .*second document'),
    ('group_vars: NUL', given('group_vars/all.yml', 'a: "x\0y"\n'), r'group_vars/all\.yml:1:\d+: '),
    ('group_vars: bad UTF-8', given('group_vars/all.yml', b'a: 1\nb: "\xff"\n'), r'group_vars/all\.yml:2:\d+: '),
    ('group_vars: a list', given('group_vars/all.yml', '- a\n'), r'group_vars/all\.yml:1:1: .*mapping'),
    ('group_vars: broken JSON', given('group_vars/all.json', '{"a": 1,\n "b" 2}\n'), r'group_vars/all\.json:2:\d+: '),
    ('group_vars: in a folder', given('group_vars/all/b.yml', 'a: {\n'), r'group_vars/all/b\.yml:[12]:\d+: '),
    ('group_vars: a file in place of the folder', given('group_vars', 'a: 1\n'), r"group_vars'"),
    ('host_vars: unclosed quote', given('host_vars/web1.yml', 'a: "b\n'), r'host_vars/web1\.yml:[12]:\d+: '),
    ('host_vars: port of a host', given('host_vars/web1.yml', 'x: 1\nansible_port: 65536\n'),
     r"host_vars/web1\.yml:2:\d+: .*'?65536'?"),
    ('host_vars: user with shell code', given('host_vars/web1.yml', "ansible_user: '$(reboot)'\n"),
     r'host_vars/web1\.yml:1:\d+: '),
    ('host_vars: user that is an option', given('host_vars/web1.yml', "ansible_user: '-oProxyCommand=x'\n"),
     r'host_vars/web1\.yml:1:\d+: '),
    ('host_vars: address with a line break', given('host_vars/web1.yml', 'ansible_host: "a\\nb"\n'),
     r'host_vars/web1\.yml:1:\d+: '),
    ('host_vars: become method', given('host_vars/web1.yml', 'ansible_become: true\nansible_become_method: su\n'),
     r"'su' is not supported"),
    ('vars_files: duplicate key', {'site.yml': '- hosts: web1\n  vars_files: [v.yml]\n  tasks: []\n', 'v.yml': 'a: 1\na: 2\n'},
     r"v\.yml:2:1: .*'a'"),
    ('vars_files: missing', {'site.yml': '- hosts: web1\n  vars_files: [v.yml]\n  tasks: []\n'}, r"site\.yml:2:\d+: .*'v\.yml'"),
    ('role defaults: a list', {'site.yml': '- hosts: web1\n  roles: [r]\n', 'roles/r/tasks/main.yml': '[]\n',
                               'roles/r/defaults/main.yml': '- a\n'}, r'roles/r/defaults/main\.yml:1:1: '),
    ('vault without a password', given('group_vars/all.yml', SECRET + '3031\n'), r'group_vars/all\.yml: '),
    ('settings: unknown', given('sutler.ini', 'forks = 3\nfroks = 3\n'), r"sutler\.ini:2:1: .*'froks'.*'forks'"),
    ('settings: value', given('sutler.ini', 'timeout = soon\n'), r"sutler\.ini:1:1: .*'soon'"),
    ('settings: section', given('sutler.ini', '[web]\n'), r"sutler\.ini:1:1: .*'\[web\]'"),
    ('settings: no entry', given('sutler.ini', 'forks\n'), r"sutler\.ini:1:1: .*'forks'"),
    ('settings: NUL', given('sutler.ini', 'forks = 3\0\n'), r'sutler\.ini:1:\d+: '),
    ('settings: line over 64 KiB', given('sutler.ini', 'user = ' + 'x' * 70000 + '\n'), r'sutler\.ini:1:1: '),
    ('settings: of Ansible', given('ansible.cfg', '[defaults]\nforks = many\n'), r"ansible\.cfg:2:1: .*'many'"),
    ('settings: password file of others', given('sutler.ini', 'vault_password_file = pw\n', pw='secret\n'),
     r"'\.?/?pw' can be read by others"),
    ('settings: private key that others can read', given('sutler.ini', 'private_key = key\n', key='KEY\n'),
     r"private key '.*key': mode 0644 lets others read it"),
    ('settings: missing password file', given('sutler.ini', 'vault_password_file = pw\n'), r"'\.?/?pw'"),
]

INVENTORIES = [
    ('no such host', 'web2 ansible_port={port}\n', r"'web1'"),
    ('inverted range', INVENTORY + 'web[9:1]\n', r'inventory:2:\d+: '),
    ('huge range', INVENTORY + 'db[1:999999999]\n', r'inventory:2:\d+: '),
    ('malformed range', INVENTORY + 'db[1:\n', r'inventory:2:\d+: '),
    ('own descendant', INVENTORY + '[a:children]\nb\n[b:children]\na\n', r'inventory:[2-5]:'),
    ('option as a host', INVENTORY + '-oProxyCommand=x\n', r'inventory:2:1: .*-oProxyCommand'),
    ('shell code as a host', INVENTORY + '$(reboot)\n', r'inventory:2:1: '),
    ('port 0', 'web1 ansible_host=127.0.0.1 ansible_port=0\n', r'inventory:1:\d+: .*\b0\b'),
    ('port 65536', 'web1 ansible_host=127.0.0.1 ansible_port=65536\n', r'inventory:1:\d+: .*\b65536\b'),
    ('port 22x', 'web1 ansible_host=127.0.0.1 ansible_port=22x\n', r"inventory:1:\d+: .*'22x'"),
    ('unclosed quote', 'web1 ansible_port={port} a="b\n', r'inventory:1:\d+: '),
    ('unclosed section', INVENTORY + '[web\n', r'inventory:2:\d+: '),
    ('a child that nobody declared', INVENTORY + '[a:children]\nnone\n', r"inventory:3:\d+: .*'none'"),
    ('line over 64 KiB', INVENTORY + 'db a=' + 'x' * 70000 + '\n', r'inventory:2:'),
    ('NUL byte', INVENTORY + 'd\0b\n', r'inventory:2:'),
    ('empty', '', r'inventory|web1'),
    ('YAML: own descendant', 'g:\n  hosts: {web1: }\n  children: {g: }\n', r"inventory:3:\d+: .*'g'"),
    ('YAML: duplicate key', 'g:\n  hosts:\n    web1:\n    web1:\n', r"inventory:4:5: .*'web1'"),
    ('YAML: unknown key', 'g:\n  host: {web1: }\n', r"inventory:2:\d+: .*'host'(.|\n)*hosts"),
    ('YAML: tab', 'g:\n\thosts:\n', r'inventory:2:\d+: .*tab'),
    ('YAML: inverted range', 'g:\n  hosts:\n    web[9:1]:\n', r'inventory:3:5: .*web'),
    ('YAML: option as a host', 'g:\n  hosts:\n    -oProxyCommand=x:\n', r'inventory:3:\d+: .*-oProxyCommand'),
    ('YAML: port', 'g:\n  hosts:\n    web1: {ansible_port: 0}\n', r'inventory:3:\d+: .*port'),
    ('YAML: several documents', 'g:\n  hosts: {web1: }\n---\nh: {}\n', r'inventory:3:\d+: .*second document'),
    ('JSON: broken', '{"g": {"hosts": {"web1": {}}\n', r'inventory:[12]:\d+: '),
]


def refused(here, files, expected, inventory=INVENTORY):
    trap = Trap()
    project = here.new_project('bad-%d' % trap.port)
    project.write('inventory', inventory.replace('{port}', str(trap.port)))
    for name, text in files.items():
        project.write(name, text)
    run = project.sutler('play', 'site.yml', status=2, timeout=20)
    check(re.search(expected, run.err), 'stderr does not match %r: %r' % (expected, run.err[-1500:]))
    equal(trap.contacts, 0, 'contacts')
    equal(run.out, '', 'stdout')


def register(kind, name, files, expected, **more):
    @case('%s: %s' % (kind, name))
    def _(here):
        refused(here, files, expected, **more)


for row in PLAYBOOKS:
    register('playbook', *row)
for row in FILES:
    register('file', *row)
for bad_name, bad_text, words in INVENTORIES:
    register('inventory', bad_name, play('    - command: "true"\n'), words, inventory=bad_text)


@case('a pattern that matches nothing is an error')
def no_match(here):
    here.project.write('inventory', 'staging.example.com\n')
    run = here.project.sutler('deploy', 'stagin.example.com', status=2)
    contains(run.err, 'staging.example.com', 'the nearest name')


@case('options: unknown ones, and values that are none')
def options(here):
    here.project.write('inventory', 'web1\n')
    here.project.write('site.yml', PLAY + '    - command: "true"\n')
    for word, *arguments in (('no-such-option', '--no-such-option'), ('many', '-f', 'many'),
                             ('0', '--forks', '0'), ('extra-vars', '-e', '{bad'),
                             ('--tags', '--tags', 'nowhere'),
                             ('nowhere', '--start-at-task', 'nowhere'),
                             ('no-such-file', '-i', 'no-such-file')):
        run = here.project.sutler('play', 'site.yml', *arguments, status=2)
        contains(run.err, word, 'stderr of ' + ' '.join(arguments))


@case('no command, unknown command')
def commands(here):
    here.project.sutler(status=2)
    contains(here.project.sutler('depoly', status=2).err, 'deploy', 'the suggestion')


@case('CRLF files work')
def crlf(here):
    here.project.write('inventory', 'web1 ansible_connection=local\r\n')
    here.project.write('site.yml', (PLAY + '    - debug: {msg: hello}\n').replace('\n', '\r\n'))
    here.project.sutler('play', 'site.yml', status=0)


if __name__ == '__main__':
    main()
