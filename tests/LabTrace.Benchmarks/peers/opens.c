// opens FILE COUNT THREADS: opens, reads and closes FILE, COUNT times in each thread, five times over; prints how many a second, wall, the best.
// cc -O2 -pthread -o opens opens.c
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *path;
static long count;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void *work(void *unused)
{
    char buffer[4096];

    for (long i = 0; i < count; i++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || read(fd, buffer, sizeof(buffer)) <= 0) {
            perror(path);
            exit(1);
        }
        close(fd);
    }
    return unused;
}

int main(int argc, char **argv)
{
    pthread_t threads[64];
    int n = argc > 3 ? atoi(argv[3]) : 1;
    double best = 0;

    if (argc < 3 || n < 1 || n > 64)
        return 2;
    path = argv[1];
    count = atol(argv[2]);
    for (int run = 0; run < 5; run++) {
        double start = now(), rate;

        for (int i = 0; i < n; i++)
            if (pthread_create(&threads[i], NULL, work, NULL))
                return 1;
        for (int i = 0; i < n; i++)
            pthread_join(threads[i], NULL);
        rate = count * n / (now() - start);
        best = rate > best ? rate : best;
    }
    printf("%.0f\n", best);
    return 0;
}
