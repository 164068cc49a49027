#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* cada cliente em sua thread; a principal termina e as outras continuam */

static void *atende(void *arg) {
    int cliente = *(int *)arg;
    free(arg);
    char texto[1024];
    ssize_t n = recv(cliente, texto, sizeof texto, 0);
    for (ssize_t i = 0; i < n; i++)
        texto[i] = (char)toupper((unsigned char)texto[i]);
    if (n > 0)
        send(cliente, texto, (size_t)n, 0);
    close(cliente);
    return NULL;
}

static void *aceita(void *arg) {
    (void)arg;
    int servidor = socket(AF_INET, SOCK_STREAM, 0);
    int um = 1;
    setsockopt(servidor, SOL_SOCKET, SO_REUSEADDR, &um, sizeof um);
    struct sockaddr_in endereco = {.sin_family = AF_INET, .sin_port = htons(65432)};
    endereco.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(servidor, (struct sockaddr *)&endereco, sizeof endereco) < 0) {
        perror("bind");
        exit(1);
    }
    listen(servidor, 10);
    printf("Servidor multicliente na porta 65432\n");
    for (;;) {
        int *cliente = malloc(sizeof *cliente);
        *cliente = accept(servidor, NULL, NULL);
        pthread_t thread;
        pthread_create(&thread, NULL, atende, cliente);
        pthread_detach(thread);
    }
    return NULL;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, aceita, NULL);
    pthread_exit(NULL);
}
