#!/usr/bin/python3
"""What hosts of a play have to do with each other: barriers, run_once, delegate_to, throttle, failures."""
import os

from harness import Server, case, check, contains, equal, main

HOSTS = 12
HEAD = '- hosts: all\n  gather_facts: false\n'


def prepare(here):
    """Twelve hosts that are one sshd, so that they share a file: `trace`, a line for each step that tells."""
    if not hasattr(here, 'names'):
        here.server = Server(os.path.join(here.folder, 'many'), '-o', 'MaxStartups=100:30:200', everywhere=True)
        here.names = here.server.many(HOSTS, here.project)
        here.plain = here.project.read('inventory')
        here.trace = os.path.join(here.folder, 'trace')
    here.project.write('inventory', here.plain)
    if os.path.exists(here.trace):
        os.remove(here.trace)


def play(here, tasks, *arguments, head=HEAD, status=0):
    prepare(here)
    here.project.write('site.yml', head + tasks.replace('TRACE', here.trace))
    return here.project.sutler('play', 'site.yml', '--json', *arguments, status=status)


def trace(here):
    if not os.path.exists(here.trace):
        return []
    with open(here.trace, encoding='utf-8') as stream:
        return stream.read().split()


TELL = 'shell: echo %s-{{ inventory_hostname }} >>TRACE'


def rounds(lines):
    """The words before the dash, each as often as it comes in one piece."""
    found = []
    for word in (line.split('-')[0] for line in lines):
        if not found or found[-1] != word:
            found.append(word)
    return found


@case('hosts in step finish a task together, and one thread is enough for all')
def in_step(here):
    tasks = '  strategy: linear\n  tasks:\n' + ''.join('    - %s\n' % (TELL % word) for word in ('one', 'two', 'three'))
    for forks in (1, 3, HOSTS):
        play(here, tasks, '-f', forks)
        equal(rounds(trace(here)), ['one', 'two', 'three'], 'rounds with %d forks' % forks)
        equal(len(trace(here)), 3 * HOSTS, 'steps')
    # The same where only a `when` makes it seen: it picks hosts.
    play(here, '  tasks:\n    - %s\n      when: inventory_hostname != "h003"\n    - %s\n' % (TELL % 'one', TELL % 'two'), '-f', 2)
    equal(rounds(trace(here)), ['one', 'two'], 'rounds of a task that picks hosts')
    play(here, '  tasks:\n    - %s\n    - %s\n' % (TELL % 'one', TELL % 'two'), '-f', 2, '--strategy', 'linear')
    equal(rounds(trace(here)), ['one', 'two'], 'rounds with --strategy')


@case('a task that runs once: all have its result, its facts and its failure')
def once(here):
    run = play(here, '''  tasks:
    - command: echo by {{ inventory_hostname }}
      register: by
      run_once: true
    - set_fact: {mine: "{{ inventory_hostname }}", ours: "{{ by.stdout }}"}
      run_once: true
    - assert: {that: [by.stdout == 'by h001', mine == 'h001', ours == 'by h001']}
    - block:
        - command: "false"
          run_once: true
        - fail: {msg: never}
      rescue:
        - debug: {msg: rescued}
    - command: "false"
      run_once: true
    - fail: {msg: never}
''', status=1)
    equal(len(run.steps(name='assert', status='ok')), HOSTS, 'hosts with the result')
    equal(len(run.steps(name='debug')), HOSTS, 'rescued')
    equal([run.summary(name)['failed'] for name in here.names], [1] + [0] * (HOSTS - 1), 'failed')
    equal(run.steps(name='fail'), [], 'nothing behind it')


@case('steps run where they are delegated to, in the order of their own host')
def delegated(here):
    run = play(here, '''  tasks:
    - shell: echo $SSH_CONNECTION
      delegate_to: h002
      register: there
      when: inventory_hostname in ['h001', 'h002', 'h003']
    - shell: echo {{ item }}-{{ inventory_hostname }} >>TRACE
      delegate_to: "{{ item }}"
      loop: [h004, h005]
      when: inventory_hostname == 'h001'
    - debug: {msg: "{{ there.stdout.split()[2] | default('') }}"}
      when: there is not skipped
    - command: hostname
      delegate_to: localhost
      register: here
    - command: echo out
      delegate_to: nowhere.example
      vars: {ansible_port: 1}
      ignore_unreachable: true
      when: inventory_hostname == 'h001'
''')
    equal({step['msg'] for step in run.steps(name='debug', status='ok')}, {'127.0.1.2'}, 'where it ran')
    equal(trace(here), ['h004-h001', 'h005-h001'], 'the order')


@case('the failure of one host drops no step of another on the same target')
def failures_apart(here):
    run = play(here, '''  tasks:
    - shell: 'echo {{ inventory_hostname }} >>TRACE; test {{ inventory_hostname }} != h002'
      delegate_to: h001
    - shell: echo after-{{ inventory_hostname }} >>TRACE
      delegate_to: h001
''', status=1)
    equal([name for name in here.names if run.summary(name)['failed']], ['h002'], 'failed')
    equal(sorted(line for line in trace(here) if line.startswith('after')),
          ['after-' + name for name in here.names if name != 'h002'], 'the others go on')


