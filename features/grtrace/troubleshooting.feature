@grtrace @needs:grtrace
Feature: When grtrace does not work
  What the manual's troubleshooting lists, each told with what is wrong and what to do about it.

  Scenario: debugfs is not mounted
    Given debugfs is not mounted
    When I try to open grtrace
    Then it is refused
    And the refusal says "debugfs is not mounted"
    And the refusal says "mount -t debugfs"

  Scenario: grtrace is not loaded
    When I try to open grtrace
    Then it is refused
    And the refusal says "grtrace is not loaded"
    And the refusal says "modprobe grtrace"

  Scenario: only root may start it
    Given grtrace is loaded
    When an ordinary user tries to start grtrace
    Then it is refused with EACCES
    And grtrace's file "enabled" reads "0"

  Scenario: the module was not installed
    When I try to load the GPU tracing module "grtrace_missing"
    Then it is refused
    And the refusal says "modules_install"

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: no events, because no adapter is loaded
    Given grtrace is loaded
    And grtrace is started
    When the GPU does 10 jobs
    Then grtrace wrote 0 events
    When I load the GPU tracing module "grtrace_drm_bridge"
    And the GPU does 10 jobs
    Then grtrace wrote 30 events

  @needs:grtrace-mygpu @needs:gpu-load
  Scenario: no events, because it was not started
    Given grtrace is loaded
    And the GPU tracing module "grtrace_mygpu" is loaded
    When the GPU does 10 jobs
    Then grtrace wrote 0 events
    And grtrace's counter "drops_disabled" grew by at least 50

  Scenario: few events, because of sampling
    Given grtrace is loaded
    And grtrace keeps 1 % of the events
    And grtrace is started
    When 200 "SUBMIT" events are emitted
    Then grtrace wrote 2 events
    And grtrace's counter "sampled_out" grew by 198

  Scenario Outline: a control word that is none is refused
    Given grtrace is loaded
    When I try to write "<value>" into grtrace's file "<file>"
    Then it is refused with EINVAL

    Examples:
      | file    | value |
      | enable  | 2     |
      | enable  | start |
      | enabled | on    |

  @needs:grtrace-faults
  Scenario: a file that cannot be read is told with its errno
    Given grtrace is loaded
    And grtrace is started
    When 10 "SUBMIT" events are emitted
    And the emulated grtrace gets the fault "fail_io" of "events EIO"
    And I try to read the GPU events
    Then it is refused with EIO
    And the refusal says "look at the kernel's log"

  Scenario: the version is told
    Given grtrace is loaded
    Then grtrace's file "version" says "."

  Scenario: the module speaks in the kernel's log
    Given grtrace is loaded
    When I run "dmesg"
    Then the command succeeded
