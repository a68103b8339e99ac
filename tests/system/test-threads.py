#!/usr/bin/python3
"""Many hosts at once over everything that host threads share; `./dev test thread` runs it under the
thread sanitizer, where any race makes the program say so and the case fail."""
import os

from harness import Server, case, check, equal, main

HOSTS = 24

SITE = """
- hosts: all
  gather_facts: "{{ facts | default(false) | bool }}"
  vars:
    place: "{{ target }}/{{ inventory_hostname }}"
    neighbours: "{{ groups.all | reject('equalto', inventory_hostname) | list }}"
    settings: {port: "{{ 8000 + index | int }}", names: [a, b, "{{ inventory_hostname }}"]}
  handlers:
    - name: reload
      command: "true"
      changed_when: false
    - name: tell
      listen: news
      set_fact: {told: "{{ hello.stdout }}"}
  tasks:
    - file: {path: "{{ place }}", state: directory, mode: '0750'}
    - command: echo hello {{ inventory_hostname }}
      register: hello
      changed_when: false
    - set_fact: {mine: "{{ hello.stdout }}", port: "{{ settings.port }}"}
    - template: {src: t.j2, dest: "{{ place }}/conf"}
      notify: [reload, news]
    - copy: {content: "{{ item }} {{ inventory_hostname }}\\n", dest: "{{ place }}/{{ item }}"}
      loop: [a, b, c]
      register: copies
      notify: news
    - debug: {msg: "{{ copies.results | map(attribute='changed') | list }}"}
    - include_tasks: more.yml
      loop: [1, 2]
      loop_control: {loop_var: round}
    - block:
        - command: "false"
          when: index | int is divisibleby 3
        - fail: {msg: no}
          when: index | int is divisibleby 5
      rescue:
        - debug: {msg: "rescued {{ ansible_failed_task.name | default('') }}"}
      always:
        - stat: {path: "{{ place }}/a"}
          register: st
    - fail: {msg: "{{ inventory_hostname }} is broken"}
      when: broken | default(false) | bool and index | int is divisibleby 7
- name: after
  hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "{{ groups.all | map('extract', hostvars) | map(attribute='mine', default='-') | join(',') }}"}
    - assert: {that: "hostvars[item].mine | default('hello ' ~ item) == 'hello ' ~ item"}
      loop: "{{ groups.all }}"
    - assert: {that: [told == 'hello ' ~ inventory_hostname, st.stat.exists]}
      when: not ansible_check_mode and first | default(false) | bool
"""

MORE = """
- command: echo {{ round }} {{ hostvars[groups.all[index | int % 24]].inventory_hostname }}
  register: echoed
  until: echoed.rc == 0
  retries: 2
  changed_when: false
- assert: {that: "echoed.stdout is match(round | string)"}
"""

TEMPLATE = """{% for h in groups.all %}{{ h }} {{ hostvars[h].ansible_host }} {{ hostvars[h].index }}
{% endfor %}
{% include 'part.j2' %}
port {{ settings.port }} SITENAME {{ lookup('file', 'part.j2') | length }} {{ settings | to_nice_json | hash('sha1') }}
"""


def prepare(here):
    if not hasattr(here, 'names'):
        here.many = Server(os.path.join(here.folder, 'many'), '-o', 'MaxStartups=100:30:200', everywhere=True)
        here.server = here.many
        here.names = here.many.many(HOSTS, here.project)
        here.project.write('inventory', ''.join(
            '%s index=%d\n' % (line, n) for n, line in enumerate(here.project.read('inventory').splitlines())) +
            '[all:vars]\nSITENAME=example.com\n[some]\nh00[1:9]\n')
        here.project.write('site.yml', SITE)
        here.project.write('more.yml', MORE)
        here.project.write('templates/t.j2', TEMPLATE)
        here.project.write('templates/part.j2', '{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(inventory_hostname) }}\n')
        here.project.write('files/part.j2', 'part\n')
        here.project.write('group_vars/some.yml', 'extra: "{{ index }} of {{ groups.some | length }}"\n')
        for name in here.names[::2]:
            here.project.write('host_vars/%s.yml' % name, 'own: [1, 2, "{{ inventory_hostname }}"]\n')


def play(here, *arguments, target='target', status=0):
    prepare(here)
    folder = os.path.join(here.folder, target)
    os.makedirs(folder, exist_ok=True)
    return here.project.sutler('play', 'site.yml', '--json', '-f', HOSTS, '-e', 'target=' + folder, *arguments,
                               status=status, timeout=300)


@case('a dry run on all of them at once')
def dry(here):
    run = play(here, '--dry-run')
    equal({run.summary(name)['failed'] for name in here.names}, {0}, 'failed')
    equal(os.listdir(os.path.join(here.folder, 'target')), [], 'the target')


@case('the run: handlers, loops, results of other hosts')
def apply(here):
    run = play(here, '--diff', '-e', 'first=true')
    for name in here.names:
        counts = run.summary(name)
        equal((counts['failed'], counts['changed']), (0, 3), name)
    rescued = [name for n, name in enumerate(here.names) if n % 3 == 0 or n % 5 == 0]
    equal([name for name in here.names if run.summary(name)['rescued']], rescued, 'rescued')


@case('again, with facts: unchanged')
def again(here):
    run = play(here, '-e', 'facts=true')
    equal({run.summary(name)['changed'] for name in here.names}, {0}, 'changed')


@case('hosts that fail do not disturb the others')
def failing(here):
    run = play(here, '-e', 'broken=true', target='other', status=1)
    broken = here.names[::7]
    equal([name for name in here.names if run.summary(name)['failed']], broken, 'failed')
    for name in here.names:
        equal(len(run.steps(host=name, play='after')), 0 if name in broken else HOSTS + 2, name)


@case('text output of all at once')
def human(here):
    prepare(here)
    run = here.project.sutler('run', 'all', '-f', HOSTS, '--', 'echo', 'hello', status=0)
    for name in here.names:
        check(name in run.out, name)


main()
