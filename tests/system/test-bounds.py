#!/usr/bin/python3
"""What has a limit: time, memory, depth, output, descriptors. Most of it with connection: local."""
from harness import case, check, contains, equal, main


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


main()
