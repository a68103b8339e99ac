#!/usr/bin/python3
"""render: the command as people use it; what templates mean is compared with Ansible elsewhere."""
from harness import case, contains, equal, main

INVENTORY = '[web]\nweb1 port=80\nweb2 port=81\n'


def project(here):
    here.project.write('inventory', INVENTORY)
    here.project.write('templates/part.j2', 'part of {{ inventory_hostname }}\n')
    here.project.write('templates/site.j2', "{% include 'part.j2' %}{# whose last newline goes, as in Jinja2 #}port {{ port }}\n")
    return here.project


@case('a template on each host of a pattern, on one, on none')
def hosts(here):
    p = project(here)
    equal(p.sutler('render', 'templates/site.j2', 'web', status=0).out,
          '==> web1 <==\npart of web1port 80\n==> web2 <==\npart of web2port 81\n', 'two hosts')
    equal(p.sutler('render', 'templates/site.j2', 'web1', status=0).out, 'part of web1port 80\n', 'one host')
    equal(p.sutler('render', 'templates/site.j2', '-e', 'port=5', status=0).out,
          'part of localhostport 5\n', 'without a target')


@case('a template from a pipe, also for several hosts')
def pipe(here):
    p = project(here)
    equal(p.sutler('render', '/dev/stdin', 'web', input='{{ port }}\n', status=0).out,
          '==> web1 <==\n80\n==> web2 <==\n81\n', 'two hosts')


@case('what goes wrong: exit 2, nothing on stdout, the place and the way out')
def errors(here):
    p = project(here)
    p.write('undefined.j2', 'a\n{{ prot }}\n')
    p.write('placeholder.j2', 'server SITENAME;\n')
    p.write('syntax.j2', '{% if true %}\n\nx\n')
    p.write('templates/deep.j2', 'x\n{{ 1 / 0 }}\n')
    p.write('outer.j2', "{% include 'deep.j2' %}")
    p.write('group_vars/web.yml', 'a: "{{ b }}"\nb: "{{ c }}"\n')
    p.write('chain.j2', '{{ a }}')
    for arguments, words in (
            (['undefined.j2', 'web1'], ["undefined.j2:2:4: 'prot' is undefined, did you mean 'port'?"]),
            (['placeholder.j2'], ["placeholder.j2:1:8: placeholder 'SITENAME' has no value", "set the variable"]),
            (['syntax.j2'], ['syntax.j2:']),
            (['outer.j2'], ['templates/deep.j2:2:', 'division by zero']),
            (['chain.j2', 'web2'], ["'c' is undefined", "'a'", "'b'"]),
            (['not-there.j2'], ["unable to read 'not-there.j2': No such file or directory"]),
            (['templates'], ["unable to read 'templates': Is a directory"]),
            (['undefined.j2', 'wbe'], ['wbe']),
            ([], ['render'])):
        run = p.sutler('render', *arguments, status=2)
        equal(run.out, '', 'stdout of %s' % arguments)
        for word in words:
            contains(run.err, word, 'stderr of %s' % arguments)


if __name__ == '__main__':
    main()
