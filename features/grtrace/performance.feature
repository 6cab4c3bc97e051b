@grtrace @needs:grtrace @needs:grtrace-perf-mon @needs:grtrace-mygpu @needs:gpu-load
Feature: Performance monitor
  How busy each ring is, in percent of the time since tracing started; how much of it was dropped; how long its jobs take.

  Scenario: a ring that works half of the time is half utilized
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 500 jobs with "--ring 0 --work-us 1000 --period-us 2000"
    Then the utilization of ring 0 is between 48.5 % and 50.5 %
    And the mean latency of ring 0 is between 1 ms and 1020 µs

  Scenario: rings are told apart
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 200 jobs with "--ring 0 --work-us 1800 --period-us 2000"
    And the GPU does 200 jobs with "--ring 1 --work-us 200 --period-us 2000"
    Then the utilization of ring 0 is between 43 % and 46 %
    And the utilization of ring 1 is between 4 % and 6 %

  Scenario: what was dropped is told in percent of the ring's events
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace records at most 250 events per second
    And grtrace is started
    When the GPU does 100 jobs with "--ring 0 --work-us 500 --period-us 1000"
    Then the drop rate of ring 0 is between 49 % and 51 %

  Scenario: nothing dropped is told as nothing
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 100 jobs with "--ring 0 --work-us 500 --period-us 1000"
    Then the drop rate of ring 0 is between 0 % and 0 %

  Scenario: without the module there is no such file
    Given grtrace is loaded
    When I unload the GPU tracing module "grtrace_perf_mon"
    And I run "cat /proc/grtrace_stats"
    Then the command ended with exit code 1

  @needs:grtrace-mygpu
  Scenario: the module has a histogram of the times of jobs
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 60 jobs with "--ring 0 --work-us 100"
    Then the histogram "latency_hist" holds 60 jobs
    And the histogram "result_hist" holds 60 jobs
