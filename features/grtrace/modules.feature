@grtrace @needs:grtrace
Feature: Modules
  Which modules come along, in which order they can be loaded and unloaded, and what is said when one cannot.

  Scenario: the core takes the modules along that enhance it
    When I load the GPU tracing module "grtrace"
    Then the GPU tracing module "grtrace_aggregator" is loaded
    And the GPU tracing module "grtrace_sampling" is loaded
    And the GPU tracing module "grtrace_filter" is loaded
    And the GPU tracing module "grtrace_perf_mon" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is not loaded

  Scenario: an adapter takes the core along
    When I load the GPU tracing module "grtrace_drm_bridge"
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace" is used by "grtrace_drm_bridge"

  Scenario: the core cannot be unloaded while other modules use it
    Given grtrace is loaded
    When I try to unload the GPU tracing module "grtrace"
    Then it is refused with EBUSY
    And the refusal says "grtrace_filter"
    And the GPU tracing module "grtrace" is loaded

  Scenario: modules can be unloaded in the reverse order
    Given grtrace is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded
    When I unload the GPU tracing module "grtrace_drm_bridge"
    Then the GPU tracing module "grtrace_drm_bridge" is not loaded
    And the GPU tracing module "grtrace" is loaded

  Scenario: inserted by hand, an adapter finds no core, and the kernel's log says what it misses
    When I try to insert the GPU tracing module "grtrace_drm_bridge" by its file
    Then it is refused
    And the refusal says "Unknown symbol grtrace_submit"
    And the refusal says "load the module that has the symbol first"

  Scenario: inserted by hand in the right order, modules load
    When I insert the GPU tracing module "grtrace" by its file
    And I insert the GPU tracing module "grtrace_filter" by its file
    And I insert the GPU tracing module "grtrace_drm_bridge" by its file
    Then the GPU tracing module "grtrace_drm_bridge" is loaded
    And the GPU tracing module "grtrace_aggregator" is not loaded

  @needs:grtrace-faults
  Scenario Outline: where modprobe cannot load them, the same modules are inserted by their files, in order
    Given the emulated grtrace has the fault "<fault>" of "<value>"
    When I load the GPU tracing module "grtrace_drm_bridge"
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_filter" is loaded
    And the GPU tracing module "grtrace_perf_mon" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded

    Examples: depmod was not run, or there is no modprobe
      | fault           | value    |
      | no_module_index | 1        |
      | no_program      | modprobe |

  @needs:grtrace-faults
  Scenario: two modules at once without modprobe
    Given the emulated grtrace has the fault "no_program" of "modprobe"
    When I load the GPU tracing modules "grtrace, grtrace_drm_bridge" at once
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded

  @needs:grtrace-faults
  Scenario: inserted by its file, the core loads though a module that would enhance it does not
    Given the emulated grtrace has the fault "no_program" of "modprobe"
    And the emulated grtrace has the fault "fail_load" of "grtrace_filter ENOMEM"
    When I load the GPU tracing module "grtrace"
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_filter" is not loaded
    And the GPU tracing module "grtrace_perf_mon" is loaded

  @needs:grtrace-faults
  Scenario: without modprobe a module that was not built is named all the same
    Given the emulated grtrace has the fault "no_program" of "modprobe"
    When I try to load the GPU tracing module "grtrace_mali"
    Then it is refused
    And the refusal says "CONFIG_GRTRACE_MALI=m"
    And the GPU tracing module "grtrace" is not loaded

  @needs:grtrace-faults
  Scenario: a new index lets modprobe find the modules again
    Given the emulated grtrace has the fault "no_module_index" of "1"
    When I run "modprobe grtrace"
    Then the command ended with exit code 1
    When I run "depmod -a"
    And I run "modprobe grtrace"
    Then the command succeeded
    And the GPU tracing module "grtrace" is loaded

  Scenario: two modules at once
    When I load the GPU tracing modules "grtrace, grtrace_drm_bridge" at once
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is loaded

  Scenario: a second name behind modprobe is a parameter, not a module
    When I run "modprobe grtrace grtrace_drm_bridge"
    Then the command succeeded
    And the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_drm_bridge" is not loaded
    When I run "modprobe -r grtrace"
    Then the GPU tracing module "grtrace" is not loaded

  Scenario: a module that was not built is named with the option that builds it
    When I try to load the GPU tracing module "grtrace_mali"
    Then it is refused
    And the refusal says "has no module grtrace_mali"
    And the refusal says "CONFIG_GRTRACE_MALI=m"

  Scenario: a parameter's value is taken
    Given grtrace is loaded with "buffer_size=65536"
    Then grtrace's file "buffer_size" reads "65536"

  Scenario Outline: a parameter's value that is none of its is refused, and the kernel's log says why
    When I try to load the GPU tracing module "grtrace" with "<parameter>"
    Then it is refused
    And the refusal says "invalid for parameter"
    And the refusal says "modinfo -p grtrace"
    And the GPU tracing module "grtrace" is not loaded

    Examples:
      | parameter         |
      | buffer_size=big   |
      | buffer_size=100   |
      | abi=v9            |

  @needs:grtrace-faults
  Scenario: a module that fails to load is told with the kernel's words
    Given the emulated grtrace has the fault "fail_load" of "grtrace ENOMEM"
    When I try to load the GPU tracing module "grtrace"
    Then it is refused
    And the refusal says "Cannot allocate memory"
    And the refusal says "grtrace: initialisation failed (err -12)"

  @needs:grtrace-faults
  Scenario: the core loads though a module that would enhance it does not
    Given the emulated grtrace has the fault "fail_load" of "grtrace_filter ENOMEM"
    When I load the GPU tracing module "grtrace"
    Then the GPU tracing module "grtrace" is loaded
    And the GPU tracing module "grtrace_filter" is not loaded
    And the GPU tracing module "grtrace_perf_mon" is loaded
    And grtrace has no file "filter_pid"

  Scenario: a module says what it is
    When I run "modinfo grtrace"
    Then the command succeeded
    When I run "modinfo -p grtrace"
    Then the command succeeded

  Scenario Outline: the relay files of another version are found by their names
    Given grtrace is loaded with "event_files=<name>"
    And grtrace is started
    When 5 "SUBMIT" events are emitted
    And I read the GPU events
    Then the trace has exactly 5 "gpu:SUBMIT" events

    Examples:
      | name   |
      | events |
      | trace  |
      | buffer |

  # Version 0.1 numbered SUBMIT 0, COMPLETE 1, CTX_SWITCH 2; the stream says so itself.
  Scenario: the numbers of version 0.1 are read as the stream says
    Given grtrace is loaded with "abi=v0.1"
    And grtrace is started
    When 3 "SUBMIT" events are emitted
    And 4 "COMPLETE" events are emitted
    And I read the GPU events
    Then the trace has exactly 3 "gpu:SUBMIT" events
    And the trace has exactly 4 "gpu:COMPLETE" events
