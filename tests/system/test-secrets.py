#!/usr/bin/python3
"""Secrets: values of vaults, of no_log results and of variables whose names say so never stand in the
output of a run, in whatever form."""
import base64
import os
import re
import resource
import signal
import subprocess
import time

from harness import SUTLER, Skip, case, check, contains, main

# Every secret here is one word that no other text holds, so that any trace of it is found.
PLAY = '''
- hosts: all
  gather_facts: false
  vars_files: [files-of.yml]
  vars:
    play_password: PlaySecretA1
    nested: {api_token: NestedSecretB2, user: visible-user, deep: [{private_key: DeepSecretC3}]}
    derived_token: "{{ 'Derived' ~ 'SecretD4' }}"
    wrapped: {db_password: "{{ 'Wrapped' ~ 'SecretE5' }}"}
    door_code: CodeSecretF6
    short_password: abc
    common_secret: root
    is_secret: true
    port_token: 8080
  roles: [{role: keeper, role_token: ParameterSecretG7}]
  tasks:
'''

SECRETS = ['PlaySecretA1', 'NestedSecretB2', 'DeepSecretC3', 'DerivedSecretD4', 'WrappedSecretE5', 'CodeSecretF6',
           'ParameterSecretG7', 'InventorySecretH8', 'GroupSecretI9', 'HostSecretJ0', 'FileSecretK1', 'ExtraSecretL2',
           'DefaultSecretM3', 'RoleSecretN4', 'FactSecretO5', 'ResultSecretP6', 'ItemSecretQ7', 'LoggedSecretR8',
           'EnvironmentSecretS9', 'TaskSecretT0', 'TokenSecretU1', 'AnswerSecretV2', 'LongSecretW3']
EXTRA = ['-e', 'extra_secret=ExtraSecretL2', '-e', '{"outer": {"passwd": "OuterSecretX4"}}']


def prepare(here, tasks):
    project = here.project
    project.write('sutler.ini', 'secret_names = door_code, pin\n')
    project.write('inventory', '%s db_password=InventorySecretH8\n[web]\nhere\n' % here.server.inventory_line)
    project.write('group_vars/web.yml', 'web_token: GroupSecretI9\n')
    project.write('host_vars/here/main.yml', 'app: {secret_key: HostSecretJ0}\n')
    project.write('files-of.yml', 'file_passwd: FileSecretK1\n')
    project.write('roles/keeper/defaults/main.yml', 'default_password: DefaultSecretM3\n')
    project.write('roles/keeper/vars/main.yml', 'role_credentials: {value: RoleSecretN4}\n')
    project.write('roles/keeper/tasks/main.yml', '- debug: {msg: "{{ default_password }} {{ role_credentials }} {{ role_token }}"}\n')
    project.write('site.yml', PLAY.lstrip() + tasks)


def outputs(here, *arguments, status=0):
    """What a run prints in each form of the output."""
    runs = [here.project.sutler('play', 'site.yml', *EXTRA, *form, *arguments, status=status)
            for form in ([], ['-vvv'], ['--json'], ['--check', '--diff'])]
    return [run.out + run.err for run in runs]


def traces(text, secret):
    """The places where the secret or its base64 stands in text, once line breaks and such are gone."""
    flat = re.sub(r'(\\n|\s|\n[+-])+', '', text)
    forms = [secret] + [base64.b64encode(b'x' * offset + secret.encode()).decode()[offset + (offset > 0):-4]
                        for offset in range(3)]
    return [form for form in forms if form in flat]


def check_hidden(texts, secrets):
    for text in texts:
        for secret in secrets:
            found = traces(text, secret)
            check(not found, '%s shows as %s in:\n%s' % (secret, found, text[-3000:]))


