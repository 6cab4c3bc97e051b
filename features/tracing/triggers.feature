@tracing @needs:event-trigger
Feature: Triggers
  A trigger does something at the moment an event happens, faster than any program could.

  Scenario: traceoff stops the recording at the event that matters
    Given the event "sched:sched_process_exec" is enabled
    And the event "sched:sched_process_exec" has the trigger "traceoff:1"
    When I record while running "true" 3 times
    Then the trace has exactly 1 "sched:sched_process_exec" event

  Scenario: a trigger with a condition fires for that condition only
    Given the event "raw_syscalls:sys_enter" is enabled
    And the event "raw_syscalls:sys_enter" has the trigger "traceoff if id == 230"
    When I record only the events of "sleep 0.01"
    Then every "raw_syscalls:sys_enter" event has "id" not equal to 231

  Scenario: a trigger enables another event
    Given the event "sched:sched_process_exec" has the trigger "enable_event:sched:sched_process_exit"
    When I record while running "true"
    Then the trace has at least 1 "sched:sched_process_exit" event
