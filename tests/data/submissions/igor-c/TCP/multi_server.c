#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include <ctype.h>
#include <pthread.h>

static void *atende(void *arg) {
    int c = (int)(long)arg;
    char buf[1024];
    memset(buf, 0, sizeof buf);
    if (recv(c, buf, sizeof buf - 1, 0) > 0) {
        for (int i = 0; buf[i]; i++)
            buf[i] = toupper((unsigned char)buf[i]);
        send(c, buf, sizeof buf, 0);
    }
    close(c);
    return NULL;
}

int main(void) {
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(65432), .sin_addr.s_addr = INADDR_ANY};
    if (bind(s, (struct sockaddr *)&a, sizeof a) == -1) exit(1);
    listen(s, 10);
    while (1) {
        long c = accept(s, NULL, NULL);
        pthread_t t;
        pthread_create(&t, NULL, atende, (void *)c);
        pthread_detach(t);
    }
}