@case('variables of every origin whose names say secret', server=True)
def origins(here):
    prepare(here, '''
    - debug: {msg: "{{ play_password }} {{ nested }} {{ derived_token }} {{ wrapped.db_password }} {{ door_code }}"}
    - debug: {var: "hostvars['here'].app"}
    - debug: {var: "hostvars['here'].derived_token"}
    - command: "echo {{ db_password }} {{ web_token }} {{ app.secret_key }} {{ file_passwd }} {{ extra_secret }}"
      check_mode: false
    - command: echo {{ outer.passwd }}
      check_mode: false
    - set_fact: {fact_token: "{{ 'Fact' ~ 'SecretO5' }}"}
    - debug: {var: fact_token}
    - command: echo ResultSec{{ 'retP6' }}
      register: answer_token
      check_mode: false
    - debug: {msg: "{{ answer_token.stdout }}"}
    - debug: {msg: "{{ item }}"}
      loop: [{name: one, password: "{{ 'Item' ~ 'SecretQ7' }}"}]
    - command: echo LoggedSec{{ 'retR8' }}
      no_log: true
      register: quiet
      check_mode: false
    - debug: {msg: "{{ quiet.stdout }}"}
    - command: env
      environment: {APP_PASSWORD: "{{ 'Environment' ~ 'SecretS9' }}"}
      check_mode: false
    - debug: {msg: "{{ task_secret }}"}
      vars: {task_secret: TaskSecretT0}
    - name: with {{ play_password }} in its name
      command: 'true'
      check_mode: false
''')
    texts = outputs(here)
    check_hidden(texts, [secret for secret in SECRETS + ['OuterSecretX4'] if secret not in (
        'TokenSecretU1', 'AnswerSecretV2', 'LongSecretW3')])
    for text in texts:
        contains(text, '********', 'the output')


@case('split over lines, and in base64', server=True)
def forms(here):
    prepare(here, '''
    - shell: |
        printf '%s\\n' "{{ play_password }}" | fold -w 5
        printf '%s' "{{ play_password }}" | base64
        printf 'x%s' "{{ play_password }}" | base64
        printf 'xy%s-and-more-of-it' "{{ play_password }}" | base64 -w 8
        printf '%s' "{{ play_password }}" | sed 's/S/\\r\\n    S/'
      check_mode: false
    - debug: {msg: "{{ play_password | b64encode }} {{ ('ab' ~ play_password ~ 'cd') | b64encode }}"}
    - copy:
        dest: "{{ base }}/split"
        content: "a: Play\\n   SecretA1\\nb: {{ play_password | b64encode }}\\n"
''')
    base = here.server.file('files')
    os.makedirs(base, exist_ok=True)
    texts = outputs(here, '-e', 'base=' + base, '--diff')
    check_hidden(texts, ['PlaySecretA1'])
    with open(os.path.join(base, 'split'), encoding='utf-8') as stream:
        contains(stream.read(), 'Play\n   SecretA1', 'the file on the host')


@case('a private key of several lines, in part and in whole', server=True)
def lines(here):
    prepare(here, '''
    - shell: "sed -n 2p key; echo; cat key"
      args: {chdir: "{{ base }}"}
      check_mode: false
    - debug: {msg: "{{ site_private_key }}"}
''')
    base = here.server.file('files')
    os.makedirs(base, exist_ok=True)
    body = ['LongSecretW3' + letter * 40 for letter in 'abc']
    key = '-----BEGIN KEY-----\n%s\n-----END KEY-----\n' % '\n'.join(body)
    with open(os.path.join(base, 'key'), 'w', encoding='utf-8') as stream:
        stream.write(key)
    here.project.write('group_vars/all.yml', 'site_private_key: |\n' + ''.join('  %s\n' % line for line in key.splitlines()))
    check_hidden(outputs(here, '-e', 'base=' + base), ['LongSecretW3'])


@case('what stands everywhere is left alone', server=True)
def common(here):
    prepare(here, '''
    - debug: {msg: "abc root true 8080 visible-user {{ short_password }} {{ common_secret }}"}
''')
    run = here.project.sutler('play', 'site.yml', *EXTRA, status=0)
    contains(run.out, 'abc root true 8080 visible-user abc root', 'the output')


