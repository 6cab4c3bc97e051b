@tracing @needs:events
Feature: System calls
  System calls are seen at the border of the kernel, with their numbers, arguments and results.

  Scenario: every call of a command returns
    Given the events of "raw_syscalls" are enabled
    When I record only the events of "true"
    Then the trace has at least 5 "raw_syscalls:sys_enter" events
    And every "raw_syscalls:sys_enter where id != 231" event is followed by "raw_syscalls:sys_exit" on the same pid within 1 s
    And all events have the command's pid
    And no events were lost

  Scenario: a sleep is one clock_nanosleep
    Given the event "syscalls:sys_enter_clock_nanosleep" is enabled
    And the event "syscalls:sys_exit_clock_nanosleep" is enabled
    When I record only the events of "sleep 0.02"
    Then the trace has exactly 1 "syscalls:sys_enter_clock_nanosleep" event
    And the trace has at most 1 "syscalls:sys_exit_clock_nanosleep" event
    And the shortest time from "syscalls:sys_enter_clock_nanosleep" to "syscalls:sys_exit_clock_nanosleep" on the same pid is at least 20 ms
    And every "syscalls:sys_exit_clock_nanosleep" event has "ret" equal to 0

  Scenario: a file that is not there is refused with ENOENT
    Given the event "syscalls:sys_exit_openat" is enabled with filter "ret < 0"
    When I record only the events of "cat /nonexistent/file"
    Then the command ended with exit code 1
    And some "syscalls:sys_exit_openat" event has "ret" equal to -2

  Scenario Outline: a filter on the call's number lets only that call through
    Given the event "raw_syscalls:sys_enter" is enabled with filter "id == <number>"
    When I record only the events of "<command>"
    Then the trace has at least 1 "raw_syscalls:sys_enter" event
    And every "raw_syscalls:sys_enter" event has "id" equal to <number>

    Examples:
      | call            | number | command    |
      | clock_nanosleep | 230    | sleep 0.01 |
      | exit_group      | 231    | true       |
      | execve          | 59     | true       |

  Scenario: the rate of calls of a sleeping command is low
    Given the event "raw_syscalls:sys_enter" is enabled
    When I record only the events of "sleep 0.2"
    Then the rate of "raw_syscalls:sys_enter" events is at most 5000 per second
