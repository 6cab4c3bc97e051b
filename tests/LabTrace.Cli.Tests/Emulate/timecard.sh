# What cat, echo, ls and readlink find of the Time Cards in a mounted emulated lab. $1 is the mount, $2 the driver.
cd "$1" || exit 1
dialect=$2
fail() { echo "FAIL: $*"; failed=1; }
is() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }
refused() { is "$1: $2 <- '$3'" "$({ env printf %s "$3" >"$2"; } 2>&1 | grep -o 'Invalid argument\|Operation not supported\|Numerical result out of range\|Permission denied\|Bad address')" "$4"; }
card=sys/class/timecard/ocp0

# links
is "class link" "$(readlink $card)" "../../devices/pci0000:00/0000:00:01.0/timecard/ocp0"
is "device" "$(cat $card/device/vendor)" "$(cat sys/bus/pci/devices/0000:00:01.0/vendor)"
is "ptp" "$(basename "$(readlink $card/ptp)")" "ptp0"
is "clock name" "$(cat $card/ptp/clock_name)" "$(cat sys/class/ptp/ptp0/clock_name)"
is "driver" "$(basename "$(readlink sys/bus/pci/devices/0000:00:01.0/driver)")" "ptp_ocp"
case $dialect in
6.1) is "tty" "$(readlink $card/ttyGNSS)" "../../tty/ttyS4" ;;
*) is "tty" "$(cat $card/tty/ttyGNSS)" "ttyS4" ;;
esac
[ -e dev/ptp0 ] || fail "no dev/ptp0"
[ -e dev/ttyS4 ] || fail "no dev/ttyS4"

# ls
is "mode of a read-only attribute" "$(stat -c %a $card/serialnum)" "444"
is "mode of an attribute" "$(stat -c %a $card/sma1)" "644"
case $dialect in
out-of-tree) [ -e $card/holdover ] || fail "no holdover" ;;
*) [ -e $card/holdover ] && fail "mainline has holdover" ;;
esac
is "sma attributes" "$(ls $card | grep -c '^sma[1-4]$')" "4"

# cat, to the last byte
is "serialnum" "$(od -An -c $card/serialnum | tr -d ' \n')" '02:11:22:33:44:55\n'
is "clock sources" "$(cat $card/available_clock_sources)" "NONE TOD IRIG PPS PTP RTC DCF REGS EXT"
is "sma1" "$(cat $card/sma1)" "IN: 10Mhz"

# echo
echo "in: ts2 PPS1" >$card/sma2 || fail "a routing was refused"
is "sma2, in the table's order" "$(cat $card/sma2)" "IN: PPS1 TS2"
printf PPSxyz >$card/clock_source || fail "a source was refused"
sleep 0.2
is "clock_source" "$(cat $card/clock_source)" "PPS"
printf '' >$card/utc_tai_offset || fail "an empty write was refused"
echo 0x24 >$card/utc_tai_offset || fail "0x24"

# errno
refused "unknown signal" $card/sma1 "IN: BOGUS" "Invalid argument"
refused "unknown source" $card/clock_source GNSS "Invalid argument"
refused "no number" $card/utc_tai_offset " 36" "Invalid argument"
refused "too large" $card/utc_tai_offset 4294967296 "Numerical result out of range"
refused "too many modes" $card/irig_b_mode 8 "Invalid argument"
refused "read only" $card/serialnum 1 "Permission denied"
if [ "$dialect" != 6.1 ]; then
    art=sys/class/timecard/ocp1
    refused "two signals at an ART connector" $art/sma1 "IN: PPS1 10Mhz" "Invalid argument"
    refused "none at an ART connector" $art/sma1 "IN:" "Operation not supported"
    refused "a part of a memory" $art/disciplining_config abc "Bad address"
    is "a memory" "$(wc -c <$art/disciplining_config)" "144"
else
    refused "a connector of a firmware without a matrix" sys/class/timecard/ocp1/sma1 "IN: TS1" "Operation not supported"
fi

# a block of the flash
if [ "$dialect" = out-of-tree ]; then
    is "size of the block" "$(stat -c %s $card/config)" "4096"
    printf settings >$card/config || fail "the block was refused"
    is "what was written" "$(head -c 8 $card/config)" "settings"
    is "what was erased behind it" "$(od -An -v -tx1 -j8 $card/config | tr -d ' \n' | tr -d f)" ""
    is "a part of the block" "$(dd if=$card/config bs=512 skip=1 count=1 2>&1 >/dev/null | grep -o 'Invalid argument')" "Invalid argument"
    is "behind the block" "$(dd if=/dev/zero of=$card/config bs=4096 seek=1 count=1 conv=notrunc 2>&1 | grep -o 'File too large')" "File too large"
    is "oscillator" "$(readlink sys/class/timecard/ocp1/mro50)" "../../../../virtual/misc/mro50.1"
    is "oscillator's device" "$(stat -c %a dev/mro50.1)" "600"
    is "oscillator's class" "$(grep DEVNAME sys/class/misc/mro50.1/uevent)" "DEVNAME=mro50.1"
    is "reading the oscillator" "$(cat dev/mro50.1 2>&1 | grep -o 'Invalid argument')" "Invalid argument"
    is "parts of a memory" "$(dd if=$art/temperature_table bs=100 2>/dev/null | wc -c)" "368"
fi

# the clock's own files, its PPS and debugfs
is "pins" "$(cat sys/class/ptp/ptp0/pins/sma1)" "0 0"
refused "no such channel" sys/class/ptp/ptp0/extts_enable "6 1" "Invalid argument"
echo "5 1" >sys/class/ptp/ptp0/extts_enable || fail "extts_enable"
i=0
until [ "$(cut -d' ' -f1 sys/class/ptp/ptp0/fifo)" = 5 ] || [ $i -gt 30 ]; do sleep 0.2; i=$((i + 1)); done
[ $i -le 30 ] || fail "no timestamp in fifo"
grep -q '^PHC src: ' sys/kernel/debug/timecard/ocp0/summary || fail "summary"
grep -q "ptp_ocp_gettimex.\[ptp_ocp\]" proc/kallsyms || fail "kallsyms"

# unbinding takes all of it away, binding brings it back
echo 0000:00:01.0 >sys/bus/pci/drivers/ptp_ocp/unbind || fail "unbind"
[ -e $card ] && fail "the card is still there"
[ -e dev/ptp0 ] && fail "its clock is still there"
echo 0000:00:01.0 >sys/bus/pci/drivers/ptp_ocp/bind || fail "bind"
is "after it was bound again" "$(cat $card/sma2)" "IN: PPS1 TS2"

exit "${failed:-0}"
