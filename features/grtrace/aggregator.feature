@grtrace @needs:grtrace @needs:grtrace-aggregator
Feature: Aggregation
  What each ring did in the last window of time that is over; times in nanoseconds, from a job's submission to its completion.

  Scenario: a window counts its events, its jobs and their latencies
    Given grtrace is loaded
    And the aggregator sums windows of 500 ms
    And grtrace is started
    When these events are emitted:
      | event    | ring | seqno |
      | SUBMIT   | 1    | 1     |
      | SUBMIT   | 1    | 2     |
      | SUBMIT   | 1    | 3     |
      | COMPLETE | 1    | 1     |
      | COMPLETE | 1    | 2     |
      | COMPLETE | 1    | 3     |
      | SUBMIT   | 2    | 1     |
    And 500 ms pass
    Then the last window has 6 events of ring 1, at most 3 jobs at a time
    And the last window has 1 events of ring 2, at most 1 jobs at a time

  Scenario: a window that is not over shows nothing
    Given grtrace is loaded
    And the aggregator sums windows of 60 s
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    Then the last window is empty

  Scenario: a window in which nothing happened is empty
    Given grtrace is loaded
    And the aggregator sums windows of 100 ms
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    And 250 ms pass
    Then the last window is empty

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: latencies are those of the jobs
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the aggregator sums windows of 500 ms
    And grtrace is started
    When the GPU does 50 jobs with "--ring 0 --work-us 2000 --period-us 5000"
    And 300 ms pass
    Then the latencies of ring 0 in the last window are between 2 ms and 2100 µs

  Scenario: the table says what it is a table of
    Given grtrace is loaded
    And the aggregator sums windows of 1 s
    Then grtrace's file "aggregator_stats" says "Aggregation Window: 1000 ms"
    And grtrace's file "aggregator_stats" says "Status: enabled"
    And grtrace's file "aggregator_stats" says "Ring | Events | Avg Latency | Min Latency | Max Latency | Avg Depth | Peak Depth"

  Scenario: aggregating leaves the stream as it is
    Given grtrace is loaded
    And the aggregator sums windows of 100 ms
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace has exactly 100 "gpu:SUBMIT" events

  Scenario Outline: windows are 100 to 60000 ms
    Given grtrace is loaded
    When I write "<window>" into grtrace's file "aggregator_window"
    Then grtrace's file "aggregator_window" reads "<window>"

    Examples:
      | window |
      | 100    |
      | 60000  |

  Scenario Outline: other windows are refused
    Given grtrace is loaded
    When I try to write "<window>" into grtrace's file "aggregator_window"
    Then it is refused with EINVAL
    And grtrace's file "aggregator_window" reads "1000"

    Examples:
      | window |
      | 99     |
      | 60001  |
      | 0      |
      | soon   |
