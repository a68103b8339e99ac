#% uri: sends an HTTP request from this machine and checks the response
#% takes waits
#% url                    text   required                  what to request (http or https)
#% method                 text   =GET                      GET, POST, PUT, ...
#% body                   any                              what to send
#% body_format            text   raw|json|form-urlencoded =raw
#%                                                         how to write it
#% headers                dict                             more headers
#% status_code            list                             statuses that are right; default: 200
#% return_content         bool   =no                       return the body even when all is well
#% timeout                float  =30                       seconds
#% validate_certs         bool   =yes                      check the server's certificate
#% ca_path                text                             certificates to trust instead of the system's, a local file
#% follow_redirects       text   all|none|safe|urllib2|yes|no|True|False|true|false =safe
#%                                                         which redirects to follow
#% url_username|user      text                             user for basic authentication
#% url_password|password  text   secret                    its password
#% force_basic_auth       bool   =no                       accepted: it is always sent at once
#% force                  bool   =no                       ask caches for a fresh answer
#% unix_socket            text                             connect to this local socket instead
#% use_proxy              bool   =yes                      use the proxy the environment names
#% http_agent             text   =ansible-httpget          name to call ourselves
#% resolve                list                             HOST:PORT:ADDRESS: where a name is, whatever DNS says
#% dest                   text   lacking                   use 'get_url', or register the answer and write it with
#%                                                         'copy: content'
#% src                    text   lacking                   use 'body' with lookup('file', ...)
#% remote_src             bool   lacking =no               use 'slurp' before it and what it returns as 'body'
#% creates                text   lacking                   use 'stat' before it and 'when'
#% removes                text   lacking                   use 'stat' before it and 'when'
#% client_cert            text   lacking                   use 'command' with curl --cert
#% client_key             text   lacking                   use 'command' with curl --key
#% ciphers                list   lacking                   use 'command' with curl --ciphers
#% unredirected_headers   list   lacking                   remove it and give the address that the server redirects to
#% decompress             bool   lacking =yes              remove it, answers are always unpacked
#% use_gssapi             bool   lacking =no               use 'command' with curl --negotiate
#% use_netrc              bool   ignored =yes              accepted: no .netrc is read
#% mode                   any    lacking                   register the answer and write it with 'copy: content'
#% owner                  text   lacking                   register the answer and write it with 'copy: content'
#% group                  text   lacking                   register the answer and write it with 'copy: content'
#% attributes|attr        text   lacking                   register the answer and write it with 'copy: content'
#% seuser                 text   lacking                   register the answer and write it with 'copy: content'
#% serole                 text   lacking                   register the answer and write it with 'copy: content'
#% setype                 text   lacking                   register the answer and write it with 'copy: content'
#% selevel                text   lacking                   register the answer and write it with 'copy: content'
#% unsafe_writes          bool   ignored =no               accepted: nothing is written
#% here prepare run_here
#% returns status, url, msg, elapsed, cookies, headers of the response (in small letters, with _ for -), content with
#%     return_content, json of a JSON response
#% example
#%   - uri:
#%       url: https://example.org/health
#%       status_code: 200
