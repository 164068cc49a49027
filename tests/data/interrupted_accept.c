/* Forks a child for each client, and takes an accept that the end of a child interrupts for fatal. The
 * child ends 100 ms of CPU time after its answer. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void reap(int signal) {
    (void)signal;
    while (waitpid(-1, NULL, WNOHANG) > 0) {}
}

static void serve(int client) {
    char data[1024];
    ssize_t length = recv(client, data, sizeof data, 0);
    for (ssize_t k = 0; k < length; k++) data[k] = toupper((unsigned char)data[k]);
    if (length > 0) send(client, data, length, 0);
    close(client);
    clock_t until = clock() + CLOCKS_PER_SEC / 10;
    while (clock() < until) {}
}

int main(void) {
    struct sigaction action = {.sa_handler = reap};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(65432)};
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    sigaction(SIGCHLD, &action, NULL);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bind(server, (struct sockaddr *)&at, sizeof at);
    listen(server, 10);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0) return 1;
        if (fork() == 0) {
            close(server);
            serve(client);
            exit(0);
        }
        close(client);
    }
}
