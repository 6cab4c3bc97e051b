@ebpf
Feature: Configuration space, DMA fences and NVLink recorded with eBPF
  What needs a device to happen is recorded here from models of the devices; the programs are the same.

  @needs:bpf-pcie @needs:device-workloads
  Scenario: a read of configuration space tells what was read
    Given the BPF program "pcie"
    When I record "labtrace-workload pci 3" with BPF
    Then the trace has exactly 3 "bpf:pcie_exit where operation = read_dword and address = 0000:06:00.0 and value = 0x04001d9b" events
    And every "bpf:pcie_exit where operation = read_dword" event has "size" equal to 4
    And every "bpf:pcie_enter where operation = read_dword" event has "value" equal to 0

  @needs:bpf-pcie @needs:device-workloads
  Scenario: a write tells what was written, on its way in and out
    Given the BPF program "pcie"
    When I record "labtrace-workload pci 2" with BPF
    Then every "bpf:pcie_enter where operation = write_word" event has "value" equal to 0x406
    And every "bpf:pcie_exit where operation = write_word" event has "value" equal to 0x406
    And every "bpf:pcie_exit where operation = write_word" event has "ret" equal to 0

  @needs:bpf-pcie @needs:device-workloads
  Scenario: a function that is not there answers with ones and a return code
    Given the BPF program "pcie"
    When I record "labtrace-workload pci 1" with BPF
    Then the trace has exactly 1 "bpf:pcie_exit where address = 0000:06:00.1 and ret = 0x86 and value = 0xff" event

  @needs:bpf-pcie @needs:device-workloads
  Scenario: every access comes back
    Given the BPF program "pcie"
    When I record "labtrace-workload pci 10" with BPF
    Then every "bpf:pcie_enter" event is followed by "bpf:pcie_exit" on the same pid within 1 ms
    And every end had its begin

  @needs:bpf-dma-fence @needs:device-workloads
  Scenario: a fence lives from init to destroy
    Given the BPF program "dma_fence"
    When I record "labtrace-workload fences 4" with BPF
    Then these events follow each other again and again on the same seqno:
      | event                       |
      | bpf:dma_fence_init          |
      | bpf:dma_fence_emit          |
      | bpf:dma_fence_enable_signal |
      | bpf:dma_fence_signaled      |
      | bpf:dma_fence_destroy       |
    And every "bpf:dma_fence_*" event has "driver" equal to "amdgpu"
    And every "bpf:dma_fence_*" event has "timeline" equal to "gfx_0.0.0"

  @needs:bpf-dma-fence @needs:device-workloads
  Scenario: the wait for a fence is measured
    Given the BPF program "dma_fence"
    When I record "labtrace-workload fences 3" with BPF
    Then the trace has exactly 3 "bpf:dma_fence_wait_end" events
    And every "bpf:dma_fence_wait_end" event has "duration_ns" at least 100000
    And the longest time from "bpf:dma_fence_wait_start" to "bpf:dma_fence_wait_end" on the same seqno is at most 10 ms

  @needs:bpf-nvlink @needs:device-workloads
  Scenario: the NVLink core's copies tell their size and their end
    Given the BPF program "nvlink"
    When I record "labtrace-workload nvlink 4" with BPF
    Then the trace has exactly 4 "bpf:nvlink_exit where function = nvlink_memcpy" events
    And every "bpf:nvlink_enter where function = nvlink_memset" event has "size" equal to 64
    And every "bpf:nvlink_exit where function = nvlink_strcpy" event has "ret" equal to 0x100000

  @lacks:kprobes @lacks:bpf-pcie
  Scenario Outline: a kernel that cannot have a program says why
    When I try to start the BPF program "<program>"
    Then it is refused
    And the refusal says "cannot be attached"
    And the refusal says "<reason>"

    Examples:
      | program          | reason                    |
      | pcie             | the kernel has no kprobes |
      | nvlink           | the kernel has no kprobes |
      | function_latency | the kernel has no kprobes |

  Scenario: a program that nobody ships is refused and the nearest is named
    When I try to start the BPF program "syscals"
    Then it is refused
    And the refusal says "nearest: syscalls"
