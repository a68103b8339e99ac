# shellcheck shell=sh disable=SC2154
# Modes as octal digits and as chmod(1) writes them.

# mode_wanted CURRENT: sets w_mode to what p_mode makes of it (four octal digits); an empty p_mode keeps
# it. Symbolic modes as in chmod(1).
mode_wanted() {
	case $p_mode in
	'')
		w_mode=$1
		return 0
		;;
	*[!0-7]*) ;;
	*)
		w_mode=${p_mode#0}
		while [ ${#w_mode} -lt 4 ]; do
			w_mode=0$w_mode
		done
		return 0
		;;
	esac
	w_bits=$((0$1)) w_clauses=$p_mode,
	while [ -n "$w_clauses" ]; do
		w_clause=${w_clauses%%,*} w_clauses=${w_clauses#*,}
		mode_clause "$w_clause" || return 1
	done
	w_mode=$(printf '%04o' "$w_bits")
}

# mode_clause u+rwX: applies one symbolic clause to w_bits, as chmod(1) does to a file: without u, g, o or a it
# leaves to the umask what to set. A folder's set-id bits are nothing special here, as in Ansible.
mode_clause() {
	w_who=${1%%[-+=]*}
	w_rest=${1#"$w_who"}
	case $w_rest in
	[-+=]*) ;;
	*) return 1 ;;
	esac
	w_mask=0
	case $w_who in
	*[!ugoa]*) return 1 ;;
	'') w_mask=$((07777 & ~0$(umask))) ;;
	*a*) w_mask=$((07777)) ;;
	esac
	case $w_who in *u*) w_mask=$((w_mask | 04700)) ;; esac
	case $w_who in *g*) w_mask=$((w_mask | 02070)) ;; esac
	case $w_who in *o*) w_mask=$((w_mask | 01007)) ;; esac
	while [ -n "$w_rest" ]; do
		w_operator=${w_rest%"${w_rest#?}"} w_rest=${w_rest#?}
		w_letters=${w_rest%%[-+=]*} w_rest=${w_rest#"${w_rest%%[-+=]*}"}
		mode_letters || return 1
		w_set=$((w_set & w_mask))
		case $w_operator in
		+) w_bits=$((w_bits | w_set)) ;;
		-) w_bits=$((w_bits & ~w_set)) ;;
		=) w_bits=$((w_who_bits | w_set)) ;;
		esac
	done
}

# mode_letters: sets w_set to the bits that w_letters mean for everyone, and w_who_bits to what `=` leaves.
mode_letters() {
	w_set=0 w_who_bits=0
	[ -z "$w_who" ] || w_who_bits=$((w_bits & ~w_mask))
	case $w_letters in
	*[!rwxXstugo]*) return 1 ;;
	*r*) w_set=$((w_set | 0444)) ;;
	esac
	case $w_letters in *w*) w_set=$((w_set | 0222)) ;; esac
	case $w_letters in *x*) w_set=$((w_set | 0111)) ;; esac
	case $w_letters in
	*X*) [ "$f_type" != directory ] && [ $((w_bits & 0111)) -eq 0 ] || w_set=$((w_set | 0111)) ;;
	esac
	case $w_letters in *s*) w_set=$((w_set | 06000)) ;; esac
	case $w_letters in *t*) w_set=$((w_set | 01000)) ;; esac
	case $w_letters in *u*) w_set=$((w_set | (w_bits >> 6 & 7) * 0111)) ;; esac
	case $w_letters in *g*) w_set=$((w_set | (w_bits >> 3 & 7) * 0111)) ;; esac
	case $w_letters in *o*) w_set=$((w_set | (w_bits & 7) * 0111)) ;; esac
}

# mode_new BASE: sets w_mode to the mode a new file (0666) or folder (0777) gets.
mode_new() {
	w_mode=$(printf '%04o' $((0$1 & ~0$(umask))))
	mode_wanted "$w_mode"
}
