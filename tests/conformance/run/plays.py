"""Random plays on three hosts, each made from its seed: what hosts have to do with each other is what they are about.

A play is made of dicts and lists as YAML would read them. What Ansible itself does not do the same way twice is left
out: hosts that race for one name or one file within a task, and looks at other hosts under `strategy: free`.
"""
import json
import random

HOSTS = ('a', 'b', 'c')
OTHERS = ('a', 'b', 'c', 'd')
# One line in a file that all hosts share: what a barrier orders can be read there.
LOG = '{{ root }}/../log'


def text_of(plays):
    """YAML, one task a line."""
    return ''.join('- ' + one + '\n' for one in (lines_of(play, 2) for play in plays))


def lines_of(v, indent):
    """A dict with its lists of dicts on lines of their own."""
    space, lines = '\n' + ' ' * indent, []
    for key, item in v.items():
        if isinstance(item, list) and item and isinstance(item[0], dict):
            lines.append(key + ':' + ''.join('%s- %s' % (space, lines_of(part, indent + 2)) for part in item))
        else:
            lines.append('%s: %s' % (key, json.dumps(item)))
    return space.join(lines)


class Maker:
    def __init__(self, seed):
        self.random = random.Random('plays %s' % seed)
        self.number, self.files, self.facts, self.registered = 0, {}, [], []
        self.handlers, self.free, self.gone, self.tags = [], False, False, []
        self.in_handler = self.in_rescue = self.in_include = False

    # --- choosing -------------------------------------------------------------------------------

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def one(self, *words):
        return self.random.choice(words)

    def weighted(self, **weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    def some(self, words, least=1):
        return sorted(self.random.sample(words, self.random.randint(least, len(words))))

    def next(self):
        self.number += 1
        return self.number

    # --- expressions ----------------------------------------------------------------------------

    def host_condition(self):
        host = self.one(*HOSTS)
        return self.one("inventory_hostname == '%s'" % host, "inventory_hostname != '%s'" % host,
                        "'web' in group_names", "inventory_hostname in ['%s', '%s']" % tuple(self.random.sample(HOSTS, 2)))

    def condition(self):
        kind = self.weighted(host=60, fact=15, result=15, false=4, true=6, others=12)
        if kind == 'fact' and self.facts:
            return self.one('%s is defined', "%s | default('') == 'a'", "%s | default('x') != 'b'") % self.one(*self.facts)
        if kind == 'result' and self.registered:
            return '%s is %s' % (self.one(*self.registered), self.one('defined', 'undefined'))
        if kind == 'others' and not self.free:
            return self.one("'%s' in ansible_play_hosts" % self.one(*HOSTS), 'ansible_play_batch | length > 1',
                            "inventory_hostname == ansible_play_hosts | first", "inventory_hostname == ansible_play_batch[0]")
        return {'false': 'false', 'true': 'true'}.get(kind) or self.host_condition()

    def own_value(self):
        words = ['{{ inventory_hostname }}']
        words += ["{{ %s | default('-') }}" % name for name in self.facts[-3:]]
        words += ["{{ %s.%s | default('-') }}" % (name, self.one('rc', 'stdout', 'failed', 'changed', 'skipped', 'msg'))
                  for name in self.registered[-3:]]
        words += ["{{ %s.results | default([]) | map(attribute='failed', default='-') | list }}" % name
                  for name in self.registered[-1:] if self.chance(30)]
        if self.in_rescue:
            words += ['{{ ansible_failed_task.name }}', "{{ ansible_failed_result.msg | default('-') }}"]
        return ' '.join(self.random.sample(words, min(len(words), 2)))

    def value(self):
        """A text that tells of others, too."""
        if self.free or self.chance(30):
            return self.own_value()
        words = ['{{ ansible_play_hosts | to_json }}', '{{ ansible_play_batch | to_json }}', '{{ groups.web | to_json }}',
                 '{{ ansible_play_hosts_all | to_json }}', '{{ play_hosts | to_json }}']
        for name in self.facts[-4:]:
            words += ["{{ hostvars['%s'].%s | default('-') }}" % (self.one(*OTHERS), name)] * 2
            words.append("{{ ansible_play_hosts | map('extract', hostvars) | map(attribute='%s', default='-') | list }}" % name)
        for name in self.registered[-3:]:
            words.append("{{ hostvars['%s'].%s.%s | default('-') }}" % (self.one(*HOSTS), name, self.one('rc', 'stdout', 'failed', 'skipped')))
        return self.own_value() + ' ' + self.one(*words)

    # --- tasks ----------------------------------------------------------------------------------

    def register(self, task, percent=40):
        if self.chance(percent):
            task['register'] = 'r%d' % self.next()
            self.registered.append(task['register'])

    def line(self, name, items=False):
        return 'echo "{{ inventory_hostname }} %s%s" >> %s' % (name, ' {{ item }}' if items else '', LOG)

    def action(self, name, items):
        kind = self.weighted(debug=28, raw=14, set_fact=18, fail=9, exit=9, command=2, assertion=4)
        item = '{{ item }} ' if items else ''
        if kind == 'debug':
            return {'debug': {'msg': item + self.value()}}
        if kind == 'raw':
            return {'raw': self.line(name, items) + '; echo ' + name}
        if kind == 'command':
            return {'command': 'echo ' + item + name}
        if kind == 'set_fact':
            fact = self.one(*self.facts) if self.facts and self.chance(30) else 'f%d' % self.next()
            self.facts.append(fact)
            return {'set_fact': {fact: item + self.one('{{ inventory_hostname }}', '%s' % self.number, self.own_value())}}
        if kind == 'assertion':
            return {'assert': {'that': self.condition(), 'fail_msg': 'not so', 'success_msg': 'so'}}
        if kind == 'exit':
            return {'raw': self.line(name, items) + '; exit ' + self.one(
                "{{ 'abc'.index(inventory_hostname) % 2 }}", "{{ 2 if inventory_hostname == 'b' else 0 }}", '1', '0',
                "{{ 1 if item == 2 else 0 }}" if items else '0')}
        return {'fail': {'msg': item + 'from {{ inventory_hostname }}'}, 'when': self.one(self.condition(), self.host_condition())}

    def target(self):
        kind = self.weighted(fixed=30, other=15, templated=25, localhost=12, outside=8, gone=5 if self.gone else 0)
        if kind == 'templated':
            return self.one("{{ ansible_play_hosts | first }}", "{{ 'd' if inventory_hostname == 'a' else 'a' }}",
                            "{{ groups.db[0] }}", "{{ ansible_play_batch[-1] }}", "{{ {'a': 'b', 'b': 'c', 'c': 'a'}[inventory_hostname] }}")
        return {'fixed': self.one(*HOSTS), 'other': 'd', 'localhost': self.one('localhost', '127.0.0.1'),
                'gone': 'gone', 'outside': 'd'}[kind]

    def keywords(self, task, items):
        share = 0 if self.free else 1
        if 'when' not in task and self.chance(30):
            task['when'] = self.one(self.condition(), self.condition(), [self.condition(), self.condition()])
            if items and self.chance(30):
                task['when'] = self.one('item != 2', "item != 2 or inventory_hostname == 'a'")
        self.register(task)
        if self.handlers and self.chance(18):
            task['notify'] = self.one(*self.handlers)
            if not ('raw' in task or 'command' in task) or self.chance(20):
                task['changed_when'] = self.one('true', 'true', self.host_condition())
        if self.chance(12 * share):
            task['run_once'] = True
        if self.chance(10 * share) and 'set_fact' not in task:
            task['delegate_to'] = self.one('{{ item }}') if items == 'hosts' and self.chance(60) else self.target()
        if 'set_fact' in task and self.chance(20 * share):
            self.delegated_fact(task)
        if self.chance(7 * share):
            task['throttle'] = self.one(1, 2)
        if self.chance(5 * share):
            task['any_errors_fatal'] = True
        if self.chance(12):
            task['ignore_errors'] = self.one(True, "{{ %s }}" % self.host_condition())
        if 'raw' in task and self.chance(8):
            task['failed_when'] = self.one('false', self.host_condition())
        if self.chance(5):
            task['tags'] = [self.one('x', 'y', 'always', 'never')]
        if task.get('delegate_to') == 'gone' and self.chance(60):
            task['ignore_unreachable'] = True

    def delegated_fact(self, task):
        """Hosts that give one host the same name at once give it the same value, or only one of them does."""
        fact = list(task['set_fact'])[0]
        task['delegate_facts'] = True
        task['delegate_to'] = self.one("{{ {'a': 'b', 'b': 'c', 'c': 'a'}[inventory_hostname] }}", 'd', 'a', 'localhost')
        if not task['delegate_to'].startswith('{'):
            if self.chance(50):
                task['run_once'] = True
            else:
                task['set_fact'] = {fact: 'given %d' % self.number}
                task.pop('loop', None)

    def loop(self):
        kind = self.weighted(numbers=50, hosts=25, own=15, empty=5)
        if kind == 'hosts':
            return 'hosts', self.one(list(HOSTS), '{{ ansible_play_hosts }}', ['a', 'd'], '{{ groups.web }}') \
                if not self.free else list(HOSTS)
        return True, {'numbers': [1, 2, 3], 'own': "{{ ['x', 2] if inventory_hostname == 'a' else [2] }}", 'empty': []}[kind]

    def plain_task(self):
        name = 't%d' % self.next()
        items, loop = self.loop() if self.chance(18) else (None, None)
        task = {'name': name}
        task.update(self.action(name, items))
        if items:
            task['loop'] = loop
        self.keywords(task, items)
        return task

    def until_task(self):
        name = 't%d' % self.next()
        task = {'name': name, 'raw': "echo x >> {{ root }}/%s; test $(wc -l < {{ root }}/%s) -ge %s" % (
            name, name, self.one('2', "{{ 3 if inventory_hostname == 'a' else 1 }}", "{{ 1 + 'abc'.index(inventory_hostname) }}")),
                'register': 'r%d' % self.next(), 'retries': self.one(1, 3), 'delay': 0}
        task['until'] = task['register'] + '.rc == 0'
        self.registered.append(task['register'])
        if self.chance(25) and not self.free:
            task[self.one('run_once', 'throttle')] = 1
        if self.chance(30):
            task['ignore_errors'] = True
        if self.chance(30):
            task['when'] = self.condition()
        return task

    def meta_task(self):
        words = {'flush_handlers': 30, 'end_host': 12, 'clear_facts': 8, 'noop': 6, 'reset_connection': 3}
        if not self.free:
            words.update(end_play=8, end_batch=8, clear_host_errors=14)
        task = {'meta': self.weighted(**words)}
        if task['meta'] not in ('flush_handlers', 'reset_connection', 'noop') and self.chance(85) or \
                task['meta'] == 'noop' and self.chance(50):
            task['when'] = self.host_condition() if task['meta'] == 'end_host' or self.chance(50) else self.condition()
        return task

    def block(self, depth):
        task = {'name': 'b%d' % self.next(), 'block': self.tasks(self.random.randint(1, 4), depth + 1)}
        if self.chance(60):
            was, self.in_rescue = self.in_rescue, True
            task['rescue'] = self.tasks(self.random.randint(1, 3), depth + 1)
            self.in_rescue = was
        if self.chance(45) or 'rescue' not in task and self.chance(50):
            task['always'] = self.tasks(self.random.randint(1, 3), depth + 1)
        if self.chance(25):
            task['when'] = self.condition()
        if self.chance(12):
            task['ignore_errors'] = True
        if not self.free and self.chance(12):
            task['run_once'] = True
        if not self.free and self.chance(12):
            task['any_errors_fatal'] = True
        if not self.free and self.chance(6):
            task['delegate_to'] = self.one('a', 'd', 'localhost')
        return task

    def include(self, depth):
        was, self.in_include = self.in_include, True
        tasks = self.tasks(self.random.randint(1, 3), depth + 1)
        self.in_include = was
        number = self.next()
        kind = self.weighted(include_tasks=50, import_tasks=15, include_role=25, import_role=10)
        if kind.endswith('role'):
            self.files['roles/role%d/tasks/main.yml' % number] = tasks
            task = {'name': 'i%d' % number, kind: {'name': 'role%d' % number}}
        else:
            self.files['tasks%d.yml' % number] = tasks
            task = {'name': 'i%d' % number, kind: 'tasks%d.yml' % number}
        if self.chance(35):
            task['when'] = self.condition()
        if kind.startswith('include') and self.chance(20):
            task['loop'] = [1, 2]
            task['loop_control'] = {'loop_var': 'outer%d' % number}
        if kind.startswith('include') and not self.free and self.chance(12):
            task['run_once'] = True
        return task

    def tasks(self, count, depth=0):
        return [self.task(depth) for _ in range(count)]

    def task(self, depth):
        deep = 0 if depth > 1 else 1
        # Files that are included are few, and hold no others.
        kind = self.weighted(plain=70, block=(14 if depth else 22) * deep, include=8 * (not self.in_include) * deep,
                             until=4, meta=0 if self.in_handler else 9)
        if kind == 'block':
            return self.block(depth)
        if kind == 'include':
            return self.include(depth)
        return getattr(self, kind + '_task')()

    # --- plays ----------------------------------------------------------------------------------

    def handler_list(self):
        self.in_handler = True
        found = []
        for name in self.handlers:
            handler = self.plain_task()
            handler['name'] = name
            handler.pop('tags', None)
            if self.chance(25):
                handler['listen'] = self.one(*self.handlers)
            found.append(handler)
        self.in_handler = False
        return found

    def play(self, number):
        self.free = self.chance(8)
        self.gone = self.chance(8)
        play = {'name': 'play %d' % number, 'hosts': self.one('a:b:c', 'a:b:c', 'a:b:c', 'a:b:c', 'web:c', 'c:a:b', 'b:c', 'web') +
                (':gone' if self.gone and self.chance(70) else ''), 'gather_facts': False}
        if self.free:
            play['strategy'] = 'free'
        elif self.chance(35):
            play['strategy'] = 'linear'
        if self.chance(22):
            play['serial'] = self.one(1, 2, 2, [1, 2], '50%', '34%')
        if self.chance(8):
            play['any_errors_fatal'] = True
        elif self.chance(8) and not self.free:
            play['max_fail_percentage'] = self.one(0, 33, 34, 50)
        if self.chance(12):
            play['force_handlers'] = True
        if self.chance(6):
            play['ignore_errors'] = True
        if self.chance(6):
            play['ignore_unreachable'] = True
        if self.chance(6):
            play['order'] = self.one('reverse_sorted', 'sorted', 'reverse_inventory')
        self.handlers = ['h%d' % self.next() for _ in range(self.one(0, 0, 1, 2, 3))]
        if self.chance(15):
            play['pre_tasks'] = self.tasks(self.random.randint(1, 2))
        play['tasks'] = self.tasks(self.random.randint(2, 6))
        if self.chance(15):
            play['post_tasks'] = self.tasks(self.random.randint(1, 2))
        if self.handlers:
            play['handlers'] = self.handler_list()
        return play

    def make(self):
        plays = [self.play(number + 1) for number in range(self.one(1, 1, 1, 2, 2, 3))]
        options = self.weighted(none=88, tags=6, skip=6)
        options = {'tags': '--tags x,untagged', 'skip': '--skip-tags y'}.get(options, '')
        return plays, self.files, options


def make(seed):
    """(plays, {path: tasks}, options)"""
    return Maker(seed).make()


def files_of(plays, files):
    return {'site.yml': text_of(plays), **{path: text_of(tasks) for path, tasks in files.items()}}
