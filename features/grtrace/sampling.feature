@grtrace @needs:grtrace
Feature: Sampling
  What the kernel's selftest grtrace_sampling looks at. The core's sampler and the sampling module's count their events, so their
  shares are exact to one event: a tolerance of 0.05 points of 10,000 events is 5 events, and an error of 1 % would be 25 to 100.

  Scenario Outline: the core keeps the share that was asked for
    Given grtrace is loaded
    And grtrace keeps <percent> % of the events
    And grtrace is started
    When 10000 "SUBMIT" events are emitted
    And I read the GPU events
    Then <percent> % of the 10000 events were written, within 0.05 percentage points
    And every event that was offered was written or counted as dropped
    And the events read are the events written
    And the stream has no gaps, repeats or damage

    Examples:
      | percent |
      | 1       |
      | 25      |
      | 50      |
      | 99      |

  Scenario: all events are kept when nothing is to be left out
    Given grtrace is loaded
    And grtrace keeps 100 % of the events
    And grtrace is started
    When 1000 "SUBMIT" events are emitted
    And I read the GPU events
    Then grtrace wrote 1000 events
    And grtrace's counter "sampled_out" grew by 0

  Scenario: no events are kept when all are to be left out
    Given grtrace is loaded
    And grtrace keeps 0 % of the events
    And grtrace is started
    When 1000 "SUBMIT" events are emitted
    And I read the GPU events
    Then grtrace wrote 0 events
    And grtrace's counter "sampled_out" grew by 1000

  # 40,000 events bound a share of 10 % to 0.5 points with 99.9 % confidence, also of a sampler that chooses by chance.
  Scenario: the share of many events is what was asked for, whatever way the sampler chooses
    Given grtrace is loaded
    And grtrace keeps 10 % of the events
    And grtrace is started
    When 40000 "SUBMIT" events are emitted
    Then the share of written events is 10 % within 0.6 percentage points at 99.9 % confidence

  Scenario: what was kept by sampling is marked so
    Given grtrace is loaded
    And grtrace keeps 50 % of the events
    And grtrace is started
    When 100 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace has exactly 50 "gpu:SUBMIT where flags = 24" events

  Scenario: samples are spread evenly
    Given grtrace is loaded
    And grtrace keeps 25 % of the events
    And grtrace is started
    When 1000 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace has exactly 25 "gpu:SUBMIT where seqno <= 100" events
    And the trace has exactly 25 "gpu:SUBMIT where seqno > 500 and seqno <= 600" events
    And the trace has exactly 25 "gpu:SUBMIT where seqno > 900" events

  @needs:grtrace-sampling
  Scenario: the sampling module keeps its own share of each ring
    Given grtrace is loaded
    And the sampler takes 25 % of the events
    And grtrace is started
    When 8000 "SUBMIT" events are emitted on ring 0
    And 2000 "SUBMIT" events are emitted on ring 3
    And I read the GPU events
    Then the sampler took 2000 of 8000 events of ring 0
    And the sampler took 500 of 2000 events of ring 3
    And grtrace wrote 2500 events
    And every event that was offered was written or counted as dropped

  @needs:grtrace-sampling
  Scenario: the shares of the core and of the module multiply
    Given grtrace is loaded
    And grtrace keeps 50 % of the events
    And the sampler takes 50 % of the events
    And grtrace is started
    When 10000 "SUBMIT" events are emitted
    And I read the GPU events
    Then 25 % of the 10000 events were written, within 0.05 percentage points

  @needs:grtrace-sampling @needs:grtrace-mygpu @needs:gpu-load
  Scenario: only what is slow is sampled
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the sampler takes only events later than 1 ms after their job's first
    And grtrace is started
    When the GPU does 50 jobs with "--ring 0 --work-us 3000 --period-us 5000"
    And the GPU does 50 jobs with "--ring 1 --work-us 100 --period-us 1000"
    And I read the GPU events
    Then the trace has exactly 50 "gpu:COMPLETE where ring = 0" events
    And the trace has exactly 50 "gpu:END where ring = 0" events
    And the trace has exactly 0 "gpu:SUBMIT" events
    And no "gpu:COMPLETE" event has "ring" equal to 1

  @needs:grtrace-sampling @needs:grtrace-mygpu @needs:gpu-load
  Scenario: an adaptive sampler takes all of a light load and less of a heavy one
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And the sampler adapts to the load
    And grtrace is started
    When the GPU does 40 jobs with "--ring 0 --work-us 100 --period-us 5000"
    Then grtrace's counter "sampled_out" grew by 0
    When the GPU does 4000 jobs with "--ring 0 --work-us 20 --period-us 100"
    Then grtrace's counter "sampled_out" grew by at least 4000
    And grtrace's file "sampling_stats" says "Sampler mode: adaptive"

  @needs:grtrace-sampling
  Scenario Outline: what the sampling module does not understand is refused
    Given grtrace is loaded
    When I try to write "<value>" into grtrace's file "<file>"
    Then it is refused with EINVAL

    Examples:
      | file               | value     |
      | sampling_mode      | sometimes |
      | sampling_rate      | 101       |
      | sampling_rate      | half      |
      | sampling_threshold | slow      |

  Scenario: without the sampling module its files are not there, and the refusal names the module
    Given grtrace is loaded
    When I unload the GPU tracing module "grtrace_sampling"
    Then grtrace has no file "sampling_mode"
    When I try to write "static" into grtrace's file "sampling_mode"
    Then it is refused
    And the refusal says "modprobe grtrace_sampling"
