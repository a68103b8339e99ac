#!/usr/bin/python3
"""What is refused before anything runs, what only where it is reached, and what Ansible makes of the same."""
import json
import os
import re
import shutil
import subprocess

from harness import Skip, case, check, contains, equal, main

INVENTORY = ''.join(name + ' ansible_connection=local\n' for name in ('one', 'two', 'three'))
HEAD = '- hosts: one\n  gather_facts: false\n'


def project(here, name, files):
    made = here.new_project(name)
    made.write('inventory', INVENTORY)
    for path, text in files.items():
        made.write(path, text)
    return made


def ansible_recap(made):
    """The counts of Ansible's own run, by host."""
    try:
        done = subprocess.run(['ansible-playbook', '-i', 'inventory', 'site.yml'], cwd=made.folder, text=True, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              env=dict(made.environment(), ANSIBLE_NOCOLOR='1', LC_ALL='C.UTF-8'))
    except FileNotFoundError:
        raise Skip('no ansible-playbook') from None
    recap = {}
    for line in done.stdout.split('PLAY RECAP')[-1].splitlines():
        found = re.match(r'(\S+)\s+:\s+(.*)', line)
        if found:
            recap[found.group(1)] = {key: int(n) for key, n in re.findall(r'(\w+)=(\d+)', found.group(2))}
    return done, recap


