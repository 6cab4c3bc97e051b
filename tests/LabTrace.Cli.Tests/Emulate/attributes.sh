# What cat, echo and ls find in a mounted emulated lab. $1 is the mount.
cd "$1" || exit 1
fail() { echo "FAIL: $*"; failed=1; }
is() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }

is "version" "$(cut -d' ' -f1-2 proc/version)" "Linux version"
is "control is for root" "$(stat -c '%a %F' sys/kernel/debug/grtrace/control)" "200 regular empty file"
ls sys/kernel/debug/grtrace | grep -qx stats || fail "stats is not listed"

# errno
[ -e sys/nothing ] && fail "sys/nothing is there"
is "unknown key" "$( { env echo bogus=1 >sys/kernel/debug/grtrace/config; } 2>&1 | grep -o 'Invalid argument')" "Invalid argument"
is "write-only" "$( { cat sys/kernel/debug/grtrace/control; } 2>&1 | grep -co 'Invalid argument\|Permission denied\|Bad file')" "1"
is "directory" "$( { cat sys/kernel; } 2>&1 | grep -o 'Is a directory')" "Is a directory"
is "not a directory" "$( { cat proc/version/x; } 2>&1 | grep -o 'Not a directory')" "Not a directory"
is "no new files in debugfs" "$( { : >sys/kernel/debug/grtrace/new; } 2>&1 | grep -co 'Permission denied\|Operation not permitted\|cannot create')" "1"

# config: one store changes it, a bad one changes nothing
echo "sample=50" >sys/kernel/debug/grtrace/config || fail "sample=50 refused"
is "sample" "$(grep ^sample= sys/kernel/debug/grtrace/config)" "sample=50"
{ echo "sample=70 bogus=1" >sys/kernel/debug/grtrace/config; } 2>/dev/null && fail "a bad store was taken"
is "sample after a bad store" "$(grep ^sample= sys/kernel/debug/grtrace/config)" "sample=50"
echo "sample=100" >sys/kernel/debug/grtrace/config

# instances of tracefs are directories that mkdir makes
mkdir sys/kernel/tracing/instances/mine || fail "mkdir"
[ -f sys/kernel/tracing/instances/mine/trace ] || fail "the instance has no trace file"
{ mkdir sys/kernel/tracing/instances/mine; } 2>&1 | grep -q 'File exists' || fail "a second mkdir"
rmdir sys/kernel/tracing/instances/mine || fail "rmdir"
[ -d sys/kernel/tracing/instances/mine ] && fail "the instance is still there"

# ordinary files
echo one >tmp/file && echo two >>tmp/file
is "append" "$(cat tmp/file)" "one
two"
is "seek" "$(tail -c 4 tmp/file)" "two"
echo three >tmp/file
is "truncate" "$(cat tmp/file)" "three"
rm tmp/file || fail "rm"
read -r first second rest <proc/version
is "read builtin" "$first $second" "Linux version"

exit "${failed:-0}"
