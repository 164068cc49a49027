#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 3) { fprintf(stderr, "uso: client HOST PORTA\n"); return 2; }
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    if (connect(s, (struct sockaddr *)&to, sizeof to) < 0) { perror("connect"); return 1; }
    struct pollfd fds[2] = {{.fd = 0, .events = POLLIN}, {.fd = s, .events = POLLIN}};
    char buf[1000];
    for (;;) {
        poll(fds, 2, -1);
        if (fds[1].revents) {
            ssize_t n = read(s, buf, sizeof buf);
            if (n <= 0) break;
            fwrite(buf, 1, n, stdout);
            fflush(stdout);
        }
        if (fds[0].revents) {
            ssize_t n = read(0, buf, sizeof buf);
            if (n <= 0) { shutdown(s, SHUT_WR); fds[0].fd = -1; }
            else if (write(s, buf, n) < 0) break;
        }
    }
    close(s);
    return 0;
}