@case('a number that is secret', server=True)
def numbers(here):
    prepare(here, '''
    - debug: {var: pin}
      vars: {pin: 73190284}
    - debug: {msg: {"inside": "{{ pin }}"}}
      vars: {pin: 73190284}
''')
    for text in outputs(here):
        check('73190284' not in text, text)


@case('error texts: before any contact, and from a step', server=True)
def errors(here):
    prepare(here, '''
    - command: "sh -c 'echo {{ play_password }} >&2; exit 3'"
      check_mode: false
''')
    texts = outputs(here, status=1)
    check_hidden(texts, ['PlaySecretA1'])
    prepare(here, '''
    - file: {path: /x, state: "{{ play_password }}"}
''')
    texts = outputs(here, status=2)
    check_hidden(texts, ['PlaySecretA1'])
    contains(texts[0], '********', 'the error')
    here.project.write('site.yml', '- hosts: all\n  vars: {play_password: PlaySecretA1}\n  tasks:\n'
                       '    - include_tasks: "{{ play_password }}.yml"\n')
    for form in ([], ['--json']):
        run = here.project.sutler('play', 'site.yml', *form)
        check_hidden([run.out + run.err], ['PlaySecretA1'])


@case('a vault, and what its values are made into', server=True)
def vaults(here):
    prepare(here, '''
    - debug: {msg: "{{ of_vault }} {{ made }} {{ inline }}"}
    - debug: {msg: "{{ inline | b64encode }}"}
''')
    here.project.write('pw', 'correct horse\n', 0o600)
    plain = here.project.write('group_vars/all.yml', 'of_vault: LongSecretW3\nmade: "x{{ 1 }}LongSecretW3"\n')
    here.project.sutler('vault', 'encrypt', '--vault-password-file', 'pw', plain, status=0)
    inline = here.project.sutler('vault', 'encrypt-string', '--vault-password-file', 'pw', '--name', 'inline',
                                 'AnswerSecretV2', status=0)
    here.project.write('host_vars/here/vault.yml', inline.out)
    texts = outputs(here, '--vault-password-file', 'pw')
    check_hidden(texts, ['LongSecretW3', 'AnswerSecretV2', 'correct horse'])


@case('lists of tasks and hosts', server=True)
def listings(here):
    prepare(here, '''
    - name: uses {{ play_password }} and PlaySecretA1
      debug: {msg: x}
''')
    run = here.project.sutler('play', 'site.yml', *EXTRA, '--list-tasks', status=0)
    check_hidden([run.out + run.err], ['PlaySecretA1'])


@case('no core file, and no reading by other programs of the user')
def core(here):
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    with subprocess.Popen([SUTLER, 'vault', 'view', '--vault-password-file', '/dev/stdin'], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=here.project.folder) as process:
        limits = '/proc/%d/limits' % process.pid
        for _ in range(100):
            with open(limits, encoding='utf-8') as stream:
                soft = re.search(r'Max core file size +(\S+)', stream.read())[1]
            if soft == '0':
                break
            time.sleep(0.05)
        check(soft == '0', 'core file size is ' + soft)
        time.sleep(0.2)
        # The kernel gives the files of a process that is not dumpable to root.
        check(os.stat('/proc/%d/environ' % process.pid).st_uid == 0, 'the memory can be read')
        process.send_signal(signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = 0
        check(not os.WCOREDUMP(status), 'a core file')


@case('inventory and render print the user\'s own data as it is')
def as_it_is(here):
    project = here.new_project('as-it-is')
    project.write('inventory', 'one db_password=InventorySecretH8\n')
    project.write('t.conf', 'password={{ db_password }}\n')
    run = project.sutler('inventory', '--list', status=0)
    contains(run.out, 'InventorySecretH8', 'inventory --list')
    run = project.sutler('render', 't.conf', '-e', 'db_password=InventorySecretH8', status=0)
    contains(run.out, 'InventorySecretH8', 'render')
    run = project.sutler('inventory', '--explain', 'one', status=0)
    check('InventorySecretH8' not in run.out, run.out)


main()
