@timecard @needs:timecard
Feature: The clock of a Time Card
  It holds TAI, steps when it is set, and slews when it is adjusted by a second or less.

  Background:
    Given a Time Card

  # A driver that is loaded sets a clock that is not in sync to its system's TAI, which is UTC where nobody told the system of the 37 s.
  @needs:timecard:gnss
  Scenario: the clock holds TAI
    When I write "TOD" to the attribute "clock_source"
    And 5 s pass
    Then the clock shows TAI within 500 ms

  Scenario: setting the clock is a step
    Given the clock's offset is noted
    When I write "REGS" to the attribute "clock_source"
    And I set the clock forward by 5 s
    Then the clock has moved forward by 5 s within 1 ms

  Scenario: the clock is set to a time with its nanoseconds
    When I write "REGS" to the attribute "clock_source"
    And I set the clock to 1700000000 seconds
    Then the clock shows 1700000000 seconds, within 10 ms more

  Scenario: setting back
    Given the clock's offset is noted
    When I write "REGS" to the attribute "clock_source"
    And I set the clock back by 90.25 s
    Then the clock has moved back by 90.25 s within 1 ms

  Scenario Outline: an adjustment of at most a second slews for a second
    Given the clock's offset is noted
    When I write "REGS" to the attribute "clock_source"
    And I adjust the clock <way> by <time>
    Then the clock has slewed as far as a second lets it by now, within <slack>
    When 300 ms pass
    Then the clock has slewed as far as a second lets it by now, within <slack>
    When 3 s pass
    Then the clock has moved <way> by <time> within 1 ms

    Examples:
      | way     | time   | slack |
      | forward | 500 ms | 20 ms |
      | back    | 500 ms | 20 ms |
      | back    | 1 s    | 40 ms |

  Scenario: an adjustment of more than a second is a step
    Given the clock's offset is noted
    When I write "REGS" to the attribute "clock_source"
    And I adjust the clock forward by 2.5 s
    Then the clock has moved forward by 2.5 s within 1 ms

  @needs:ptp-ocp:mainline
  Scenario: mainline adjusts no frequency but by nothing
    When I adjust the clock's frequency by 0.0 ppb
    And I try to adjust the clock's frequency by 1000.0 ppb
    Then it is refused with EOPNOTSUPP

  Scenario: a frequency beyond the limit is out of range
    When I try to adjust the clock's frequency by 200000000.0 ppb
    Then it is refused with ERANGE

  @needs:ptp-ocp:out-of-tree @needs:timecard:facebook
  Scenario: the out-of-tree driver adjusts the frequency
    When I write "REGS" to the attribute "clock_source"
    And I adjust the clock's frequency by 0.0 ppb
    Then the clock gains 0 s in 10 s, within 100 us
    When I adjust the clock's frequency by 20000.0 ppb
    Then the clock gains 200 us in 10 s, within 60 us

  @needs:ptp-ocp:mainline-6.12
  Scenario: a phase cannot be given to the clock's servo
    When I try to adjust the clock's phase by 100 ns
    Then it is refused with ERANGE
    When I try to adjust the clock's phase by 0 ns
    Then it is refused with EOPNOTSUPP

  @needs:ptp-ocp:mainline-6.1
  Scenario: nor in Linux 6.1
    When I try to adjust the clock's phase by 100 ns
    Then it is refused with EOPNOTSUPP

  @needs:ptp-ocp:mainline
  Scenario: the offset is measured by the best method there is
    Then the offset is measured by the extended method with an uncertainty of at most 1 ms
    When I try to measure the offset by the precise method
    Then it is refused with EOPNOTSUPP

  @needs:ptp-ocp:out-of-tree @needs:timecard:facebook
  Scenario: the out-of-tree driver measures in one instant
    Then the offset is measured by the precise method with an uncertainty of at most 1 us

  @needs:ptp-ocp:out-of-tree @needs:timecard:art
  Scenario: but not on an ART board, which has nothing to do it with
    Then the offset is measured by the extended method with an uncertainty of at most 1 ms
    When I try to measure the offset by the precise method
    Then it is refused with EOPNOTSUPP

  @needs:timecard:prompt
  Scenario: the methods agree
    Then the extended and the basic method agree within 100 us

  @needs:timecard:prompt
  Scenario: a window adjustment makes the window smaller
    Then a window adjustment of 3000 ns makes the window so much smaller

  Scenario: a request that a PTP clock does not have
    When I try the request 0x80503dff on the clock
    Then it is refused with ENOTTY

  Scenario: the clock gives the kernel a PPS
    Then the kernel counts its PPS for 5 seconds

  @needs:timecard:facebook
  Scenario: the card's NMEA port says the time of the clock in UTC
    Then its port "NMEA" says the time in "GPZDA" sentences, 3 times, right within 900 ms

  @needs:timecard:facebook
  Scenario: and by the offset that was set
    When I write "TOD" to the attribute "clock_source"
    Then its port "NMEA" says the time in "GPZDA" sentences, 2 times, right within 900 ms

  Scenario: the GNSS receiver says its time
    Then its port "GNSS" says the time in "GNRMC" sentences, 3 times, right within 900 ms
