@tracing @needs:events
Feature: Text, binary and streamed readings
  The same recording can be read as the kernel's text, as binary pages, or as a stream while it grows. All must tell the same.

  @needs:trace-pipe-raw
  Scenario: text and binary readings agree event for event
    Given the events of "sched" are enabled
    And the event "raw_syscalls:sys_exit" is enabled
    When I record while running "sleep 0.02"
    Then the text and the binary reading agree
    And nothing in the trace was malformed

  Scenario: the text reading carries the fields too
    Given the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.02"
    And I read the trace as text
    Then some "sched:sched_switch" event has "prev_comm" equal to "sleep"
    And timestamps never go backwards on a cpu

  Scenario: the binary reading has exact types
    Given the event "sched:sched_switch" is enabled
    When I record for 20 ms
    And I read the trace as binary
    Then every "sched:sched_switch" event has "prev_prio" at most 139
    And every "sched:sched_switch" event has "next_pid" at least 0

  Scenario: a stream sees events while they happen
    Given the event "sched:sched_process_exec" is enabled
    When I follow the trace while running "true"
    Then the trace has at least 1 "sched:sched_process_exec" event
    And some "sched:sched_process_exec" event has "filename" ending with "/true"

  # The kernel notes a thread's process at a switch if its table is free just then: it promises that for no single thread.
  Scenario: threads are shown with their process
    Given the trace option "record-tgid" is on
    And the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.01" 5 times
    And I read the trace as text
    Then some "sched:sched_switch" event has "tgid" greater than 0

  Scenario: text without the flags column is read as well
    Given the trace option "irq-info" is off
    And the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.01"
    And I read the trace as text
    Then some "sched:sched_switch" event has "prev_comm" equal to "sleep"

  Scenario: only the chosen cpu is recorded
    Given only cpu 0 is traced
    And the event "sched:sched_switch" is enabled
    When I record while running "sleep 0.05"
    Then every event is from cpu 0
