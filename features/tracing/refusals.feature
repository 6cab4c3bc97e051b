@tracing @needs:events
Feature: What the kernel refuses
  A wrong name or filter must be told to the person who wrote it in the kernel's own words, never pass as an empty trace.

  Scenario: an unknown event is refused and the nearest one is named
    When I try to enable the event "sched:sched_swich"
    Then it is refused
    And the refusal says "sched:sched_switch"

  Scenario: a filter on a field that does not exist shows the kernel's explanation
    When I try to enable the event "sched:sched_switch" with filter "foo == 1"
    Then it is refused with EINVAL
    And the refusal says "Field not found"
    And the refusal says "foo == 1"

  Scenario Outline: a filter that is not well formed is refused
    When I try to enable the event "sched:sched_switch" with filter '<filter>'
    Then it is refused with <errno>
    And the refusal says "event filter parse error"

    Examples:
      | filter                              | errno  |
      | prev_pid ==                         | EINVAL |
      | prev_pid == abc                     | EINVAL |
      | prev_comm > "sleep"                 | EINVAL |
      | (prev_pid == 1                      | ENOENT |
      | prev_pid == 1 && \|\| prev_pid == 2 | EPERM  |

  Scenario: an unknown trace clock is refused
    When I try to set the trace clock "sundial"
    Then it is refused
    And the refusal says "mono"

  Scenario: an unknown tracer is refused
    When I try to select the tracer "no_such_tracer"
    Then it is refused
    And the refusal says "nop"

  Scenario: a trigger that does not exist is refused
    When I try to set the trigger "explode" on the event "sched:sched_switch"
    Then it is refused with EINVAL

  Scenario: an option that does not exist is refused
    When I try to set the trace option "colour" on
    Then it is refused

  @lacks:function-tracer
  Scenario: the function tracer is refused where the kernel forbids it
    When I try to select the tracer "function"
    Then it is refused
