@kernel @needs:modules @needs:debugfs
Feature: Kernel modules
  A module is loaded with parameters, drags in what it depends on, says in the kernel's log why it refuses, and goes again.

  Scenario: a module is loaded with parameters, works, and goes
    When I load the kernel module "labtrace_relay" with "greeting=moin n_subbufs=16"
    Then the kernel module "labtrace_relay" is there
    And the parameter "n_subbufs" of the kernel module "labtrace_relay" is "16"
    And the relay module greets with "moin"
    When I unload the kernel module "labtrace_relay"
    Then the kernel module "labtrace_relay" is gone

  Scenario: records written in the kernel arrive in its relay channel
    Given the kernel module "labtrace_relay" is loaded
    When the relay module emits 100 records
    Then the relay module has emitted 100 records
    And the relay channel holds 100 records

  Scenario: a module brings the module it depends on
    When I load the kernel module "labtrace_relay_user" with "count=7"
    Then the kernel module "labtrace_relay" is used by "labtrace_relay_user"
    And the relay module has emitted 7 records

  Scenario: a module that others use stays
    Given the kernel module "labtrace_relay_user" is loaded
    When I try to unload the kernel module "labtrace_relay"
    Then it is refused
    And the refusal says "in use"
    And the kernel module "labtrace_relay" is there

  Scenario: a module says why it refuses to be loaded
    When I try to load the kernel module "labtrace_relay" with "subbuf_size=100"
    Then it is refused
    And the refusal says "Invalid argument"
    And the kernel's log says "subbuf_size is 100, and must be a multiple of 16"
    And the kernel module "labtrace_relay" is gone

  Scenario: a parameter that a module does not have is told in the log
    When I try to load the kernel module "labtrace_relay" with "colour=red"
    Then the kernel's log says "unknown parameter 'colour' ignored"

  Scenario: a module from outside the kernel's tree taints it
    Given the kernel module "labtrace_relay" is loaded
    Then the kernel's taint has O

  Scenario: a module is built from its source for this very kernel
    Given the modules of "fixtures/kmod/labtrace-gpio" are built
    When I load the kernel module "labtrace_gpio" with "period_us=500"
    Then the parameter "period_us" of the kernel module "labtrace_gpio" is "500"
