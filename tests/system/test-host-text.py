#!/usr/bin/python3
"""Text that a host gave is never evaluated here: every way of deriving a text times every place an expression can
stand in. The payload would leave a file behind, as a template and as a bare expression."""
import json
import os

from harness import case, check, contains, equal, main

CANARY = '/canary'  # behind the project's home

# How a playbook may come by a text of a host: t is the result of a command that prints the payload.
DERIVATIONS = """
t.stdout || t['stdout'] || t.stdout_lines[0] || t.stdout_lines | first || t.stdout ~ '' || '' ~ t.stdout ||
t.stdout + '' || [t.stdout] | join || [t.stdout, ''] | join('') || ''.join([t.stdout]) ||
t.stdout | replace('zz', 'y') || t.stdout | regex_replace('zz', 'y') || t.stdout.replace('zz', 'y') ||
t.stdout[0:] || t.stdout[:4] ~ t.stdout[4:] || '%s' | format(t.stdout) || '%s' % t.stdout ||
'%(a)s' % {'a': t.stdout} || '{}'.format(t.stdout) || '{0[stdout]}'.format(t) || '{}{}'.format('', t.stdout) ||
t.stdout | trim || t.stdout | upper | lower || t.stdout.strip() || (t | to_json | from_json).stdout ||
(t | tojson | from_json).stdout || ([t.stdout] | to_yaml | from_yaml)[0] ||
(t | to_nice_json | from_json).stdout || ([t.stdout] | to_nice_yaml | from_yaml_all | first)[0] ||
t.stdout | default('x') || nothing | default(t.stdout) || ({'a': t.stdout} | combine({'b': 1})).a ||
([t.stdout] | zip([1]) | first)[0] || [t.stdout] | map('trim') | first || [t] | map(attribute='stdout') | first ||
[t] | selectattr('rc', 'eq', 0) | map(attribute='stdout') | join || [t.stdout] | select | first ||
[t.stdout] | reject('none') | list | first || ({'a': t.stdout} | dict2items)[0].value ||
({t.stdout: 1} | dict2items)[0].key || ({t.stdout: 1} | list)[0] || ({t.stdout: 1}.keys() | list)[0] ||
([{'key': 'a', 'value': t.stdout}] | items2dict).a || t.stdout | b64encode | b64decode || t.stdout | list | join ||
t.stdout.split('zz')[0] || t.stdout.splitlines()[0] || t.stdout.partition('zz')[0] || t.stdout | string ||
t.stdout | safe || t.stdout | center(400) | trim || t.stdout.ljust(400).strip() || t.stdout | wordwrap(1000) ||
t.stdout | truncate(1000) || t.stdout | indent(0) || t.stdout if true else '' || true | ternary(t.stdout, '') ||
(t.stdout, 1)[0] || lookup('vars', 't').stdout || vars.t.stdout || vars['t']['stdout'] ||
hostvars[inventory_hostname].t.stdout || hostvars['localhost']['t']['stdout'] || [[t.stdout]] | flatten | first ||
[t.stdout] | unique | first || [t.stdout] | union(['a']) | first || [t.stdout] | difference(['a']) | first ||
[t.stdout] | random || [t.stdout] | sort | first || [t.stdout] | max ||
([t] | groupby('rc') | first)[1][0].stdout || [t.stdout] | batch(1) | first | first ||
[t.stdout] | slice(1) | first | first || [t.stdout] | product(['']) | map('join') | first ||
'stdout' | extract(t) || ['stdout'] | map('extract', t) | first || [t.stdout] | permutations | first | first ||
t.stdout | regex_search('.*') || t.stdout | regex_findall('.+') | first || t.stdout | reverse | reverse ||
t.stdout | urlencode | urldecode || t.stdout | expanduser || t.stdout | expandvars || ['', t.stdout] | path_join ||
t.stdout | strftime || (t.stdout | splitext)[0] ~ (t.stdout | splitext)[1] || t.stdout | quote ||
lookup('list', t.stdout) || lookup('items', t.stdout) || query('list', t.stdout)[0] ||
(lookup('dict', {'a': t.stdout})).value || (lookup('indexed_items', [t.stdout]))[1] ||
lookup('file', here ~ t.stderr ~ '/taken') || lookup('pipe', 'cat ' ~ here ~ t.stderr ~ '/taken') ||
lookup('template', here ~ '/shows.j2') || s.content | b64decode || f.msg || a.msg || l.results[0].stdout ||
l.results[0].item || (m.stdout | from_json)[0] || ((m.stdout | from_json)[1] | list)[0] ||
(m.stdout | from_yaml)[0] || set_once || twice || (ansible_local.planted.text) ||
(ansible_facts.ansible_local.planted | list)[0] || (ansible_local.planted | dict2items)[0].key ||
{% set x = t.stdout %}{{ x }} || {% for c in t.stdout %}{{ c }}{% endfor %} ||
{% filter trim %}{{ t.stdout }}{% endfilter %} || {% macro show(x) %}{{ x }}{% endmacro %}{{ show(t.stdout) }} ||
{% set x %}{{ t.stdout }}{% endset %}{{ x }} || {% set n = namespace(x='') %}{% set n.x = t.stdout %}{{ n.x }} ||
{% if true %}{{ t.stdout }}{% endif %} || {% with x = t.stdout %}{{ x }}{% endwith %} ||
{% include 'shows.j2' %} || {% import 'gives.j2' as g with context %}{{ g.x }}
"""


