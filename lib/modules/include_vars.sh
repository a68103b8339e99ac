#% include_vars: loads variables from local files
#% takes free_form sets_facts includes_variables
#% file                       text                   file of variables; also as a free text
#% dir                        text                   folder whose files are read, in order
#% name                       text                   variable that gets them all, as a mapping
#% depth                      int    =0              how many folders are read; 0: all below dir
#% files_matching             text                   regular expression for names of files in dir
#% ignore_files               any                    regular expressions for the ends of names that are passed over
#% extensions                 list   =yaml,yml,json  of files in dir
#% ignore_unknown_extensions  bool   =no             pass over files with others, instead of failing
#% hash_behaviour             text   replace|merge   whether mappings are merged with what the variables hold
#% here prepare run_here
#% returns ansible_facts, ansible_included_var_files
#% example
#%   - include_vars:
#%       file: debian.yml
