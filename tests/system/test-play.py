#!/usr/bin/python3
"""Playbooks over a private sshd, as the user who runs the tests: no root and no hosts needed."""
import json
import os
import re
import subprocess

from harness import SUTLER, Server, case, check, contains, equal, main


def prepare(here):
    """The project's inventory, and a folder on the target (which is this machine)."""
    here.project.write('inventory', here.server.inventory_line + '\n')
    here.target = os.path.join(here.folder, 'target')
    os.makedirs(here.target, exist_ok=True)


def play(here, tasks, *arguments, status=0, extra='', events=True):
    here.project.write('site.yml', '- hosts: here\n  gather_facts: false\n%s  vars: {target: "%s"}\n'
                       '  tasks:\n%s' % (extra, here.target, tasks))
    return here.project.sutler('play', 'site.yml', *(['--json'] if events else []), *arguments,
                               status=status)


def counts(run, **expected):
    summary = run.summary('here')
    equal({key: summary[key] for key in expected}, expected, 'the recap')


def target_file(here, name):
    with open(os.path.join(here.target, name), encoding='utf-8') as stream:
        return stream.read()


FILES = """
    - name: folder
      file: {path: "{{ target }}/a", state: directory, mode: '0750'}
    - name: copy
      copy: {content: "one\\ntwo\\n", dest: "{{ target }}/a/copy", mode: '0640'}
    - name: template
      template: {src: t.conf, dest: "{{ target }}/a/template"}
    - name: line
      lineinfile: {path: "{{ target }}/a/copy", regexp: '^two', line: three}
    - name: link
      file: {src: copy, dest: "{{ target }}/a/link", state: link}
"""


@case('a dry run, the run, and the run again', server=True)
def files(here):
    prepare(here)
    here.project.write('templates/t.conf', 'server_name SITENAME {{ inventory_hostname }};\n')
    extra = '  environment: {X: y}\n'
    dry = play(here, FILES, '--dry-run', '-e', 'SITENAME=example.com', extra=extra)
    equal(os.listdir(here.target), [], 'the target after a dry run')
    counts(dry, ok=5, changed=5, failed=0)
    run = play(here, FILES, '--diff', '-e', 'SITENAME=example.com', extra=extra)
    equal(run.changes('here'), dry.changes('here'), 'the changes')
    equal(target_file(here, 'a/template'), 'server_name example.com here;\n', 'the template')
    equal(target_file(here, 'a/copy'), 'one\nthree\n', 'the copy')
    equal(oct(os.stat(os.path.join(here.target, 'a/copy')).st_mode & 0o777), '0o640', 'the mode')
    equal(os.readlink(os.path.join(here.target, 'a/link')), 'copy', 'the link')
    # The copy and the line contradict each other: those two change again, the others do not.
    again = play(here, FILES, '-e', 'SITENAME=example.com', extra=extra)
    counts(again, ok=5, changed=2)


@case('events have the fields of the manual', server=True)
def event_fields(here):
    prepare(here)
    run = play(here, '    - name: say\n      command: echo hello\n')
    start, step, last = run.events[0], run.steps()[0], run.events[-1]
    equal((start['event'], start['hosts'], start['check']), ('start', ['here'], False), 'start')
    check(start['version'] and start['playbook'].endswith('site.yml'), 'start: %r' % start)
    equal({key: step[key] for key in ('host', 'name', 'module', 'status', 'rc', 'stdout', 'item')},
          {'host': 'here', 'name': 'say', 'module': 'command', 'status': 'changed', 'rc': 0,
           'stdout': 'hello', 'item': None}, 'step')
    for key in ('play', 'step', 'msg', 'stderr', 'elapsed', 'diff'):
        check(key in step, 'no %r in %r' % (key, step))
    equal(sorted(last['hosts']['here']), sorted(['ok', 'changed', 'failed', 'unreachable', 'skipped',
                                                 'rescued', 'ignored', 'unpredicted']), 'summary')


