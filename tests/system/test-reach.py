#!/usr/bin/python3
"""How hosts are reached: what an inventory, ansible.cfg, ssh_config and the command line say is honoured, or
refused; never passed over."""
import base64
import os
import shutil
import struct
import subprocess

from harness import Skip, case, check, contains, equal, main

PLAY = """\
- hosts: all
  gather_facts: false
  tasks:
    - name: who
      command: id -un
      register: who
    - name: say
      debug: var=who.stdout
"""


def prepare(here, line, play=PLAY):
    here.project.write('inventory', line + '\n')
    here.project.write('site.yml', play)


def local(here, extra=''):
    """A host that is the private sshd."""
    return 'web ansible_host=127.0.0.1 ansible_port=%d ansible_private_key_file=%s %s' % (
        here.server.port, here.server.file('key'), extra)


BASTIONS = [
    "ansible_ssh_common_args='-o ProxyJump=admin@192.0.2.9'",
    "ansible_ssh_common_args='-J admin@192.0.2.9:2222'",
    "ansible_ssh_common_args='-J ssh://admin@192.0.2.9'",
    "ansible_ssh_args='-CJadmin@192.0.2.9'",
    "ansible_ssh_extra_args='-o ProxyCommand=\"ssh -W %h:%p -q admin@192.0.2.9\"'",
    "ansible_ssh_args='-F ./ssh.cfg'",
    "ansible_ssh_extra_args='-o \"ProxyCommand ssh -W %h:%p admin@192.0.2.9\"'",
]


@case('a bastion in the inventory is gone through, never round', server=True)
def bastion(here):
    here.project.write('ssh.cfg', 'Host *\n  ProxyJump admin@192.0.2.9\n')
    for words in BASTIONS:
        prepare(here, local(here, words))
        run = here.project.sutler('play', 'site.yml', '--timeout', '2', status=3)
        contains(run.out, '192.0.2.9', words)
    for environment in ({'ANSIBLE_SSH_ARGS': '-J admin@192.0.2.9'},
                        {'ANSIBLE_SSH_COMMON_ARGS': '-o ProxyJump=admin@192.0.2.9'}):
        prepare(here, local(here))
        here.project.sutler('play', 'site.yml', '--timeout', '2', status=3, env=environment)
    here.project.sutler('play', 'site.yml', '--timeout', '2', '--ssh-common-args', '-J admin@192.0.2.9', status=3)
    here.project.sutler('play', 'site.yml', status=0)


@case('a bastion that is there is gone through', server=True)
def through(here):
    with open(here.server.file('log'), encoding='utf-8') as stream:
        before = stream.read().count('Accepted publickey')
    here.project.write('jump', 'Host jump\n HostName 127.0.0.1\n Port %d\n IdentityFile %s\n'
                       % (here.server.port, here.server.file('key')))
    prepare(here, local(here, "ansible_ssh_common_args='-F ./jump -J jump'"))
    here.project.sutler('play', 'site.yml', status=0)
    with open(here.server.file('log'), encoding='utf-8') as stream:
        equal(stream.read().count('Accepted publickey') - before, 2, 'logins')


REFUSED = [
    ("ansible_ssh_common_args='-L 1:a:2'", "-L is not supported, write it as '-o LocalForward=...'"),
    ("ansible_ssh_common_args='-O stop'", 'not an option of ssh that can be honoured'),
    ("ansible_ssh_common_args='-o Prt=22'", "'prt' is not an option of ssh, did you mean 'Port'"),
    ("ansible_ssh_common_args='-o ProxyJump=a;b'", 'is not [user@]host[:port]'),
    ('ansible_port=1e3', 'invalid port'),
    ('ansible_become=yes ansible_become_method=su', "become method 'su' is not supported: use sudo"),
    ('ansible_connection=winrm', 'use ssh, openssh or local'),
]


