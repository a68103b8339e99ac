#!/usr/bin/python3
"""Another user owns the folder in which root works, and plants and swaps names there as fast as it can: no file of
root's changes in content, mode or owner, nothing secret can be read, and each step is done or refused with its reason."""
import base64
import os
import shutil
import time

from harness import ROOT, Skip, case, check, equal, main, run_command

APP = '/home/plain/app'
CANARIES = ['/etc/canary', '/root/secret', '/srv/canary']
NAMES = ['config', 'secret', 'lines', 'block', 'words', 'dir', 'touched', 'link', 'hard', 'tree/a', 'tree/b/f', 'gone',
         '.ssh', 'got', 'repo', 'venv', 'id_key', 'made']

PLAY = '''
- hosts: all
  gather_facts: false
  become: true
  vars:
    app: %s
  tasks:
''' % APP


def prepare(here):
    host = here.hosts[0]
    compiler = shutil.which('cc')
    if compiler is None:
        raise Skip('no C compiler here')
    program = os.path.join(here.folder, 'attacker')
    run_command([compiler, '-O1', '-o', program, os.path.join(ROOT, 'tests', 'system', 'attacker.c')])
    host.run('rm -rf /srv/canary /etc/canary* /root/secret && mkdir -p /srv/canary && chmod 755 /srv/canary && echo SECRET-inner >/srv/canary/inner && '
             'chmod 600 /srv/canary/inner && echo canary >/etc/canary && chmod 644 /etc/canary && '
             'echo SECRET-root >/root/secret && chmod 600 /root/secret')
    here.project.write('inventory', host.inventory_line + '\n')
    here.project.write('t.j2', 'template {{ item }}\n')
    with open(program, 'rb') as stream:
        encoded = base64.b64encode(stream.read()).decode()
    host.ssh('base64 -d >/usr/local/bin/attacker && chmod 755 /usr/local/bin/attacker', input=encoded)


def fresh_folder(host):
    host.run('rm -rf %s /home/plain/aside /home/plain/loot; install -d -o plain -g plain %s /home/plain/aside && '
             'setpriv --reuid plain --regid plain --clear-groups sh -c \'cd %s && mkdir -p dir tree/a tree/b .ssh && '
             'for f in config secret lines block words touched tree/a/f tree/b/f; do echo old >$f; done; chmod 700 .ssh\''
             % (APP, APP, APP))


def state_of_root(host):
    """Every file of root's that the attacker aims at, and the names that lie there."""
    return host.run("find /etc /srv /root/secret -printf '%p %y %m %U:%G %s %n %l\\n' | sort; "
                    'cat /etc/canary /root/secret /srv/canary/inner; sha256sum /etc/passwd /etc/shadow')


def under_attack(here, name, tasks, seconds=8, timeout=60):
    """Runs tasks while the attacker works; returns how many steps were done and refused."""
    if 'prepared' not in vars(here):
        prepare(here)
        here.prepared = True
    host = here.hosts[0]
    fresh_folder(host)
    before = state_of_root(host)
    here.project.write(name + '.yml', PLAY + tasks)
    host.run('setpriv --reuid plain --regid plain --clear-groups setsid timeout %d /usr/local/bin/attacker '
             '%s %d %s -- %s >/dev/null 2>&1 </dev/null &' % (seconds + 5, APP, seconds, ' '.join(CANARIES), ' '.join(NAMES)))
    began = time.monotonic()
    run = here.project.sutler('play', name + '.yml', '--json', timeout=timeout)
    host.run('pkill -KILL -u plain attacker || true')
    differences = sorted(set(state_of_root(host).splitlines()) ^ set(before.splitlines()))
    check(not differences, 'files of root changed in %.1f s: %s' % (time.monotonic() - began, '; '.join(differences[:20])))
    check(not host.exists('/home/plain/loot'), 'the attacker read: ' + host.run('head -c 2000 /home/plain/loot || true'))
    readable = host.run("setpriv --reuid plain --regid plain --clear-groups grep -rl SECRET /home/plain 2>/dev/null || true")
    equal(readable, '', 'secrets in the hands of the attacker')
    done = [step for step in run.steps() if step['status'] in ('ok', 'changed')]
    refused = [step for step in run.steps() if step['status'] in ('failed', 'ignored')]
    for step in refused:
        check(step['msg'].strip(), 'a step failed without a reason: %r' % step)
    check(done or refused, 'no step ran: %s' % run.describe())
    print('# %s: %d steps done, %d refused' % (name, len(done), len(refused)))
    return len(done), len(refused)


@case('copy and template in a folder of somebody else', hosts=1)
def copies(here):
    done, _ = under_attack(here, 'copies', '''
    - copy: {content: "c{{ item }}\\n", dest: "{{ app }}/config", owner: plain, group: plain, mode: "0644", backup: true}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
    - copy: {content: "SECRET {{ item }}\\n", dest: "{{ app }}/secret", owner: root, group: root, mode: "0600"}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
      no_log: false
    - copy: {content: "n{{ item }}\\n", dest: "{{ app }}/new{{ item }}", owner: plain, mode: "0644"}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
    - copy: {src: "{{ app }}/config", dest: "{{ app }}/made", remote_src: true, owner: plain, mode: "0644"}
      loop: "{{ range(20) | list }}"
      ignore_errors: true
    - template: {src: t.j2, dest: "{{ app }}/config", owner: plain, mode: "0640"}
      loop: "{{ range(20) | list }}"
      ignore_errors: true
''')
    check(done > 10, 'nearly nothing could be done: %d steps' % done)