@case('register, when, loop, set_fact and failed_when', server=True)
def logic(here):
    prepare(here)
    run = play(here, """
    - command: echo {{ item }}
      loop: [a, b]
      register: said
    - set_fact: {both: "{{ said.results | map(attribute='stdout') | join('+') }}"}
    - debug: {msg: "{{ both }}"}
    - command: echo never
      when: both != 'a+b'
    - command: echo not yet
      when: not_there and not_there is defined
    - command: "false"
      register: bad
      ignore_errors: true
    - assert: {that: ["bad.rc == 1", "bad is failed"]}
    - command: echo fine
      changed_when: false
""")
    equal([step['item'] for step in run.steps(module='command')][:2], ['a', 'b'], 'items')
    equal(run.steps(module='debug')[0]['msg'], 'a+b', 'the message')
    # The loop, and the command that failed and was forgiven, as Ansible counts.
    counts(run, ok=6, changed=2, skipped=2, ignored=1, failed=0)


@case('a list is a message', server=True)
def lists_are_messages(here):
    prepare(here)
    run = play(here, """
    - assert: {that: true, success_msg: [all, well]}
    - assert: {that: false, fail_msg: [first, "{{ 1 + 1 }}"]}
      ignore_errors: true
      register: said
    - fail: {msg: [x, {y: z}]}
      ignore_errors: true
    - debug: {msg: "{{ said.msg | join('+') }}"}
    - assert: {that: false, msg: 5}
      ignore_errors: true
      when: said is failed
""")
    equal([step['msg'] for step in run.steps()][:4], ['all\nwell', 'first\n2', "x\n{'y': 'z'}", 'first+2'], 'messages')
    contains(run.steps()[4]['msg'], 'must be a text or a list of texts', 'a number')


@case('parameters that Ansible hands on, takes without effect, or has in template', server=True)
def handed_on(here):
    prepare(here)
    here.project.write('odd.j2', '<# no #><% if true %>[[ 1 + 1 ]] {{ as it is }}\n  <% endif %>\nend\n')
    play(here, """
    - command: echo fine
      args: {warn: false}
    - shell: {cmd: "exit 0", warn: no}
    - template:
        src: odd.j2
        dest: "{{ target }}/odd"
        block_start_string: '<%'
        block_end_string: '%>'
        variable_start_string: '[['
        variable_end_string: ']]'
        comment_start_string: '<#'
        comment_end_string: '#>'
        trim_blocks: false
        lstrip_blocks: true
        newline_sequence: "\\r\\n"
        output_encoding: utf-8
    - copy: {content: x, dest: "{{ target }}/context", setype: etc_t, selevel: s0, unsafe_writes: yes}
""")
    with open(os.path.join(here.target, 'odd'), 'rb') as file:
        equal(file.read(), b'2 {{ as it is }}\r\n\r\nend\r\n', 'the template')
    for task, words in (("git: {repo: x, dest: y, verify_commit: true}", "git verify-commit"),
                        ("copy: {content: x, dest: y, attributes: +i}", "chattr")):
        here.project.write('lacking.yml', '- hosts: all\n  gather_facts: false\n  tasks: [{%s}]\n' % task)
        run = here.project.sutler('play', 'lacking.yml', status=2)
        contains(run.err, 'is not supported', task)
        contains(run.err, words, task)


@case('handlers run once, at the end, and only when notified', server=True)
def handlers(here):
    prepare(here)
    tasks = """
    - copy: {content: x, dest: "{{ target }}/one"}
      notify: tell
    - copy: {content: y, dest: "{{ target }}/two"}
      notify: tell
    - command: echo last task
      changed_when: false
  handlers:
    - name: tell
      command: echo handled
    - name: never
      command: echo never
"""
    run = play(here, tasks)
    equal([step['stdout'] for step in run.steps(module='command')], ['last task', 'handled'], 'commands')
    run = play(here, tasks)
    equal([step['stdout'] for step in run.steps(module='command')], ['last task'], 'commands again')


