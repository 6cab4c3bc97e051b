namespace LabTrace.Tracing;

/// <summary>Which system the kernel's events belong to, for text that names them without it.</summary>
/// <remarks>The folders of <c>events/</c> of Linux 6.18 on x86-64: most events begin with their system's name, these do not. Linux 6.1 has the same names.</remarks>
internal static class EventSystems
{
    private static readonly (string System, string[] Names)[] Odd = [.. new[]
    {
        "dma_fence dma_fence_*", "irq_matrix irq_matrix_*", "mmap_lock mmap_lock_*",
        "block blk_* blkdev_* disk_zone_*", "bpf_test_run bpf_test_finish bpf_trigger_tp", "bridge br_* fdb_delete", "capability cap_capable", "compaction mm_compaction_*",
        "dev devres_log", "exceptions page_fault_*", "filelock break_lease_* fcntl_setlk flock_lock_inode generic_*_lease leases_conflict locks_* posix_lock_inode time_out_leases",
        "filemap file_check_and_advance_wb_err mm_filemap_*", "fs_dax dax_*", "huge_memory mm_collapse_* mm_khugepaged_*", "iommu *_device_to_* remove_device_from_group io_page_fault map unmap",
        "irq softirq_* tasklet_*",
        "irq_vectors call_function_* error_apic_* irq_work_* local_timer_* reschedule_entry reschedule_exit spurious_apic_* thermal_apic_* threshold_apic_* vector_* x86_platform_ipi_*",
        "kmem kfree kmalloc* mm_page_* mm_calculate_totalreserve_pages mm_setup_per_zone_* rss_stat", "kvm vcpu_match_mmio",
        "kvmmmu check_mmio_spte fast_page_fault handle_mmio_page_fault kvm_mmu_* kvm_tdp_mmu_* mark_mmio_spte", "lock contention_*", "maple_tree ma_op ma_read ma_write",
        "memcg count_memcg_events mod_memcg_*", "migrate mm_migrate_* *_migration_pte", "mmap exit_mmap vm_unmapped_area", "msr rdpmc read_msr write_msr", "napi dql_stall_detected",
        "net napi_gro_* netif_*", "oom compact_retry *_task_reaping mark_victim reclaim_retry_zone wake_reaper", "pagemap mm_lru_*",
        "power cpu_frequency* cpu_idle* dev_pm_qos_* guest_halt_poll_ns pm_qos_* pstate_sample suspend_resume wakeup_source_* device_pm_callback_* clock_*able clock_set_rate",
        "printk console", "ras arm_event mc_event non_standard_event", "raw_syscalls sys_enter sys_exit", "readahead page_cache_*", "skb consume_skb kfree_skb",
        "sock inet_sk_error_report inet_sock_set_state sk_data_ready", "thermal cdev_update", "thp *_migration_pmd", "timer hrtimer_* itimer_* tick_stop", "timer_migration tmigr_*",
        "vmalloc alloc_vmap_area free_vmap_area_noflush purge_vmap_area_lazy", "vmscan mm_shrink_slab_* mm_vmscan_*", "vsyscall emulate_vsyscall",
        "writeback balance_dirty_pages bdi_dirty_ratelimit flush_foreign folio_wait_writeback global_dirty_state inode_foreign_history inode_switch_wbs* sb_*_inode_writeback track_foreign_dirty wbc_writepage",
        "xfs xlog_*",
    }.Select(line => line.Split(' ')).Select(words => (words[0], words[1..]))];

    /// <summary>Whether an event whose system nobody tells is of the systems that a pattern names.</summary>
    /// <param name="pattern">One system or several: <c>sched</c>, <c>irq*</c>.</param>
    /// <param name="name">The event, for example <c>sched_switch</c>, <c>softirq_entry</c>.</param>
    /// <returns>That its known system is one of them; that its name begins with the name of one where nothing is known.</returns>
    public static bool MayHave(string pattern, string name)
    {
        if (pattern == "*")
        {
            return true;
        }

        foreach (var (system, names) in Odd)
        {
            if (Array.Exists(names, known => Glob.IsMatch(known, name)))
            {
                return Glob.IsMatch(pattern, system);
            }
        }

        for (var end = name.Length; end > 0; end = name.LastIndexOf('_', end - 1))
        {
            if (Glob.IsMatch(pattern, name[..end]))
            {
                return true;
            }
        }

        return false;
    }
}
