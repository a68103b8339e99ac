#!/usr/bin/python3
"""What is told before any host is contacted: the listings, names and files that are missing, and what cannot be known yet."""
import os

from harness import case, check, contains, equal, main

HOSTS = ['h%02d' % n for n in (4, 1, 3, 2)]
INVENTORY = '[web]\n' + ''.join(name + ' ansible_connection=local\n' for name in HOSTS) + '[lost]\n'
HEAD = '- hosts: web\n  gather_facts: false\n'


def project(here, name, text, **files):
    made = here.new_project(name)
    made.write('inventory', files.pop('inventory', INVENTORY))
    made.write('site.yml', text)
    for path, content in files.items():
        made.write(path.replace('__', '/').replace('_yml', '.yml'), content)
    return made


def refused(made, *words, options=()):
    """Nothing runs, and each of the words is said."""
    run = made.sutler('play', 'site.yml', *options, status=2)
    equal(run.out, '', 'stdout')
    for word in words:
        contains(run.err, word, 'stderr')
    return run


def accepted(made, *options):
    """Runs, and nothing was said before."""
    run = made.sutler('play', 'site.yml', *options, status=0)
    equal(run.err, '', 'stderr')
    return run


# --- listings

LISTED = '''- name: first
  hosts: web
  tags: [p]
  tasks:
    - {name: one, debug: , tags: [b, a]}
    - block:
        - {debug: , tags: c}
      rescue:
        - {name: rescue, debug: }
      always:
        - {name: always, debug: , tags: a}
    - meta: flush_handlers
- hosts: [lost, h03, h01]
  tasks:
    - {name: untagged, debug: }
    - {name: never, debug: , tags: [never, z]}
'''


@case('hosts, tasks and tags are listed')
def listed(here):
    made = project(here, 'listed', LISTED)
    equal(made.sutler('play', 'site.yml', '--list-hosts', status=0).out,
          'first (4)\n' + ''.join('  %s\n' % name for name in HOSTS) + 'lost,h03,h01 (2)\n  h03\n  h01\n', '--list-hosts')
    equal(made.sutler('play', 'site.yml', '--list-tasks', status=0).out,
          'first\n  one  [p, b, a]\n  debug  [p, c]\n  rescue  [p]\n  always  [p, a]\nlost,h03,h01\n  untagged\n', '--list-tasks')
    equal(made.sutler('play', 'site.yml', '--list-tags', status=0).out, 'first\n  a\n  b\n  c\n  p\nlost,h03,h01\n', '--list-tags')
    equal(made.sutler('play', 'site.yml', '--list-tasks', '--tags', 'a,z', status=0).out,
          'first\n  one  [p, b, a]\n  always  [p, a]\nlost,h03,h01\n  never  [never, z]\n', '--list-tasks --tags')
    equal(made.sutler('play', 'site.yml', '--list-tags', '--skip-tags', 'c', status=0).out,
          'first\n  a\n  b\n  p\nlost,h03,h01\n', '--list-tags --skip-tags')
    equal(made.sutler('play', 'site.yml', '--list-hosts', '--limit', 'h02:h03', status=0).out,
          'first (2)\n  h03\n  h02\nlost,h03,h01 (1)\n  h03\n', '--list-hosts --limit')
    made.write('site.yml', HEAD + '  tasks: [{debug: , tags: none}, {nosuch: }]\n')
    contains(made.sutler('play', 'site.yml', '--list-tasks', status=2).err, "unknown module 'nosuch'", 'an error')


@case('order of a play')
def ordered(here):
    wanted = {'inventory': HOSTS, 'reverse_inventory': HOSTS[::-1], 'sorted': sorted(HOSTS), 'reverse_sorted': sorted(HOSTS)[::-1]}
    made = here.new_project('ordered')
    made.write('inventory', INVENTORY)
    for order, hosts in wanted.items():
        made.write('site.yml', HEAD + '  order: %s\n' % order)
        equal(made.sutler('play', 'site.yml', '--list-hosts', status=0).out.split()[2:], hosts, order)
    names = ['n%03d' % n for n in range(200)]
    made.write('inventory', ''.join(name + '\n' for name in names))
    made.write('site.yml', '- hosts: all\n  order: shuffle\n')
    shuffled = made.sutler('play', 'site.yml', '--list-hosts', status=0).out.split()[2:]
    equal(sorted(shuffled), names, 'shuffled')
    check(shuffled != names, 'the order of the inventory, shuffled')
    check(shuffled[0] != names[0] or shuffled[1:] != names[1:], 'not one stays')