@case('a failing step ends the run there', server=True)
def failing(here):
    prepare(here)
    tasks = """
    - name: bad one
      shell: echo remote words >&2; exit 7
    - copy: {content: x, dest: "{{ target }}/later"}
"""
    run = play(here, tasks, status=1)
    step = run.steps(status='failed')[0]
    equal((step['name'], step['rc'], step['stderr']), ('bad one', 7, 'remote words'), 'the step')
    check(not os.path.exists(os.path.join(here.target, 'later')), 'a later step ran')
    human = play(here, tasks, status=1, events=False)
    for word in ('bad one', 'here', 'remote words', 'site.yml:'):
        contains(human.out + human.err, word, 'the output')


@case('values are taken literally', server=True)
def literal(here):
    prepare(here)
    evil = 'a\'b"c$(touch %s/pwned)`id`\\n;|&*?\nline two' % here.target
    here.project.write('host_vars/here.yml', 'evil: %s\n' % json.dumps(evil))
    run = play(here, """
    - copy: {content: "{{ evil }}", dest: "{{ target }}/evil"}
    - command: {argv: [printf, '%s', "{{ evil }}"]}
    - shell: printf %s {{ evil | quote }}
    - command: echo {{ '{{' }} not evaluated {{ '}}' }}
      register: marks
    - debug: {msg: "{{ marks.stdout }}"}
""")
    equal(target_file(here, 'evil'), evil, 'the file')
    equal([step['stdout'] for step in run.steps(module='command')][0], evil, 'the argument')
    equal(run.steps(module='shell')[0]['stdout'], evil, 'the quoted word')
    equal(run.steps(module='debug')[0]['msg'], '{{ not evaluated }}', 'marks from a host')
    check(not os.path.exists(os.path.join(here.target, 'pwned')), 'a value was run as code')


@case('run: one command, one module', server=True)
def run_command(here):
    prepare(here)
    run = here.project.sutler('run', 'here', '--', 'echo', 'a  b', '$HOME', status=0)
    contains(run.out, 'a  b', 'the output')
    run = here.project.sutler('run', 'here', '-m', 'copy', '-a', 'content=x dest=%s/ran' % here.target,
                              '--json', status=0)
    equal(run.steps()[0]['status'], 'changed', 'the module')
    equal(target_file(here, 'ran'), 'x', 'the file')
    here.project.sutler('run', 'here', '--', 'false', status=1)


@case('tags, --skip-tags, --list-tasks, --syntax-check', server=True)
def tags(here):
    prepare(here)
    tasks = """
    - {name: one, command: echo one, tags: [a]}
    - {name: two, command: echo two, tags: [b]}
    - {name: three, command: echo three, tags: always}
"""
    def names(*arguments):
        return [step['name'] for step in play(here, tasks, *arguments).steps()
                if step['status'] == 'changed']
    equal(names('--tags', 'a'), ['one', 'three'], '--tags')
    equal(names('--skip-tags', 'a'), ['two', 'three'], '--skip-tags')
    contains(play(here, tasks, '--list-tasks', events=False).out, 'two', '--list-tasks')
    play(here, tasks, '--syntax-check', events=False)


def unreachable(here, *words, arguments=()):
    run = play(here, '    - copy: {content: x, dest: "{{ target }}/contacted"}\n', *arguments, status=3)
    counts(run, unreachable=1, failed=0)
    check(not os.path.exists(os.path.join(here.target, 'contacted')), 'the step ran')
    human = play(here, '    - command: echo x\n', *arguments, status=3, events=False)
    for word in words:
        contains(human.out + human.err, word, 'the output')


