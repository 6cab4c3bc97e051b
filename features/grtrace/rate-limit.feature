@grtrace @needs:grtrace
Feature: Rate limit by windows
  What the kernel's selftest grtrace_rate_limit looks at, where it only warns. A window is the second that starts with the first event
  after the last window ended; the events here are emitted in much less than a second.

  Scenario: no more events than allowed are written in a window
    Given grtrace is loaded
    And grtrace records at most 100 events per second
    And grtrace is started
    When 1000 "SUBMIT" events are emitted
    And I read the GPU events
    Then grtrace wrote 100 events
    And grtrace's counter "rate_limited_drops" grew by 900
    And every event that was offered was written or counted as dropped
    And the trace has exactly 100 "gpu:SUBMIT where seqno <= 100" events

  Scenario: the next window allows as many again
    Given grtrace is loaded
    And grtrace records at most 100 events per second
    And grtrace is started
    When 150 "SUBMIT" events are emitted
    And 1100 ms pass
    And 150 "SUBMIT" events are emitted
    Then grtrace wrote 200 events

  Scenario: within a window waiting helps nothing
    Given grtrace is loaded
    And grtrace records at most 50 events per second
    And grtrace is started
    When 60 "SUBMIT" events are emitted
    And 300 ms pass
    And 60 "SUBMIT" events are emitted
    Then grtrace wrote 50 events

  Scenario: what stays below the limit is all written
    Given grtrace is loaded
    And grtrace records at most 100 events per second
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    Then grtrace wrote 100 events
    And grtrace's counter "rate_limited_drops" grew by 0

  Scenario: no limit lets all pass
    Given grtrace is loaded
    And grtrace records at most 10 events per second
    And grtrace records at most 0 events per second
    And grtrace is started
    When 500 "SUBMIT" events are emitted
    Then grtrace wrote 500 events

  Scenario: what a filter has left out does not use up the limit
    Given grtrace is loaded
    And grtrace records at most 100 events per second
    And grtrace watches only the rings "1"
    And grtrace is started
    When 500 "SUBMIT" events are emitted on ring 0
    And 80 "SUBMIT" events are emitted on ring 1
    Then grtrace wrote 80 events
    And grtrace's counter "rate_limited_drops" grew by 0

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: the limit holds for a driver's events as for emitted ones
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace records at most 200 events per second
    And grtrace is started
    When the GPU does 900 jobs with "--ring 0 --work-us 50 --period-us 1000"
    Then grtrace wrote 200 events
