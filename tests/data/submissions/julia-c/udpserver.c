#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#include <ctype.h>

int main(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(65431)}, de;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(s, (struct sockaddr *)&a, sizeof a);
    char m[1500];
    while (1) {
        socklen_t t = sizeof de;
        int n = recvfrom(s, m, sizeof m, 0, (struct sockaddr *)&de, &t);
        if (n < 0) continue;
        for (int i = 0; i < n - 1; i++)
            m[i] = toupper((unsigned char)m[i]);
        sendto(s, m, n, 0, (struct sockaddr *)&de, t);
    }
}
