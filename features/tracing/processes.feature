@tracing @needs:events
Feature: Life of a process
  A process is made, becomes a program, and ends; the kernel tells each of these once.

  Scenario: exec and exit come in order
    Given the following events are enabled:
      | event                    |
      | sched:sched_process_exec |
      | sched:sched_process_exit |
    When I record only the events of "true"
    Then these events come in this order:
      | event                                         |
      | sched:sched_process_exec                      |
      | sched:sched_process_exit                      |
    And the trace has exactly 1 "sched:sched_process_exit" event

  Scenario: exec names the program
    Given the event "sched:sched_process_exec" is enabled
    When I record only the events of "sleep 0.01"
    Then the trace has exactly 1 "sched:sched_process_exec" event
    And every "sched:sched_process_exec" event has "filename" ending with "/sleep"

  Scenario: a command makes no system call after its exit
    Given the following events are enabled:
      | event                    | filter    |
      | sched:sched_process_exit |           |
      | raw_syscalls:sys_enter   | id != 230 |
    When I record only the events of "sleep 0.01"
    Then the trace has at least 1 "raw_syscalls:sys_enter" event
    And no "raw_syscalls:sys_enter" event comes after the last "sched:sched_process_exit where comm = sleep" event

  Scenario: what a command writes reaches the scenario
    When I run "echo one two"
    Then the command succeeded
    And the command wrote "one two"

  Scenario: a program that does not exist is refused with ENOENT
    When I try to run "no-such-program --help"
    Then it is refused with ENOENT
    And the refusal says "no-such-program"

  Scenario Outline: a command's exit code reaches the scenario
    Given the event "sched:sched_process_exit" is enabled
    When I record while running "<command>"
    Then the command ended with exit code <code>

    Examples:
      | command | code |
      | true    | 0    |
      | false   | 1    |
