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

  @needs:kmsg @needs:lkdtm
  Scenario Outline: a kernel's <trouble> is found and named
    Given a kernel that may be crashed
    And the kernel may report "<title>"
    When lkdtm provokes "<crash>"
    Then the kernel reported "<title>"

    Examples:
      | trouble               | crash            | title                                                                   |
      | panic                 | PANIC            | kernel panic: dumptest                                                  |
      | BUG                   | BUG              | kernel BUG in lkdtm_BUG                                                 |
      | oops                  | EXCEPTION        | BUG: unable to handle kernel NULL pointer dereference in lkdtm_EXCEPTION |
      | corrupted list        | CORRUPT_LIST_ADD | BUG: corrupted list in lkdtm_CORRUPT_LIST_ADD                           |
      | refcount's misuse     | REFCOUNT_INC_ZERO | WARNING: refcount bug in lkdtm_REFCOUNT_INC_ZERO                       |

  @needs:kmsg @needs:lkdtm
  Scenario Outline: where a kernel looks for it, its <trouble> is found and named
    Given a kernel with every check there is, which may be crashed
    And the kernel may report "<title>"
    When lkdtm provokes "<crash>"
    Then the kernel reported "<title>"

    Examples:
      | trouble               | crash            | title                                                                   |
      | RCU stall             | LOOP             | INFO: rcu detected stall in *                                           |
      | soft lockup           | SOFTLOCKUP       | BUG: soft lockup in *                                                   |
      | hard lockup           | HARDLOCKUP       | hard lockup in lkdtm_HARDLOCKUP                                         |
      | lockdep report        | SPINLOCKUP       | WARNING: lock held when returning to user space in lkdtm_SPINLOCKUP     |
      | hung task             | HUNG_TASK        | INFO: task hung in lkdtm_HUNG_TASK                                      |
      | UBSAN report          | ARRAY_BOUNDS     | UBSAN: array-index-out-of-bounds in lkdtm_ARRAY_BOUNDS                  |
      | KASAN report          | READ_AFTER_FREE  | KASAN: slab-use-after-free Read in lkdtm_READ_AFTER_FREE                |

  @needs:kmsg @needs:lkdtm
  Scenario: a call of the OOM killer is found and named
    Given a kernel with every check there is, which may be crashed
    And the kernel may report "Out of memory: killed *"
    When sysrq calls the OOM killer
    Then the kernel reported "Out of memory: killed hog"

  @needs:kmsg
  Scenario: a taint flag that only tells what runs fails nothing
    Given a kernel that may be crashed
    When somebody taints the kernel with "O"
    Then the kernel reported nothing
