# grtrace's relay buffers and tracefs' pipes as a shell meets them. $1 is the mount; glxgears runs on the emulated machine.
cd "$1" || exit 1
fail() { echo "FAIL: $*"; failed=1; }
dbg=sys/kernel/debug/grtrace

# Nothing there is no wait and no end: cat of a relay file returns at once.
timeout 5 cat $dbg/events0 >/dev/null || fail "cat of an empty relay file waits"

echo start >$dbg/control || fail "start"
sleep 1
echo stop >$dbg/control || fail "stop"
written=$(sed -n 's/^written=//p' $dbg/stats)
[ "$written" -gt 50 ] || fail "only $written events in a second of glxgears"

# What is read is gone.
first=$(cat $dbg/events0 $dbg/events1 | wc -c)
again=$(cat $dbg/events0 $dbg/events1 | wc -c)
[ "$first" -gt 5000 ] || fail "only $first bytes in the relay buffers"
[ "$again" -eq 0 ] || fail "a second read gave $again bytes"

# trace_pipe waits; with O_NONBLOCK it does not.
timeout 1 cat sys/kernel/tracing/trace_pipe >/dev/null
[ $? -eq 124 ] || fail "cat of an empty trace_pipe did not wait"
dd if=sys/kernel/tracing/trace_pipe iflag=nonblock of=/dev/null 2>&1 | grep -q 'Resource temporarily unavailable' || fail "no EAGAIN"
echo 1 >sys/kernel/tracing/events/sched/sched_switch/enable
timeout 10 head -n 3 sys/kernel/tracing/trace_pipe | grep -c sched_switch | grep -qx 3 || fail "trace_pipe gave no sched_switch"
echo 0 >sys/kernel/tracing/events/sched/sched_switch/enable

# A waiting reader is woken by what another shell writes.
echo >sys/kernel/tracing/trace
(sleep 0.5; echo hello >sys/kernel/tracing/trace_marker) &
timeout 10 head -n 1 sys/kernel/tracing/trace_pipe | grep -q 'tracing_mark_write: hello' || fail "the marker did not come"
wait

exit "${failed:-0}"