# Playbooks of which the recap must be Ansible's.
AS_ANSIBLE = {
    'a branch for another system': {'site.yml': HEAD + '''
  tasks:
    - yum: {name: httpd}
      when: "'RedHat' == 'Debian'"
    - debug:
'''},
    'an include for another system': {'site.yml': HEAD + '''
  tasks:
    - include_tasks: redhat.yml
      when: "'RedHat' == 'Debian'"
    - include_tasks: nowhere.yml
      when: false
    - include_role: {name: nowhere}
      when: false
    - debug:
''', 'redhat.yml': '- yum: {name: httpd}\n- async: 9\n  command: id\n'},
    'rescued': {'site.yml': HEAD + '''
  tasks:
    - block:
        - yum: {name: httpd}
        - debug: {msg: not reached}
      rescue:
        - debug: {msg: "{{ ansible_failed_task.action }}"}
    - yum: {name: httpd}
      ignore_errors: true
    - debug: {msg: end}
'''},
    'a loop over nothing': {'site.yml': HEAD + '''
  vars: {nothing: []}
  tasks:
    - yum: {name: "{{ item }}"}
      loop: "{{ nothing }}"
    - debug:
'''},
    'tags that are not asked for': {'site.yml': HEAD + '''
  tasks:
    - yum: {name: httpd}
      tags: [never, rpm]
    - debug:
'''},
    'a handler that nobody calls': {'site.yml': HEAD + '''
  tasks:
    - debug:
  handlers:
    - name: h
      yum: {name: httpd}
'''},
    'templates of tasks that are passed': {'site.yml': HEAD + '''
  tasks:
    - debug: {msg: "{{ x | nofilter }}"}
      when: false
    - debug: {msg: "{{ nowhere }}"}
      when: false
    - debug: {msg: "{{ nowhere }}"}
      when: inventory_hostname == 'one'
      ignore_errors: true
    - copy: {src: nowhere, dest: /nowhere}
      when: false
    - debug: {msg: "{{ 1 | nofilter }}"}
      ignore_errors: true
    - block:
        - template: {src: nowhere.j2, dest: /nowhere}
      rescue:
        - debug:
'''},
    'groups that are not there': {'site.yml': '''
- hosts: cache
  tasks:
    - yum: {name: httpd}
- hosts: one:db:!old
  gather_facts: false
  tasks:
    - debug:
'''},
}
# The same, about what plays and meta say.
PLAY = '- hosts: all\n  gather_facts: false\n'
AS_ANSIBLE.update({
    'meta heeds tags': {'site.yml': HEAD + '''  tasks:
    - command: "true"
      notify: h
    - meta: flush_handlers
      tags: [never]
    - assert: {that: told is not defined}
    - meta: end_play
      tags: [never]
    - debug:
  handlers:
    - name: h
      set_fact: {told: yes}
'''},
    'end_play ends the batches to come': {'site.yml': PLAY + '''  serial: 1
  tasks:
    - debug:
    - meta: end_play
    - fail:
- hosts: all
  gather_facts: false
  tasks:
    - debug:
'''},
    'end_batch does not': {'site.yml': PLAY + '''  serial: 1
  tasks:
    - debug:
    - meta: end_batch
    - fail:
'''},
    'batches': {'site.yml': PLAY + '''  serial: 1
  tasks:
    - assert:
        that:
          - ansible_play_batch == [inventory_hostname]
          - ansible_play_hosts == ['one', 'two', 'three']
          - ansible_play_hosts_all == ['one', 'two', 'three']
'''},
    'failed hosts are not among those of the next batch': {'site.yml': PLAY + '''  serial: [2, 1]
  tasks:
    - fail:
      when: inventory_hostname == 'one'
    - assert:
        that:
          - ansible_play_hosts == ['two', 'three']
          - ansible_play_batch == ['three']
          - ansible_play_hosts_all | length == 3
      when: inventory_hostname == 'three'
'''},
    'hosts that failed come back': {'site.yml': PLAY + '''  tasks:
    - fail:
      when: inventory_hostname == 'one'
    - meta: clear_host_errors
- hosts: all
  gather_facts: false
  tasks:
    - debug:
'''},
    'facts are forgotten': {'site.yml': '''
- hosts: one
  tasks:
    - set_fact: {kept: 1}
    - assert: {that: ansible_distribution is defined}
    - meta: clear_facts
    - assert: {that: [ansible_distribution is not defined, kept == 1]}
    - meta: noop
    - meta: reset_connection
    - command: "true"
'''},
    'parts of facts': {'site.yml': '''
- hosts: one
  gather_subset: ['!all', '!min', 'python_version']
  tasks:
    - assert: {that: [ansible_default_ipv4 is not defined, ansible_mounts is not defined]}
'''},
    'names that are templates': {'site.yml': HEAD + '''  tasks:
    - set_fact:
        "dyn_{{ item }}": "{{ item }}"
      loop: [1, 2]
    - set_fact: "kv_{{ 1 + 2 }}=x"
    - assert: {that: [dyn_1 == 1, dyn_2 == 2, kv_3 == 'x', ansible_host == 'one']}
'''},
    'methods of hostvars': {'site.yml': HEAD + '''  tasks:
    - set_fact: {abc: 1}
    - assert:
        that:
          - hostvars['one'].get('abc', 'd') == 1
          - hostvars.two.get('abc', 'd') == 'd'
          - hostvars.two.get('abc') is none
          - hostvars['one'] | dict2items | length > 3
          - "'abc' in hostvars['one'].keys()"
          - hostvars.keys() | list == ['one', 'two', 'three', 'localhost']
          - hostvars.one['items']() | list | length == hostvars.one.keys() | list | length
'''},
    'omit as a keyword': {'site.yml': '''
- hosts: one
  gather_facts: false
  become_user: nosuchuser
  tasks:
    - command: "true"
      become: "{{ omit }}"
    - become: true
      become_user: root
      block:
        - command: "true"
          become_user: "{{ omit }}"
    - fail:
      ignore_errors: "{{ omit }}"
'''},
    'files that earlier steps make': {'old': 'old', 'site.yml': '''
- hosts: one
  gather_facts: false
  vars: {made: "{{ lookup('file', playbook_dir + '/new') }}"}
  tasks:
    - copy: {content: new, dest: "{{ playbook_dir }}/old"}
    - copy: {content: new, dest: "{{ playbook_dir }}/new"}
    - copy: {content: "{{ lookup('file', playbook_dir + '/old') }}+{{ made }}", dest: "{{ playbook_dir }}/both"}
    - copy: {src: "{{ playbook_dir }}/both", dest: "{{ playbook_dir }}/copy"}
    - template: {src: "{{ playbook_dir }}/copy", dest: "{{ playbook_dir }}/rendered"}
    - command: cat {{ playbook_dir }}/rendered
      register: r
    - assert: {that: r.stdout == 'new+new'}
- hosts: two
  gather_facts: false
  tasks:
    - assert: {that: "lookup('file', playbook_dir + '/rendered') == 'new+new'"}
    - file: {path: "{{ playbook_dir }}/{{ item }}", state: absent}
      loop: [new, both, copy, rendered]
    - copy: {content: old, dest: "{{ playbook_dir }}/old"}
'''},
    'roles by path and by full name': {
        'galaxy.yml': 'namespace: acme\nname: tools\n',
        'roles/mine/tasks/main.yml': '- assert: {that: "role_path | basename == \'mine\'"}\n',
        'other/far/tasks/main.yml': '- assert: {that: "role_path | basename == \'far\'"}\n',
        'collections/ansible_collections/acme/more/roles/there/tasks/main.yml': '- debug:\n',
        'site.yml': HEAD + '''  collections: [acme.more]
  roles:
    - role: "{{ playbook_dir }}/other/far"
    - acme.more.there
    - role: there
      vars: {x: 1}
  tasks:
    - include_role: {name: acme.more.there}
    - import_role: {name: mine}
'''},
    'the order of hosts': {'site.yml': '''
- hosts: localhost
  gather_facts: false
  tasks:
    - file: {path: "{{ playbook_dir }}/order", state: absent}
''' + ''.join(PLAY + '''  serial: 1
  order: %s
  tasks:
    - shell: echo {{ inventory_hostname }} >>{{ playbook_dir }}/order
''' % order for order in ('inventory', 'sorted', 'reverse_sorted', 'reverse_inventory')) + '''
- hosts: localhost
  gather_facts: false
  tasks:
    - command: cat {{ playbook_dir }}/order
      register: r
    - assert:
        that: r.stdout_lines == 'one two three one three two two three one three two one'.split()
    - file: {path: "{{ playbook_dir }}/order", state: absent}
'''},
})


