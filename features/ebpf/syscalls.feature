@ebpf @needs:bpf-syscalls
Feature: System calls recorded with eBPF
  A program in the kernel records each system call as it is entered and as it returns, with arguments, result and duration, of one command
  and its children only. What it shows is checked against a command whose every call is known.

  @needs:labtrace-workload
  Scenario: each call of a known command is recorded exactly once
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 25" with BPF
    Then the command succeeded
    And the trace has exactly 25 "bpf:syscall_enter where name = getppid" events
    And the trace has exactly 25 "bpf:syscall_exit where name = getppid" events
    And the trace has exactly 25 "bpf:syscall_exit where name = close and errno = EBADF" events
    And the trace has exactly 25 "bpf:syscall_exit where name = openat and path = /nonexistent/labtrace and errno = ENOENT" events
    And the kernel's BPF counters agree with the events read
    And no events were lost

  @needs:labtrace-workload
  Scenario: arguments are told by their names
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 1" with BPF
    Then every "bpf:syscall_exit where path = /nonexistent/labtrace" event has "arg2" equal to "O_RDONLY|O_CLOEXEC"
    And the trace has exactly 1 "bpf:syscall_exit where name = rename and path = /nonexistent/from and path2 = /nonexistent/to" event
    And the trace has exactly 1 "bpf:syscall_enter where arg2 = O_WRONLY|O_CREAT|O_APPEND and arg3 = 0640" event
    And the trace has exactly 1 "bpf:syscall_exit where name = mprotect and arg2 = PROT_READ|PROT_WRITE" event

  @needs:labtrace-workload
  Scenario: a sleep takes as long as it was asked to
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 3" with BPF
    Then the trace has exactly 1 "bpf:syscall_exit where name = clock_nanosleep" event
    And every "bpf:syscall_exit where name = clock_nanosleep" event has "duration_ns" at least 20000000
    And the shortest time from "bpf:syscall_enter where name = clock_nanosleep" to "bpf:syscall_exit where name = clock_nanosleep" on the same pid is at least 20 ms

  Scenario: a call that returns is followed by its end, and the last call has none
    Given the BPF program "syscalls"
    When I record "true" with BPF
    Then the command succeeded
    And every "bpf:syscall_enter where name != exit_group" event is followed by "bpf:syscall_exit" on the same call_id within 5 s
    And the trace has exactly 1 "bpf:syscall_enter where name = exit_group" event
    And the trace has exactly 0 "bpf:syscall_exit where name = exit_group" events
    And all events have the command's pid

  Scenario: a refusal is told with its errno
    Given the BPF program "syscalls"
    When I record "cat /nonexistent/file" with BPF
    Then the command ended with exit code 1
    And the trace has exactly 1 "bpf:syscall_exit where path = /nonexistent/file and errno = ENOENT" event
    And every "bpf:syscall_exit where path = /nonexistent/file" event has "ret" equal to -2

  @needs:labtrace-workload
  Scenario Outline: only the calls that are asked for are recorded
    Given the BPF program "syscalls"
    And only the system calls "<calls>" are recorded
    When I record "labtrace-workload calls 10" with BPF
    Then the trace has exactly <events> "bpf:syscall_enter" events
    And the trace has exactly <events> "bpf:syscall_exit" events

    Examples:
      | calls           | events |
      | getppid         | 10     |
      | rename          | 1      |
      | getppid, rename | 11     |
      | fork            | 0      |

  @needs:labtrace-workload
  Scenario: a minimum duration is applied in the kernel and lets whole calls through
    Given the BPF program "syscalls"
    And only what takes at least 15 ms is recorded
    And only the system calls "getppid, openat, close, clock_nanosleep" are recorded
    When I record "labtrace-workload calls 50" with BPF
    Then the trace has exactly 1 "bpf:syscall" event
    And every "bpf:syscall" event has "name" equal to "clock_nanosleep"
    And no events but "bpf:syscall" are in the trace

  @needs:labtrace-workload
  Scenario: each call may be recorded as one event
    Given the BPF program "syscalls"
    And each system call is recorded as one event
    When I record "labtrace-workload calls 8" with BPF
    Then the trace has exactly 8 "bpf:syscall where name = getppid" events
    And no events but "bpf:syscall" are in the trace

  @needs:labtrace-workload
  Scenario: children of the command are recorded too
    Given the BPF program "syscalls"
    And only the system calls "getppid" are recorded
    When I record "labtrace-workload children 4" with BPF
    Then the trace has exactly 13 "bpf:syscall_exit where name = getppid" events

  Scenario: only threads of one name are recorded when everything is
    Given the BPF program "syscalls"
    And only threads named "sleep" are recorded
    When I record everything with BPF while running "sleep 0.02"
    Then every "bpf:syscall_enter" event has "comm" equal to "sleep"
    And the trace has exactly 1 "bpf:syscall_enter where name = clock_nanosleep" event

  @needs:labtrace-workload
  Scenario: a ring buffer that is too small loses records, and says exactly how many
    Given the BPF program "syscalls"
    And a BPF ring buffer of 4 KiB
    When I record "labtrace-workload spin 5000" with BPF
    Then the kernel dropped at least 100 BPF records
    And events were lost
    And the kernel's BPF counters agree with the events read

  @needs:labtrace-workload @needs:strace
  Scenario: strace is an independent witness of the same calls
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 12" with BPF
    Then strace sees the same calls

  @needs:labtrace-workload @needs:strace
  Scenario: strace sees the same calls of children
    Given the BPF program "syscalls"
    When I record "labtrace-workload children 3" with BPF
    Then strace sees the same calls

  @needs:labtrace-workload @needs:bpftrace
  Scenario: bpftrace counts the same calls
    Given the BPF program "syscalls"
    When I record "labtrace-workload calls 40" with BPF
    Then bpftrace counts the same calls

  Scenario: loading and attaching is quick, by the best way there is
    Given the BPF program "syscalls"
    When I record "true" with BPF
    Then the BPF program was attached by one of "tp_btf, raw_tp, tp, emulated"
    And loading and attaching took at most 2 s

  @needs:labtrace-workload
  Scenario: paths may be left out, which is cheaper
    Given the BPF program "syscalls"
    And paths of system calls are not recorded
    When I record "labtrace-workload calls 3" with BPF
    Then the trace has exactly 3 "bpf:syscall_exit where name = openat and errno = ENOENT" events
    And the trace has exactly 0 "bpf:syscall_exit where path = /nonexistent/labtrace" events

  Scenario: everything is recorded for a time
    Given the BPF program "syscalls"
    And only threads named "labtrace-nobody" are recorded
    When I record everything with BPF for 50 ms
    Then the trace has exactly 0 "bpf:syscall_enter" events
    And the kernel's BPF counters agree with the events read

  Scenario: a ring buffer that no kernel takes is refused before anything is loaded
    Given the BPF program "syscalls"
    And a BPF ring buffer of 3 KiB
    When I try to record "true" with BPF
    Then it is refused
    And the refusal says "power of two"
