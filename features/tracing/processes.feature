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
      | sched:sched_process_exit where comm = true    |
    And the trace has exactly 1 "sched:sched_process_exit" event

  Scenario: exec names the program
    Given the event "sched:sched_process_exec" is enabled
    When I record only the events of "sleep 0.01"
    Then the trace has exactly 1 "sched:sched_process_exec" event
    And every "sched:sched_process_exec" event has "filename" ending with "/sleep"

  Scenario: nothing runs of a command after its exit
    Given the following events are enabled:
      | event                    | filter             |
      | sched:sched_process_exit |                    |
      | sched:sched_switch       | next_comm == "sleep" |
    When I record while running "sleep 0.01"
    Then no "sched:sched_switch where next_comm = sleep" event comes after the last "sched:sched_process_exit where comm = sleep" event

  Scenario Outline: a command's exit code reaches the scenario
    Given the event "sched:sched_process_exit" is enabled
    When I record while running "<command>"
    Then the command ended with exit code <code>

    Examples:
      | command | code |
      | true    | 0    |
      | false   | 1    |
