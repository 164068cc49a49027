#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* a thread avisa quando a porta está aberta */
int pronto = 0;
int servidor;

void *abre(void *arg) {
    int um = 1;
    struct sockaddr_in endereco = {.sin_family = AF_INET, .sin_port = htons(65432)};
    (void)arg;
    servidor = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(servidor, SOL_SOCKET, SO_REUSEADDR, &um, sizeof um);
    endereco.sin_addr.s_addr = htonl(INADDR_ANY);
    bind(servidor, (struct sockaddr *)&endereco, sizeof endereco);
    listen(servidor, 5);
    pronto = 1;
    return NULL;
}

int main() {
    pthread_t thread;
    char dados[1024];
    int cliente, n;
    pthread_create(&thread, NULL, abre, NULL);
    while (!pronto)
        ;
    cliente = accept(servidor, NULL, NULL);
    while ((n = recv(cliente, dados, sizeof dados, 0)) > 0)
        send(cliente, dados, n, 0);
    close(cliente);
    return 0;
}