@case('what cannot be honoured is refused before any contact', server=True)
def refused(here):
    for words, expected in REFUSED:
        line = local(here, words)
        if 'ansible_port' in words:
            line = line.replace('ansible_port=%d' % here.server.port, '')
        prepare(here, line)
        run = here.project.sutler('play', 'site.yml', status=2)
        contains(run.err, expected, words)
    prepare(here, local(here))
    here.project.write('ansible.cfg', '[defaults]\njinja2_native = yes\n')
    run = here.project.sutler('play', 'site.yml', status=2)
    contains(run.err, "ansible.cfg:2:1: 'jinja2_native = yes' is not supported", 'jinja2_native')
    os.unlink(here.project.path('ansible.cfg'))


@case('a key that is missing stops its host alone, one named on the command line the run', server=True)
def keys(here):
    here.project.write('inventory', local(here) + '\n' + local(here).replace('web ', 'other ', 1).replace(
        here.server.file('key'), '/nonexistent/key') + '\n')
    here.project.write('site.yml', PLAY)
    run = here.project.sutler('play', 'site.yml', '--json', status=3)
    equal(run.summary('web')['ok'], 2, 'web')
    equal(run.summary('other')['unreachable'], 1, 'other')
    for option in ('--private-key', '--key-file'):
        run = here.project.sutler('play', 'site.yml', option, '/nonexistent/key', status=2)
        contains(run.err, "--private-key '/nonexistent/key': No such file", option)
    readable = here.project.write('readable', 'x', mode=0o644)
    run = here.project.sutler('play', 'site.yml', '--private-key', readable, status=2)
    contains(run.err, 'mode 0644 lets others read it', 'a key for everyone')


@case('what only the ssh program can do, it does, and that is said once', server=True)
def program(here):
    words = ('-o ForwardAgent=yes', '-o SetEnv=A=b', '-4', '-o KexAlgorithms=sntrup761x25519-sha512@openssh.com')
    for one in words:
        prepare(here, local(here, "ansible_ssh_common_args='%s'" % one))
        run = here.project.sutler('play', 'site.yml', '--json', status=0)
        equal(run.summary('web')['ok'], 2, one)
        equal(run.err.count('connects with the ssh program, for '), 1, one)
    here.project.write('ssh.cfg', 'Match host web exec "touch %s"\n' % here.project.path('ran'))
    prepare(here, local(here).replace('web ', 'web2 ', 1))
    here.project.sutler('play', 'site.yml', status=0, env={'ANSIBLE_SSH_ARGS': '-F ./ssh.cfg'})
    for kind in ('openssh', 'ssh'):
        run = here.project.sutler('play', 'site.yml', '--json', '-c', kind, status=0)
        check('ssh program' not in run.err, 'asked for: nothing to say')
    # Keys in tokens: known by the public half.
    blob = b''.join(struct.pack('>I', len(part)) + part
                    for part in (b'sk-ssh-ed25519@openssh.com', b'x' * 32, b'ssh:'))
    here.project.write('token.pub', 'sk-ssh-ed25519@openssh.com %s me\n' % base64.b64encode(blob).decode())
    here.project.write('token', 'in hardware\n', mode=0o600)
    plain = 'web ansible_host=127.0.0.1 ansible_port=%d ' % here.server.port
    for words in ('ansible_private_key_file=%s' % here.project.path('token'),
                  "ansible_ssh_args='-i %s'" % here.project.path('token'),
                  "ansible_ssh_args='-I /nonexistent.so'", 'ansible_ssh_pkcs11_provider=/nonexistent.so'):
        prepare(here, plain + words)
        run = here.project.sutler('play', 'site.yml', status=3, env={'SSH_AUTH_SOCK': ''})
        contains(run.err, 'connects with the ssh program, for ', words)
    # A dry run and a file that has to travel, over the ssh program.
    target = here.project.path('target')
    play = ('- hosts: all\n  gather_facts: true\n  connection: openssh\n  tasks:\n'
            '    - copy: {content: "%s", dest: "%s"}\n' % ('x' * 100000, target))
    prepare(here, local(here), play)
    here.project.sutler('play', 'site.yml', '-n', status=0)
    check(not os.path.exists(target), 'the dry run made the file')
    here.project.sutler('play', 'site.yml', status=0)
    equal(os.path.getsize(target), 100000, 'the file')


