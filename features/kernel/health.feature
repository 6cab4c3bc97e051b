@kernel @needs:kmsg @needs:modules @needs:debugfs
Feature: Warnings, oopses, panics, lockups and stalls
  What a kernel says of itself is charged to the step that ran, and a kernel that dies is told from a lab that broke. The
  scenario behind it gets a machine that works.

  Background:
    Given the kernel module "labtrace_trouble" is loaded

  Scenario: a warning is found with its title
    Given the kernel may report "WARNING in labtrace_trouble_warn"
    When the kernel is asked for a warning
    Then the kernel reported "WARNING in labtrace_trouble_warn"

  @kernel-warns
  Scenario: an oops ends the program that met it, and nothing else
    When the kernel is asked for an oops
    Then the kernel reported "BUG: * in labtrace_trouble_nowhere"
    When I run "true"
    Then the command succeeded

  @kernel-warns @needs:throw-away
  Scenario: a panic is found on the console of the machine it ends
    When the kernel is asked for a panic
    Then the kernel reported "kernel panic: labtrace_trouble was asked for a panic"

  Scenario: the scenario behind a panic has a machine that works
    When I run "true"
    Then the command succeeded

  @kernel-warns @needs:throw-away
  Scenario: a kernel that locks up is found on the console of the machine it ends
    Given the kernel calls a cpu stuck after 4 s
    When the kernel is asked for a lockup
    Then the kernel reported "BUG: soft lockup in *"

  @kernel-warns
  Scenario: a reader that holds up RCU is found, and the machine goes on
    Given the kernel calls a reader under RCU stalled after 3 s
    When the kernel is asked for an RCU stall
    Then the kernel reported "INFO: rcu detected stall in *"
    When I run "true"
    Then the command succeeded

  Scenario: a program that says the kernel panics is no kernel that panics
    When a program writes "Kernel panic - not syncing: not at all" into the kernel's log
    And I run "true"
    Then the command succeeded
    And the kernel reported nothing
