#!/bin/sh
# symbols_refuses.sh CC
#
# symbols.sh is of use only if it refuses. This builds a service's files that use what they may not, and
# looks for each by name; then the same files without those uses, which must pass.
set -eu

cc=$1
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
source=$root/source/services/enrollment
objects=$root/build/CMakeFiles/enrollment.dir/services/enrollment
mkdir -p "$source" "$objects"

# compile NAME: the program text comes on standard input
compile() {
	cat >"$source/$1.c"
	"$cc" -O0 -fno-builtin -w -c "$source/$1.c" -o "$objects/$1.c.o"
}

check() {
	"$here/symbols.sh" "$root/source" "$root/build"
}

expect() {
	if ! echo "$told" | grep -qxF "$1"; then
		echo "not told: $1" >&2
		echo "$told" >&2
		exit 1
	fi
}

check >/dev/null # no service yet

compile decide <<'END'
long time(long *); void refuse(void); int helper(void); void txn_put(void);
void rule(void) { time(0); refuse(); helper(); txn_put(); }
END
compile apply <<'END'
void seal(void); void txn_put(void); void rule(void); int helper(void);
void change(void) { seal(); txn_put(); rule(); helper(); }
END
compile query <<'END'
void *malloc(unsigned long); void emit(void); void query_answer(void);
void ask(void) { malloc(1); emit(); query_answer(); }
END
compile follow <<'END'
int socket(int, int, int); void await(void);
void hear(void) { socket(0, 0, 0); await(); }
END
compile helper <<'END'
char *getenv(const char *); void *malloc(unsigned long); int deeper(void); void new_id(void);
int helper(void) { getenv("HOME"); malloc(1); new_id(); return deeper(); }
END
compile deeper <<'END'
int rand(void);
int deeper(void) { return rand(); }
END
compile effects <<'END'
int socket(int, int, int);
int send_mail(void) { return socket(0, 0, 0); }
END

if told=$(check); then
	echo "symbols.sh let everything pass" >&2
	exit 1
fi
expect 'enrollment/decide.o uses time, which is not allowed in decide'
expect 'enrollment/decide.o uses txn_put, which is not allowed in decide'
expect 'enrollment/apply.o uses seal, which is not allowed in apply'
expect 'enrollment/apply.o uses rule, which is not allowed in apply'
expect 'enrollment/query.o uses malloc, which is not allowed in query'
expect 'enrollment/query.o uses emit, which is not allowed in query'
expect 'enrollment/follow.o uses socket, which is not allowed in decide'
expect 'enrollment/helper.o uses getenv, which is not allowed in decide (reached from enrollment/decide.o)'
expect 'enrollment/helper.o uses new_id, which is not allowed in apply (reached from enrollment/apply.o)'
expect 'enrollment/deeper.o uses rand, which is not allowed in decide (reached from enrollment/helper.o)'
expect '8 files looked at, 12 symbols not allowed'

echo 'void rule(void) { }' | compile decide
echo 'void change(void) { }' | compile apply
echo 'void ask(void) { }' | compile query
echo 'void hear(void) { }' | compile follow
check >/dev/null

rm "$objects/apply.c.o"
if told=$(check 2>&1); then
	echo "symbols.sh passed although apply.o is missing" >&2
	exit 1
fi
expect 'enrollment/apply.o is not built'
