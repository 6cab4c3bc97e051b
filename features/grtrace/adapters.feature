@grtrace @needs:grtrace @needs:gpu-load
Feature: Adapters
  Each adapter tells what its driver's tracepoints tell and no more; what it does not know is not there.

  Scenario Outline: an adapter tells of its driver's jobs what it can
    Given grtrace is loaded
    And grtrace records at level "verbose"
    And the GPU tracing module "<module>" is loaded
    And grtrace is started
    When the GPU does 20 jobs with "--gpu <driver> --ring 0"
    And I read the GPU events
    Then the trace has exactly <submit> "gpu:SUBMIT" events
    And the trace has exactly <start> "gpu:START" events
    And the trace has exactly <end> "gpu:END" events
    And the trace has exactly <complete> "gpu:COMPLETE" events
    And grtrace wrote <all> events
    And the stream has no gaps, repeats or damage

    Examples:
      | module             | driver     | submit | start | end | complete | all |
      | grtrace_amdgpu     | amdgpu     | 0      | 20    | 0   | 0        | 20  |
      | grtrace_i915       | i915       | 0      | 20    | 20  | 0        | 40  |
      | grtrace_nouveau    | nouveau    | 20     | 0     | 0   | 20       | 40  |
      | grtrace_virtio_gpu | virtio_gpu | 20     | 0     | 0   | 20       | 40  |
      | grtrace_drm_bridge | mygpu      | 20     | 20    | 0   | 20       | 60  |

  Scenario: the bridge tells nothing twice that the driver's adapter tells
    Given grtrace is loaded
    And the GPU tracing module "grtrace_amdgpu" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded
    And grtrace is started
    When the GPU does 20 jobs with "--gpu amdgpu --ring 0"
    And I read the GPU events
    Then the trace has exactly 20 "gpu:START" events
    And the trace has exactly 20 "gpu:SUBMIT" events
    And the trace has exactly 20 "gpu:COMPLETE" events

  Scenario: an adapter is silent about another driver's GPU
    Given grtrace is loaded
    And the GPU tracing module "grtrace_i915" is loaded
    And grtrace is started
    When the GPU does 20 jobs with "--gpu mygpu"
    Then grtrace wrote 0 events

  Scenario: the bridge is silent about a driver without the DRM scheduler
    Given grtrace is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded
    And the GPU tracing module "grtrace_i915" is loaded
    When I unload the GPU tracing module "grtrace_i915"
    And I start grtrace
    And the GPU does 20 jobs with "--gpu i915"
    Then grtrace wrote 0 events

  Scenario: an adapter that was unloaded tells nothing more
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    And grtrace is started
    When the GPU does 10 jobs
    And I unload the GPU tracing module "grtrace_mygpu"
    And the GPU does 10 jobs
    Then grtrace wrote 50 events

  Scenario: the bridge knows the rings by their names
    Given grtrace is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded
    Then ring 0 is called "gfx"
    And ring 1 is called "comp"

  Scenario: a ring whose name no adapter knows is called unknown, and its events are there
    Given grtrace is loaded
    And the GPU tracing module "grtrace_i915" is loaded
    And grtrace is started
    When the GPU does 5 jobs with "--gpu i915 --ring 0"
    Then ring 20 is called "UNKNOWN"
    And grtrace wrote 10 events