@case('a tag, a task to begin at, a host that is not there')
def absent(here):
    made = project(here, 'absent', HEAD + '''  tasks:
    - {name: alpha, debug: , tags: first}
    - block:
        - {name: beta, debug: }
    - include_tasks: more.yml
''', more_yml='- {name: gamma, debug: }\n')
    refused(made, "--tags 'frist': no task of 'site.yml' has such a tag, did you mean 'first'? (see --list-tags)",
            options=['--tags', 'frist'])
    refused(made, "--tags 'x' or 'y': no task of", options=['--tags', 'x,y'])
    accepted(made, '--tags', 'x,first')
    accepted(made, '--tags', 'all')
    accepted(made, '--skip-tags', 'x')
    refused(made, "--start-at-task 'alpa': no task of 'site.yml' has that name, did you mean 'alpha'?", options=['--start-at-task', 'alpa'])
    refused(made, "--start-at-task 'gamma': no task", options=['--start-at-task', 'gamma'])
    run = accepted(made, '--start-at-task', 'beta', '--json', '--limit', 'h01')
    equal([step['name'] for step in run.steps() if step['module'] == 'debug'], ['beta', 'gamma'], 'from beta on')
    made.write('site.yml', HEAD.replace('web', 'web:nosuch:nosuch2') + '  tasks: [{debug: }]\n')
    run = made.sutler('play', 'site.yml', status=0)
    for name in ('nosuch', 'nosuch2'):
        contains(run.err, "'%s'" % name, 'stderr')
    equal(run.err.count('(it is passed over)'), 2, 'warnings')
    made.write('site.yml', HEAD.replace('web', 'lost') + '  tasks: [{debug: }]\n')
    made.sutler('play', 'site.yml', status=2)
    made.write('site.yml', HEAD.replace('web', 'lost') + '  tasks: [{yum: }, {debug: , notify: nobody}]\n' + HEAD + '  tasks: [{debug: }]\n')
    contains(made.sutler('play', 'site.yml', status=2).err, 'nobody', 'a play knows its handlers')
    made.write('site.yml', HEAD.replace('web', 'lost') + '  tasks: [{yum: }]\n' + HEAD + '  tasks: [{debug: }]\n')
    accepted(made)


@case('what is not selected by a tag is not looked at')
def unselected(here):
    made = project(here, 'unselected', HEAD + '''  tasks:
    - {debug: , tags: a}
    - {yum: , tags: b}
    - {debug: {msg: "{{ nosuch }}"}, tags: b}
    - block:
        - {yum: }
      tags: b
''')
    accepted(made, '--tags', 'a')
    accepted(made, '--skip-tags', 'b')
    refused(made, "unknown module 'yum': 2 places", options=['--tags', 'b'])
    run = made.sutler('play', 'site.yml', '--start-at-task', 'nosuch', status=2)
    contains(run.err, 'no task of', 'a fault is not told where the run begins elsewhere')


# --- names and files

@case('how a host is reached is evaluated before')
def reached(here):
    made = here.new_project('reached')
    made.write('inventory', INVENTORY.replace(' ansible_connection=local', ''))
    for keyword, text, words in (
            ('connection', '"{{ nosuch }}"', "'nosuch' is undefined"), ('remote_user', '"{{ nosuch }}"', "'nosuch' is undefined"),
            ('port', '"{{ nosuch }}"', "'nosuch' is undefined"), ('port', '"{{ 70000 }}"', "invalid port '70000', use 1 to 65535"),
            ('port', '"{{ 0 }}"', "invalid port '0'"), ('port', '"{{ 1.5 }}"', "invalid port '1.5'"),
            ('port', '"{{ \'a\' }}"', "invalid port 'a'"), ('connection', '"{{ \'pigeon\' }}"', "pigeon")):
        made.write('site.yml', HEAD + '  %s: %s\n  tasks: [{debug: }]\n' % (keyword, text))
        refused(made, words)
    for text in ('"{{ 1 }}"', '"{{ 65535 }}"', '22'):
        made.write('site.yml', HEAD + '  port: %s\n  remote_user: "{{ \'me\' }}"\n  connection: "{{ \'local\' }}"\n  tasks: [{debug: }]\n' % text)
        accepted(made)
    made.write('inventory', INVENTORY)
    for keyword, text, words in (
            ('become_user', '"{{ nosuch }}"', "'nosuch' is undefined"), ('become', '"{{ \'perhaps\' }}"', "'perhaps' is not a boolean"),
            ('become_method', 'doas', "become method 'doas' is not supported")):
        made.write('site.yml', HEAD + '  tasks:\n    - command: id\n      %s: %s\n%s' % (
            keyword, text, '' if keyword == 'become' else '      become: true\n'))
        refused(made, words)
        made.write('site.yml', HEAD + '  tasks:\n    - command: id\n      when: inventory_hostname == "other"\n      %s: %s\n%s' % (
            keyword, text, '' if keyword == 'become' else '      become: true\n'))
        accepted(made)
    made.write('site.yml', HEAD + '  tasks:\n    - command: id\n      become: "{{ omit }}"\n      become_method: doas\n')
    accepted(made)


