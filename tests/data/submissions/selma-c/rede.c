#include "rede.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int abre(int porta) {
    int s = socket(AF_INET, SOCK_STREAM, 0), sim = 1;
    struct sockaddr_in aqui = {.sin_family = AF_INET, .sin_port = htons(porta), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &sim, sizeof sim);
    if (bind(s, (struct sockaddr *)&aqui, sizeof aqui) || listen(s, 5))
        exit(1);
    return s;
}

int espera(int servidor) { return accept(servidor, NULL, NULL); }

void envia(int cliente, const char *dados, size_t quantos) {
    while (quantos > 0) {
        ssize_t enviados = write(cliente, dados, quantos);
        if (enviados <= 0)
            return;
        dados += enviados;
        quantos -= (size_t)enviados;
    }
}
