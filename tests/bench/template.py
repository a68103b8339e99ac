#!/usr/bin/python3
"""Rendering against Python's jinja2, both with the templates compiled already: template.py TOOL TOOL-THAT-COUNTS-MEMORY.

Processor time of the best of many rounds, the memory that rendering takes at once beyond its result, and
their ratios: an nginx configuration of 500 vhosts, 10,000 small expressions in one template, and in one
each."""
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc

import jinja2

VHOSTS = '''{% for v in vhosts %}
server {
    listen {{ v.port }}{% if v.ssl %} ssl{% endif %};
    server_name {{ v.name }}{% for a in v.aliases %} {{ a }}{% endfor %};
    root /srv/{{ v.name | lower }}/static;
{% for l in v.locations %}
    location {{ l.path }} { proxy_pass http://{{ l.host }}:{{ l.port + loop.index0 }}; }
{% endfor %}
}
{% endfor %}
'''


def expressions():
    forms = ['{{ a }}', '{{ b + %d }}', '{{ d.k }}', "{{ a ~ '-%d' }}", '{{ l[1] }}', '{{ a | upper }}',
             "{{ b if b > %d else a }}", '{{ d.e.f }}', "{{ l | join(',') }}", '{{ x | default(%d) }}']
    out = []
    for i in range(10000):
        form = forms[i % len(forms)]
        out.append(form % i if '%d' in form else form)
    return '\n'.join(out)


def variables():
    vhosts = [{'name': 'Site%d.example.org' % i, 'port': 443 if i % 2 else 80, 'ssl': bool(i % 2),
               'aliases': ['www%d.example.org' % k for k in range(2)],
               'locations': [{'path': '/app%d/' % k, 'host': '127.0.0.1', 'port': 8000} for k in range(2)]}
              for i in range(500)]
    return {'vhosts': vhosts, 'a': 'text', 'b': 5, 'd': {'k': 'v', 'e': {'f': 1.5}}, 'l': ['x', 'y', 'z']}


def theirs(text, data, rounds, lines):
    """Seconds of the best round, bytes made, and the bytes a round took at once beyond its result."""
    env = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
    texts = text.rstrip('\n').split('\n') if lines else [text]
    templates = [env.from_string(t) for t in texts]
    best, size, extra = float('inf'), 0, 0
    for _ in range(rounds):
        start = time.process_time()
        size = sum(len(t.render(data)) for t in templates)
        best = min(best, time.process_time() - start)
    gc.collect()
    for t in templates[:100]:
        tracemalloc.start()
        out = t.render(data)
        extra = max(extra, tracemalloc.get_traced_memory()[1] - len(out))
        tracemalloc.stop()
    return best, size, extra


def main():
    tool, tool_memory = sys.argv[1:]
    data = variables()
    kinds = (('500 vhosts', VHOSTS, 100, False), ('10,000 expressions', expressions(), 100, False),
             ('10,000 templates of one', expressions(), 10, True))
    with tempfile.TemporaryDirectory() as folder:
        json_path = os.path.join(folder, 'v.json')
        with open(json_path, 'w') as f:
            json.dump(data, f)
        for name, text, rounds, lines in kinds:
            path = os.path.join(folder, 't')
            with open(path, 'w') as f:
                f.write(text)
            arguments = [tool, path, json_path, str(rounds * 20)] + ['lines'] * lines
            ours = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.split()
            seconds, size, extra = theirs(text, data, rounds, lines)
            assert size == int(ours[1]), (size, ours)
            arguments[0] = tool_memory
            done = subprocess.run(arguments, check=True, capture_output=True, text=True)
            our_extra = int(done.stdout.split()[2])
            print('%s: %d bytes; jinja2 %.2f ms, sutler %.2f ms, %.1f times faster; memory beyond the '
                  'result %d and %d bytes, 1/%d' % (name, size, seconds * 1000, float(ours[0]) * 1000,
                                                   seconds / float(ours[0]), extra, our_extra,
                                                   extra // our_extra))


main()