def compare(name, files):
    @case('as Ansible: ' + name)
    def as_ansible(here):
        made = project(here, re.sub('[^a-z]+', '-', name), files)
        done, theirs = ansible_recap(made)
        run = made.sutler('play', 'site.yml', '--json')
        equal(run.status == 0, done.returncode == 0, 'success, Ansible says:\n' + done.stdout)
        for host, counts in theirs.items():
            ours = run.summary(host)
            for key in ('ok', 'changed', 'failed', 'skipped', 'rescued', 'ignored'):
                equal(ours[key], counts[key], '%s of %s, Ansible says:\n%s' % (key, host, done.stdout))


for title, given in AS_ANSIBLE.items():
    compare(title, given)


@case('what is certain to run is refused, all at once')
def refused(here):
    made = project(here, 'refused', {'site.yml': HEAD + '''  tasks:
    - yum: {name: httpd}
    - dnf: {name: httpd}
      when: x is defined
    - copyy: {src: a}
      when: x is defined
    - copy: {sorce: a, dest: /b}
      when: false
    - yum: {name: nginx}
    - include_tasks: more.yml
    - command: id
      whne: x
''', 'more.yml': '- command: id\n  async: 9\n- commnad: id\n'})
    run = made.sutler('play', 'site.yml', status=2)
    equal(run.out, '', 'stdout')
    lines = run.err.splitlines()
    for part in ("site.yml:4:7: unknown module 'yum': 2 places, Ansible has it",
                 "site.yml:7:7: unknown module 'copyy', did you mean 'copy'?",
                 "site.yml:9:14: module 'copy' has no parameter 'sorce', did you mean 'force'?",
                 "site.yml:14:7: unknown key 'whne' in a task, did you mean 'when'?",
                 "more.yml:2:10: 'async' is not supported",
                 "more.yml:3:3: unknown module 'commnad', did you mean 'command'?"):
        check(any(part in line for line in lines), 'no line has %r:\n%s' % (part, run.err))
    check('dnf' not in run.err, 'dnf is not certain to run:\n' + run.err)


