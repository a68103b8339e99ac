#!/usr/bin/python3
"""What a failed step says to people: the cause, once, and nothing about our own program."""
from harness import case, check, contains, equal, main

BOOK = """- hosts: host1
  gather_facts: false
  tasks:
"""


def play(here, task, *options, status=1):
    here.project.write('here', 'host1 ansible_connection=local\n')
    here.project.write('words.yml', BOOK + task)
    return here.project.sutler('play', 'words.yml', '-i', 'here', *options, status=status)


@case('the exception of a traceback is the headline, and stands there once')
def traceback(here):
    run = play(here, """    - name: migrate
      shell: |
        printf 'Traceback (most recent call last):\\n  File "manage.py", line 2\\nOperationalError: no such table\\n' >&2
        exit 1
""")
    contains(run.out, 'host1: failed: migrate: OperationalError: no such table (exit status 1', 'what is said')
    equal(run.out.count('OperationalError'), 1, 'the exception')


@case('a NUL does not end an output')
def nul(here):
    run = play(here, "    - shell: printf 'a\\0b\\n'; exit 1\n")
    contains(run.out, 'a\\x00b', 'what is said')
    contains(play(here, "    - shell: printf 'a\\0b\\n'\n", '--json', status=0).out, '"stdout":"a\\u0000b"', 'what is said')


@case('no line number of our own program')
def lines(here):
    run = play(here, "    - pip: {name: x, executable: /nowhere/pip}\n")
    contains(run.out, "no command '/nowhere/pip' on the host", 'what is said')
    check("sh: " not in run.out, run.out)


@case('a built-in playbook says so in positions')
def built_in(here):
    here.project.write('inventory', 'localhost ansible_connection=local SITENAME=x project=p\n')
    contains(here.project.sutler('deploy', 'localhost', status=1).out, '(built-in deploy.yml:', 'what is said')


main()
