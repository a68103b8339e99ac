#!/usr/bin/python3
"""What has a limit: time, memory, depth, output, descriptors. Most of it with connection: local."""
import re
import shutil

from harness import case, check, contains, equal, main, run_command


def play(here, tasks, *arguments, status=0, name='bounds.yml', head='', **options):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write(name, '- hosts: all\n  gather_facts: false\n%s  tasks:\n%s' % (head, tasks))
    return here.project.sutler('play', name, '-i', 'here', '--json', *arguments, status=status, **options)


@case("a module's own timeout and the task's do not meet")
def timeouts(here):
    run = play(here, '    - wait_for: {port: 1, timeout: 1}\n      ignore_errors: true\n'
               '    - wait_for: {port: 1, timeout: 40}\n      timeout: 2\n      ignore_errors: true\n'
               '    - wait_for: {port: 1, timeout: 1}\n      timeout: 40\n      ignore_errors: true\n'
               '    - wait_for: {timeout: 40}\n      timeout: 1\n', status=1, timeout=30)
    words = [step['msg'] for step in run.steps()]
    contains(words[0], 'Timeout when waiting for 127.0.0.1:1', 'its own')
    contains(words[1], 'did not end within 2 s', "the task's")
    contains(words[2], 'Timeout when waiting for 127.0.0.1:1', 'its own, the shorter one')
    contains(words[3], 'did not end within 1 s', 'a plain wait')
    check(run.seconds < 15, 'took %.1f s' % run.seconds)


@case('includes that never end are ended by their depth')
def endless_includes(here):
    for name, text in (('again.yml', '- include_tasks: again.yml\n'),
                       ('roles/ping/tasks/main.yml', '- include_role: {name: pong}\n'),
                       ('roles/pong/tasks/main.yml', '- include_role: {name: ping}\n'),
                       ('loop.yml', '- include_tasks: "{{ item }}"\n  loop: [loop.yml]\n')):
        here.project.write(name, text)
    for tasks, name in (('    - include_tasks: again.yml\n', 'again.yml'),
                        ('    - include_role: {name: ping}\n', 'main.yml'),
                        ('    - include_tasks: loop.yml\n', 'loop.yml')):
        run = play(here, tasks, status=1, timeout=20)
        words = run.steps(status='failed')[-1]['msg']
        contains(words, name, 'the message')
        contains(words, 'nested deeper than 100', 'the message')


# ansible-core 2.14 runs them in this order, and then ends.
FLUSHES = """
- hosts: all
  gather_facts: false
  tasks:
    - {command: echo, notify: [h1, self]}
  handlers:
    - {name: h1, debug: {msg: one}, changed_when: true, notify: h2}
    - {name: h2, debug: {msg: two}, changed_when: true, notify: h1}
    - {name: self, command: echo, notify: self}
    - {name: last, command: echo}
"""


@case('handlers that notify each other, or themselves, run once in a flush')
def endless_handlers(here):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write('flush.yml', FLUSHES)
    run = here.project.sutler('play', 'flush.yml', '-i', 'here', '--json', status=0, timeout=20)
    names = [step['name'] for step in run.steps()][1:]
    equal(names, ['h1', 'h2', 'self', 'h1', 'h2'], 'the handlers')
    if shutil.which('ansible-playbook'):
        theirs = run_command(['ansible-playbook', '-i', 'here', 'flush.yml'], cwd=here.project.folder,
                             env=here.project.environment())
        equal(names, re.findall(r'^RUNNING HANDLER \[(\S+)\]', theirs.stdout, re.M), "Ansible's order")


main()
