#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include <ctype.h>

int main() {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in me, you;
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_addr.s_addr = INADDR_ANY;
    me.sin_port = htons(65431);
    bind(fd, (struct sockaddr*)&me, sizeof(me));
    unsigned char msg[2000];
    for (;;) {
        socklen_t len = sizeof(you);
        int n = recvfrom(fd, msg, sizeof(msg), 0, (struct sockaddr*)&you, &len);
        for (int i = 0; i < n; i++) msg[i] = toupper(msg[i]);
        sendto(fd, msg, n, 0, (struct sockaddr*)&you, len);
    }
}
