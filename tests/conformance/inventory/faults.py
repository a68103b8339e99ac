#!/usr/bin/python3
"""Broken sources: each is refused, in located words, quickly. Also sources behind URLs.

faults.py SHOW"""
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading

SHOW = sys.argv[1]
failures = []

# name, files, sources, what the message must hold
BROKEN = [
    ('undefined child', {'i': '[p:children]\nwbe\n[web]\nx\n'}, ['i'], "i:2:1: section [p:children] names an undefined group 'wbe', did you mean 'web'?"),
    ('undefined vars', {'i': 'h\n[web:vars]\nx=1\n'}, ['i'], "i:2:1: section [web:vars] is for an undefined group 'web'"),
    ('unknown kind', {'i': '[web:vasr]\n'}, ['i'], "i:1:6: section [web:vasr]: unknown kind 'vasr'"),
    ('loop', {'i': '[a:children]\nb\n[b:children]\nc\n[c:children]\na\n'}, ['i'], "i:6:1: group 'a' cannot be a child of 'c'"),
    ('loop over files', {'a': '[x:children]\ny\n[y]\n', 'b': '[y:children]\nx\n'}, ['a', 'b'], "b:2:1: group 'x' cannot be a child of 'y'"),
    ('word without equals', {'i': 'web1 a=1 b\n'}, ['i'], "i:1:10: expected key=value after the host, got 'b'"),
    ('unclosed quote', {'i': 'web1 a="b\n'}, ['i'], 'i:1:6: no closing quotation mark'),
    ('inverted range', {'i': '[g]\nweb[9:1]\n'}, ['i'], "i:2:1: invalid range in 'web[9:1]': it ends before it begins"),
    ('huge range', {'i': 'web[1:999999999]\n'}, ['i'], 'more than 1000000 hosts'),
    ('huge product', {'i': 'w[1:9999][1:9999][1:9999]\n'}, ['i'], 'more than 1000000 hosts'),
    ('number beyond all', {'i': 'web[1:99999999999999999999999]\n'}, ['i'], 'invalid range'),
    ('option as a name', {'i': '  -oProxyCommand=x\n'}, ['i'], "i:1:3: invalid host name '-oProxyCommand=x'"),
    ('shell code', {'i': 'web$(reboot)\n'}, ['i'], "could be taken for shell code"),
    ('quote in a name', {'i': '"a b"\n'}, ['i'], "invalid host name"),
    ('port 0', {'i': 'a:0\n'}, ['i'], "i:1:1: 'a:0': invalid port"),
    ('port 65536', {'i': 'a:65536\n'}, ['i'], "invalid port"),
    ('port 22x', {'i': 'a:22x\n'}, ['i'], "'22x' is not a port"),
    ('port of many digits', {'i': 'a:99999999999999999999\n'}, ['i'], "invalid port"),
    ('NUL', {'i': 'web1\nweb\x002\n'}, ['i'], 'i:2:4'),
    ('bad UTF-8', {'i': b'web1\n\xff\xfe\n'}, ['i'], 'i:2:1'),
    ('line over 64 KiB', {'i': 'a\nb x=' + 'y' * 65536 + '\n'}, ['i'], 'i:2:1: the line is longer than 65536 bytes'),
    ('duplicate YAML key', {'i.yml': 'all:\n  hosts:\n    a: {x: 1, x: 2}\n'}, ['i.yml'], 'i.yml:3:15'),
    ('YAML depth', {'i.yml': '[' * 100}, ['i.yml'], 'i.yml:1:'),
    ('YAML bomb', {'i.yml': 'a: &a [x, x, x, x, x, x, x, x, x]\n' + ''.join('%s: &%s [%s]\n' % (c, c, ', '.join(['*' + p] * 9)) for p, c in zip('abcdefghi', 'bcdefghij'))}, ['i.yml'], 'i.yml:'),
    ('YAML self-reference', {'i.yml': 'all: &a {hosts: *a}\n'}, ['i.yml'], 'i.yml:1:'),
    ('two documents', {'i.yml': 'a:\n---\nb:\n'}, ['i.yml'], 'i.yml:2:1'),
    ('tab', {'i.yml': 'all:\n\thosts:\n'}, ['i.yml'], 'i.yml:2:1'),
    ('list of hosts', {'i.yml': 'all:\n  hosts:\n    - web1\n'}, ['i.yml'], "i.yml:3:5: 'hosts' of group 'all' must be a mapping"),
    ('misspelt key', {'i.yml': 'all:\n  host:\n    web1:\n'}, ['i.yml'], "i.yml:2:3: group 'all': 'host' means nothing here"),
    ('number as host', {'i.yml': 'all:\n  hosts:\n    1:\n'}, ['i.yml'], "i.yml:3:5: the name of a host must be a string, not 1"),
    ('plugin', {'i.yml': 'plugin: aws_ec2\n'}, ['i.yml'], "i.yml:1:9: the inventory plugin 'aws_ec2' is not supported"),
    ('priority', {'i': '[g]\nh\n[g:vars]\nansible_group_priority=x\n'}, ['i'], "i:4:24: group 'g': ansible_group_priority must be a whole number"),
    ('broken group_vars', {'i': '[g]\nh\n', 'group_vars/g.yml': 'a: b\n c: d\n'}, ['i'], 'group_vars/g.yml:2:'),
    ('list in host_vars', {'i': 'h\n', 'host_vars/h': '- a\n'}, ['i'], 'host_vars/h:1:1: a file of variables must be a mapping'),
    ('group_vars is a file', {'i': 'h\n', 'group_vars': ''}, ['i'], "'group_vars' cannot be read as a folder"),
    ('missing', {}, ['nosuch'], "unable to read inventory 'nosuch'"),
    ('missing among others', {'i': 'h\n'}, ['i', 'nosuch'], "unable to read inventory 'nosuch'"),
    ('empty folder', {'d/x.txt': ''}, ['d'], "contains no inventory"),
    ('failing script', {'script': '#!/bin/sh\necho no database >&2\nexit 3\n'}, ['script'], "inventory script './script' failed with status 3: no database"),
    ('script of no JSON', {'script': '#!/bin/sh\necho hello\n'}, ['script'], 'script:1'),
    ('vault without a password', {'i': 'h\n', 'group_vars/all': '$ANSIBLE_VAULT;1.1;AES256\n3330\n'}, ['i'], 'group_vars/all: '),
    ('set', {'i': "[g]\nh\n[g:vars]\nx={1, 2}\n"}, ['i'], 'i:4:3: '),
    ('list as a key', {'i': "h x={[1]:2}\n"}, ['i'], 'a list or dict cannot be the key of a dict'),
    ('ungrouped as a child', {'i': '[g:children]\nungrouped\n'}, ['i'], "group 'ungrouped' cannot be a child of 'g'"),
]


