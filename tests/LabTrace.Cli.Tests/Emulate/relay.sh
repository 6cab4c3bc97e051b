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

# trace_pipe waits, and lets no more time pass than there is; with O_NONBLOCK it does not.
real=$(date +%s) machine=$(cut -d. -f1 proc/uptime)
timeout 1 cat sys/kernel/tracing/trace_pipe >/dev/null
[ $? -eq 124 ] || fail "cat of an empty trace_pipe did not wait"
real=$(($(date +%s) - real)) machine=$(($(cut -d. -f1 proc/uptime) - machine))
[ "$machine" -le $((real + 3)) ] || fail "while cat waited for $real s, the machine's clock went on by $machine s"
dd if=sys/kernel/tracing/trace_pipe iflag=nonblock of=/dev/null 2>&1 | grep -q 'Resource temporarily unavailable' || fail "no EAGAIN"
echo 1 >sys/kernel/tracing/events/sched/sched_switch/enable
timeout 10 head -n 3 sys/kernel/tracing/trace_pipe | grep -c sched_switch | grep -qx 3 || fail "trace_pipe gave no sched_switch"
echo 0 >sys/kernel/tracing/events/sched/sched_switch/enable

# poll(2), which perl's select is: nothing there, nothing told; what comes wakes it.
poll() { perl -e 'vec($r = "", fileno(STDIN), 1) = 1; print select($r, undef, undef, $ARGV[0]) + 0' "$1"; }
is() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }
echo >sys/kernel/tracing/trace
is "poll of an empty trace_pipe" "$(poll 0.2 <sys/kernel/tracing/trace_pipe)" 0
is "poll of an attribute" "$(poll 0.2 <$dbg/level)" 1
(sleep 0.5; echo hello >sys/kernel/tracing/trace_marker) &
is "poll of a trace_pipe that is written to" "$(poll 15 <sys/kernel/tracing/trace_pipe)" 1
wait
echo 65536 >$dbg/buffer_size || fail "buffer_size"
is "poll of an empty relay file" "$(poll 0.2 <$dbg/events0)" 0
echo start >$dbg/control
is "poll of a relay file that fills" "$(poll 15 <$dbg/events0)" 1
echo stop >$dbg/control
cat $dbg/events0 $dbg/events1 >/dev/null
is "poll of a relay file that was emptied" "$(poll 0.2 <$dbg/events0)" 0
is "a read of it with O_NONBLOCK" "$(dd if=$dbg/events0 iflag=nonblock count=1 2>/dev/null | wc -c)" 0

# An ioctl that no attribute knows.
is "errno of an ioctl" "$(perl -e 'ioctl(STDIN, 0x5401, $b = "\0" x 64) or print $! + 0' <$dbg/level)" 25

# A waiting reader is woken by what another shell writes.
echo >sys/kernel/tracing/trace
(sleep 0.5; echo hello >sys/kernel/tracing/trace_marker) &
timeout 10 head -n 1 sys/kernel/tracing/trace_pipe | grep -q 'tracing_mark_write: hello' || fail "the marker did not come"
wait

# One that is interrupted gives up, and what comes later is for the next.
timeout -s INT 0.3 cat sys/kernel/tracing/trace_pipe >/dev/null
echo later >sys/kernel/tracing/trace_marker
timeout 10 head -n 1 sys/kernel/tracing/trace_pipe | grep -q 'tracing_mark_write: later' || fail "an interrupted reader took what came later"

exit "${failed:-0}"