@case('the ssh program is tried again where a server drops connections, and ended where it hangs', server=True)
def dropped(here):
    fake = here.project.write('bin/ssh', '#!/bin/sh\nfor n in 1 2; do mkdir "$0.$n" 2>/dev/null && {\n'
                              'echo "kex_exchange_identification: read: Connection reset by peer" >&2; exit 255; }\n'
                              'done\nexec %s "$@"\n' % shutil.which('ssh'), mode=0o755)
    path = {'PATH': os.path.dirname(fake) + ':' + os.environ['PATH']}
    prepare(here, local(here, 'ansible_connection=openssh'))
    here.project.sutler('play', 'site.yml', status=0, env=path)
    check(os.path.exists(fake + '.2'), 'it was not dropped twice')
    here.project.write('bin/ssh', '#!/bin/sh\nexec sleep 100\n', mode=0o755)
    run = here.project.sutler('play', 'site.yml', '-T', '1', status=3, env=path, timeout=20)
    contains(run.out, 'not finished within 1 s', 'the deadline')
    here.project.write('bin/ssh', '#!/bin/sh\nexit 255\n', mode=0o755)
    run = here.project.sutler('play', 'site.yml', status=3, env=path)
    contains(run.out, 'it gives no reason', 'an ssh without words')


@case('a master connection is used when it is there', server=True)
def master(here):
    socket = here.project.path('master')
    started = subprocess.run(
        ['ssh', '-F', here.server.file('ssh_config'), '-M', '-S', socket, '-fN', 'here'],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20, check=False)
    equal(started.returncode, 0, 'the master')
    try:
        line = ("web ansible_host=127.0.0.1 ansible_port=%d ansible_ssh_args='-o IdentityFile=none "
                "-o IdentityAgent=none -o ControlPath=%s'" % (here.server.port, socket))
        prepare(here, line)
        run = here.project.sutler('play', 'site.yml', status=0)
        contains(run.err, 'a master connection at', 'the remark')
    finally:
        subprocess.run(['ssh', '-S', socket, '-O', 'exit', 'here'], stderr=subprocess.DEVNULL, check=False)


@case('what has no effect is named with -v, once')
def named(here):
    here.project.write('inventory', 'a ansible_connection=local ansible_pipelining=yes\n'
                                    'b ansible_connection=local ansible_pipelining=yes\n')
    here.project.write('site.yml', PLAY)
    here.project.write('ansible.cfg', '[defaults]\nnocows = 1\nstdout_callbak = yaml\nfact_caching = jsonfile\n')
    quiet = here.project.sutler('play', 'site.yml', status=0)
    equal(quiet.err, 'warning: ansible.cfg:4: fact_caching has no effect: facts are gathered in each run, none '
                     'are kept\n', 'without -v')
    run = here.project.sutler('play', 'site.yml', '-v', status=0)
    for words in ('without effect here: nocows', "'stdout_callbak' is not a setting of [defaults]",
                  "did you mean 'stdout_callback'", 'without effect here: ansible_pipelining'):
        equal(run.err.count(words), 1, words)
    os.unlink(here.project.path('ansible.cfg'))


PLAYS = """\
- hosts: all
  tasks:
    - name: one
      command: "true"
- hosts: all
  tasks:
    - name: two
      command: "true"
"""