@case('undefined names of several tasks and hosts are told at once')
def undefined(here):
    made = project(here, 'undefined', {'site.yml': '''- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "{{ alpha }}"}
    - debug: {msg: "{{ beta }}"}
      loop: [1, 2]
    - template: {src: gamma.j2, dest: /x}
'''})
    run = made.sutler('play', 'site.yml', status=2)
    for part in ("site.yml:4:20: 'alpha' is undefined (host 'one' and 2 more)", "site.yml:5:20: 'beta' is undefined", "'gamma.j2'"):
        contains(run.err, part, 'stderr')


@case('what fails where it is reached is said before, once')
def warned(here):
    made = project(here, 'warned', {'site.yml': HEAD + '''  tasks:
    - yum: {name: a}
      when: inventory_hostname == 'two'
    - yum: {name: b}
      when: inventory_hostname == 'one'
    - debug: {msg: not reached}
'''})
    run = made.sutler('play', 'site.yml', '--json', status=1)
    equal(run.err.count("site.yml:4:7: unknown module 'yum': 2 places"), 1, 'warnings')
    steps = [(step['status'], step['module']) for step in run.steps(host='one')]
    equal(steps, [('skipped', 'yum'), ('failed', 'yum')], 'steps')
    contains(json.dumps(run.steps(status='failed')), "unknown module 'yum'", 'the failure')


@case('a secret does not hide what names a fault')
def unmasked(here):
    text = '''- hosts: one
  gather_facts: false
  vars: {api_token: zabbix, db_password: secret, other_password: site, own_password: hunter22}
  tasks:
    - zabbix.zabbix.zabbix_host: {host_name: x}
    - community.zabbix.zabbix_host: {host_name: secret}
    - copy: {zabbix: x, dest: /x, secret: y}
    - debug: {msg: x}
      notify: zabbix
      hunter22x: y
'''
    made = project(here, 'unmasked', {'site.yml': text})
    run = made.sutler('play', 'site.yml', status=2)
    for part in ("site.yml:5:7: unknown module 'zabbix.zabbix.zabbix_host'", "site.yml:6:7: unknown module 'community.zabbix.zabbix_host'",
                 "module 'copy' has no parameter 'zabbix'", "site.yml:10:7: unknown key 'hunter22x'"):
        contains(run.err, part, 'stderr')
    made.write('site.yml', HEAD + '''  vars: {own_password: hunter22}
  tasks:
    - copy: {content: x, dest: /x, mode: hunter22}
''')
    run = made.sutler('play', 'site.yml', status=2)
    check('hunter22' not in run.err, 'a value is masked: ' + run.err)


@case('a role of the collection that the playbook lies in')
def own_collection(here):
    made = project(here, 'collection', {
        'galaxy.yml': 'namespace: acme\nname: tools\n',
        'roles/mine/tasks/main.yml': '- debug: {msg: it is mine}\n',
        'playbooks/site.yml': HEAD + '  roles: [acme.tools.mine]\n'})
    run = made.sutler('play', 'playbooks/site.yml', '-i', 'inventory', status=0)
    contains(run.out, 'it is mine', 'stdout')


@case('diff: no shows none')
def no_diff(here):
    made = project(here, 'diff', {'site.yml': HEAD + '''  tasks:
    - copy: {content: "a", dest: "{{ playbook_dir }}/a"}
      diff: no
    - copy: {content: "b", dest: "{{ playbook_dir }}/b"}
    - diff: no
      block:
        - copy: {content: "c", dest: "{{ playbook_dir }}/c"}
        - copy: {content: "d", dest: "{{ playbook_dir }}/d"}
          diff: yes
'''})
    for options in (['--dry-run'], ['--diff']):
        run = made.sutler('play', 'site.yml', '--json', *options, status=0)
        equal([len(step['diff']) for step in run.steps()], [0, 1, 0, 1], 'diffs with ' + options[0])
    for name in 'abcd':
        made.write(name, 'old')
    run = made.sutler('play', 'site.yml', '--json', status=0)
    equal([len(step['diff']) for step in run.steps()], [0, 0, 0, 1], 'diffs of an apply')