def derivations():
    return [row.strip() for row in DERIVATIONS.split('||')]


# Where a text may come to stand: @ is what prints it, # the expression (only where there is one).
PLACES = {
    'when': 'debug: {msg: x}\n  when: "@"',
    'when, in quotes': 'debug: {msg: x}\n  when: "\'@\' != 1"',
    'when, a list': 'debug: {msg: x}\n  when: ["true", "@"]',
    'when, a variable of it': 'debug: {msg: x}\n  vars: {v: "@"}\n  when: v',
    'when, its name': 'debug: {msg: x}\n  vars: {v: "@"}\n  when: "{{ v }}"',
    'changed_when': 'command: "true"\n  changed_when: "@"',
    'failed_when': 'command: "true"\n  failed_when: ["@"]',
    'until': 'command: "true"\n  until: "@"\n  retries: 1\n  delay: 0',
    'retries': 'command: "false"\n  until: false\n  retries: "@"\n  delay: 0',
    'assert': 'assert: {that: "@"}',
    'assert, a list': 'assert: {that: ["@", "\'@\' == 1"], fail_msg: "@", success_msg: "@"}',
    'assert, a variable': 'assert: {that: "{{ v }}"}\n  vars: {v: ["@"]}',
    'debug var': 'debug: {var: "@"}',
    'debug var, a variable': 'debug: {var: v}\n  vars: {v: "@"}',
    'debug msg': 'debug: {msg: ["@", {a: "@"}]}',
    'fail and its result': 'fail: {msg: "@"}\n  register: again',
    'what fail left': 'debug: {msg: "{{ again.msg }} {{ again }}"}\n  when: again.msg',
    'loop': 'debug: {msg: "{{ item }}"}\n  loop: "@"',
    'loop, a list': 'debug: {var: item}\n  loop: ["@"]',
    'loop item as condition': 'debug: {msg: "{{ item }}"}\n  loop: ["@"]\n  when: "{{ item }}"',
    'loop label': 'debug: {msg: x}\n  loop: [1]\n  loop_control: {label: "@"}',
    **{'with_%s, %s' % (kind, terms): 'debug: {msg: "{{ item }}"}\n  with_%s: %s' % (kind, terms) for kind, terms in (
        ('items', '"@"'), ('items', '["@"]'), ('list', '["@"]'), ('dict', '{a: "@"}'), ('file', '["@"]'),
        ('fileglob', '["@"]'), ('nested', '[["@"], ["a"]]'), ('together', '[["@"], ["a"]]'), ('first_found', '["@"]'),
        ('sequence', '"@"'), ('flattened', '["@"]'), ('indexed_items', '["@"]'), ('random_choice', '["@"]'),
        ('subelements', '[[{a: ["@"]}], a]'), ('vars', '["@"]'))},
    'name': 'debug: {msg: x}\n  name: "@"',
    'environment': 'command: "true"\n  environment: {A: "@"}',
    'environment, all of it': 'command: "true"\n  environment: "@"',
    'vars twice': 'debug: {msg: "{{ v }} {{ w }}"}\n  vars: {v: "@", w: "{{ v }}"}',
    'set_fact': 'set_fact: {kept: "@", more: ["@"]}',
    'what set_fact left': 'debug: {msg: "{{ kept }} {{ more }} {{ lookup(\'vars\', \'kept\') }}"}\n  when: kept',
    'set_fact, a name': 'set_fact: {"@": 1}',
    'notify': 'command: "true"\n  notify: "@"',
    'include_tasks': 'include_tasks: "@"',
    'include_tasks, file': 'include_tasks: {file: "@"}',
    'include_role': 'include_role: {name: "@"}',
    'include_vars': 'include_vars: {file: "@"}',
    'copy': 'copy: {content: "@", dest: "{{ here }}/written"}',
    'template': 'template: {src: shows.j2, dest: "{{ here }}/written"}\n  vars: {w: "@"}',
    'template, its name': 'template: {src: "@", dest: "{{ here }}/written"}',
    'ignore_errors': 'debug: {msg: x}\n  ignore_errors: "@"',
    'no_log': 'debug: {msg: x}\n  no_log: "@"',
    'check_mode': 'command: "true"\n  check_mode: "@"',
    'timeout': 'command: "true"\n  timeout: "@"',
    'include': 'debug: {msg: "{% include (#) ignore missing %}"}',
    'filter by name': 'debug: {msg: "{{ [1] | map(#) | list }}{{ [1] | select(#) | list }}"}',
    'lookup by name': 'debug: {msg: "{{ lookup(#, 1) }}"}',
    **{'lookup ' + kind: 'debug: {msg: "{{ lookup(\'%s\', #) }} {{ query(\'%s\', [#]) }}"}' % (kind, kind)
       for kind in ('vars', 'varnames', 'env', 'file', 'fileglob', 'template', 'list', 'items', 'flattened', 'sequence',
                    'first_found', 'ini', 'csvfile', 'indexed_items', 'random_choice', 'nested', 'together')},
    'lookup options': 'debug: {msg: "{{ lookup(\'vars\', \'none\', default=#) }} {{ lookup(\'env\', \'NONE\', default=#) }}"}',
    'template_vars': 'debug: {msg: "{{ lookup(\'template\', \'shows.j2\', template_vars={\'w\': #}) }}"}',
    'hostvars and vars': 'debug: {msg: "{{ hostvars[#] | default(1) }} {{ vars[#] | default(1) }} {{ groups[#] | default(1) }}"}',
    'a test by its text': 'debug: {msg: "{{ \'a\' is match(#) }} {{ #  is search(\'x\') }}"}',
    'from text and back': 'debug: {msg: "{{ v }}"}\n  vars: {v: "{{ # | from_yaml }}"}',
}

