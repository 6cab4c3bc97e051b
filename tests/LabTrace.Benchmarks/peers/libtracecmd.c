/* The same questions to trace-cmd's own library: libtracecmd iterate|fields FILE.
   iterate: time order, kind and thread of every event. fields: every field of every event that is a number. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <event-parse.h>
#include <trace-cmd.h>

struct work {
    struct tep_handle *tep;
    int fields;
    unsigned long long events, sum;
};

static int take(struct tracecmd_input *handle, struct tep_record *record, int cpu, void *data)
{
    struct work *work = data;
    (void)handle;
    (void)cpu;
    work->events++;
    if (!work->fields) {
        work->sum += record->ts + tep_data_type(work->tep, record) + tep_data_pid(work->tep, record);
        return 0;
    }

    struct tep_event *event = tep_find_event_by_record(work->tep, record);
    for (struct tep_format_field *field = event ? event->format.fields : NULL; field; field = field->next) {
        unsigned long long value;
        if (field->flags & (TEP_FIELD_IS_ARRAY | TEP_FIELD_IS_STRING | TEP_FIELD_IS_DYNAMIC))
            continue;
        if (tep_read_number_field(field, record->data, &value) == 0)
            work->sum += value;
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "libtracecmd iterate|fields FILE\n");
        return 2;
    }

    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct tracecmd_input *handle = tracecmd_open(argv[2], 0);
    if (!handle) {
        fprintf(stderr, "cannot open %s\n", argv[2]);
        return 1;
    }

    struct work work = { .tep = tracecmd_get_tep(handle), .fields = strcmp(argv[1], "fields") == 0 };
    tracecmd_iterate_events(handle, NULL, 0, take, &work);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9;
    printf("%llu events, sum %llx, %.3f s, %.1f M events/s\n", work.events, work.sum, seconds, work.events / seconds / 1e6);
    tracecmd_close(handle);
    return 0;
}