def check(name, condition, shown=''):
    if not condition:
        failures.append(name)
        print('not ok - %s: %r' % (name, shown))


def show(folder, sources, mode='list', argument='-'):
    environment = dict(os.environ, LC_ALL='C.UTF-8')
    done = subprocess.run([SHOW, mode, folder, argument] + sources, capture_output=True, timeout=60,
                          env=environment)
    return done.returncode, done.stdout.decode('utf-8', 'replace')


def broken():
    for name, files, sources, words in BROKEN:
        with tempfile.TemporaryDirectory() as folder:
            for path, content in files.items():
                path = os.path.join(folder, path)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'wb') as out:
                    out.write(content if isinstance(content, bytes) else content.encode())
                if os.path.basename(path) == 'script':
                    os.chmod(path, 0o755)
            code, text = show(folder, sources)
            check(name, code == 1 and words in text and text.count('\n') == 1, text)


def works():
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + '/i', 'w') as out:
            out.write('%s a=%s\n[%s]\nx\n' % ('h' * 1000, 'v' * 60000, 'g' * 60000))
        code, text = show(folder, ['i'])
        check('long names and lines', code == 0 and 'v' * 60000 in text and 'g' * 60000 in text)


LISTING = {'web': {'hosts': ['a', 'b'], 'vars': {'x': 1}}, '_meta': {'hostvars': {'a': {'y': [1]}}}}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(LISTING).encode()
        status = 200
        if self.path == '/missing':
            status = 404
        elif self.path == '/broken':
            body = b'{"web": '
        elif self.path == '/list':
            body = b'[1]'
        elif self.path == '/moved':
            self.send_response(302)
            self.send_header('Location', '/')
            self.end_headers()
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def serve(context=None):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def urls():
    for name in ('http_proxy', 'https_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'all_proxy'):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        port = serve()
        top = 'http://127.0.0.1:%d' % port
        script = folder + '/script'
        with open(script, 'w') as out:
            out.write("#!/bin/sh\ncat <<'E'\n%s\nE\n" % json.dumps(LISTING))
        os.chmod(script, 0o755)
        expected = show(folder, ['script'])
        for path in ('/', '/moved'):
            check('URL ' + path, show(folder, [top + path]) == expected, show(folder, [top + path]))
        secret = top.replace('//', '//user:hunter2@')
        for path, words in (('/missing', 'status 404'), ('/broken', 'invalid'), ('/list', 'must print a JSON object')):
            code, text = show(folder, [secret + path])
            check('URL ' + path, code == 1 and words in text and 'hunter2' not in text, text)
        code, text = show(folder, ['http://127.0.0.1:1/'])
        check('URL refused', code == 1 and 'unable to read inventory' in text, text)
        key, certificate = folder + '/key.pem', folder + '/cert.pem'
        made = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=127.0.0.1',
                               '-keyout', key, '-out', certificate, '-days', '2'], capture_output=True)
        if made.returncode == 0:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            code, text = show(folder, ['https://127.0.0.1:%d/' % serve(context)])
            check('TLS is verified', code == 1 and 'certificate' in text.lower(), text)


broken()
works()
urls()
print('# faults: %d failures' % len(failures))
sys.exit(1 if failures else 0)
