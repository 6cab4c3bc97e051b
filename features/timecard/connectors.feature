@timecard @needs:timecard
Feature: The connectors of a Time Card
  Four SMA connectors are inputs or outputs, and a matrix says of what.

  Background:
    Given a Time Card

  @needs:timecard:facebook @needs:timecard:generators
  Scenario Outline: a routing is taken and read back, its names in the table's order
    When I write "<text>" to the attribute "<connector>"
    Then the attribute "<connector>" reads "<routing>"

    Examples:
      | connector | text              | routing          |
      | sma1      | IN: PPS1          | IN: PPS1         |
      | sma1      | in: pps1          | IN: PPS1         |
      | sma1      | IN: 10MHz         | IN: 10Mhz        |
      | sma2      | IN: TS2 PPS1      | IN: PPS1 TS2     |
      | sma2      | IN: FREQ4 TS3 DCF | IN: DCF TS3 FREQ4 |
      | sma2      | IN:               | IN:              |
      | sma3      | IN: None          | IN: None         |
      | sma1      | IN: None          | IN: None         |
      | sma1      | OUT: GEN4         | OUT: GEN4        |
      | sma3      | OUT: PHC          | OUT: PHC         |
      | sma3      | OUT: GNSS2        | OUT: GNSS2       |
      | sma4      | OUT: MAC          | OUT: MAC         |
      | sma4      | OUT: GND          | OUT: GND         |
      | sma4      | OUT: VCC          | OUT: VCC         |
      | sma4      | IN: TS1           | IN: TS1          |
      | sma2      | TS1               | IN: TS1          |

  @needs:timecard:facebook @needs:timecard:generators
  Scenario Outline: what is no routing is refused
    When I try to write "<text>" to the attribute "sma1"
    Then it is refused with EINVAL

    Examples:
      | text           |
      | IN: PPS        |
      | IN: GNSS       |
      | OUT: PPS       |
      | OUT: None      |
      | IN: PPS1 BOGUS |
      | IN:PPS1        |
      | BOGUS          |

  @needs:timecard:facebook @needs:timecard:generators
  Scenario: a connector forgets its input when it becomes an output
    When I write "IN: TS1" to the attribute "sma2"
    And I write "OUT: PHC" to the attribute "sma2"
    Then the attribute "sma2" reads "OUT: PHC"
    When I write "IN:" to the attribute "sma2"
    Then the attribute "sma2" reads "IN:"

  @needs:timecard:facebook @needs:timecard:generators
  Scenario: routing one connector leaves the others
    When I write "IN: TS1" to the attribute "sma1"
    And I write "IN: TS2" to the attribute "sma2"
    And I write "OUT: MAC" to the attribute "sma3"
    And I write "OUT: GNSS1" to the attribute "sma4"
    Then the attribute "sma1" reads "IN: TS1"
    And the attribute "sma2" reads "IN: TS2"
    And the attribute "sma3" reads "OUT: MAC"
    And the attribute "sma4" reads "OUT: GNSS1"

  @needs:timecard:adva
  Scenario Outline: an ADVA board knows fewer signals
    When I try to write "<text>" to the attribute "sma1"
    Then it is refused with EINVAL

    Examples:
      | text       |
      | IN: TS3    |
      | IN: IRIG   |
      | OUT: GNSS2 |
      | OUT: GEN3  |

  @needs:timecard:adva-x1
  Scenario Outline: an ADVA X1 board knows four of each, and no 10 MHz in
    When I write "<text>" to the attribute "sma2"
    Then the attribute "sma2" reads "<routing>"

    Examples:
      | text               | routing            |
      | IN: TS4 TS3        | IN: TS3 TS4        |
      | IN: FREQ4 PPS1 TS1 | IN: PPS1 TS1 FREQ4 |
      | IN:                | IN:                |
      | IN: None           | IN: None           |
      | OUT: GEN4          | OUT: GEN4          |
      | OUT: 10Mhz         | OUT: 10Mhz         |
      | OUT: GNSS1         | OUT: GNSS1         |

  @needs:timecard:adva-x1
  Scenario Outline: and neither what ADVA's others nor what Facebook's have beyond that
    When I try to write "<text>" to the attribute "sma1"
    Then it is refused with EINVAL

    Examples:
      | text       |
      | IN: 10Mhz  |
      | IN: PPS2   |
      | IN: IRIG   |
      | IN: DCF    |
      | OUT: GNSS2 |
      | OUT: IRIG  |
      | OUT: None  |

  @needs:timecard:adva-x1
  Scenario: its first connector has no name for the input it is left with
    When I write "IN:" to the attribute "sma1"
    Then the attribute "sma1" reads "IN: (null)"

  @needs:timecard:art
  Scenario Outline: an ART connector takes one signal that it can
    When I write "<text>" to the attribute "sma1"
    Then the attribute "sma1" reads "<text>"

    Examples:
      | text      |
      | IN: PPS1  |
      | IN: 10Mhz |

  @needs:timecard:art
  Scenario Outline: and refuses two, none, and what it cannot
    When I try to write "<text>" to the attribute "sma1"
    Then it is refused with <errno>

    Examples:
      | text           | errno      |
      | IN: PPS1 10Mhz | EINVAL     |
      | IN: None       | EINVAL     |
      | IN:            | EOPNOTSUPP |

  @needs:timecard:art @needs:ptp-ocp:mainline
  Scenario: the PPS of an ART board is called PHC in mainline
    When I write "OUT: PHC" to the attribute "sma4"
    Then the attribute "sma4" reads "OUT: PHC"
    When I try to write "OUT: MAC" to the attribute "sma4"
    Then it is refused with EINVAL

  @needs:timecard:art @needs:ptp-ocp:out-of-tree
  Scenario: and MAC in the out-of-tree driver
    When I write "OUT: MAC" to the attribute "sma4"
    Then the attribute "sma4" reads "OUT: MAC"
    When I try to write "OUT: PHC" to the attribute "sma4"
    Then it is refused with EINVAL

  @needs:timecard:loopback
  Scenario: a pulse sent out of SMA3 is time-stamped on SMA2
    When I write "OUT: PHC" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then channel 1 gives 4 timestamps 1 s apart, within 1 us
    And 2 timestamps of channel 1 are at multiples of 1 s within 1 us

  @needs:timecard:loopback
  Scenario: and goes to the channel that the input is routed to
    When I write "OUT: PHC" to the attribute "sma3"
    And I write "IN: TS2" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then no timestamp comes within 3 s
    When I turn on the timestamps of channel 2
    Then channel 2 gives 2 timestamps 1 s apart, within 1 us

  @needs:timecard:loopback
  Scenario: nothing comes of an output that is low
    When I write "OUT: GND" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then no timestamp comes within 3 s

  @needs:timecard:loopback
  Scenario: the same cable carries a pulse the other way
    When I write "IN: TS1" to the attribute "sma3"
    And I write "OUT: PHC" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then channel 1 gives 2 timestamps 1 s apart, within 1 us

  @needs:timecard:bench @needs:timecard:facebook @needs:timecard:generators
  Scenario: nothing comes without the cable
    When I write "OUT: PHC" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And the cable from SMA3 to SMA2 is taken away
    And I turn on the timestamps of channel 1
    Then no timestamp comes within 3 s
    When a cable is laid from SMA3 to SMA2
    Then channel 1 gives 2 timestamps 1 s apart, within 1 us

  @needs:timecard:loopback
  Scenario: the PPS of GNSS goes round too
    When I write "OUT: GNSS1" to the attribute "sma3"
    And I write "IN: TS1" to the attribute "sma2"
    And I turn on the timestamps of channel 1
    Then channel 1 gives 3 timestamps 1 s apart, within 1 us

  @needs:timecard:facebook
  Scenario: the summary shows what is routed where
    When I write "OUT: PHC" to the attribute "sma3"
    Then its debug file "summary" has a line like " *sma3: [0-9a-f]{4},[0-9a-f]{4} OUT: PHC"
    And its debug file "summary" has a line like "MAC PPS2 src: (GNSS2|sma[1-4])"
    And its debug file "summary" has a line like " *PHC src: .*, state: [a-z]+"
    When I write "DCF" to the attribute "clock_source"
    Then its debug file "summary" has a line like " *PHC src: DCF, state: [a-z]+"

  Scenario Outline: a pin's function routes its connector
    When I give pin SMA3 the function <function>, channel <channel>
    Then pin SMA3 has the function <function>, channel <channel>
    And the attribute "sma3" reads "<routing>"

    @needs:timecard:facebook @needs:timecard:generators
    Examples:
      | function        | channel | routing   |
      | periodic output | 0       | OUT: PHC  |
      | periodic output | 2       | OUT: GEN2 |
      | nothing         | 0       | IN: None  |

  @needs:timecard:facebook @needs:timecard:generators
  Scenario: a pin's timestamps leave its connector
    When I write "IN: TS3" to the attribute "sma3"
    And I give pin SMA3 the function external timestamps, channel 3
    Then pin SMA3 has the function external timestamps, channel 3
    And the attribute "sma3" reads "IN: TS3"

  Scenario Outline: a pin's function that cannot be
    When I try to give pin SMA3 the function <function>, channel <channel>
    Then it is refused with <errno>

    Examples:
      | function            | channel | errno      |
      | periodic output     | 5       | EINVAL     |
      | external timestamps | 6       | EINVAL     |
      | physical            | 1       | EINVAL     |
      | physical            | 0       | EOPNOTSUPP |

  @needs:timecard:art
  Scenario: whatever the driver minds about a pin is told as not supported
    When I try to give pin SMA3 the function nothing, channel 0
    Then it is refused with EOPNOTSUPP