@case('what a dry run would do on a target is known to all who work there')
def dry_delegation(here):
    folder = os.path.join(here.folder, 'made')
    tasks = '''  tasks:
    - file: {path: %s, state: directory}
      delegate_to: h001
      run_once: true
    - copy: {content: "{{ inventory_hostname }}\\n", dest: "%s/{{ inventory_hostname }}"}
      delegate_to: h001
''' % (folder, folder)
    run = play(here, tasks, '--dry-run')
    equal(len(run.steps(name='copy', status='changed')), HOSTS, 'would be made')
    check(not os.path.exists(folder), 'a dry run makes nothing')
    play(here, tasks)
    equal(sorted(os.listdir(folder)), here.names, 'made')


@case('turns: no more at once than throttle says, and all come to it')
def turns(here):
    run = play(here, '''  tasks:
    - shell: |
        mkdir {{ playbook_dir }}/turn.$$ && ls -d {{ playbook_dir }}/turn.* | wc -l && sleep 0.2; rmdir {{ playbook_dir }}/turn.$$
      throttle: 2
''')
    counts = [int(step['stdout']) for step in run.steps(name='shell')]
    equal(len(counts), HOSTS, 'all')
    check(max(counts) <= 2, 'at once: %s' % counts)


@case('one failure ends the play for all, but the task is finished everywhere')
def fatal(here):
    run = play(here, '''  any_errors_fatal: true
  tasks:
    - shell: 'echo one-{{ inventory_hostname }} >>TRACE; test {{ inventory_hostname }} != h005'
    - shell: echo two >>TRACE
''', status=1)
    equal(len(trace(here)), HOSTS, 'the task that failed is run on all, the next on none')
    equal([name for name in here.names if run.summary(name)['failed']], ['h005'], 'failed')
    run = play(here, '''  max_fail_percentage: 20
  tasks:
    - command: "test {{ inventory_hostname }} != h001"
    - command: "test {{ inventory_hostname }} != h002"
    - command: "test {{ inventory_hostname }} != h003"
    - shell: echo {{ ansible_play_hosts | length }} >>TRACE
''', status=1)
    equal(trace(here), [], 'three of twelve are too many')


@case('others are seen as far as they have come')
def seen(here):
    run = play(here, '''  tasks:
    - command: echo {{ inventory_hostname }}
      register: own
    - debug: {msg: "{{ groups.all | map('extract', hostvars, ['own', 'stdout']) | join(' ') }}"}
    - fail: {msg: no}
      when: inventory_hostname == 'h004'
    - debug: {msg: "{{ ansible_play_hosts | length }} {{ ansible_play_batch | length }}"}
''', status=1)
    said = [step['msg'] for step in run.steps(name='debug')]
    equal(set(said), {' '.join(here.names), '%d %d' % (HOSTS - 1, HOSTS - 1)}, 'what each saw')
    equal(len(said), 2 * HOSTS - 1, 'how many')


@case('facts for the host that they are about')
def facts_of_others(here):
    play(here, '''  tasks:
    - set_fact: {told: "by {{ inventory_hostname }}"}
      delegate_to: h002
      delegate_facts: true
      when: inventory_hostname == 'h001'
    - assert: {that: [told == 'by h001']}
      when: inventory_hostname == 'h002'
    - assert: {that: [told is not defined]}
      when: inventory_hostname == 'h001'
''')


@case('a host that is gone holds up nobody at a barrier, and may be ignored')
def gone(here):
    prepare(here)
    plain = here.plain
    here.plain = ''.join(line + (' ansible_port=1\n' if line.startswith('h003 ') else '\n') for line in plain.splitlines())
    try:
        run = play(here, '  tasks:\n    - %s\n      ignore_unreachable: true\n    - %s\n      run_once: true\n' %
                   (TELL % 'one', TELL % 'two'))
        equal(run.summary('h003')['unreachable'], 0, 'ignored')
        equal(trace(here)[-1], 'two-h001', 'the end')
        run = play(here, '  strategy: linear\n  tasks:\n    - %s\n    - %s\n' % (TELL % 'one', TELL % 'two'), status=3)
        equal(rounds(trace(here)), ['one', 'two'], 'rounds of the others')
        equal(run.summary('h003')['unreachable'], 1, 'unreachable')
    finally:
        here.plain = plain


@case('retries of one host hold its turn at a barrier and no thread')
def retries(here):
    play(here, '''  tasks:
    - shell: 'echo x >>{{ playbook_dir }}/tries; test {{ inventory_hostname }} != h001 || test $(wc -l <{{ playbook_dir }}/tries) -gt %d'
      register: r
      until: r is succeeded
      retries: 9
      delay: 0.2
    - %s
      run_once: true
''' % (HOSTS + 1, TELL % 'end'), '-f', 1)
    equal(trace(here), ['end-h001'], 'the end')


@case('with free nobody waits, with an unknown strategy nothing starts')
def strategies(here):
    run = play(here, '  strategy: free\n  tasks:\n    - command: id\n      run_once: true\n')
    equal(len(run.steps(name='command')), HOSTS, 'as in Ansible, on every host')
    run = play(here, '  tasks: [{command: id}]\n', '--strategy', 'liner', status=2)
    contains(run.err, "'liner' is none of linear, free", 'said')


if __name__ == '__main__':
    main()
