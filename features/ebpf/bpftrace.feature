@ebpf @needs:bpftrace
Feature: bpftrace scripts as captures
  A one-liner's maps, histograms and lines are asked like any other trace.

  @needs:labtrace-workload
  Scenario: a map counts a command's calls
    When I run bpftrace "tracepoint:raw_syscalls:sys_enter /pid == cpid && args->id == 110/ { @calls = count(); }" while running "labtrace-workload calls 31"
    Then the bpftrace map "@calls" is 31

  @needs:labtrace-workload
  Scenario: a map has a value for each key
    When I run bpftrace "tracepoint:raw_syscalls:sys_enter /pid == cpid/ { @calls[args->id] = count(); }" while running "labtrace-workload calls 7"
    Then the bpftrace map "@calls" at "110" is 7
    And the bpftrace map "@calls" at "82" is 1
    And the bpftrace map "@calls" at "230" is 1

  @needs:labtrace-workload
  Scenario: a histogram counts every value
    When I run bpftrace "tracepoint:raw_syscalls:sys_exit /pid == cpid && args->id == 110/ { @ret = hist(args->ret); }" while running "labtrace-workload calls 12"
    Then the bpftrace histogram "@ret" counts 12 in all

  Scenario: what a script prints is a line
    When I run bpftrace "BEGIN { printf(\"hello %d\n\", 42); exit(); }"
    Then bpftrace printed "hello 42"

  @needs:labtrace-workload
  Scenario: text is read like JSON
    When I run bpftrace "tracepoint:raw_syscalls:sys_enter /pid == cpid && args->id == 110/ { @calls = count(); }" as text while running "labtrace-workload calls 9"
    Then the bpftrace map "@calls" is 9

  @needs:labtrace-workload
  Scenario: a script file is run like a one-liner
    When I run the bpftrace script "fixtures/bpf/call-latency.bt" while running "labtrace-workload calls 6"
    Then the bpftrace map "@calls" at "110" is 6
    And the bpftrace map "@errors" at "-2" is 8
    And the bpftrace map "@errors" at "-9" is 6

  Scenario: a script that never ends is stopped in order and still prints its maps
    When I run bpftrace "BEGIN { @begun = count(); } interval:ms:100 { @ticks = count(); }" for 3 s
    Then the bpftrace map "@begun" is 1

  Scenario: a script that is wrong is refused in bpftrace's words
    When I try to run bpftrace "tracepoint:nothing:like_this { exit(); }"
    Then it is refused
    And the refusal says "tracepoint"
