@grtrace @needs:grtrace
Feature: Filters
  Filters of the core by engine, ring and kind; those of the filter module by kind, process, user and latency.

  Scenario: only an engine's events pass
    Given grtrace is loaded
    And grtrace is configured with "filter_engine_mask=0x4"
    And grtrace is started
    When 10 "SUBMIT" events are emitted of engine 0
    And 20 "SUBMIT" events are emitted of engine 2
    And I read the GPU events
    Then the trace has exactly 20 "gpu:SUBMIT where engine = COPY" events
    And the trace has exactly 0 "gpu:SUBMIT where engine = GRAPHICS" events
    And grtrace's counter "filtered_engine" grew by 10

  Scenario: only a ring's events pass
    Given grtrace is loaded
    And grtrace is configured with "filter_ring_id=3"
    And grtrace is started
    When 10 "SUBMIT" events are emitted on ring 0
    And 20 "SUBMIT" events are emitted on ring 3
    And I read the GPU events
    Then the trace has exactly 20 "gpu:SUBMIT" events
    And every "gpu:SUBMIT" event has "ring" equal to 3
    And grtrace's counter "filtered_ring" grew by 10

  Scenario: the filter for one ring ends with -1
    Given grtrace is loaded
    And grtrace is configured with "filter_ring_id=3"
    And grtrace is configured with "filter_ring_id=-1"
    And grtrace is started
    When 10 "SUBMIT" events are emitted on ring 0
    Then grtrace wrote 10 events

  Scenario: the core's mask of kinds has a bit for each type number
    Given grtrace is loaded
    And grtrace is configured with "filter_type_mask=0x11"
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    And 6 "COMMIT" events are emitted
    And 7 "COMPLETE" events are emitted
    And I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT" events
    And the trace has exactly 0 "gpu:COMMIT" events
    And the trace has exactly 7 "gpu:COMPLETE" events
    And grtrace's counter "filtered_type" grew by 6

  @needs:grtrace-filter
  Scenario: kinds are filtered by their names
    Given grtrace is loaded
    And the filter lets only "SUBMIT, COMPLETE" events pass
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    And 6 "START" events are emitted
    And 7 "COMPLETE" events are emitted
    And I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT" events
    And the trace has exactly 7 "gpu:COMPLETE" events
    And grtrace wrote 12 events
    And every event that was offered was written or counted as dropped

  @needs:grtrace-filter
  Scenario: a filter that is set and not switched on lets all pass
    Given grtrace is loaded
    And the filter lets only the user 4242 pass
    When I write "0" into grtrace's file "filter_enabled"
    And I start grtrace
    And 5 "SUBMIT" events are emitted
    Then grtrace wrote 5 events

  @needs:grtrace-filter
  Scenario: another user's events do not pass
    Given grtrace is loaded
    And the filter lets only the user 4242 pass
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    Then grtrace's counter "filtered_uid" grew by 5
    And grtrace wrote 0 events

  @needs:grtrace-filter
  Scenario: root's events pass a filter for root
    Given grtrace is loaded
    And the filter lets only the user 0 pass
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    Then grtrace wrote 5 events

  @needs:grtrace-filter @needs:grtrace-mygpu @needs:gpu-load
  Scenario: other processes' events do not pass a list of processes
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the filter lets only the processes "1" pass
    And grtrace is started
    When the GPU does 10 jobs
    Then grtrace wrote 0 events
    And grtrace's counter "filtered_pid" grew by at least 50

  @needs:grtrace-filter @needs:grtrace-mygpu @needs:gpu-load
  Scenario: a process can be left out
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the filter lets only the processes "!1" pass
    And grtrace is started
    When the GPU does 10 jobs
    Then grtrace wrote 50 events
    And grtrace's counter "filtered_pid" grew by 0

  @needs:grtrace-filter @needs:grtrace-mygpu @needs:gpu-load
  Scenario: only what comes late after a job's first event passes
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the filter lets only events later than 500 µs after their job's first pass
    And grtrace is started
    When the GPU does 20 jobs with "--ring 0 --work-us 2000 --period-us 4000"
    And the GPU does 20 jobs with "--ring 1 --work-us 100 --period-us 1000"
    And I read the GPU events
    Then the trace has exactly 20 "gpu:COMPLETE" events
    And every "gpu:COMPLETE" event has "ring" equal to 0
    And the trace has exactly 0 "gpu:SUBMIT" events
    And grtrace's counter "filtered_latency" grew by at least 100

  @needs:grtrace-filter
  Scenario Outline: what the filter module does not understand is refused
    Given grtrace is loaded
    When I try to write "<value>" into grtrace's file "<file>"
    Then it is refused with EINVAL

    Examples:
      | file           | value       |
      | filter_pid     | 12,init     |
      | filter_pid     | 12,!13      |
      | filter_uid     | root        |
      | filter_latency | -5          |
      | filter_events  | 0x1FFFFFFFF |
      | filter_enabled | yes         |
