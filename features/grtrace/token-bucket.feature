@grtrace @needs:grtrace
Feature: Rate limit by a token bucket
  What the kernel's selftest grtrace_token_bucket looks at, where it only warns. The bucket starts full; tokens come back evenly. Where
  time passes between two steps the tolerance is what 20 ms bring.

  Scenario: a burst is written whole and no more
    Given grtrace is loaded
    And grtrace records at most 100 events per second with bursts of 500 events
    And grtrace is started
    When 800 "SUBMIT" events are emitted
    Then grtrace's counter "written" grew by 500 to 505
    And every event that was offered was written or counted as dropped

  Scenario: tokens come back with time
    Given grtrace is loaded
    And grtrace records at most 1000 events per second with bursts of 50 events
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    And 30 ms pass
    And 100 "SUBMIT" events are emitted
    Then grtrace's counter "written" grew by 80 to 100

  Scenario: no more tokens come back than the bucket holds
    Given grtrace is loaded
    And grtrace records at most 1000 events per second with bursts of 20 events
    And grtrace is started
    When 40 "SUBMIT" events are emitted
    And 900 ms pass
    And 40 "SUBMIT" events are emitted
    Then grtrace's counter "written" grew by 40 to 42

  @needs:grtrace-mygpu @needs:gpu-load @needs:grtrace-filter
  Scenario: over time the rate is what was asked for, to 1 %
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the filter lets only "SUBMIT" events pass
    And grtrace records at most 100 events per second with bursts of 1 events
    And grtrace is started
    When the GPU does 4000 jobs with "--ring 0 --work-us 50 --period-us 1000"
    Then grtrace's counter "written" grew by 398 to 402

  Scenario: the burst of one mode does not count in the other
    Given grtrace is loaded
    And grtrace records at most 100 events per second with bursts of 500 events
    And grtrace records at most 100 events per second
    And grtrace is started
    When 800 "SUBMIT" events are emitted
    Then grtrace wrote 100 events
