Feature: Selftests
  Programs that test themselves say in TAP or KTAP what they found. Each of their tests is a result of its own in the reports; a program
  that says less than it planned is broken, never passed.

  Scenario: every test of a program passes
    When I run the TAP test "printf 'TAP version 13\n1..2\nok 1 - the module loads\nok 2 - the clock ticks\n'"

  Scenario: a program with nothing to test here says why
    When I run the TAP test "printf '1..0 # SKIP no time card\n'"

  Scenario: the kernel's timers test themselves
    When I run the kselftest "timers:posix_timers"

  Scenario: the kernel's lists test themselves
    When I read the results of the KUnit suite "list-kunit-test"
