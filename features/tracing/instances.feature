@tracing @needs:instances
Feature: Instances
  Each scenario records in an instance of its own, so that neighbours do not disturb each other and nothing is left behind.

  Scenario: a second instance does not see what the first one records
    Given a second trace instance "quiet"
    And the event "sched:sched_process_exec" is enabled
    When I record while running "true"
    Then the trace has at least 1 "sched:sched_process_exec" event
    And the instance "quiet" has recorded nothing

  Scenario: an instance in use cannot be removed
    Given a second trace instance "busy"
    When I try to remove the instance "busy" while its pipe is open
    Then it is refused with EBUSY

  Scenario: an instance that exists cannot be made again
    Given a second trace instance "twin"
    When I try to make the instance "twin" again
    Then it is refused with EEXIST
