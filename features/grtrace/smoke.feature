@grtrace @needs:grtrace
Feature: grtrace works at all
  What the kernel's own selftests grtrace_smoke and grtrace_smoke.sh look at, with an answer to each question.

  Scenario: the module comes with its control files and goes without a trace of them
    When I load the GPU tracing module "grtrace"
    Then grtrace has the file "control"
    And grtrace has the file "stats"
    And grtrace has the file "config"
    And grtrace has the file "events_by_type"
    When I unload the GPU tracing module "grtrace_perf_mon"
    And I unload the GPU tracing module "grtrace_filter"
    And I unload the GPU tracing module "grtrace_sampling"
    And I unload the GPU tracing module "grtrace_aggregator"
    And I unload the GPU tracing module "grtrace"
    And I look for grtrace
    Then it is refused
    And the refusal says "grtrace is not loaded"

  Scenario: tracing starts and stops
    Given grtrace is loaded
    When I start grtrace
    Then grtrace's file "enabled" reads "1"
    When I stop grtrace
    Then grtrace's file "enabled" reads "0"

  Scenario: starting twice is one session
    Given grtrace is loaded
    When I start grtrace
    And I start grtrace
    And 1 "SUBMIT" event is emitted
    And I read the GPU events
    Then the stream has 1 session

  Scenario: the other names of the switch mean the same
    Given grtrace is loaded
    When I write "1" into grtrace's file "enable"
    Then grtrace's file "enabled" reads "1"
    When I write "0" into grtrace's file "enabled"
    Then grtrace's file "enable" reads "0"

  Scenario: an event that is emitted is counted and can be read
    Given grtrace is loaded
    And grtrace is started
    When I emit "emit submit 100 0 1 1"
    And I read the GPU events
    Then grtrace wrote 1 event
    And the trace has exactly 1 "gpu:SUBMIT" event
    And every "gpu:SUBMIT" event has "ctx_id" equal to 100
    And every "gpu:SUBMIT" event has "ring" equal to 1
    And every "gpu:SUBMIT" event has "seqno" equal to 1

  Scenario: the stages of a job come out as they went in
    Given grtrace is loaded
    And grtrace is started
    When these events are emitted:
      | event    | context | ring | seqno | status |
      | SUBMIT   | 7       | 2    | 42    |        |
      | COMMIT   | 7       | 2    | 42    |        |
      | START    | 7       | 2    | 42    |        |
      | END      | 7       | 2    | 42    |        |
      | COMPLETE | 7       | 2    | 42    | -5     |
    And I read the GPU events
    Then these events come in this order:
      | event                               |
      | gpu:SUBMIT where seqno = 42         |
      | gpu:COMMIT where seqno = 42         |
      | gpu:START where seqno = 42          |
      | gpu:END where seqno = 42            |
      | gpu:COMPLETE where status = -5      |
    And grtrace's file "events_by_type" says "COMPLETE,1"

  Scenario: while it is stopped an event is taken, counted and not written
    Given grtrace is loaded
    When 3 "SUBMIT" events are emitted
    Then grtrace's counter "drops_disabled" grew by 3
    And grtrace wrote 0 events
    And every event that was offered was written or counted as dropped

  Scenario: counters begin anew when they are reset
    Given grtrace is loaded
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    And I configure grtrace with "reset_stats=1"
    Then grtrace's file "stats" says "written=0"

  Scenario: nothing was traced, so there is nothing to see
    Given grtrace is loaded
    And grtrace is started
    When I read the GPU events
    Then grtrace's file "events_by_type" reads "type,count"
    And grtrace wrote 0 events