UNDEFINED = {
    'arguments': '- debug: {msg: "{{ nosuch }}"}',
    'a condition': '- debug:\n      when: nosuch',
    'a loop': '- debug:\n      loop: "{{ nosuch }}"',
    'the second item of a loop': '- debug: {msg: "{{ item.a }}"}\n      loop: [{a: 1}, {b: 2}]',
    'a loop with a variable of its own': '- debug: {msg: "{{ it }} {{ i }} {{ nosuch }}"}\n      loop: [1]\n'
                                         '      loop_control: {loop_var: it, index_var: i}',
    'behind what only looks like a lookup': '- debug: {msg: "a random password of {{ nosuch }}"}',
    'always': '- block:\n        - debug:\n      always:\n        - debug: {msg: "{{ nosuch }}"}',
    'become_user': '- {command: id, become: true, become_user: "{{ nosuch }}"}',
}
KNOWN = {
    'the result of a task': '- {command: id, register: r}\n    - debug: {msg: "{{ r.stdout }}"}',
    'a fact that a task sets': '- set_fact: {f: 1}\n    - debug: {msg: "{{ f }}"}',
    'a fact with a name that is made': '- set_fact: {"{{ \'f\' }}": 1}\n    - debug: {msg: "{{ f }}"}',
    'the failed task in rescue': '- block: [{fail: }]\n      rescue:\n        - debug: {msg: "{{ ansible_failed_task.name }} {{ ansible_failed_result.msg }}"}',
    'a loop over a result': '- {command: id, register: r}\n    - debug: {msg: "{{ it }} {{ i }} {{ ansible_loop.index }}"}\n'
                            '      loop: "{{ r.stdout_lines }}"\n      loop_control: {loop_var: it, index_var: i, extended: true}',
    'a loop that may have no items': '- {command: "true", register: r}\n    - debug: {msg: "{{ nosuch }} {{ item }}"}\n'
                                     '      loop: "{{ r.stdout_lines }}"',
    'where a condition is false': '- debug: {msg: "{{ nosuch }}"}\n      when: false',
    'where an item is passed over': '- debug: {msg: "{{ item.a }}"}\n      loop: [{a: 1}, {b: 2}]\n      when: item.a is defined',
    'where errors are ignored': '- debug: {msg: "{{ nosuch }}"}\n      ignore_errors: true',
    'in rescue': '- block: [{debug: }]\n      rescue:\n        - debug: {msg: "{{ nosuch }}"}',
    'in a handler nobody calls': '- debug:\n  handlers:\n    - {name: h, debug: {msg: "{{ r.stdout }}"}}\n    - {name: g, command: id, register: r}',
    'what a file of variables sets': '- include_vars: own.yml\n    - debug: {msg: "{{ own }}"}',
    'what a file that is found later sets': '- {command: echo own.yml, register: r}\n    - include_vars: "{{ r.stdout }}"\n    - debug: {msg: "{{ own }}"}',
    'what files in a loop set': '- include_vars: "{{ item }}"\n      loop: [own.yml]\n    - debug: {msg: "{{ own }}"}',
    'behind what an include may set': '- include_tasks: sets.yml\n    - debug: {msg: "{{ set_there }}"}',
    'facts': '- setup:\n    - debug: {msg: "{{ ansible_hostname }} {{ ansible_facts.hostname }}"}',
}


