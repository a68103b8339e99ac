#!/usr/bin/python3
"""Rendering against Python's jinja2, both with the template compiled already: template.py TOOL.

Prints processor time of the best of many rounds, memory that rendering added, and their ratios: an nginx configuration of 500 vhosts,
and 10,000 small expressions."""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

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
    return '\n'.join(out) + '\n'


def variables():
    vhosts = [{'name': 'Site%d.example.org' % i, 'port': 443 if i % 2 else 80, 'ssl': bool(i % 2),
               'aliases': ['www%d.example.org' % k for k in range(2)],
               'locations': [{'path': '/app%d/' % k, 'host': '127.0.0.1', 'port': 8000} for k in range(2)]}
              for i in range(500)]
    return {'vhosts': vhosts, 'a': 'text', 'b': 5, 'd': {'k': 'v', 'e': {'f': 1.5}}, 'l': ['x', 'y', 'z']}


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def theirs(text, data, rounds):
    env = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True)
    template = env.from_string(text)
    before = peak()
    best = float('inf')
    for _ in range(rounds):
        start = time.process_time()
        out = template.render(**data)
        best = min(best, time.process_time() - start)
    return best, out, peak() - before


def main():
    tool = sys.argv[1]
    data = variables()
    with tempfile.TemporaryDirectory() as folder:
        json_path = os.path.join(folder, 'v.json')
        with open(json_path, 'w') as f:
            json.dump(data, f)
        for name, text, rounds in (('500 vhosts', VHOSTS, 100), ('10,000 expressions', expressions(), 100)):
            path = os.path.join(folder, 't')
            with open(path, 'w') as f:
                f.write(text)
            ours = subprocess.run([tool, path, json_path, str(rounds)], check=True,
                                  capture_output=True, text=True).stdout.split()
            # a process of its own, so that its memory is its own
            pid_out, pid_in = os.pipe()
            if os.fork() == 0:
                seconds, out, memory = theirs(text, data, rounds)
                os.write(pid_in, json.dumps([seconds, len(out.encode()), memory]).encode())
                os._exit(0)
            os.close(pid_in)
            os.wait()
            seconds, size, memory = json.loads(os.read(pid_out, 65536))
            print('%s: %d and %d bytes; jinja2 %.2f ms, sutler %.2f ms, %.1f times faster; '
                  'memory %d and %d KiB' % (name, size, int(ours[1]), seconds * 1000,
                                            float(ours[0]) * 1000, seconds / float(ours[0]),
                                            memory, int(ours[2])))


main()