@case('gathering, tags, no_log and any_errors_fatal of ansible.cfg hold as in Ansible')
def settings(here):
    here.project.write('inventory', 'a ansible_connection=local\nb ansible_connection=local\n')
    here.project.write('site.yml', PLAYS)
    for gathering, wanted in (('implicit', 2), ('explicit', 0), ('smart', 1)):
        run = here.project.sutler('play', 'site.yml', '--json', '--limit', 'a', status=0,
                                  env={'ANSIBLE_GATHERING': gathering})
        equal(len(run.steps(name='Gathering Facts')), wanted, gathering)
    here.project.write('site.yml', '- hosts: all\n  gather_facts: false\n  tasks:\n'
                       '    - {name: one, command: echo hunter2hunter2, tags: x}\n'
                       '    - {name: two, command: echo two}\n')
    run = here.project.sutler('play', 'site.yml', '--json', status=0,
                              env={'ANSIBLE_RUN_TAGS': 'x', 'ANSIBLE_NO_LOG': '1'})
    check('hunter2hunter2' not in run.out, 'no_log')
    equal(len(run.steps(name='two')), 0, 'tags')
    here.project.write('site.yml', '- hosts: all\n  gather_facts: false\n  serial: 1\n  tasks:\n'
                       '    - command: "false"\n      when: inventory_hostname == "a"\n'
                       '- hosts: b\n  gather_facts: false\n  tasks:\n    - {name: later, command: "true"}\n')
    run = here.project.sutler('play', 'site.yml', '--json', status=1, env={'ANSIBLE_ANY_ERRORS_FATAL': 'True'})
    equal(len(run.steps(name='later')), 0, 'any_errors_fatal')


TRUTH = """\
- hosts: a
  gather_facts: false
  tasks:
    - {name: hidden, command: echo hunter2hunter2, no_log: y, changed_when: false}
    - {name: checked, command: touch %(touched)s, check_mode: t}
    - set_fact: flag=false a=no
    - set_fact: {b: "no", c: "{{ 'yes' }}", d: "y"}
    - name: types
      debug: msg="{{ flag|type_debug }} {{ a|type_debug }} {{ b|type_debug }} {{ c|type_debug }} {{ d|type_debug }}"
    - {name: not run, command: echo ran, when: flag}
    - {name: nor this, debug: msg=ran, when: b}
"""


@case('words of truth are the same everywhere, and Ansible\'s')
def truth(here):
    here.project.write('inventory', 'a ansible_connection=local\n')
    here.project.write('site.yml', TRUTH % {'touched': here.project.path('touched')})
    run = here.project.sutler('play', 'site.yml', '--json', status=0)
    check('hunter2hunter2' not in run.out, 'no_log: y')
    check(not os.path.exists(here.project.path('touched')), 'check_mode: t')
    types = 'bool bool bool bool '
    contains(run.steps(name='types')[0]['msg'], types, 'set_fact')
    for name in ('not run', 'nor this'):
        equal(run.steps(name=name)[0]['status'], 'skipped', name)
    if not shutil.which('ansible-playbook'):
        raise Skip('ansible-playbook is not installed')
    done = subprocess.run(['ansible-playbook', '-i', 'inventory', 'site.yml'], cwd=here.project.folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env=dict(here.project.environment(), ANSIBLE_NOCOLOR='1'), timeout=100)
    equal(done.returncode, 0, done.stdout[-1000:])
    contains(done.stdout, types, "Ansible's types")
    equal(done.stdout.count('skipping:'), 3, done.stdout)


MALFORMED = ['web[', 'web[1:', 'web]', 'web[]', 'web[a:b]', 'web:&', 'web,db[']


@case('a pattern that is not well formed is refused, also as a limit')
def patterns(here):
    here.project.write('inventory', '[web]\na ansible_connection=local\n[db]\nb ansible_connection=local\n')
    here.project.write('site.yml', PLAY)
    for pattern in MALFORMED:
        run = here.project.sutler('run', pattern, '--', 'id', status=2)
        check('uid=' not in run.out, 'something ran for %s' % pattern)
        here.project.sutler('play', 'site.yml', '--limit', pattern, status=2)


@case('Ansible\'s other spellings of options are taken')
def spellings(here):
    here.project.write('inventory', 'a ansible_connection=local\n')
    here.project.write('site.yml', PLAY)
    for words in (['--list-host'], ['-T', '5'], ['--inventory-file', 'inventory'], ['--subset', 'a'], ['-M', 'x'],
                  ['--flush-cache'], ['--become-method', 'sudo'], ['--ssh-extra', '-C'], ['--syntax'],
                  ['--force-handlers'], ['--scp-extra-args=-C'], ['--no-col']):
        here.project.sutler('play', 'site.yml', *words, status=0)
    here.project.sutler('run', 'a', '-o', '-a', 'id', status=0)
    for words in (['-B', '5'], ['-P', '0'], ['--task-timeout', '3'], ['-t', 'folder']):
        run = here.project.sutler('run', 'a', *words, '-a', 'id', status=2)
        contains(run.err, 'is not supported: ', words[0])
    run = here.project.sutler('play', 'site.yml', '--li', status=2)
    contains(run.err, "no option '--li'", 'an ambiguous one')