HEAD = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    here: {here}
    twice: "{{{{ once }}}}"
    once: "{{{{ t.stdout }}}}"
  tasks:
    - shell: cat {here}/text
      register: t
    - shell: cat {here}/text.json
      register: m
    - shell: echo "$A"
      environment: {{A: "{{{{ item }}}}"}}
      loop: "{{{{ t.stdout_lines }}}}"
      register: l
    - slurp: {{src: {here}/text}}
      register: s
    - setup: {{fact_path: {here}/facts.d, gather_subset: "!all"}}
    - fail: {{msg: "{{{{ t.stdout }}}}"}}
      register: f
      ignore_errors: true
    - assert: {{that: false, fail_msg: "{{{{ t.stdout }}}}"}}
      register: a
      ignore_errors: true
    - set_fact: {{set_once: "{{{{ t.stdout }}}}"}}
"""


def prepare(here, payload):
    folder = here.project.folder
    for name, text in (('inventory', 'localhost ansible_connection=local\n'), ('text', payload), ('taken', payload), ('text.json', json.dumps([payload, {payload: 1}])),
                       ('facts.d/planted.fact', json.dumps({payload: 1, 'text': payload})),
                       ('templates/shows.j2', '{{ w | default(t.stdout) }}'), ('shows.j2', '{{ t.stdout }}'),
                       ('templates/gives.j2', '{% set x = t.stdout %}')):
        here.project.write(name, text)
    return HEAD.format(here=folder)


def tasks_of(place):
    """The tasks of a place, one for each derivation that fits it."""
    for number, row in enumerate(derivations()):
        expression = None if row.startswith('{%') else row
        if '#' in PLACES[place] and expression is None or place == 'include_tasks' and '=' in row:
            continue  # a free text with = is an argument's name, for Ansible too
        printed = row if expression is None else '{{ %s }}' % row
        # The places are written for double quotes.
        text = PLACES[place].replace('@', json.dumps(printed)[1:-1]).replace('#', json.dumps(expression or '')[1:-1])
        task = '- ' + text
        if '  ignore_errors:' not in task:
            task += '\n  ignore_errors: true'
        yield row, '    # %d: %s\n' % (number, row) + ''.join('    %s\n' % line for line in task.splitlines())


def payloads(here):
    canary = here.project.home + CANARY
    bare = "lookup('pipe', 'touch %s')" % canary
    return canary, (bare, '{{ %s }}' % bare, "' ~ %s ~ '" % bare)


@case('the payload works where it is the playbook that brings it')
def control(here):
    canary, (bare, template, _) = payloads(here)
    prepare(here, '')
    for name, task in (('bare', 'debug: {var: v}\n      vars: {v: %s}' % json.dumps(template)),
                       ('expression', 'debug: {var: %s}' % json.dumps(bare)),
                       ('condition', 'assert: {that: [%s]}' % json.dumps(bare + ' == ""'))):
        here.project.write('site.yml', HEAD.format(here=here.project.folder).split('  tasks:')[0] + '  tasks:\n    - %s\n' % task)
        here.project.sutler('play', 'site.yml', status=0)
        check(os.path.exists(canary), 'no canary: the payload does nothing in ' + name)
        os.unlink(canary)


@case('every derivation gives the text that the host gave')
def derive(here):
    _, texts = payloads(here)
    head = prepare(here, texts[0])
    rows = derivations()
    check(len(rows) > 100, 'only %d derivations' % len(rows))
    body = ''.join('    - debug: {msg: %s}\n      ignore_errors: true\n' % json.dumps(
        row if row.startswith('{%') else '{{ %s }}' % row) for row in rows)
    here.project.write('site.yml', head + body)
    run = here.project.sutler('play', 'site.yml', '--json', status=0)
    got = run.steps(module='debug')
    equal(len(got), len(rows), 'steps')
    for row, step in zip(rows, got):
        if 'quote' not in row:
            check(step['status'] == 'ok' and 'lookup' in json.dumps(step), '%s: %s %s' % (row, step['status'], step['msg']))


@case('no place evaluates it')
def places(here):
    canary, texts = payloads(here)
    wrong = []
    for text in texts:
        head = prepare(here, text)
        for place in PLACES:
            body = list(tasks_of(place))
            before = dict(tasks_of('fail and its result')) if place == 'what fail left' else \
                dict(tasks_of('set_fact')) if place == 'what set_fact left' else {}
            here.project.write('site.yml', head + ''.join(before.get(row, '') + task for row, task in body) +
                               '  handlers:\n    - name: "{{ t.stdout }}"\n      debug: {msg: x}\n')
            run = here.project.sutler('play', 'site.yml')
            if "unknown module 'include_vars'" in run.err:
                continue
            if run.status not in (0, 1):
                wrong.append('%s: exit %d: %s' % (place, run.status, run.err[-300:]))
            if os.path.exists(canary):
                os.unlink(canary)
                wrong.append('%s, %s: %s' % (place, text, blame(here, head, body, before, canary)))
    check(not wrong, '\n'.join(wrong))


def blame(here, head, body, before, canary):
    """The derivations with which the place evaluates the text."""
    found = []
    for row, task in body:
        here.project.write('site.yml', head + before.get(row, '') + task)
        here.project.sutler('play', 'site.yml')
        if os.path.exists(canary):
            os.unlink(canary)
            found.append(row)
    return '; '.join(found)


@case('no keyword of a play evaluates it')
def plays(here):
    canary, texts = payloads(here)
    printed = json.dumps("{{ hostvars['localhost'].t.stdout }}")
    for text in texts:
        head = prepare(here, text)
        for keyword in ('name: %s', 'vars_files: [%s]', 'vars_files: [[%s, text.yml]]', 'environment: {A: %s}', 'environment: [%s]',
                        'vars: {v: %s, w: "{{ v }}"}', 'any_errors_fatal: %s', 'gather_facts: %s', 'become: %s', 'no_log: %s',
                        'ignore_errors: %s', 'check_mode: %s', 'remote_user: %s', 'port: %s', 'force_handlers: %s'):
            here.project.write('text.yml', 'a: 1\n')
            here.project.write('site.yml', head + '- hosts: localhost\n  gather_facts: false\n  %s\n  tasks:\n'
                               '    - debug: {msg: "{{ w | default(1) }}"}\n    - command: "true"\n' % (keyword % printed))
            here.project.sutler('play', 'site.yml')
            check(not os.path.exists(canary), keyword)


@case('a failed assert names its condition and what stood in it')
def assertion(here):
    prepare(here, '')
    here.project.write('site.yml', """
