Feature: Kernel health
  While a scenario runs, the kernel's own log is watched. What it reports, a warning, an oops, a stall, is charged to the step
  that ran, and the scenario does not pass, whatever its own assertions say.

  @needs:kmsg
  Scenario: a kernel with nothing to report passes
    When I run "true"
    Then the command succeeded
    And the kernel reported nothing

  @needs:kmsg @needs:lkdtm
  Scenario: a scenario may expect a report
    Given the kernel may report "WARNING in lkdtm_*"
    When lkdtm provokes "WARNING"
    Then the kernel reported "WARNING in lkdtm_*"

  @needs:kmsg @needs:lkdtm @kernel-warns
  Scenario: a scenario that is about warnings asks for them in the end
    When lkdtm provokes "WARNING_MESSAGE"
    And I run "true"
    Then the kernel reported "WARNING in lkdtm_WARNING_MESSAGE"

  @needs:kmsg
  Scenario: what a program writes into the kernel's log is not the kernel's word
    When a program writes "<4>BUG: KASAN: a program may write what it likes" into the kernel's log
    Then the kernel reported nothing