@case('undefined names are refused before')
def undefined(here):
    made = project(here, 'undefined', '')
    for name, tasks in UNDEFINED.items():
        made.write('site.yml', HEAD + '  tasks:\n    %s\n' % tasks)
        run = made.sutler('play', 'site.yml', '--limit', 'h01', status=2)
        equal(run.out, '', name)
        check("'nosuch' is undefined" in run.err or "'a'" in run.err, name + ': ' + run.err)
    made.write('site.yml', HEAD + '  vars_files: []\n  tasks:\n    - include_vars: own.yml\n    - debug: {msg: "{{ other }}"}\n')
    made.write('own.yml', 'own: 1\n')
    refused(made, "'other' is undefined")


@case('what is undefined is named with the nearest name there is')
def hints(here):
    made = project(here, 'hints', '', roles__r__tasks__main_yml='- debug: {msg: "{{ of_rol }} {{ parametr }}"}\n',
                   roles__r__defaults__main_yml='of_role: 1\n')
    for play, wrong, right in (
            ('  vars: {of_play: 1}\n  tasks: [{debug: {msg: "{{ of_pla }}"}}]\n', 'of_pla', 'of_play'),
            ('  tasks: [{debug: {msg: "{{ of_tas }}"}, vars: {of_task: 1}}]\n', 'of_tas', 'of_task'),
            ('  tasks: [{debug: {msg: "{{ itme }}"}, loop: [1]}]\n', 'itme', 'item'),
            ('  tasks: [{debug: {msg: "{{ countr }}"}, loop: [1], loop_control: {loop_var: counter}}]\n', 'countr', 'counter'),
            ('  roles: [r]\n', 'of_rol', 'of_role'), ('  roles: [{role: r, of_rol: 1, parameter: 2}]\n', 'parametr', 'parameter'),
            ('  tasks: [{debug: {msg: "{{ inventory_hostnam }}"}}]\n', 'inventory_hostnam', 'inventory_hostname')):
        made.write('site.yml', HEAD + play)
        refused(made, "'%s' is undefined" % wrong, "did you mean '%s'" % right)
    made.write('site.yml', HEAD + '  tasks: [{debug: {msg: "{{ of_extr }}"}}]\n')
    refused(made, "did you mean 'of_extra'", options=['-e', 'of_extra=1'])


@case('what may be known by then is not refused')
def known(here):
    made = project(here, 'known', '', own_yml='own: 1\n', sets_yml='- set_fact: {set_there: 1}\n')
    for name, tasks in KNOWN.items():
        made.write('site.yml', HEAD + '  tasks:\n    %s\n' % tasks)
        run = made.sutler('play', 'site.yml', '--limit', 'h01')
        check(run.status == 0, '%s: status %d: %s%s' % (name, run.status, run.out, run.err))


@case('lookups that do something are made once')
def once(here):
    made = project(here, 'once', HEAD + '''  tasks:
    - debug: {msg: "{{ lookup('pipe', 'echo x >>made') }}"}
    - debug: {msg: "{{ item }}"}
      loop: "{{ query('lines', 'echo x >>looped; echo one') }}"
    - debug: {msg: "{{ q('pipe', 'echo x >>short') }}"}
    - debug: {msg: "{{ lookup('password', 'secret length=8') }}"}
      when: false
''')
    accepted(made, '--limit', 'h01')
    for name in ('made', 'looped', 'short'):
        with open(made.path(name), encoding='utf-8') as stream:
            equal(stream.read(), 'x\n', name)
    check(not os.path.exists(made.path('secret')), 'a password that nobody asked for')


@case('a file that a step of this run makes here is not missed before')
def made_here(here):
    reads = '    - debug: {msg: "{{ lookup(\'file\', \'made\') }}"}\n'
    made = project(here, 'made-here', HEAD.replace('web', 'h01') + '  tasks:\n' + reads)
    refused(made, 'could not locate file in lookup: made')
    for tasks in ('    - command: {cmd: sh -c "echo x >made", chdir: "{{ playbook_dir }}"}\n',
                  '    - block: [{fail: }]\n      rescue:\n        - copy: {content: x, dest: "{{ playbook_dir }}/made"}\n',
                  '    - block: [{debug: }]\n      always:\n        - copy: {content: x, dest: "{{ playbook_dir }}/made"}\n'):
        made.write('site.yml', HEAD.replace('web', 'h01') + '  tasks:\n' + tasks + reads)
        accepted(made)
        os.remove(made.path('made'))
    made.write('site.yml', HEAD.replace('web', 'h01') + '  tasks:\n    - command: echo nothing\n    - debug: {msg: "{{ nosuch }}"}\n')
    refused(made, "'nosuch' is undefined")


main()