@case('more than fifty problems')
def many(here):
    made = project(here, 'many', {'site.yml': HEAD + '  tasks:\n' + ''.join('    - nosuch%d: {}\n' % n for n in range(60))})
    run = made.sutler('play', 'site.yml', status=2)
    equal(len(re.findall(r'site\.yml:\d+:\d+: unknown module', run.err)), 50, 'lines')
    contains(run.err, 'and 10 more problems', 'stderr')


@case('no inventory: localhost is there all the same')
def no_inventory(here):
    made = here.new_project('none')
    made.write('site.yml', '- hosts: localhost\n  gather_facts: false\n  tasks: [{debug: }]\n')
    run = made.sutler('play', 'site.yml', status=0)
    contains(run.err, "no file 'inventory' here", 'stderr')
    made.write('site.yml', '- hosts: all\n  tasks: [{debug: }]\n')
    made.sutler('play', 'site.yml', status=2)


@case('a role may notify a handler of another role')
def notifies_of_others(here):
    role = {'roles/r/tasks/main.yml': "- command: 'true'\n  notify: restart apache\n"}
    made = project(here, 'unheard', dict(role, **{'site.yml': HEAD + '  roles: [r]\n'}))
    made.sutler('play', 'site.yml', '--syntax-check', status=0)
    found = made.sutler('play', 'site.yml', status=1)
    contains(found.err, "no handler named 'restart apache' in this play (the task fails if it changes something)", 'said')
    contains(found.out + found.err, "there is no handler 'restart apache'", 'said when it is notified')
    made.write('site.yml', HEAD + '  tasks: [{command: x, notify: nobody}]\n')
    found = made.sutler('play', 'site.yml', '--syntax-check', status=2)
    contains(found.err, "no handler named 'nobody' in this play", 'a play knows all its handlers')


@case('modules of the project, its roles and its collections are known')
def own_modules(here):
    tasks = '  roles: [r]\n  tasks:\n    - %s: {a: 1}\n      when: "1 == 2"\n'
    for name, path in (('mine', 'library/mine.py'), ('ofrole', 'roles/r/library/ofrole.py'), ('acted', 'action_plugins/acted.py'),
                       ('shelled', 'library/shelled.sh'),
                       ('a.b.c', 'collections/ansible_collections/a/b/plugins/modules/c.py')):
        made = project(here, 'own-' + name, {'site.yml': HEAD + tasks % name, path: '#!/usr/bin/python3\n',
                                             'roles/r/tasks/main.yml': '- debug:\n'})
        found = made.sutler('play', 'site.yml', status=0)
        contains(found.err, "module '%s' is '" % name, 'said')
        made.write('site.yml', HEAD + '  roles: [r]\n  tasks: [{%s: {a: 1}}]\n' % name)
        contains(made.sutler('play', 'site.yml', status=2).err, "module '%s' is '" % name, 'refused where certain')
    made = project(here, 'own-not', {'site.yml': HEAD + tasks % 'mine', 'library/other.py': '', 'library/mine.md': '',
                                     'roles/r/tasks/main.yml': '- debug:\n'})
    contains(made.sutler('play', 'site.yml', status=2).err, "unknown module 'mine'", 'a typing error')


