#% replace: replaces all matches of a regular expression in a file
#% takes attributes
#% with lineinfile
#% path|dest|destfile|name  path   required                  the file
#% regexp                   text   required here             what to replace
#% replace                  text   here =                    by what; \1 is what the first group matched
#% after                    text   here                      only behind what this matches
#% before                   text   here                      only ahead of what this matches
#% encoding                 text   here utf-8|UTF-8|utf8 =utf-8
#%                                                           of the file
#% backup                   bool   =no                       keep the old file under a dated name
#% validate                 text                             command that checks the new file, named %s
#% here prepare answer finish=edit_finish
#% returns path, msg; backup_file with backup
#% example
#%   - replace:
#%       path: /etc/app.conf
#%       regexp: 'old\.example\.org'
#%       replace: new.example.org

do_replace() {
	do_lineinfile
}
