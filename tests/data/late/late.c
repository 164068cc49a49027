/* A correct echo server that answers late: its argument says what it waits for before each answer. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void nothing(int signal) { (void)signal; }

static struct timespec in_one_second(clockid_t clock) {
    struct timespec at;
    clock_gettime(clock, &at);
    at.tv_sec += 1;
    return at;
}

static void *release(void *lock) {
    sleep(1);
    sem_post(lock);
    return NULL;
}

static void wait_for(const char *mode, int client) {
    (void)client;
    if (!strcmp(mode, "sleep")) {
        sleep(1);
    } else if (!strcmp(mode, "sleep_until")) {
        struct timespec at = in_one_second(CLOCK_MONOTONIC);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    } else if (!strcmp(mode, "poll")) {
        for (int k = 0; k < 3; k++) poll(NULL, 0, 500);
    } else if (!strcmp(mode, "select")) {
        struct timeval limit = {1, 0};
        select(0, NULL, NULL, NULL, &limit);
    } else if (!strcmp(mode, "epoll")) {
        struct epoll_event event;
        int set = epoll_create1(0);
        epoll_wait(set, &event, 1, 1000);
        close(set);
    } else if (!strcmp(mode, "alarm")) {
        signal(SIGALRM, nothing);
        alarm(1);
        pause();
    } else if (!strcmp(mode, "interrupted_recv")) {
        struct sigaction action = {.sa_handler = nothing};
        struct itimerval once = {.it_value = {1, 0}};
        char byte;
        sigaction(SIGALRM, &action, NULL);
        setitimer(ITIMER_REAL, &once, NULL);
        recv(client, &byte, 1, MSG_PEEK);
    } else if (!strcmp(mode, "timer")) {
        struct itimerspec once = {.it_value = {1, 0}};
        timer_t timer;
        signal(SIGALRM, nothing);
        timer_create(CLOCK_MONOTONIC, NULL, &timer);
        timer_settime(timer, 0, &once, NULL);
        pause();
        timer_delete(timer);
    } else if (!strcmp(mode, "timer_descriptor")) {
        struct itimerspec once = {.it_value = {1, 0}};
        int timer = timerfd_create(CLOCK_MONOTONIC, 0);
        timerfd_settime(timer, 0, &once, NULL);
        struct pollfd wanted = {.fd = timer, .events = POLLIN};
        poll(&wanted, 1, -1);
        close(timer);
    } else if (!strcmp(mode, "receive_limit")) {
        struct timeval limit = {1, 0};
        char byte;
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        recv(client, &byte, 1, MSG_PEEK);
        limit.tv_sec = 0;
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    } else if (!strcmp(mode, "child")) {
        int ends[2];
        char byte;
        if (pipe(ends)) exit(1);
        if (fork() == 0) {
            sleep(1);
            exit(write(ends[1], "x", 1) != 1);
        }
        if (read(ends[0], &byte, 1) != 1) exit(1);
        wait(NULL);
    } else if (!strcmp(mode, "vfork")) {
        if (vfork() == 0) {
            execl("/bin/sleep", "sleep", "1", NULL);
            _exit(1);
        }
        wait(NULL);
    } else if (!strcmp(mode, "condition")) {
        pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
        pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
        struct timespec at = in_one_second(CLOCK_REALTIME);
        pthread_mutex_lock(&lock);
        pthread_cond_timedwait(&condition, &lock, &at);
    } else if (!strcmp(mode, "semaphore")) {
        sem_t lock;
        pthread_t thread;
        sem_init(&lock, 0, 0);
        pthread_create(&thread, NULL, release, &lock);
        sem_wait(&lock);
        pthread_join(thread, NULL);
    } else if (!strcmp(mode, "stopped")) {
        /* A child stops this process, and continues it a second later. */
        pid_t self = getpid();
        if (fork() == 0) {
            kill(self, SIGSTOP);
            sleep(1);
            kill(self, SIGCONT);
            _exit(0);
        }
        wait(NULL);
    } else if (!strcmp(mode, "compute")) {
        clock_t until = clock() + CLOCKS_PER_SEC;
        while (clock() < until) {}
    } else {
        exit(2);
    }
}

int main(int count, char **arguments) {
    (void)count;
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(65432)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 5)) return 1;
    for (;;) {
        int client = accept(server, NULL, NULL);
        char data[1024];
        ssize_t length;
        while ((length = read(client, data, sizeof data)) > 0) {
            wait_for(arguments[1], client);
            if (write(client, data, length) != length) return 1;
        }
        close(client);
    }
}
