@grtrace @needs:grtrace
Feature: Configuration
  Keys and values; all of a write is taken, or nothing of it.

  Scenario: several keys are set at once
    Given grtrace is loaded
    When I configure grtrace with "sample=50 max_events_per_sec=1000 level=verbose"
    Then grtrace's setting "sample" is "50"
    And grtrace's setting "max_events_per_sec" is "1000"
    And grtrace's setting "level" is "verbose"

  Scenario Outline: a wrong key or value is refused and nothing is changed
    Given grtrace is loaded
    When I try to configure grtrace with "<text>"
    Then it is refused with EINVAL
    And grtrace's setting "sample" is "100"
    And grtrace's setting "level" is "normal"
    And grtrace's setting "max_events_per_sec" is "0"

    Examples:
      | text                         |
      | sample=50 colour=blue        |
      | sample=101                   |
      | sample=-1                    |
      | sample=50 level=loud         |
      | level=3                      |
      | sample                       |
      | =50                          |
      | max_events_per_sec=many      |
      | backpressure_threshold=101   |
      | rate_limiter_mode=2          |

  Scenario Outline: the files of older versions set the same
    Given grtrace is loaded
    When I write "<value>" into grtrace's file "<file>"
    Then grtrace's setting "<key>" is "<shown>"

    Examples:
      | file            | value        | key                | shown |
      | sampling        | 10           | sample             | 10    |
      | rate_limit      | 1000         | max_events_per_sec | 1000  |
      | rate_limit_mode | token_bucket | rate_limiter_mode  | 1     |
      | rate_limit_mode | window       | rate_limiter_mode  | 0     |
      | level           | off          | level              | off   |

  Scenario: numbers are taken as C writes them
    Given grtrace is loaded
    When I configure grtrace with "filter_engine_mask=0x3 filter_type_mask=021 filter_ring_id=2"
    Then grtrace's setting "filter_engine_mask" is "0x3"
    And grtrace's setting "filter_type_mask" is "0x11"
    And grtrace's setting "filter_ring_id" is "2"

  Scenario: the lists are counted and their counts cannot be set
    Given grtrace is loaded
    And grtrace watches only the contexts "100, 200"
    And grtrace watches only the rings "0,1,2"
    Then grtrace's setting "watch_count" is "2"
    And grtrace's setting "watch_ring_count" is "3"
    When I try to configure grtrace with "watch_count=0"
    Then it is refused with EINVAL

  Scenario: a profile sets what the manual recommends for production
    Given grtrace is loaded
    When I configure grtrace with "profile=production"
    Then grtrace's setting "sample" is "10"
    And grtrace's setting "max_events_per_sec" is "1000"
