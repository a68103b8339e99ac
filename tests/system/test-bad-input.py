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
