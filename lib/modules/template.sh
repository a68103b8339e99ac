#% template: renders a local template to a file on the host
#% takes attributes preserve
#% with copy
#% src                    text   required here   local template
#% dest                   path   required        where it goes; a folder ends in /
#% force                  bool   =yes            replace an existing file that differs
#% backup                 bool   =no             keep the old file under a dated name
#% follow                 bool   =no             write to where a symbolic link points
#% validate               text                   command that checks the new file, named %s
#% block_start_string     text   here ={%        what begins a statement
#% block_end_string       text   here =%}        what ends a statement
#% variable_start_string  text   here ={{        what begins an expression
#% variable_end_string    text   here =}}        what ends an expression
#% comment_start_string   text   here            what begins a comment; default: {#
#% comment_end_string     text   here            what ends a comment; default: #}
#% trim_blocks            bool   here =yes       drop the newline behind a statement
#% lstrip_blocks          bool   here =no        drop the blanks before a statement
#% newline_sequence       text   here            what ends a line: \n, \r or \r\n
#% output_encoding        text   lacking =utf-8  use 'command' with iconv after it
#% here prepare finish=copy_finish
#% returns dest, checksum, src, md5sum, state, mode, owner, group, uid, gid, size; backup_file with backup
#% example
#%   - template:
#%       src: nginx.conf.j2
#%       dest: /etc/nginx/nginx.conf
#%       validate: nginx -t -c %s

do_template() {
	do_copy
}