@case('an unknown host key is refused, --accept-new records it', server=True)
def unknown_key(here):
    prepare(here)
    known = here.project.write('known', '')
    unreachable(here, 'SHA256:', '--accept-new', arguments=['--known-hosts', known])
    equal(here.project.read('known'), '', 'known_hosts')
    play(here, '    - command: echo x\n', '--known-hosts', known, '--accept-new')
    contains(here.project.read('known'), '[127.0.0.1]:%d ' % here.server.port, 'known_hosts')
    play(here, '    - command: echo x\n', '--known-hosts', known)


@case('host_key_checking = False of ansible.cfg records it too, a host may say otherwise', server=True)
def unchecked_key(here):
    prepare(here)
    known = here.project.write('known', '')
    here.project.write('ansible.cfg', '[defaults]\nhost_key_checking = False\n')
    unreachable(here, 'SHA256:', arguments=['--known-hosts', known, '-e', 'ansible_host_key_checking=yes'])
    play(here, '    - command: echo x\n', '--known-hosts', known)
    contains(here.project.read('known'), '[127.0.0.1]:%d ' % here.server.port, 'known_hosts')
    os.unlink(here.project.path('ansible.cfg'))
    known = here.project.write('known', '')
    play(here, '    - command: echo x\n', '--known-hosts', known, '-e', 'ansible_host_key_checking=no')


@case('a changed or revoked host key is a hard stop', server=True)
def changed_key(here):
    prepare(here)
    with open(here.server.file('key.pub'), encoding='utf-8') as stream:
        other = ' '.join(stream.read().split()[:2])
    with open(here.server.file('host_key.pub'), encoding='utf-8') as stream:
        own = ' '.join(stream.read().split()[:2])
    name = '[127.0.0.1]:%d' % here.server.port
    known = here.project.write('known', '# a comment\n%s %s\n' % (name, other))
    unreachable(here, 'SHA256:', known + ':2', arguments=['--known-hosts', known])
    unreachable(here, 'SHA256:', arguments=['--known-hosts', known, '--accept-new'])
    known = here.project.write('known', '%s %s\n@revoked * %s\n' % (name, own, own))
    unreachable(here, 'revoked', arguments=['--known-hosts', known])


@case('a refused key says which key and user were tried', server=True)
def refused(here):
    prepare(here)
    key = here.server.file('host_key')
    unreachable(here, key, here.server.user, arguments=['--private-key', key, '-e',
                                                        'ansible_ssh_private_key_file=' + key])


@case('connection refused, and a name that does not resolve', server=True)
def refused_connection(here):
    prepare(here)
    unreachable(here, 'refused', arguments=['-e', 'ansible_port=1'])
    unreachable(here, 'no-such-host.invalid', arguments=['-e', 'ansible_host=no-such-host.invalid'])


@case('noise from the login is no result', server=True)
def noise(here):
    noisy = Server(os.path.join(here.folder, 'noisy'), '-o',
                   'ForceCommand=echo noise; echo more >&2; printf "\\0\\377{}"; '
                   'eval "$SSH_ORIGINAL_COMMAND"')
    try:
        prepare(here)
        with open(noisy.file('known_hosts'), encoding='utf-8') as stream:
            known = here.project.write('known', stream.read())
        here.project.write('inventory', noisy.inventory_line + '\n')
        run = play(here, '    - command: echo hello\n', '--known-hosts', known)
        equal(run.steps()[0]['stdout'], 'hello', 'stdout')
    finally:
        noisy.stop()


HANDLERS = """
- hosts: here
  gather_facts: false
  force_handlers: %s
  handlers:
    - {name: tell, command: echo told}
  tasks:
    - {name: change, command: echo x, notify: tell}
    - block:
        - {name: breaks, command: "false"}
      rescue:
        - {name: rescue, command: "%s"}
"""


