@timecard @needs:timecard
Feature: Timestamps, outputs and counters of a Time Card
  Edges are stamped with the clock's time; generators make edges at it.

  Background:
    Given a Time Card

  Scenario: the clock's own PPS is stamped at whole seconds
    When I turn on the timestamps of channel 5
    Then channel 5 gives 4 timestamps 1 s apart, within 100 ns
    And 2 timestamps of channel 5 are at multiples of 1 s within 100 ns

  Scenario: the PPS of GNSS is stamped once a second
    When I turn on the timestamps of channel 0
    Then channel 0 gives 5 timestamps 1 s apart, within 1 us

  Scenario: timestamps are of the clock's own time
    When I write "REGS" to the attribute "clock_source"
    And I set the clock to 1700000000 seconds
    And I turn on the timestamps of channel 0
    Then a timestamp of channel 0 is of the clock's own time within 900 ms

  Scenario Outline: a channel that is turned off is silent
    When I turn on the timestamps of channel <channel>
    Then channel <channel> gives 2 timestamps 1 s apart, within 1 us
    When I turn off the timestamps of channel <channel>
    Then no timestamp comes within 3 s

    Examples:
      | channel |
      | 0       |
      | 5       |

  Scenario: a channel that was not turned on is silent
    When I turn on the timestamps of channel 1
    Then no timestamp comes within 2 s

  Scenario: there is no seventh channel
    When I try to turn on the timestamps of channel 6
    Then it is refused with EINVAL

  Scenario: a clock opened for reading turns nothing on
    When I try to turn on the timestamps of channel 0 of a clock opened for reading
    Then it is refused with EACCES

  @needs:timecard:adva
  Scenario: an ADVA board has no hardware for channel 3
    When I try to turn on the timestamps of channel 3
    Then it is refused with ENXIO

  @needs:timecard:adva-x1
  Scenario Outline: an ADVA X1 board has hardware for every channel
    When I turn on the timestamps of channel <channel>
    And I turn off the timestamps of channel <channel>
    Then no timestamp comes within 2 s

    Examples:
      | channel |
      | 3       |
      | 4       |

  @needs:timecard:adva-x1 @needs:ptp-ocp:mainline-7.3
  Scenario: edges that fall are not stamped, and since Linux 7.3 the driver says so
    When I try to turn on the timestamps of channel 0 at falling edges
    Then it is refused with EOPNOTSUPP
    When I try to turn on the timestamps of channel 6 at falling edges
    Then it is refused with EINVAL

  @needs:timecard:adva-x1 @needs:ptp-ocp:mainline-7.3
  Scenario: nor is there a single pulse
    When I try to ask for a single pulse of channel 1, 100 ms high
    Then it is refused with EOPNOTSUPP

  Scenario: the PPS of the clock is always there, and no other period of it
    When I ask for a periodic output of channel 0 every 1 s
    And I try to ask for a periodic output of channel 0 every 500 ms
    Then it is refused with EINVAL

  Scenario: there is no sixth output
    When I try to ask for a periodic output of channel 5 every 1 s, 500 ms high
    Then it is refused with EINVAL

  @needs:timecard:generators
  Scenario: a generator needs to know how long it is high
    When I try to ask for a periodic output of channel 1 every 1 s
    Then it is refused with EINVAL

  @needs:timecard:generators
  Scenario: a generator does not start in the past
    When I try to ask for a periodic output of channel 1 that starts in the past
    Then it is refused with EINVAL

  @needs:timecard:generators
  Scenario: a pulse cannot be longer than its period
    When I try to ask for a periodic output of channel 1 every 1 s, 2 s high
    Then it is refused with ERANGE

  @needs:timecard:art @needs:ptp-ocp:mainline
  Scenario: an ART board has no generators
    When I try to ask for a periodic output of channel 1 every 1 s, 500 ms high
    Then it is refused with ENXIO

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: an output that was asked for runs
    When I ask for a periodic output of channel 1 every 1 s, 250 ms high
    Then the attribute "gen1/running" reads "1"
    And the attribute "gen1/period" reads "1000000000"
    And the attribute "gen1/duty" reads "25"
    When I ask for a periodic output of channel 1 every 0 s
    Then the attribute "gen1/running" reads "0"

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a generator is set by its attribute, and keeps its values when it stops
    When I write "1000000000 20 1000 1" to the attribute "gen1/signal"
    Then all that the attribute "gen1/signal" reads is like "1000000000 20 1000 1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.000001000)? TAI\n"
    And the attribute "gen1/running" reads "1"
    And the attribute "gen1/duty" reads "20"
    And the attribute "gen1/phase" reads "1000"
    And all that the attribute "gen1/start" reads is like "\d+\.1000\n"
    When I write "0" to the attribute "gen1/signal"
    Then the attribute "gen1/running" reads "0"
    And the attribute "gen1/period" reads "1000000000"
    And the attribute "gen1/duty" reads "20"

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario Outline: what is no signal is refused
    When I try to write "<text>" to the attribute "gen1/signal"
    Then it is refused with <errno>

    Examples:
      | text                    | errno  |
      | 1000000000 0            | EINVAL |
      | 1000000000 100          | EINVAL |
      | 1000000000 50 0 maybe   | EINVAL |
      | 1000000000 50 0 1 1     | EINVAL |
      | second                  | EINVAL |
      | 99999999999999999999    | ERANGE |

  @needs:timecard:generators @needs:ptp-ocp:out-of-tree
  Scenario: the out-of-tree driver takes the count of periods for the start, and refuses it
    When I try to write "1000000000" to the attribute "gen1/signal"
    Then it is refused with EINVAL

  @needs:timecard:loopback @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a generator's edges are stamped where its period and phase say
    When I write "OUT: GEN1" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    And I write "250000000 50 10000000 1" to the attribute "gen1/signal"
    Then channel 1 gives 5 timestamps 250 ms apart, within 1 us
    And 3 timestamps of channel 1 are 10 ms behind multiples of 250 ms within 1 us

  @needs:timecard:loopback @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a generator that is stopped makes no edges
    When I write "OUT: GEN1" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I write "250000000 50 0 1" to the attribute "gen1/signal"
    And I write "0" to the attribute "gen1/signal"
    And I turn on the timestamps of channel 1
    Then no timestamp comes within 2 s

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a jump of the time stops a generator
    When I write "REGS" to the attribute "clock_source"
    And I write "1000000000 50 0 1" to the attribute "gen1/signal"
    Then the attribute "gen1/running" reads "1"
    When I set the clock forward by 100 s
    Then the attribute "gen1/running" becomes "0" within 2 s

  @needs:timecard:generators @needs:ptp-ocp:mainline
  Scenario: a slew does not stop it
    When I write "REGS" to the attribute "clock_source"
    And I write "1000000000 50 0 1" to the attribute "gen1/signal"
    And I adjust the clock forward by 100 us
    And 2 s pass
    Then the attribute "gen1/running" reads "1"

  @needs:timecard:counters @needs:timecard:loopback
  Scenario: a counter that is off measures nothing
    When I write "0" to the attribute "freq2/seconds"
    Then the attribute "freq2/seconds" reads "0"

  @needs:timecard:counters @needs:timecard:loopback @needs:ptp-ocp:mainline
  Scenario Outline: a counter counts a generator's edges in a second
    When I write "OUT: GEN1" to the attribute "sma3"
    And I write "IN: FREQ1" to the attribute "sma2"
    And I write "<period> 50 0 1" to the attribute "gen1/signal"
    And I write "<seconds>" to the attribute "freq1/seconds"
    Then all that the attribute "freq1/frequency" reads is like ""
    And the attribute "freq1/frequency" becomes "<hertz>" within 10 s

    Examples:
      | period    | seconds | hertz  |
      | 1000000   | 1       | 1000   |
      | 1000000   | 4       | 1000   |
      | 10000     | 2       | 100000 |

  @needs:timecard:counters @needs:timecard:loopback @needs:ptp-ocp:mainline
  Scenario: a signal that is too fast is an error
    When I write "OUT: GEN1" to the attribute "sma3"
    And I write "IN: FREQ1" to the attribute "sma2"
    And I write "80 50 0 1" to the attribute "gen1/signal"
    And I write "1" to the attribute "freq1/seconds"
    Then the attribute "freq1/frequency" becomes "error" within 10 s

  @needs:timecard:counters @needs:timecard:loopback
  Scenario: the card's 10 MHz are 10 MHz
    When I write "OUT: 10Mhz" to the attribute "sma3"
    And I write "IN: FREQ1" to the attribute "sma2"
    And I write "1" to the attribute "freq1/seconds"
    Then the attribute "freq1/frequency" becomes "(9999999|10000000|10000001)" within 10 s
