/* A correct server but for a common race: a signal that arrives after the last check of `ended`, but
 * before select(2) blocks, is noticed only when the next client connects. Here that window takes
 * 100 ms of CPU time. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int signal) { (void)signal; ended = 1; }

static void work(void) {
    clock_t until = clock() + CLOCKS_PER_SEC / 10;
    while (clock() < until) {}
}

int main(void) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(65432)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(server, (struct sockaddr *)&at, sizeof at);
    listen(server, 5);
    while (!ended) {
        work();
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET(server, &ready);
        if (select(server + 1, &ready, NULL, NULL, NULL) < 0) continue;
        int client = accept(server, NULL, NULL);
        char data[1024];
        ssize_t n;
        while ((n = read(client, data, sizeof data)) > 0) write(client, data, n);
        close(client);
    }
    return 0;
}