@case('a step that fails behind a notify does not lose the handler', server=True)
def handler_kept(here):
    prepare(here)
    for force, rescue, status, told in (('false', 'true', 0, 1), ('false', 'false', 1, 0), ('true', 'false', 1, 1)):
        here.project.write('site.yml', HANDLERS % (force, rescue))
        run = here.project.sutler('play', 'site.yml', '--json', status=status)
        equal(len(run.steps(name='tell')), told, 'force_handlers: %s, rescue: %s' % (force, rescue))


@case('output that is no UTF-8: kept as it is in files, safe to take apart', server=True)
def bytes_of_a_host(here):
    prepare(here)
    here.project.write('site.yml', """
- hosts: here
  gather_facts: false
  tasks:
    - shell: printf 'a\\360b\\377c\\303'
      register: out
    - copy: {content: "{{ out.stdout }}", dest: "%s/raw"}
    - debug:
        msg: "{{ out.stdout[1] }}{{ out.stdout[::-1] }}{{ out.stdout | upper }}{{ out.stdout | list | length }}\
          {{ '%%.3s' %% out.stdout }}{{ out.stdout.title() }}{{ out.stdout | b64encode }}{{ out.stdout_lines | sort | first }}\
          {{ lookup('pipe', 'echo here') }}"
""" % here.target)
    run = here.project.sutler('play', 'site.yml', '--json', status=0)
    with open(os.path.join(here.target, 'raw'), 'rb') as f:
        equal(f.read(), b'a\xf0b\xffc\xc3', 'the bytes')
    bad = '\ufffd'
    text = 'a%sb%sc%s' % (bad, bad, bad)
    gap = ' ' * 10
    equal(run.steps(module='debug')[0]['msg'], bad + text[::-1] + text.upper() + '6' + gap + text[:3] +
          text.title() + 'YfBi/2PD' + text + gap + 'here', 'msg')


@case('stdout closed: an error, not half a run', server=True)
def closed_stdout(here):
    prepare(here)
    here.project.write('site.yml', '- hosts: here\n  gather_facts: false\n  tasks:\n' + ''.join(
        '    - copy: {content: x, dest: "%s/n%d"}\n' % (here.target, number) for number in range(5)))
    done = subprocess.run('"%s" play site.yml >/dev/full' % SUTLER, shell=True, check=False,
                          cwd=here.project.folder, env=here.project.environment(),
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60)
    check(done.returncode != 0, 'exit status 0')
    equal(len([name for name in os.listdir(here.target) if re.match(r'n\d', name)]), 5, 'files made')


CHECKED = """
    - copy: {content: good, dest: "{{ target }}/good", validate: "%(check)s %%s"}
    - copy: {content: bad, dest: "{{ target }}/bad", validate: "%(check)s %%s"}
      ignore_errors: true
    - copy: {content: x, dest: "{{ target }}/builtin", validate: ": %%s"}
"""


@case('a check that a dry run tries sees /tmp and leaves nothing there', server=True)
def check_in_dry_run(here):
    prepare(here)
    program = os.path.join(here.folder, 'check.sh')
    mark = os.path.join(here.folder, 'mark')
    with open(program, 'w', encoding='utf-8') as f:
        f.write('#!/bin/sh\ntouch "$(mktemp)"\n[ "$(id -u)" != 0 ] || touch %s\ngrep -q good "$1"\n' % mark)
    os.chmod(program, 0o755)
    before = sorted(os.listdir('/dev/shm'))
    dry = play(here, CHECKED % {'check': program}, '--dry-run')
    counts(dry, changed=2, ignored=1)
    check(not os.path.exists(mark), 'the dry run left the mark of the check')
    equal([name for name in os.listdir('/dev/shm') if name.startswith('.sutler-') and name not in before], [], '/dev/shm')
    run = play(here, CHECKED % {'check': program}, '--diff')
    counts(run, changed=2, ignored=1)
    equal(run.changes('here'), dry.changes('here'), 'the changes')
    equal(os.path.exists(mark), os.geteuid() == 0, 'the mark of the check')


if __name__ == '__main__':
    main()
