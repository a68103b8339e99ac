#!/usr/bin/python3
"""inventory: the command next to ansible-inventory and `ansible --list-hosts`, word for word."""
import os
import shutil
import subprocess

from harness import SUTLER, Skip, case, contains, equal, main, run_command

FILES = {
    'inventory': 'solo\n[web]\nweb[1:4]\n[db]\ndb1\ndb2 ansible_host=10.0.0.2\n[prod:children]\nweb\ndb\n[empty]\n',
    'group_vars/web.yml': 'g: 1\nsecret_token: shown as it is\n',
    'other/group_vars/web.yml': 'g: 2\n',
    'hosts': 'web1\n\n  web3\n!web4\n',
    'more.yml': 'm: [1, 2]\n',
}


def judge(here, program, *arguments, status=0):
    if not shutil.which(program):
        raise Skip('%s is not installed' % program)
    environment = dict(here.project.environment(), ANSIBLE_LOCALHOST_WARNING='no')
    done = run_command([program, *arguments], check_status=False, cwd=here.project.folder, env=environment)
    equal(done.returncode != 0, status != 0, '%s %s: %s' % (program, arguments, done.stderr))
    return done.stdout


@case('options: the same output')
def options(here):
    for name, text in FILES.items():
        here.project.write(name, text)
    for arguments in (['--list'], ['--list', '--export'], ['--list', '-y'], ['--graph', 'prod', '--vars'],
                      ['--host', 'web1'], ['--host', 'web[0]'], ['--host', 'localhost'],
                      ['--list', '-e', 'a=1'], ['--host', 'web1', '-e', '{"g": [1]}', '-e', '@more.yml'],
                      ['--graph', '--vars', '-e', 'a="x y"'], ['--list', '--export', '-e', 'a=1'],
                      ['--host', 'web1', '--playbook-dir', 'other'], ['-i', 'x,y', '--list']):
        wanted = judge(here, 'ansible-inventory', '-i', 'inventory', *arguments)
        run = here.project.sutler('inventory', '-i', 'inventory', *arguments, status=0)
        equal(run.out, wanted, ' '.join(arguments))


@case('patterns and limits: the same hosts')
def patterns(here):
    for pattern, limit in (('all', None), ('web:!web1', None), ('localhost', None), ('all', '@hosts'),
                           ('web', '@hosts'), ('prod', 'db:!db2'), ('all', 'web[0]'), ('all', '!web'),
                           ('all', '@hosts,!web3'), ('all', ' web1 , db1 ')):
        words = [pattern, *(['-l', limit] if limit else [])]
        listed = judge(here, 'ansible', '-i', 'inventory', '--list-hosts', *words).splitlines()
        run = here.project.sutler('inventory', '-i', 'inventory', '--hosts', *words)
        equal(run.out.split(), [line.strip() for line in listed[1:]], ' '.join(words))


@case('explain: each value, where it was set, which one won')
def explain(here):
    run = here.project.sutler('inventory', '--explain', 'web1', '--playbook-dir', 'other', '-e', 'g=3', status=0)
    equal([line.split('  ')[0 if line[0] != ' ' else 2] for line in run.out.splitlines()],
          ['g = "3"', 'was g = 2', 'was g = 1', 'secret_token = ********'], run.out)
    contains(run.out, '(group_vars/web.yml:1:4, group_vars beside the inventory of ', 'the place')
    run = here.project.sutler('inventory', '--explain', 'web1', 'gg', status=2)
    contains(run.err, "did you mean 'g'?", 'the nearest name')


@case('what cannot be meant is refused')
def refused(here):
    for word, *arguments in (('give one of', '--list', '--host', 'web1'), ('give one of', ), ("'nosuch'", '--host', 'nosuch'),
                             ("'web' is not one host but 4", '--host', 'web'), ("no group 'wbe'", '--graph', 'wbe'),
                             ('--limit', '--list', '--limit', 'web'), ("'nosuch'", '--hosts', 'web:!nosuch')):
        run = here.project.sutler('inventory', *arguments, status=2)
        contains(run.err, word, ' '.join(arguments))
        equal(run.out, '', 'stdout')


@case('a reader that goes away early, and a narrow terminal')
def pipe(here):
    here.project.write('inventory', FILES['inventory'])
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen([SUTLER, 'inventory', '--list'], stdout=write, stderr=subprocess.PIPE, text=True,
                          cwd=here.project.folder, env=here.project.environment()) as process:
        os.close(write)
        said = process.communicate()[1]
    equal(process.returncode, 1, 'exit status (%s)' % said)
    contains(said, 'unable to write the output: Broken pipe', 'stderr')
    for command in ('inventory', 'vault', 'config'):
        run = here.project.sutler(command, '--help', status=0, env={'COLUMNS': '60'})
        long = [line for line in run.out.splitlines() if len(line) > 60 and not line.startswith('usage:')]
        equal(long, [], command)


main()
