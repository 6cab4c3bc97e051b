@tracing @needs:events
Feature: Buffers and what they lose
  A trace that lost events must say so, in numbers. A count taken from it would be a lie otherwise.

  Scenario: a large buffer loses nothing
    Given the buffer size is 4096 KiB per cpu
    And the events of "sched" are enabled
    When I record while running "sleep 0.02"
    Then no events were lost
    And the kernel's count of entries equals the events read

  Scenario: a buffer that is too small keeps the newest events and counts the rest
    Given the buffer size is 8 KiB per cpu
    And the events of "raw_syscalls" are enabled
    When I record while running "true" 40 times
    Then events were lost
    And the kernel's count of entries equals the events read

  # Only the commands fill the buffer, so that a busy machine does not overwrite the last marker too.
  Scenario: what is overwritten are the oldest events
    Given the buffer size is 8 KiB per cpu
    And the buffer keeps the newest events
    And the event "raw_syscalls:sys_enter" is enabled with filter 'comm == "cat"'
    And the event "raw_syscalls:sys_exit" is enabled with filter 'comm == "cat"'
    When I start recording
    And I write the marker "the very first event"
    And I run "cat /proc/version"
    And I run "cat /proc/version"
    And I run "cat /proc/version"
    And I run "cat /proc/version"
    And I run "cat /proc/version"
    And I run "cat /proc/version"
    And I write the marker "the very last event"
    And I stop recording
    Then events were lost
    And the trace has the marker "the very last event"

  Scenario: a buffer that keeps the oldest events counts what came too late
    Given the buffer size is 8 KiB per cpu
    And the buffer keeps the oldest events
    And the events of "raw_syscalls" are enabled
    When I record while running "true" 40 times
    Then events were lost
    And the trace has at least 1 "raw_syscalls:sys_enter" event

  Scenario: the size asked for is the size given, in whole sub-buffers
    When the buffer size is set to 100 KiB per cpu
    Then the buffer size is at least 100 KiB per cpu