- hosts: localhost
  gather_facts: false
  vars: {port: 81, site: {names: [a, b], password: hunter2}}
  tasks:
    - assert: {that: ["port == 81", "port == 80 or 'z' in site['names'] or site.password | length == 1"], fail_msg: not so}
""")
    run = here.project.sutler('play', 'site.yml', status=1)
    for words in ("port == 80 or 'z' in", 'port is 81', "site['names'] is ['a', 'b']", 'site.password is '):
        contains(run.out, words, 'the report')
    check('hunter2' not in run.out, 'a secret is shown')


@case('what a host returns never says how to reach it')
def reach(here):
    names = ('ansible_connection', 'ansible_host', 'ansible_user', 'ansible_become_user', 'ansible_python_interpreter',
             'ansible_ssh_common_args', 'ansible_ssh_host_key_rsa_public')
    facts = ' '.join('%s=planted' % name for name in names)
    head = prepare(here, 'x')
    here.project.write('facts.d/planted.fact', json.dumps({name: 'planted' for name in names}))
    here.project.write('facts.d/ansible_connection.fact', '"planted"')
    here.project.write('site.yml', head + ''.join('    - debug: {msg: "{{ %s | default(\'free\') }}"}\n' % name for name in names))
    run = here.project.sutler('play', 'site.yml', '--json', status=0)
    for name, step in zip(names, run.steps(module='debug')):
        check(step['msg'] != 'planted', '%s was taken from %s' % (name, facts))


if __name__ == '__main__':
    main()
