#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include <signal.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    int s = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(65432)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&a, sizeof a);
    listen(s, 10);
    while (1) {
        int c = accept(s, NULL, NULL);
        if (fork() == 0) {
            char b[1024];
            int n = read(c, b, 1024);
            for (int i = 0; i < n; i++)
                if (b[i] >= 'a' && b[i] <= 'z') b[i] -= 'a' - 'A';
            if (n > 0) write(c, b, n);
            close(c);
            exit(0);
        }
        close(c);
    }
}
