#% blockinfile: inserts, updates or removes a block of lines between markers
#% takes attributes
#% with lineinfile
#% path|dest|destfile|name  path   required                  the file
#% state                    text   present|absent =present   whether the block should exist
#% block|content            text   here =                    its lines; none: the block is removed
#% marker                   text   here ="# {mark} ANSIBLE MANAGED BLOCK"
#%                                                           the line before and after it
#% marker_begin             text   here =BEGIN               {mark} in the line before
#% marker_end               text   here =END                 {mark} in the line after
#% insertafter              text   here                      a new block goes after the last line this matches; EOF
#%                                                           (default)
#% insertbefore             text   here                      or before it; BOF
#% create                   bool   =no                       make the file when it is missing
#% backup                   bool   =no                       keep the old file under a dated name
#% validate                 text                             command that checks the new file, named %s
#% here prepare answer finish=edit_finish
#% sets begin whole end
#% exclusive insertafter,insertbefore
#% returns path, msg; backup_file with backup
#% example
#%   - blockinfile:
#%       path: /etc/hosts
#%       block: |
#%         10.0.0.1 db1
#%         10.0.0.2 db2

do_blockinfile() {
	do_lineinfile
}