@case('a module of the project that is named like one of ours is not passed over')
def own_before_ours(here):
    tasks = '  roles: [r]\n  tasks:\n    - %s: {msg: a}\n      when: "1 == %d"\n'
    for path in ('library/debug.py', 'roles/r/library/debug', 'action_plugins/debug.py'):
        made = project(here, 'shadow', {'site.yml': HEAD + tasks % ('debug', 2), path: '#!/usr/bin/python3\n',
                                        'roles/r/tasks/main.yml': '- ansible.builtin.debug:\n'})
        contains(made.sutler('play', 'site.yml', status=0).err, "write 'ansible.builtin.debug' for the usual one", path)
        made.write('site.yml', HEAD + '  roles: [r]\n  tasks: [{debug: {msg: a}}]\n')
        contains(made.sutler('play', 'site.yml', status=2).err, "module 'debug' is '", 'refused where certain')
        made.write('site.yml', HEAD + tasks % ('ansible.builtin.debug', 1))
        equal(made.sutler('play', 'site.yml', status=0).err, '', 'the full name')
        shutil.rmtree(made.folder)
    made = project(here, 'shadow-cfg', {'site.yml': HEAD + '  tasks: [{debug: {msg: a}}]\n', 'more/debug.py': '',
                                        'ansible.cfg': '[defaults]\nlibrary = more\n'})
    contains(made.sutler('play', 'site.yml', status=2).err, "module 'debug' is '", 'a folder that is configured')
    made = project(here, 'published', {'site.yml': HEAD + '  tasks: [{zypper: {name: a}}]\n', 'library/zypper.py': ''})
    contains(made.sutler('play', 'site.yml', status=2).err, "module 'zypper' is '", 'one that Ansible has')


@case('folders of plugins are named, also by --syntax-check, as is all that fails where it is reached')
def plugin_folders(here):
    made = project(here, 'plugins', {
        'site.yml': HEAD + '  roles: [r]\n  tasks: [{zypper: {name: a}, when: "1 == 2"}]\n', 'filter_plugins/own.py': '',
        'roles/r/tasks/main.yml': '- debug:\n', 'roles/r/lookup_plugins/own.py': '', 'vars_plugins/__init__.py': '',
        'test_plugins/readme.md': ''})
    for words in (['--syntax-check'], [], ['--dry-run']):
        err = made.sutler('play', 'site.yml', *words, status=0).err
        for word in ("the plugins in '", "/filter_plugins' are not loaded", "/roles/r/lookup_plugins' are not loaded",
                     "unknown module 'zypper'"):
            contains(err, word, words)
        equal(err.count('are not loaded'), 2, words)


@case('a role finds the others of its collection')
def same_collection(here):
    made = project(here, 'kin', {'galaxy/galaxy.yml': 'namespace: a\nname: b\n', 'site/site.yml': HEAD + '  roles: [../galaxy/roles/r]\n',
                                 'galaxy/roles/r/tasks/main.yml': '- include_role: {name: a.b.other}\n',
                                 'galaxy/roles/other/tasks/main.yml': '- debug: {msg: found it}\n'})
    contains(made.sutler('play', 'site/site.yml', status=0).out, 'found it', 'the other role')


@case('facts cost at most twelve processes')
def few_processes(here):
    made = project(here, 'few', {'site.yml': '- hosts: one\n  gather_facts: false\n  tasks: [{setup: }]\n'})
    log = os.path.join(made.folder, 'started')
    for name in ('awk cat cut date df dirname env expr find getent grep head hostname id ip ls readlink sed sort stat '
                 'systemd-detect-virt timeout tr uname wc').split():
        real = shutil.which(name)
        if real is not None:
            made.write('bin/' + name, '#!/bin/sh\necho %s >>%s\nexec %s "$@"\n' % (name, log, real))
            os.chmod(os.path.join(made.folder, 'bin', name), 0o755)
    made.sutler('play', 'site.yml', status=0, env={'PATH': os.path.join(made.folder, 'bin') + ':' + os.environ['PATH']})
    with open(log, encoding='utf-8') as stream:
        started = stream.read().split()
    check('uname' in started, 'nothing was counted')
    check(len(started) + 1 <= 14, 'more than twelve, and two of the session: %s' % started)  # 1: /usr/bin/python3


main()
