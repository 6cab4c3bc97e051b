# Opens, reads and closes an attribute of a mounted emulated lab N times, in two shells. $1 is the mount, $2 is N.
cd "$1/sys/kernel/debug/grtrace" || exit 1
exec 3>/dev/null
i=0
while [ "$i" -lt "$2" ]; do
    read -r line <level
    i=$((i + 1))
done
[ -n "$line" ]