@case('a password logs in, plain and where the server asks', hosts=1)
def password(here):
    host = here.hosts[0]
    address = 'web ansible_host=%s' % host.address
    quiet = "ansible_ssh_common_args='-o IdentityAgent=none'"
    host.run("sed -i 's/^#*PasswordAuthentication.*/PasswordAuthentication yes/' /etc/ssh/sshd_config; "
             "systemctl reload ssh || systemctl restart ssh")
    for user, word in (('clerk', 'ansible_password=sutler'), ('clerk', 'ansible_ssh_pass=sutler')):
        prepare(here, '%s ansible_user=%s %s %s' % (address, user, word, quiet))
        run = here.project.sutler('play', 'site.yml', '--json', status=0)
        equal(run.summary('web')['ok'], 2, word)
        check('sutler"' not in run.out.replace('"sutler', ''), 'the password is not shown')
    prepare(here, '%s ansible_user=clerk %s' % (address, quiet))
    here.project.write('pw', 'sutler\n', mode=0o600)
    here.project.sutler('play', 'site.yml', '--conn-pass-file', 'pw', status=0)
    here.project.sutler('play', 'site.yml', '--no-input', '-k', status=2)
    here.project.write('pw', 'wrong-one\n', mode=0o600)
    run = here.project.sutler('play', 'site.yml', '--conn-pass-file', 'pw', status=3)
    contains(run.out, 'it does not accept the password', 'a wrong password')
    host.run("sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no\\n"
             "KbdInteractiveAuthentication yes/' /etc/ssh/sshd_config; systemctl reload ssh")
    try:
        prepare(here, '%s ansible_user=clerk ansible_password=sutler %s' % (address, quiet))
        here.project.sutler('play', 'site.yml', status=0)
    finally:
        host.run("sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config; "
                 "systemctl reload ssh")


@case('flags and name of sudo are those that the inventory says', hosts=1)
def sudo(here):
    host = here.hosts[0]
    prepare(here, host.inventory_line + ' ansible_become=yes')
    for flags, status in (('-H -S -n', 0), ('-E', 0), ('--nosuch', 1)):
        run = here.project.sutler('play', 'site.yml', '-e', "ansible_become_flags='%s'" % flags, status=status)
        if status:
            contains(run.out, 'nosuch', 'the words of sudo')
    here.project.sutler('play', 'site.yml', '-c', 'openssh', status=0)
    run = here.project.sutler('play', 'site.yml', '-e', 'ansible_become_exe=/nonexistent/sudo', status=1)
    contains(run.out, '/nonexistent/sudo', 'the name of sudo')
    host.run("echo 'Defaults:admin requiretty' >/etc/sudoers.d/tty")
    try:
        run = here.project.sutler('play', 'site.yml', status=1)
        contains(run.out, 'Defaults !requiretty', 'requiretty')
    finally:
        host.run('rm /etc/sudoers.d/tty')


@case('a script runs where nothing may be executed', hosts=1)
def script(here):
    host = here.hosts[0]
    here.project.write('hello', '#!/bin/sh -e\necho "hello $1" >/root/hello\n')
    prepare(here, host.inventory_line,
            '- hosts: all\n  become: true\n  gather_facts: false\n  tasks:\n    - script: hello "to all"\n')
    host.run('mkdir -p /var/lib/sutler && mount -t tmpfs -o noexec,mode=0700 none /var/lib/sutler')
    try:
        here.project.sutler('play', 'site.yml', status=0)
        equal(host.read('/root/hello'), 'hello to all\n', 'what the script wrote')
    finally:
        host.run('umount -l /var/lib/sutler')


main()