@case('edits in a folder of somebody else', hosts=1)
def edits(here):
    under_attack(here, 'edits', '''
    - lineinfile: {path: "{{ app }}/lines", line: "l{{ item }}", create: true, backup: true}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
    - blockinfile: {path: "{{ app }}/block", block: "b{{ item }}", create: true}
      loop: "{{ range(20) | list }}"
      ignore_errors: true
    - replace: {path: "{{ app }}/words", regexp: "^(old|w).*", replace: "w{{ item }}"}
      loop: "{{ range(20) | list }}"
      ignore_errors: true
    - authorized_key:
        user: plain
        path: "{{ app }}/.ssh/authorized_keys"
        key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE{{ '%04d' | format(item) }}"
      loop: "{{ range(20) | list }}"
      ignore_errors: true
''')


@case('file in every state in a folder of somebody else', hosts=1)
def files(here):
    under_attack(here, 'files', '''
    - file: {path: "{{ app }}/dir", state: directory, owner: plain, mode: "07{{ item % 7 }}0"}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/config", owner: "{{ ['plain', 'root'][item % 2] }}", mode: "06{{ item % 7 }}4"}
      loop: "{{ range(30) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/touched", state: touch, owner: plain, mode: "0666"}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/link", state: link, src: "target{{ item }}", force: true, owner: plain}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/hard", state: hard, src: "{{ app }}/{{ ['config', 'lines'][item % 2] }}", force: true}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/tree", state: directory, recurse: true, owner: plain, mode: "07{{ item % 7 }}5"}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/made/a{{ item }}/b", state: directory, owner: plain, mode: "0777"}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
    - file: {path: "{{ app }}/{{ ['tree', 'dir', 'gone'][item % 3] }}", state: absent}
      loop: "{{ range(15) | list }}"
      ignore_errors: true
''')


@case('git, get_url, pip and keys in a folder of somebody else', hosts=1)
def programs(here):
    host = here.hosts[0]
    host.run('apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends git '
             'python3-venv python3-pip >/dev/null; mkdir -p /opt/source && cd /opt/source && git init -q . && '
             'git -c user.name=n -c user.email=n@example.org commit -q --allow-empty -m first', timeout=120)
    # What get_url is given by curl: enough of one to write a file.
    host.run("printf '%s\\n' '#!/bin/sh' 'cat >/dev/null' 'while [ $# -gt 0 ]; do' '[ \"$1\" != -o ] || echo fetched >\"$2\"' "
             "shift 'done' >/usr/local/bin/curl && chmod 755 /usr/local/bin/curl")
    under_attack(here, 'programs', '''
    - get_url: {url: "http://localhost/x", dest: "{{ app }}/got", owner: plain, mode: "0644", force: true}
      loop: "{{ range(10) | list }}"
      ignore_errors: true
    - git: {repo: /opt/source, dest: "{{ app }}/repo", force: true}
      loop: "{{ range(10) | list }}"
      ignore_errors: true
    - pip: {name: pip, virtualenv: "{{ app }}/venv", virtualenv_command: "python3 -m venv"}
      loop: "{{ range(3) | list }}"
      ignore_errors: true
    - user: {name: plain, generate_ssh_key: true, ssh_key_type: ed25519, ssh_key_file: "{{ app }}/id_{{ item }}"}
      loop: "{{ range(10) | list }}"
      ignore_errors: true
''', seconds=15)


@case('a file that becomes a FIFO while it is opened stops nobody', hosts=1)
def fifos(here):
    host = here.hosts[0]
    program = os.path.join(here.folder, 'swapper')
    run_command([shutil.which('cc') or 'cc', '-O1', '-o', program, os.path.join(ROOT, 'tests', 'system', 'swapper.c')])
    with open(program, 'rb') as stream:
        encoded = base64.b64encode(stream.read()).decode()
    host.ssh('base64 -d >/usr/local/bin/swapper && chmod 755 /usr/local/bin/swapper', input=encoded)
    fresh_folder(host)
    here.project.write('inventory', host.inventory_line + '\n')
    here.project.write('fifos.yml', PLAY + '''
    - copy: {content: "{{ 'old\\n' if item % 4 else 'new\\n' }}", dest: "{{ app }}/config", owner: plain}
      loop: "{{ range(80) | list }}"
      ignore_errors: true
    - stat: {path: "{{ app }}/lines", checksum_algorithm: "{{ ['sha256', 'sha1'][item % 2] }}"}
      loop: "{{ range(150) | list }}"
      ignore_errors: true
    - slurp: {src: "{{ app }}/lines"}
      loop: "{{ range(150) | list }}"
      ignore_errors: true
    - lineinfile: {path: "{{ app }}/lines", line: "l{{ item % 5 }}"}
      loop: "{{ range(80) | list }}"
      ignore_errors: true
    - copy: {src: "{{ app }}/config", dest: "/root/taken", remote_src: true}
      loop: "{{ range(80) | list }}"
      ignore_errors: true
    - copy: {content: "x", dest: "{{ app }}/config", owner: plain}
      check_mode: true
      diff: true
      loop: "{{ range(80) | list }}"
      ignore_errors: true
''')
    host.run('setpriv --reuid plain --regid plain --clear-groups setsid /usr/local/bin/swapper %s 60 config lines '
             '>/dev/null 2>&1 </dev/null &' % APP)
    run = here.project.sutler('play', 'fifos.yml', '--json', timeout=100)
    host.run('pkill -KILL -u plain swapper || true')
    steps = run.steps()
    check(len(steps) == 620, '%d steps of 620: %s' % (len(steps), run.describe()))
    done = [step for step in steps if step['status'] in ('ok', 'changed')]
    check(len(done) > 100, 'nearly nothing could be done: %d steps' % len(done))
    for step in steps:
        check(step['status'] in ('ok', 'changed') or step['msg'].strip(), 'a step failed without a reason: %r' % step)


main()
