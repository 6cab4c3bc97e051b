using System.Text.RegularExpressions;

namespace LabTrace.Tracing.KernelLog;

internal static partial class GuiltyFunction
{
    // Functions that no defect is in: they check, report, trap, lock, copy or print for whoever called them.
    private const string Sanitizers = "__sanitizer|__asan|__hwasan|kasan|__msan|kmsan|kcsan|__tsan|kfence|ubsan|check_memory_region|check_region_inline|read_word_at_a_time|print_address_description|print_report|instrument_";
    private const string Reporting = "panic|invalid_op|report_bug|fixup_bug|handle_bug|do_error|exc_|_trap$|do_trap|traps|print_trailer|dump_stack|dump_backtrace|show_stack|walk_stackframe|stack_trace_|arch_stack_walk|warn_slowpath|warn_alloc|__warn|debug_object|(?:timer|work)_is_static_object|bug_handler|brk_handler|do_debug_exception|^el1h?_|_kernel_fault|tag_check_fault|do_mem_abort|(?:vmalloc|page)_fault|program_check|check_panic|rust_helper_BUG|rust_panic|rust_begin_unwind|core.*panicking|_?die$|oops|fault_in_kernel_space|print_unlock|print_usage|bad_page$|free_page_is_bad";
    private const string Locking = "lockdep|lock_acquire|lock_release|lock_class|lock_is_held|reacquire_held_locks|spin_(?:try|un)?lock|raw_(?:read|write)_(?:try)?lock|^down(?:$|_)|^__down|^up_(?:read|write)|mutex_(?:try|un)?lock|mutex_remove_waiter|osq_(?:un)?lock|rwsem_|__wake_up|might_(?:fault|sleep|resched)|perf_trace|finish_wait|trace_hardirqs|task_rq_lock|mutex_optimistic|__mutex|seqprop_assert|reiserfs_write_lock";
    private const string Counting = "refcount_(?:add|sub|inc|dec|set|read|warn)|kref_";
    private const string Memory = "memcpy|memcmp|memset|memchr|memmove|str(?:n|l|s|case)?(?:cmp|cpy|len|str|nstr|nlen|chr)|copy_(?:to|from)_(?:user|iter)|_copy_(?:to|from)|(?:put|get)_user|list_(?:add|del|replace|move|splice)|_indirect_thunk_|string|pointer|s(?:c)?nprintf|k(?:v)?asprintf|printk|vprintk|^(?:_)?dev_(?:info|notice|warn|err|alert|crit|emerg)|(?:read|write)_(?:word|once)";
    private const string Library = "^_*rb_|rhashtable|^jhash|crc(?:8|16|32|64)|hex_dump|ref_tracker|^radix_tree|^xas?_|^idr_|^ida_|^aes|^cipher_|^crypto_|^drbg_|^rng_|^sha(?:1|256|512)|timer_base$|mod_timer|^__?queue_(?:work|delayed_work)|^queue_(?:work|delayed_work)|insert_work|srcu_struct|call_rcu";
    private const string Allocation = "alloc_page|alloc_frozen|k?v?[mzc]alloc|krealloc|kmem_cache|allocate_slab|folio_alloc|filemap_(?:get|alloc)_folio|mem(?:dup)|vmemdup|^kv?free(?:_|$)|^vfree|_noprof$";
    private const string Lifetimes = "^_*kfree_skb|^consume_skb|^skb_(?:release|put|push|over|under|panic|dequeue|queue_purge)|^iput$|^(?:fast_)?dput$|^(?:drop|inc|clear)_nlink$|^put_device$|^folio_(?:un)?lock|^unlock_page$|^fput$";
    private const string Teardown = "del_timer|flush_work|__cancel_work|cancel_work_sync|try_to_grab_pending|(?:drain|destroy)_workqueue|kthread_stop|kobject_(?:del|put|uevent)|add_uevent_var|get_device_parent|device_(?:add|del|unregister|destroy|for_each_child|remove_file)|hwrng_unregister|i2c_del_adapter|__unregister_client|rollback_registered|unregister_netdev|sysfs_remove|tty_unregister_device|dummy_urb_enqueue|usb_kill_(?:urb|anchored)|usb_control_msg|usb_(?:hcd_)?submit_urb";

    [GeneratedRegex(Sanitizers + "|" + Reporting + "|" + Locking + "|" + Counting + "|" + Memory + "|" + Library + "|" + Allocation + "|" + Lifetimes + "|" + Teardown, RegexOptions.CultureInvariant)]
    private static partial Regex Generic();
}
