@tracing
Feature: Tracers
  Events tell what the kernel's authors marked; tracers tell every function that ran.

  @needs:tracefs
  Scenario: the nop tracer records events and nothing else
    Given the tracer is "nop"
    And the event "sched:sched_process_exec" is enabled
    When I record while running "true"
    Then the trace has at least 1 "sched:sched_process_exec" event
    And no events but "sched:sched_process_exec" are in the trace

  @needs:function-tracer
  Scenario: the function tracer records kernel functions
    Given the tracer is "function"
    When I record while running "true"
    Then the trace has at least 10 "ftrace:function" events
